/** `eval`: accuracy on a benchmark set by LFW's protocol. */
import { join } from 'node:path';
import { InputError } from '../errors.js';
import type { Embedder } from '../face/embed.js';
import { type Evaluation, evaluatePairs } from '../face/evaluate.js';
import { cosineSimilarity } from '../face/match.js';
import { type Pair, type PairImage, pairImagePath, parsePairs } from '../face/pairs.js';
import { defineCommand, type Outcome } from './command.js';
import { fileExists, readInputFile } from './files.js';
import { embedFile, loadEmbedder } from './models.js';
import { addFlipOption, addModelOption } from './options.js';
import { Progress } from './progress.js';
import { alignRows, formatCount, formatCounted, formatDuration, roundTo } from './text.js';

interface EvalOptions {
  readonly pairs: string;
  readonly images: string;
  readonly model?: string;
  readonly flip?: boolean;
}

/** What `eval --json` prints. */
export interface EvalDocument extends Omit<Evaluation, 'folds'> {
  readonly pairs: number;
  /** Distinct images, each decoded and embedded once. */
  readonly images: number;
  readonly elapsedMs: number;
}

/** Endings that are looked for, in this order; LFW's is the first. */
const EXTENSIONS = ['jpg', 'png', 'jpeg'];

/** Missing images that an error names. */
const NAMED_MISSING = 20;

async function findImage(folder: string, image: PairImage): Promise<string | undefined> {
  for (const extension of EXTENSIONS) {
    const path = join(folder, pairImagePath(image, extension));
    if (await fileExists(path)) return path;
  }
  return undefined;
}

/** The file of each distinct image of the pairs, by the image's LFW path. Throws InputError IMAGES_MISSING. */
async function findImages(folder: string, pairs: readonly Pair[]): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const missing: string[] = [];
  const images = new Map(pairs.flatMap(({ a, b }) => [a, b]).map((image) => [pairImagePath(image), image]));
  for (const [key, image] of images) {
    const path = await findImage(folder, image);
    if (path === undefined) missing.push(key);
    else files.set(key, path);
  }
  if (missing.length === 0) return files;
  const named = missing.slice(0, NAMED_MISSING).join(', ');
  const others = missing.length > NAMED_MISSING ? ` and ${formatCount(missing.length - NAMED_MISSING)} more` : '';
  throw new InputError(
    'IMAGES_MISSING',
    `${folder}: lacks ${formatCount(missing.length)} of the ${formatCounted(images.size, 'image')} that the pairs name: ${named}${others}.`,
  );
}

async function embedImages(files: ReadonlyMap<string, string>, embedder: Embedder, mirror: boolean) {
  const progress = new Progress(files.size, 'images');
  const embeddings = new Map<string, Float32Array>();
  try {
    for (const [key, path] of files) {
      embeddings.set(key, await embedFile(path, embedder, mirror));
      progress.step();
    }
  } finally {
    progress.stop();
  }
  return embeddings;
}

function explain(document: EvalDocument, folds: number, name: string): string {
  const rates = Object.entries(document.tarAtFar).map(([rate, tar]) => `${tar.toFixed(4)} at FAR ${rate}`);
  return alignRows([
    ['accuracy', `${document.accuracy.toFixed(4)} ± ${document.std.toFixed(4)} over ${formatCounted(folds, 'fold')}`],
    ['threshold', `${document.threshold.toFixed(3)} (best over all these pairs: choose yours on other data)`],
    ['AUC', document.auc.toFixed(4)],
    ['TAR', rates.join(', ')],
    ['pairs', `${formatCount(document.pairs)} of ${formatCounted(document.images, 'image')}`],
    ['model', name],
    ['time', formatDuration(document.elapsedMs)],
  ]);
}

async function evaluate(_: readonly string[], options: EvalOptions): Promise<Outcome> {
  const begin = performance.now();
  const text = new TextDecoder().decode(
    await readInputFile(options.pairs, 'a pair list like pairs.txt of LFW is needed'),
  );
  const { pairs, folds } = parsePairs(text, options.pairs);
  const files = await findImages(options.images, pairs);
  const embedder = await loadEmbedder(options.model);
  const embeddings = await embedImages(files, embedder, options.flip ?? false);
  const embeddingOf = (image: PairImage) => embeddings.get(pairImagePath(image))!;
  const scored = pairs.map(({ a, b, same, fold }) => ({
    score: cosineSimilarity(embeddingOf(a), embeddingOf(b)),
    same,
    fold,
  }));
  const { accuracy, std, threshold, auc, tarAtFar } = evaluatePairs(scored);
  const elapsedMs = roundTo(performance.now() - begin, 1);
  const counts = { pairs: pairs.length, images: files.size };
  const document: EvalDocument = { ...counts, accuracy, std, threshold, auc, tarAtFar, elapsedMs };
  return { document, text: explain(document, folds, embedder.card.name) };
}

const LAYOUT = `
The pair list is LFW's pairs.txt, the images lie as DIR/Name/Name_0001.jpg (or .png).
FAR is the share of pairs of different people that is accepted, TAR that of pairs of the same person.`;

export const evalCommand = defineCommand<EvalOptions>({
  name: 'eval',
  summary: 'measure accuracy on a benchmark set by the protocol of LFW',
  declare(command) {
    command
      .requiredOption('--pairs <file>', 'the pair list; its header says how many folds it has')
      .requiredOption('--images <dir>', 'the folder of the aligned images');
    addModelOption(command);
    addFlipOption(command);
    command.addHelpText('after', LAYOUT);
  },
  run: evaluate,
});
