/** `verify A B`: the similarity of two aligned faces, and whether it reaches the threshold. */
import { cosineSimilarity, isSamePerson } from '../face/match.js';
import type { ModelCard } from '../model/card.js';
import { defineCommand, type Outcome } from './command.js';
import { embedFile, loadEmbedder } from './models.js';
import { addFlipOption, addModelOption, addThresholdOption } from './options.js';
import { alignRows, formatCosine, formatDuration, roundTo } from './text.js';

interface VerifyOptions {
  readonly model?: string;
  readonly threshold?: number;
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

function explain(document: VerifyDocument, card: ModelCard, given: boolean): string {
  const { similarity, same, threshold, elapsedMs } = document;
  const calibration = card.thresholds[0];
  const origin = given ? 'from --threshold' : `from the model card: ${calibration?.calibratedOn}`;
  const rows = alignRows([
    ['similarity', `${formatCosine(similarity)} (cosine, -1 to 1; no percentage)`],
    ['threshold', threshold === null ? undefined : `${formatCosine(threshold)} (${origin})`],
    ['model', card.name],
    ['time', formatDuration(elapsedMs)],
  ]);
  if (same === null) return `${rows}\n\n${NO_THRESHOLD}`;
  return `${same ? HEADINGS.same : HEADINGS.different}\n${rows}`;
}

async function verify([a, b]: readonly string[], options: VerifyOptions): Promise<Outcome> {
  const embedder = await loadEmbedder(options.model);
  const begin = performance.now();
  const first = await embedFile(a!, embedder, options.flip);
  const second = await embedFile(b!, embedder, options.flip);
  const similarity = cosineSimilarity(first, second);
  const threshold = options.threshold ?? embedder.card.thresholds[0]?.value ?? null;
  const document: VerifyDocument = {
    similarity,
    same: threshold === null ? null : isSamePerson(similarity, threshold),
    threshold,
    model: embedder.card.name,
    elapsedMs: roundTo(performance.now() - begin, 1),
  };
  return {
    document,
    text: explain(document, embedder.card, options.threshold !== undefined),
    exitCode: document.same === false ? 1 : 0,
  };
}

export const verifyCommand = defineCommand<VerifyOptions>({
  name: 'verify',
  summary: 'compare two aligned faces: the same person or not',
  declare(command) {
    command.argument('<a>', "an aligned crop of the model's input size, JPEG or PNG").argument('<b>', 'another one');
    addModelOption(command);
    addThresholdOption(command);
    addFlipOption(command);
  },
  run: verify,
});
