/** `embed IMAGE…`: the embeddings of faces. */
import type { EmbeddedFace } from '../face/comparer.js';
import { expandImages } from '../files/images.js';
import type { RgbImage } from '../image/image.js';
import { defineCommand, type Outcome } from './command.js';
import { cropOptions, imageFile, loadVerifier, withImage } from './models.js';
import {
  addDetectorOptions,
  addFaceOption,
  addFlipOption,
  addInputOptions,
  addModelOption,
  type FaceOptions,
} from './options.js';
import { Progress } from './progress.js';
import { countSeveral, explainSeveral, type SeveralFaces } from './severalFaces.js';

interface EmbedOptions extends FaceOptions {
  readonly model?: string;
  readonly raw?: boolean;
  readonly flip?: boolean;
}

/** What `embed --json` prints. */
export interface EmbedDocument {
  /** In the order of the arguments; of unit length unless `--raw`. */
  readonly embeddings: readonly ({ readonly image: string; readonly embedding: readonly number[] } & SeveralFaces)[];
}

const SHOWN_NUMBERS = 4;

function explain({ embeddings }: EmbedDocument, face: FaceOptions['face']): string {
  const width = Math.max(...embeddings.map(({ image }) => image.length));
  const lines = embeddings.map(({ image, embedding, faces }) => {
    const shown = embedding.slice(0, SHOWN_NUMBERS).map((value) => value.toFixed(4).padStart(7));
    return `${image.padEnd(width)}  ${embedding.length} numbers: ${shown.join(' ')} …${explainSeveral({ faces }, face)}`;
  });
  return `${lines.join('\n')}\n--json prints them all.`;
}

async function embed(args: readonly string[], options: EmbedOptions): Promise<Outcome> {
  const images = (await expandImages(args)).map(({ path }) => path);
  using verifier = await loadVerifier(options.model, options.detector);
  const photo = { ...cropOptions(options), mirror: options.flip };
  const raw = async (image: RgbImage): Promise<Pick<EmbeddedFace, 'embedding' | 'faces'>> => {
    const crop = await verifier.crop(image, photo);
    return { ...crop, embedding: verifier.embedder.embed(crop.image, photo) };
  };
  const embedOne = (path: string): Promise<Pick<EmbeddedFace, 'embedding' | 'faces'>> =>
    withImage(imageFile(path), (image) => (options.raw ? raw(image) : verifier.embed(image, photo)));
  const progress = new Progress(images.length, 'images');
  const embeddings: EmbedDocument['embeddings'][number][] = [];
  try {
    for (const image of images) {
      const { embedding, faces = 1 } = await embedOne(image);
      embeddings.push({ image, embedding: Array.from(embedding), ...countSeveral(faces) });
      progress.step();
    }
  } finally {
    progress.stop();
  }
  const document: EmbedDocument = { embeddings };
  return { document, text: explain(document, options.face) };
}

export const embedCommand = defineCommand<EmbedOptions>({
  name: 'embed',
  summary: 'print the embeddings of faces',
  declare(command) {
    command.argument(
      '<image...>',
      "photographs, or aligned crops of exactly the model's input size; folders and patterns",
    );
    addModelOption(command);
    addDetectorOptions(command);
    addFaceOption(command);
    addInputOptions(command);
    command.option('--raw', 'as the network gives them; without it they have unit length');
    addFlipOption(command);
  },
  run: embed,
});
