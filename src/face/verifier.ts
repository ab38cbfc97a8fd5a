/** From photographs to a decision in one call: detect, align, embed, compare. */
import { Engine, type EngineOptions } from '../engine.js';
import { ImageError, ModelError } from '../errors.js';
import { locatedIn } from '../files/located.js';
import { loadModelSource, type ModelSource, type WeightOptions } from '../files/models.js';
import { type Photo, readPicture } from '../files/pictures.js';
import type { RgbImage } from '../image/image.js';
import type { ModelCard } from '../model/card.js';
import { type EmbedAllOptions, type EmbeddedFace, type EmbedPhotoOptions, FaceComparer } from './comparer.js';
import { type Abortable, type CropOptions, type FaceCrop, FaceCropper, type PixelLimited } from './cropFaces.js';
import { createDetector, type Detector } from './detect.js';
import { createEmbedder, type Embedder } from './embed.js';
import { type EmbedOutcome, embedInBatches, type Photos } from './embedMany.js';
import type { DetectOptions, Face } from './face.js';
import type { CropSize } from './landmarks.js';
import { normaliseEmbedding } from './match.js';

/** How a verifier is made. */
export interface LoadOptions extends EngineOptions, WeightOptions {
  /** The embedder's weights; those of this package where absent. */
  readonly model?: ModelSource | undefined;
  /** The detector's weights; those of this package where absent. With null there is none: every picture is an aligned crop. */
  readonly detector?: ModelSource | null | undefined;
  /** An engine of the caller's, which `dispose` leaves alone; otherwise one is made from the engine's options. */
  readonly engine?: Engine | undefined;
}

/** Detector, aligner and embedder put together. Make one with `FaceVerifier.load`. */
export class FaceVerifier extends FaceComparer {
  readonly #engine: Engine;
  readonly #ownsEngine: boolean;
  readonly #embedder: Embedder;
  readonly #cropper: FaceCropper;
  /** SHA-256 of the embedder's weights, which names its embeddings. */
  override readonly weights: string;

  private constructor(engine: Engine, ownsEngine: boolean, embedder: Embedder, detector: Detector | undefined) {
    super();
    this.#engine = engine;
    this.#ownsEngine = ownsEngine;
    this.#embedder = embedder;
    this.#cropper = new FaceCropper(detector, embedder.inputSize);
    this.weights = embedder.card.sha256!;
  }

  /**
   * Loads weights and compiles them. With no options it takes the weights of this package, where there is a file
   * system. Throws what `importModel`, `Engine.create`, `createEmbedder` and `createDetector` throw, what
   * `loadModelSource` throws, the signal's reason, and ModelError NO_HASH for a model whose card has none.
   */
  static async load(options: LoadOptions = {}): Promise<FaceVerifier> {
    const { model, detector, engine: given, signal, onLoadProgress, ...engineOptions } = options;
    const reading = { signal, onLoadProgress };
    const [embedding, detection] = await Promise.all([
      loadModelSource(model, 'model', reading),
      detector === null ? undefined : loadModelSource(detector, 'detector', reading),
    ]);
    if (embedding.card.sha256 === undefined) {
      const { name } = embedding.card;
      throw new ModelError('NO_HASH', `${name}: the card has no sha256; embeddings are named by it.`);
    }
    const engine = given ?? (await Engine.create(engineOptions));
    try {
      signal?.throwIfAborted();
      const embedder = await createEmbedder(engine, embedding);
      const found = detection && (await createDetector(engine, detection));
      return new FaceVerifier(engine, !given, embedder, found);
    } catch (error) {
      if (!given) engine.dispose();
      throw error;
    }
  }

  /** The engine that all networks run on. */
  get engine(): Engine {
    return this.#engine;
  }

  /** The card of the embedder's weights. */
  override get card(): ModelCard {
    return this.#embedder.card;
  }

  /** The embedder, for aligned crops alone. */
  get embedder(): Embedder {
    return this.#embedder;
  }

  /** Size of the crops that faces are aligned to. */
  get cropSize(): CropSize {
    return this.#embedder.inputSize;
  }

