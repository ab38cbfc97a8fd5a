/** LFW's verification protocol (Huang et al. 2007): accuracy over folds, and the measures that need no threshold. */
import { InputError } from '../errors.js';
import { type Interval, operatingPoint } from './operatingPoint.js';
import type { ScoredPair } from './scoredPair.js';

/** A threshold and the accuracy that it reaches; pairs from the threshold on count as the same person. */
export interface ThresholdChoice {
  readonly threshold: number;
  /** 0 to 1. */
  readonly accuracy: number;
}

/** False-accept rates that true-accept rates are given at, by the names that they have in reports. */
export const FALSE_ACCEPT_RATES = { '1e-1': 0.1, '1e-2': 0.01, '1e-3': 0.001 } as const;

/** What the protocol says of a list of scored pairs. */
export interface Evaluation {
  /** Mean of the folds' accuracies, 0 to 1. */
  readonly accuracy: number;
  /** Standard deviation of the folds' accuracies (population: divided by their number), 0 to 1. */
  readonly std: number;
  /** The threshold with the best accuracy on all pairs together. */
  readonly threshold: number;
  /** Area under the ROC curve: the share of (same, different) pairs of pairs whose scores are in order, ties half. */
  readonly auc: number;
  readonly tarAtFar: Readonly<Record<keyof typeof FALSE_ACCEPT_RATES, number>>;
  /** Of the true-accept rates: Wilson's score interval, 95 %. */
  readonly tarIntervals: Readonly<Record<keyof typeof FALSE_ACCEPT_RATES, Interval>>;
  /** By fold, in ascending order of fold: its accuracy at the threshold that the others chose. */
  readonly folds: readonly ThresholdChoice[];
}

function countSame(pairs: readonly ScoredPair[]): number {
  return pairs.reduce((sum, { same }) => sum + (same ? 1 : 0), 0);
}

/** A threshold above `low` that `high` still reaches: the middle, or `high` where no number lies between them. */
function between(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle > low ? middle : high;
}

/**
 * The threshold with the highest accuracy on the given pairs, found over all that differ in effect: below all
 * scores, between any two neighbours, above all. Each stands in the middle of its gap, or at the lowest score, or
 * just above the highest. Of equally accurate ones the highest wins, which accepts the fewest different people.
 */
export function bestThreshold(pairs: readonly ScoredPair[]): ThresholdChoice {
  const sorted = pairs.toSorted((a, b) => b.score - a.score);
  const highest = sorted[0]?.score ?? 0;
  let correct = sorted.length - countSame(sorted);
  let best = { threshold: highest + Math.max(1, Math.abs(highest)) * Number.EPSILON, correct };
  for (let index = 0; index < sorted.length; index++) {
    const { score, same } = sorted[index]!;
    correct += same ? 1 : -1;
    const next = sorted[index + 1]?.score;
    if (next === score || correct <= best.correct) continue;
    best = { threshold: next === undefined ? score : between(next, score), correct };
  }
  return { threshold: best.threshold, accuracy: best.correct / sorted.length };
}

/** The share of pairs that a threshold decides rightly, 0 to 1. */
export function accuracyAt(pairs: readonly ScoredPair[], threshold: number): number {
  return pairs.filter(({ score, same }) => score >= threshold === same).length / pairs.length;
}

/** The area under the ROC curve, exactly, from ranks (Mann–Whitney); tied scores count half. */
export function areaUnderCurve(pairs: readonly ScoredPair[]): number {
  const sorted = pairs.toSorted((a, b) => a.score - b.score);
  const same = countSame(sorted);
  let ordered = 0;
  let differentBelow = 0;
  for (let begin = 0; begin < sorted.length; ) {
    let end = begin;
    let tiedSame = 0;
    for (; end < sorted.length && sorted[end]!.score === sorted[begin]!.score; end++)
      tiedSame += sorted[end]!.same ? 1 : 0;
    const tiedDifferent = end - begin - tiedSame;
    ordered += tiedSame * (differentBelow + tiedDifferent / 2);
    differentBelow += tiedDifferent;
    begin = end;
  }
  return ordered / (same * (sorted.length - same));
}

/** Throws InputError NOT_FINITE or ONE_CLASS where a measure would mean nothing. */
export function checkPairs(pairs: readonly ScoredPair[]): void {
  for (const [index, { score }] of pairs.entries()) {
    if (!Number.isFinite(score)) {
      throw new InputError('NOT_FINITE', `pair ${index + 1}: score is ${score}; scores are finite numbers.`);
    }
  }
  const same = countSame(pairs);
  if (same > 0 && same < pairs.length) return;
  throw new InputError(
    'ONE_CLASS',
    `evaluation has ${same} pairs of the same person and ${pairs.length - same} of different people; both are needed.`,
  );
}

function evaluateFolds(pairs: readonly ScoredPair[]): ThresholdChoice[] {
  const folds = [...new Set(pairs.map(({ fold }) => fold))].sort((a, b) => a - b);
  return folds.map((fold) => {
    const others = pairs.filter((pair) => pair.fold !== fold);
    const { threshold } = bestThreshold(others.length > 0 ? others : pairs);
    return {
      threshold,
      accuracy: accuracyAt(
        pairs.filter((pair) => pair.fold === fold),
        threshold,
      ),
    };
  });
}

/**
 * Evaluates scored pairs by LFW's protocol: each fold is decided at the threshold that is best on the other folds.
 * With a single fold there are no others: its own best threshold decides, and the accuracy is too good by a little.
 * Throws InputError NOT_FINITE or ONE_CLASS.
 */
export function evaluatePairs(pairs: readonly ScoredPair[]): Evaluation {
  checkPairs(pairs);
  const folds = evaluateFolds(pairs);
  const accuracy = folds.reduce((sum, fold) => sum + fold.accuracy, 0) / folds.length;
  const variance = folds.reduce((sum, fold) => sum + (fold.accuracy - accuracy) ** 2, 0) / folds.length;
  const points = Object.entries(FALSE_ACCEPT_RATES).map(([name, rate]) => [name, operatingPoint(pairs, rate)] as const);
  return {
    accuracy,
    std: Math.sqrt(variance),
    threshold: bestThreshold(pairs).threshold,
    auc: areaUnderCurve(pairs),
    tarAtFar: Object.fromEntries(points.map(([name, point]) => [name, point.trueAcceptRate])) as Evaluation['tarAtFar'],
    tarIntervals: Object.fromEntries(
      points.map(([name, { interval }]) => [name, interval]),
    ) as Evaluation['tarIntervals'],
    folds,
  };
}
