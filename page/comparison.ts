/** What follows from two analysed pictures: computed from the state whenever it is shown. */
import { cosineSimilarity, findThreshold, isSamePerson, type ModelCard, probabilityOf } from '../src/index.js';
import { SLOT_NAMES, type State } from './state.js';
import type { Analysis } from './worker/messages.js';

export interface Comparison {
  /** Cosine, −1 to 1. */
  readonly similarity: number;
  /** Absent where the weights' card has no threshold. */
  readonly threshold?: number;
  readonly same?: boolean;
  /** What the threshold rests on. */
  readonly calibratedOn?: string;
  /** 0 to 1; absent where the card has no calibration. */
  readonly probability?: number;
  /** All steps of both pictures. */
  readonly elapsedMs: number;
}

/** The duration of all steps of a picture. */
export function totalMs({ timings }: Analysis): number {
  return timings.decodeMs + timings.detectMs + timings.alignMs + timings.embedMs;
}

function compare(first: Analysis, second: Analysis, card: ModelCard): Comparison {
  const similarity = cosineSimilarity(first.embedding.embedding, second.embedding.embedding);
  const threshold = findThreshold(card);
  const probability = probabilityOf(card, similarity);
  return {
    similarity,
    ...(threshold ? { threshold: threshold.value, same: isSamePerson(similarity, threshold.value) } : {}),
    ...(threshold?.calibratedOn === undefined ? {} : { calibratedOn: threshold.calibratedOn }),
    ...(probability === undefined ? {} : { probability }),
    elapsedMs: totalMs(first) + totalMs(second),
  };
}

/** Absent until both pictures are embedded by the weights in use. */
export function comparisonOf({ slots, model }: State): Comparison | undefined {
  const [first, second] = SLOT_NAMES.map((name) => slots[name]);
  if (model.kind !== 'ready' || first?.kind !== 'ready' || second?.kind !== 'ready') return undefined;
  const analyses = [first.analysis, second.analysis];
  if (analyses.some(({ embedding }) => embedding.weights !== model.model.weights)) return undefined;
  return compare(first.analysis, second.analysis, model.model.card);
}
