/** `verify A B`: the similarity of two faces, and whether it reaches the threshold. */
import { type ChosenThreshold, findThreshold, probabilityOf, requireThreshold } from '../face/decision.js';
import { cosineSimilarity, isSamePerson } from '../face/match.js';
import type { ModelCard } from '../model/card.js';
import { defineCommand, type Outcome } from './command.js';
import { cropOptions, type EmbeddedFile, embedFile, loadVerifier } from './models.js';
import {
  addDetectOption,
  addDetectorOptions,
  addFaceOption,
  addFarOption,
  addFlipOption,
  addModelOption,
  addThresholdOption,
  type FaceOptions,
} from './options.js';
import { alignRows, formatCosine, formatDuration, roundTo } from './text.js';

interface VerifyOptions extends FaceOptions {
  readonly model?: string;
  readonly threshold?: number;
  readonly far?: number;
  readonly flip?: boolean;
}

/** What `verify --json` prints. */
export interface VerifyDocument {
  /** Cosine, −1 to 1. */
  readonly similarity: number;
  /** Null where there is no threshold. */
  readonly same: boolean | null;
  readonly threshold: number | null;
  /** The name in the model's card. */
  readonly model: string;
  /** From reading the images to the decision; loading the model is not part of it. */
  readonly elapsedMs: number;
}

const NO_THRESHOLD =
  'No decision: the model has no threshold, and none is guessed. Pass --threshold T; to find T for your images, run\n' +
  '  mobilefacenet eval --pairs pairs.txt --images DIR --model FILE';

const HEADINGS = { same: 'Same person', different: 'Different people' } as const;

/** Where the face was found, among how many, and what speaks against verifying it. */
function explainFace({ face, faces = 1, quality }: EmbeddedFile, choice = 'largest'): string {
  const poor = quality.reasons.length > 0 ? `, poor: ${quality.reasons.join(', ')}` : '';
  if (!face) return `a crop${poor}`;
  const [x, y, width, height] = [face.box.x, face.box.y, face.box.width, face.box.height].map(Math.round);
  return `${width}×${height} pixels at (${x}, ${y}), score ${face.score.toFixed(2)}${faces > 1 ? `, the ${choice} one of ${faces}` : ''}${poor}`;
}

function explain(
  document: VerifyDocument,
  card: ModelCard,
  chosen: ChosenThreshold | undefined,
  options: VerifyOptions,
  faces: readonly [EmbeddedFile, EmbeddedFile],
): string {
  const { similarity, same, threshold, elapsedMs } = document;
  const { calibratedOn } = chosen ?? {};
  const origin = calibratedOn === undefined ? 'from --threshold' : `from the model card: ${calibratedOn}`;
  const probability = probabilityOf(card, similarity);
  const rows = alignRows([
    ['similarity', `${formatCosine(similarity)} (cosine, -1 to 1; no percentage)`],
    ['threshold', threshold === null ? undefined : `${formatCosine(threshold)} (${origin})`],
    [
      'probability',
      probability === undefined ? undefined : `${(100 * probability).toFixed(1)} % (${card.probability?.calibratedOn})`,
    ],
    ['first face', explainFace(faces[0], options.face)],
    ['second face', explainFace(faces[1], options.face)],
    ['model', card.name],
    ['time', formatDuration(elapsedMs)],
  ]);
  if (same === null) return `${rows}\n\n${NO_THRESHOLD}`;
  return `${same ? HEADINGS.same : HEADINGS.different}\n${rows}`;
}

async function verify([a, b]: readonly string[], options: VerifyOptions): Promise<Outcome> {
  using verifier = await loadVerifier(options.model, options.detector);
  const { card } = verifier;
  const begin = performance.now();
  const photo = { ...cropOptions(options), mirror: options.flip };
  const first = await embedFile(a!, verifier, photo);
  const second = await embedFile(b!, verifier, photo);
  const similarity = cosineSimilarity(first.embedding, second.embedding);
  const choice = { threshold: options.threshold, falseAcceptRate: options.far };
  const chosen = options.far === undefined ? findThreshold(card, choice) : requireThreshold(card, choice);
  const threshold = chosen?.value ?? null;
  const document: VerifyDocument = {
    similarity,
    same: threshold === null ? null : isSamePerson(similarity, threshold),
    threshold,
    model: card.name,
    elapsedMs: roundTo(performance.now() - begin, 1),
  };
  return {
    document,
    text: explain(document, card, chosen, options, [first, second]),
    exitCode: document.same === false ? 1 : 0,
  };
}

export const verifyCommand = defineCommand<VerifyOptions>({
  name: 'verify',
  summary: 'compare two faces: the same person or not',
  declare(command) {
    command
      .argument('<a>', "a photograph, or an aligned crop of exactly the model's input size; JPEG or PNG")
      .argument('<b>', 'another one');
    addModelOption(command);
    addDetectorOptions(command);
    addFaceOption(command, 'largest');
    addDetectOption(command, 'look for faces in images of the input size too');
    addThresholdOption(command);
    addFarOption(command);
    addFlipOption(command);
  },
  run: verify,
});
