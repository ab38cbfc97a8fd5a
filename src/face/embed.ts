/** Aligned faces to embeddings: pixels, normalisation and network put together as the model card says. */
import type { Engine, Network } from '../engine.js';
import { ModelError, ShapeError } from '../errors.js';
import { EMBEDDER, embeddingLengthOf } from '../formats/checkModel.js';
import { checkImage, type Image, type ImageSource, mirrorImage, toRgb } from '../image/image.js';
import { normaliseImages } from '../image/normalise.js';
import type { CardInput, ModelCard } from '../model/card.js';
import type { Model } from '../model/model.js';
import { addEmbeddings } from './match.js';

/** How a face is embedded. */
export interface EmbedOptions {
  /** Adds the embedding of the mirrored image: twice the time, a little more accuracy. */
  readonly mirror?: boolean | undefined;
}

/** Images that one run of the network takes; more would need memory for nothing. */
const LARGEST_BATCH = 8;

/** An embedder on an engine. Make one with `createEmbedder`. */
export class Embedder {
  /** The card of the weights that make the embeddings. */
  readonly card: ModelCard;
  /** Elements of an embedding. */
  readonly embeddingLength: number;
  readonly #network: Network;
  readonly #input: CardInput;

  /** @internal */
  constructor(network: Network, card: ModelCard, input: CardInput, embeddingLength: number) {
    this.card = card;
    this.embeddingLength = embeddingLength;
    this.#network = network;
    this.#input = input;
  }

  /** The size in pixels that aligned faces must have. */
  get inputSize(): { readonly height: number; readonly width: number } {
    const { height, width } = this.#input;
    return { height, width };
  }

  /**
   * The embedding of an aligned face, as the network gives it: not of unit length.
   * Throws ImageError for what is no image, ShapeError FACE_SIZE for an image that has not exactly the input size.
   */
  embed(image: ImageSource, options: EmbedOptions = {}): Float32Array {
    return this.embedBatch([image], options)[0]!;
  }

  /** The embeddings of several aligned faces, in their order. Throws as `embed` does, before anything runs. */
  embedBatch(images: readonly ImageSource[], options: EmbedOptions = {}): Float32Array[] {
    const faces = images.map((image, index) => {
      const where = images.length === 1 ? 'image' : `image ${index + 1} of ${images.length}`;
      return this.#checkFace(checkImage(image, where), where);
    });
    const embeddings = this.#run(faces);
    if (!options.mirror) return embeddings;
    const mirrored = this.#run(faces.map(mirrorImage));
    return embeddings.map((embedding, index) => addEmbeddings(embedding, mirrored[index]!));
  }

  /** Gives the weights' memory back to the engine. */
  dispose(): void {
    this.#network.dispose();
  }

  /** `dispose`, for a declaration with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #checkFace(image: Image, where: string): Image {
    const { height, width } = this.#input;
    if (image.height === height && image.width === width) return image;
    throw new ShapeError(
      'FACE_SIZE',
      `${where} has ${image.width}×${image.height} pixels; the model takes aligned faces of exactly ` +
        `${width}×${height}: align the face by its eyes, nose and mouth and crop it to that size first.`,
    );
  }

  #run(faces: readonly Image[]): Float32Array[] {
    const input = this.#network.inputs[0]!.name;
    const output = this.#network.outputs[0]!;
    const length = this.embeddingLength;
    const embeddings: Float32Array[] = [];
    for (let begin = 0; begin < faces.length; begin += LARGEST_BATCH) {
      const batch = faces.slice(begin, begin + LARGEST_BATCH);
      const tensor = normaliseImages(batch.map(toRgb), this.#input);
      const { data } = this.#network.run({ [input]: tensor })[output]!;
      for (let index = 0; index < batch.length; index++) {
        embeddings.push(data.slice(index * length, (index + 1) * length));
      }
    }
    return embeddings;
  }
}

/**
 * Compiles a model's embedder on an engine. Dispose the embedder to give the weights' memory back; the engine stays.
 * Throws ModelError NO_EMBEDDER where the model holds none, CARD_INPUT where its card does not say how pixels become
 * input, and whatever `Engine.compile` throws.
 */
export async function createEmbedder(engine: Engine, model: Model): Promise<Embedder> {
  const { card, graphs } = model;
  const graph = graphs.get(EMBEDDER);
  if (!graph) {
    const found = [...graphs.keys()].join(', ') || 'none';
    throw new ModelError(
      'NO_EMBEDDER',
      `${card.name}: graphs are ${found}; an embedder needs one named "${EMBEDDER}".`,
    );
  }
  if (!card.input) {
    throw new ModelError(
      'CARD_INPUT',
      `${card.name}: the card does not say how pixels become the input; size, channel order, mean and scale are needed.`,
    );
  }
  const embeddingLength = embeddingLengthOf(graph);
  if (graph.inputs.length !== 1 || embeddingLength === undefined) {
    throw new ModelError(
      'NO_EMBEDDER',
      `${card.name}: graph "${EMBEDDER}" has ${graph.inputs.length} inputs and ${graph.outputs.length} outputs; an ` +
        'embedder has one image input and one output of shape [batch, elements].',
    );
  }
  return new Embedder(await engine.compile(graph), card, card.input, embeddingLength);
}