  /** The faces of a photograph, the largest first. Throws as `Detector.detect` and `decodeImage` do. */
  override detect(photo: Photo, options: DetectOptions & Abortable & PixelLimited = {}): Promise<Face[]> {
    return this.#withPixels(photo, options, (image) => this.#cropper.requireDetector().detect(image, options));
  }

  /** What `input: 'auto'` takes a picture for. Throws as `decodeImage` does. */
  inputOf(photo: Photo): Promise<'crop' | 'photograph'> {
    return this.#withPixels(photo, {}, (image) => (this.#cropper.isCrop(image) ? 'crop' : 'photograph'));
  }

  /**
   * The aligned crop of a photograph's face, as `embed` embeds it.
   * Throws ImageError NO_FACE where none is found, SEVERAL_FACES, POOR_FACE, FACE_OUTSIDE, or for what is no image;
   * ShapeError FACE_SIZE for a crop of another size; the signal's reason.
   */
  override crop(photo: Photo, options: CropOptions = {}): Promise<FaceCrop> {
    return this.#withPixels(photo, options, (image) => this.#cropper.crop(image, options));
  }

  /** Embeds the face of a photograph, or an aligned crop. Throws as `crop` does. */
  override embed(photo: Photo, options: EmbedPhotoOptions = {}): Promise<EmbeddedFace> {
    const embed = (image: RgbImage) => this.#embedCrops([this.#cropper.crop(image, options)], options)[0]!;
    return this.#withPixels(photo, options, embed);
  }

  /** Embeds every face of a photograph, the largest first, or an aligned crop. Throws as `crop` does. */
  override embedAll(photo: Photo, options: EmbedAllOptions = {}): Promise<EmbeddedFace[]> {
    const embed = (image: RgbImage) => this.#embedCrops(this.#cropper.cropAll(image, options), options);
    return this.#withPixels(photo, options, embed);
  }

  /**
   * Embeds many photographs, several crops in one run of the network. Outcomes come in the photographs' order; one
   * that fails has its error in its place and does not end the others. Timers and signals are heard between
   * photographs. Throws the signal's reason, and whatever the source of the photographs throws.
   */
  override async *embedMany(photos: Photos, options: EmbedPhotoOptions = {}): AsyncGenerator<EmbedOutcome, void> {
    const crop = (photo: Photo, name: string) => this.crop(photo, { ...options, name });
    const embed = (crops: readonly FaceCrop[]) => this.#embedCrops(crops, options);
    yield* embedInBatches(photos, crop, embed, options.signal);
  }

  /** Gives all memory back: the networks', and the engine where the verifier made it. */
  dispose(): void {
    this.#embedder.dispose();
    this.#cropper.detector?.dispose();
    if (this.#ownsEngine) this.#engine.dispose();
  }

  /** `dispose`, for a declaration with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Does something with a picture's pixels; errors name the picture. */
  async #withPixels<T>(
    photo: Photo,
    { name = 'photo', signal, pixelLimit }: Abortable & PixelLimited & { readonly name?: string | undefined },
    use: (image: RgbImage) => T,
  ): Promise<T> {
    signal?.throwIfAborted();
    const image = await readPicture(photo, name, { pixelLimit });
    signal?.throwIfAborted();
    try {
      return use(image);
    } catch (error) {
      throw name === 'photo' ? error : locatedIn(name, error);
    }
  }

  #embedCrops(crops: readonly FaceCrop[], { mirror = false }: EmbedAllOptions): EmbeddedFace[] {
    const embeddings = this.#embedder.embedBatch(
      crops.map(({ image }) => image),
      { mirror },
    );
    return crops.map(({ image: _, ...rest }, index) => {
      const raw = embeddings[index]!;
      if (!raw.every(Number.isFinite) || raw.every((value) => value === 0)) {
        const advice = 'other weights or another image are needed';
        throw new ImageError('NO_EMBEDDING', `${this.card.name} gives no finite embedding for the image; ${advice}.`);
      }
      const embedding = normaliseEmbedding(raw);
      return { embedding, weights: this.weights, mirrored: mirror, ...rest };
    });
  }
}
