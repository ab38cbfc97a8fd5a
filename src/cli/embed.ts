/** `embed IMAGE…`: the embeddings of faces. */
import { normaliseEmbedding } from '../face/match.js';
import { expandImages } from '../files/images.js';
import { defineCommand, type Outcome } from './command.js';
import { cropOptions, embedFile, loadVerifier } from './models.js';
import {
  addDetectOption,
  addDetectorOptions,
  addFaceOption,
  addFlipOption,
  addModelOption,
  type FaceOptions,
} from './options.js';
import { Progress } from './progress.js';

interface EmbedOptions extends FaceOptions {
  readonly model?: string;
  readonly raw?: boolean;
  readonly flip?: boolean;
}

/** What `embed --json` prints. */
export interface EmbedDocument {
  /** In the order of the arguments; of unit length unless `--raw`. */
  readonly embeddings: readonly { readonly image: string; readonly embedding: readonly number[] }[];
}

const SHOWN_NUMBERS = 4;

function explain({ embeddings }: EmbedDocument): string {
  const width = Math.max(...embeddings.map(({ image }) => image.length));
  const lines = embeddings.map(({ image, embedding }) => {
    const shown = embedding.slice(0, SHOWN_NUMBERS).map((value) => value.toFixed(4).padStart(7));
    return `${image.padEnd(width)}  ${embedding.length} numbers: ${shown.join(' ')} …`;
  });
  return `${lines.join('\n')}\n--json prints them all.`;
}

async function embed(args: readonly string[], options: EmbedOptions): Promise<Outcome> {
  const images = (await expandImages(args)).map(({ path }) => path);
  using verifier = await loadVerifier(options.model, options.detector);
  const photo = { ...cropOptions(options), mirror: options.flip };
  const progress = new Progress(images.length, 'images');
  const embeddings: EmbedDocument['embeddings'][number][] = [];
  try {
    for (const image of images) {
      const { embedding } = await embedFile(image, verifier, photo);
      embeddings.push({ image, embedding: Array.from(options.raw ? embedding : normaliseEmbedding(embedding)) });
      progress.step();
    }
  } finally {
    progress.stop();
  }
  const document: EmbedDocument = { embeddings };
  return { document, text: explain(document) };
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
    addFaceOption(command, 'largest');
    addDetectOption(command, 'look for faces in images of the input size too');
    command.option('--raw', 'as the network gives them; without it they have unit length');
    addFlipOption(command);
  },
  run: embed,
});
