/** `embed IMAGE…`: the embeddings of aligned faces. */
import { normaliseEmbedding } from '../face/match.js';
import { defineCommand, type Outcome } from './command.js';
import { embedFile, loadEmbedder } from './models.js';
import { addFlipOption, addModelOption } from './options.js';
import { Progress } from './progress.js';

interface EmbedOptions {
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

async function embed(images: readonly string[], options: EmbedOptions): Promise<Outcome> {
  const embedder = await loadEmbedder(options.model);
  const progress = new Progress(images.length, 'images');
  const embeddings: EmbedDocument['embeddings'][number][] = [];
  try {
    for (const image of images) {
      const embedding = await embedFile(image, embedder, options.flip);
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
  summary: 'print the embeddings of aligned faces',
  declare(command) {
    command.argument('<image...>', "aligned crops of the model's input size, JPEG or PNG");
    addModelOption(command);
    command.option('--raw', 'as the network gives them; without it they have unit length');
    addFlipOption(command);
  },
  run: embed,
});
