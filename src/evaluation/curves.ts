/** Curves of scored pairs, as numbers to be drawn: the ROC curve and the histograms of the two classes. */
import type { ScoredPair } from './scoredPair.js';

/** What a threshold accepts, 0 to 1. */
export interface RocPoint {
  readonly threshold: number;
  readonly falseAcceptRate: number;
  readonly trueAcceptRate: number;
}

/** Pairs of each class by score; bin `i` holds scores from `low + i · width` on. */
export interface Histogram {
  readonly low: number;
  readonly width: number;
  readonly same: readonly number[];
  readonly different: readonly number[];
}

/**
 * The ROC curve's corners, from the highest threshold on: where either rate changes its direction. Straight lines
 * between them are the whole curve, since tied scores are accepted together.
 */
export function rocCurve(pairs: readonly ScoredPair[]): RocPoint[] {
  const sorted = pairs.toSorted((a, b) => b.score - a.score);
  const same = pairs.filter((pair) => pair.same).length;
  const different = pairs.length - same;
  const points: RocPoint[] = [{ threshold: Number.POSITIVE_INFINITY, falseAcceptRate: 0, trueAcceptRate: 0 }];
  let [accepted, falsely] = [0, 0];
  for (const [index, pair] of sorted.entries()) {
    if (pair.same) accepted++;
    else falsely++;
    if (sorted[index + 1]?.score === pair.score) continue;
    const point = { threshold: pair.score, falseAcceptRate: falsely / different, trueAcceptRate: accepted / same };
    const [before, last] = [points.at(-2), points.at(-1)!];
    const goesOn = (name: 'falseAcceptRate' | 'trueAcceptRate') =>
      before?.[name] === last[name] && last[name] === point[name];
    if (before && (goesOn('falseAcceptRate') || goesOn('trueAcceptRate'))) points.pop();
    points.push(point);
  }
  return points;
}

/** Counts scores in `bins` bins of equal width over `[low, high]`; scores outside count in the outermost ones. */
export function histogram(pairs: readonly ScoredPair[], low: number, high: number, bins: number): Histogram {
  const width = (high - low) / bins;
  const same = Array<number>(bins).fill(0);
  const different = Array<number>(bins).fill(0);
  for (const pair of pairs) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((pair.score - low) / width)));
    (pair.same ? same : different)[bin]!++;
  }
  return { low, width, same, different };
}
