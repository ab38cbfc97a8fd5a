/** `eval`: accuracy on a benchmark set by LFW's protocol. */
import { join } from 'node:path';
import { ImageError, InputError } from '../errors.js';
import { type Evaluation, evaluatePairs } from '../face/evaluate.js';
import { cosineSimilarity } from '../face/match.js';
import { type Pair, type PairImage, pairImagePath, parsePairs } from '../face/pairs.js';
import type { EmbedPhotoOptions, FaceVerifier } from '../face/verifier.js';
import { defineCommand, type Outcome } from './command.js';
import { fileExists, readInputFile } from './files.js';
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
import { alignRows, formatCount, formatCounted, formatDuration, roundTo } from './text.js';

interface EvalOptions extends FaceOptions {
  readonly pairs: string;
  readonly images: string;
  readonly model?: string;
  readonly flip?: boolean;
}

/** What `eval --json` prints. */
export interface EvalDocument extends Omit<Evaluation, 'folds' | 'tarIntervals'> {
  readonly pairs: number;
  /** Distinct images, each decoded and embedded once. */
  readonly images: number;
  /** With `--detect`: images in which no face was found; their pairs count as refused. */
  readonly undetected?: number;
  readonly elapsedMs: number;
}

/** Endings that are looked for, in this order; LFW's is the first. */
const EXTENSIONS = ['jpg', 'png', 'jpeg'];

/** The score of a pair with an image in which no face is found: below that of any other. */
const REFUSED = -1;

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

/** The embeddings of all images; those in which no face is found have none. */
async function embedImages(files: ReadonlyMap<string, string>, verifier: FaceVerifier, options: EmbedPhotoOptions) {
  const progress = new Progress(files.size, 'images');
  const embeddings = new Map<string, Float32Array>();
  try {
    for (const [key, path] of files) {
      try {
        embeddings.set(key, (await embedFile(path, verifier, options)).embedding);
      } catch (error) {
        if (!(error instanceof ImageError && error.code === 'NO_FACE')) throw error;
      }
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
    ['no face', document.undetected ? `in ${formatCounted(document.undetected, 'image')}: refused` : undefined],
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
  using verifier = await loadVerifier(options.model, options.detector);
  const photo = { ...cropOptions(options, 'crop'), mirror: options.flip };
  const embeddings = await embedImages(files, verifier, photo);
  const scored = pairs.map(({ a, b, same, fold }) => {
    const [first, second] = [embeddings.get(pairImagePath(a)), embeddings.get(pairImagePath(b))];
    return { score: first && second ? cosineSimilarity(first, second) : REFUSED, same, fold };
  });
  const { accuracy, std, threshold, auc, tarAtFar } = evaluatePairs(scored);
  const elapsedMs = roundTo(performance.now() - begin, 1);
  const counts = { pairs: pairs.length, images: files.size };
  const undetected = options.detect && { undetected: files.size - embeddings.size };
  const document: EvalDocument = { ...counts, ...undetected, accuracy, std, threshold, auc, tarAtFar, elapsedMs };
  return { document, text: explain(document, folds, verifier.card.name) };
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
      .requiredOption('--images <dir>', 'the folder of the images: aligned crops, or photographs with --detect');
    addModelOption(command);
    addDetectOption(command, 'find and align the face in each image first');
    addDetectorOptions(command);
    addFaceOption(command, 'central');
    addFlipOption(command);
    command.addHelpText('after', LAYOUT);
  },
  run: evaluate,
});
