/** What follows from two analysed pictures: computed from the state whenever it is shown. */
import { type ComparableFace, compareFaces, type Verification } from '../src/index.js';
import { SLOT_NAMES, type State } from './state.js';
import type { Analysis } from './worker/messages.js';

/** The library's own answer, and how long it took. */
export interface Comparison extends Verification {
  /** All steps of both pictures. */
  readonly elapsedMs: number;
}

/** The duration of all steps of a picture. */
export function totalMs({ timings }: Analysis): number {
  return timings.decodeMs + timings.detectMs + timings.alignMs + timings.embedMs;
}

/** A picture's face as the library compares it. */
function faceOf({ embedding, faces, chosen, quality }: Analysis): ComparableFace {
  const face = faces[chosen];
  if (!face) return { ...embedding, input: 'crop', quality };
  return { ...embedding, input: 'photograph', face, faces: faces.length, quality };
}

/** Absent until both pictures are embedded by the weights in use. */
export function comparisonOf({ slots, model }: State): Comparison | undefined {
  const [first, second] = SLOT_NAMES.map((name) => slots[name]);
  if (model.kind !== 'ready' || first?.kind !== 'ready' || second?.kind !== 'ready') return undefined;
  const analyses = [first.analysis, second.analysis];
  if (analyses.some(({ embedding }) => embedding.weights !== model.model.weights)) return undefined;
  const elapsedMs = totalMs(first.analysis) + totalMs(second.analysis);
  return { ...compareFaces(model.model.card, [faceOf(first.analysis)], [faceOf(second.analysis)]), elapsedMs };
}
