/** `verify A B`: the similarity of two faces, and whether it reaches the threshold. */
import type { FaceChoice } from '../face/chooseFace.js';
import type { EmbeddedFace } from '../face/comparer.js';
import { type ComparedFace, compareFaces, type Verification } from '../face/comparison.js';
import { findThreshold } from '../face/decision.js';
import type { FaceVerifier } from '../face/verifier.js';
import { defineCommand, type Outcome } from './command.js';
import { cropAllOptions, imageFile, loadVerifier, withImage } from './models.js';
import {
  addDetectorOptions,
  addFaceOption,
  addFarOption,
  addFlipOption,
  addInputOptions,
  addModelOption,
  addThresholdOption,
  type FaceOptions,
} from './options.js';
import { alignRows, formatCosine, formatDuration, roundTo } from './text.js';

interface VerifyOptions extends Omit<FaceOptions, 'face'> {
  readonly face?: FaceChoice | 'all';
  readonly model?: string;
  readonly threshold?: number;
  readonly far?: number;
  readonly flip?: boolean;
}

/** What `verify --json` prints. */
export interface VerifyDocument extends Verification {
  /** From reading the images to the decision; loading the model is not part of it. */
  readonly elapsedMs: number;
}

const NEXT_STEP =
  'Pass --threshold T; to find T for your images, run\n  mobilefacenet eval --pairs pairs.txt --images DIR --model FILE';

const HEADINGS = { same: 'Same person', different: 'Different people' } as const;

/** Where the face was found, among how many, and what speaks against verifying it. */
function explainFace({ box, faces, quality }: ComparedFace, choice = 'largest'): string {
  const poor = quality && quality.reasons.length > 0 ? `, poor: ${quality.reasons.join(', ')}` : '';
  if (!box || !quality) return `an aligned crop${poor}`;
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
  const chosen = choice === 'all' ? 'the most alike' : `the ${choice}`;
  const among = faces && faces > 1 ? `, ${chosen} one of ${faces}` : '';
  return `${width}×${height} pixels at (${x}, ${y}), score ${quality.score.toFixed(2)}${among}${poor}`;
}

/** The share of different people among whom the best of several comparisons is accepted. */
function explainComparisons({ comparisons }: Verification): string | undefined {
  if (comparisons === 1) return undefined;
  return `${comparisons} pairs of faces, each with a chance of its own to be taken for the same person by mistake`;
}

function explain(document: VerifyDocument, { far, face }: VerifyOptions, card: FaceVerifier['card']): string {
  const { similarity, same, threshold, calibratedOn, probability, undecided, faces, model, elapsedMs } = document;
  const origin = calibratedOn === null ? 'from --threshold' : `from the model card: ${calibratedOn}`;
  const rows = alignRows([
    ['similarity', `${formatCosine(similarity)} (cosine, -1 to 1; no percentage)`],
    ['threshold', threshold === null ? undefined : `${formatCosine(threshold)} (${origin})`],
    [
      'probability',
      probability === null ? undefined : `${(100 * probability).toFixed(1)} % (${card.probability?.calibratedOn})`,
    ],
    ['first face', explainFace(faces[0], face)],
    ['second face', explainFace(faces[1], face)],
    ['compared', explainComparisons(document)],
    ['model', model],
    ['time', formatDuration(elapsedMs)],
  ]);
  if (same === null) return `${rows}\n\nNo decision: ${undecided}\n${far === undefined ? NEXT_STEP : ''}`.trimEnd();
  return `${same ? HEADINGS.same : HEADINGS.different}\n${rows}`;
}

/** The faces of an image file that are compared: the chosen one, or all. */
function facesOf(path: string, verifier: FaceVerifier, options: VerifyOptions): Promise<EmbeddedFace[]> {
  const { face, flip } = options;
  const photo = { ...cropAllOptions(options), mirror: flip };
  return withImage(imageFile(path), async (image) =>
    face === 'all' ? verifier.embedAll(image, photo) : [await verifier.embed(image, { ...photo, face })],
  );
}

/** Programs open doors by exit codes: what is not decided is not the same person. */
function exitCodeOf(same: boolean | null): 0 | 1 | 2 {
  if (same === null) return 2;
  return same ? 0 : 1;
}

async function verify([a, b]: readonly string[], options: VerifyOptions): Promise<Outcome> {
  using verifier = await loadVerifier(options.model, options.detector);
  const { card } = verifier;
  const choice = { threshold: options.threshold, falseAcceptRate: options.far };
  findThreshold(card, choice);
  const begin = performance.now();
  const first = await facesOf(a!, verifier, options);
  const second = await facesOf(b!, verifier, options);
  const verification = compareFaces(card, first, second, choice);
  const document: VerifyDocument = { ...verification, elapsedMs: roundTo(performance.now() - begin, 1) };
  return { document, text: explain(document, options, card), exitCode: exitCodeOf(document.same) };
}

export const verifyCommand = defineCommand<VerifyOptions>({
  name: 'verify',
  summary: 'compare two faces: the same person or not',
  declare(command) {
    command
      .argument('<a>', "a photograph, or an aligned crop of exactly the model's input size")
      .argument('<b>', 'another one');
    addModelOption(command);
    addDetectorOptions(command);
    addFaceOption(command, 'largest', ['all']);
    addInputOptions(command);
    addThresholdOption(command);
    addFarOption(command);
    addFlipOption(command);
  },
  run: verify,
});
