/** What a threshold buys: true accepts at a stated false-accept rate, with how sure the share is. */
import type { ScoredPair } from './scoredPair.js';

/** A share's confidence interval, 0 to 1. */
export type Interval = readonly [low: number, high: number];

/** Standard normal deviation of a two-sided 95 % interval. */
const DEVIATION = 1.959963984540054;

/**
 * Wilson's score interval of a share (Wilson 1927), 95 %: where the true share may lie after `successes` of `trials`
 * that do not depend on each other. Pairs that share images depend on each other a little, so that the interval is
 * then somewhat too narrow. [0, 1] where there were no trials.
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (trials === 0) return [0, 1];
  const share = successes / trials;
  const square = DEVIATION ** 2;
  const middle = share + square / (2 * trials);
  const spread = DEVIATION * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials ** 2));
  const scale = 1 + square / trials;
  const low = successes === 0 ? 0 : Math.max(0, (middle - spread) / scale);
  const high = successes === trials ? 1 : Math.min(1, (middle + spread) / scale);
  return [low, high];
}

/** A threshold that keeps a false-accept rate, and what it accepts. */
export interface OperatingPoint {
  /** The rate that was asked for, 0 to 1. */
  readonly falseAcceptRate: number;
  /** Pairs from this score on count as the same person. */
  readonly threshold: number;
  /** Pairs of different people that it accepts: as many as the rate allows, fewer where scores are tied. */
  readonly falseAccepts: number;
  readonly differentPairs: number;
  /** Share of pairs of the same person that it accepts, 0 to 1. */
  readonly trueAcceptRate: number;
  /** Of the true-accept rate: Wilson, 95 %. */
  readonly interval: Interval;
}

/** How many of `count` pairs of different people a rate allows, whatever the product rounds to. */
export function allowedAccepts(falseAcceptRate: number, count: number): number {
  return Math.min(count, Math.floor(falseAcceptRate * count * (1 + Number.EPSILON)));
}

/** A cut between scores: everything above `refused` is accepted, from the next score on. */
export interface Cut {
  /** −∞ where everything is accepted. */
  readonly refused: number;
  /** The lowest accepted score of either class; ∞ where there is none. */
  readonly next: number;
}

/** The threshold of a cut, in the middle of its gap. */
export function thresholdOf({ refused, next }: Cut): number {
  if (refused === Number.NEGATIVE_INFINITY) return Number.isFinite(next) ? next : 0;
  if (!Number.isFinite(next)) return refused + Math.max(1, Math.abs(refused)) * Number.EPSILON;
  const middle = refused + (next - refused) / 2;
  return middle > refused ? middle : next;
}

/**
 * The point at which at most `falseAcceptRate` of the pairs of different people are accepted. No interpolation: with
 * n false accepts allowed, the threshold stands just above the (n + 1)-th highest score of different people.
 */
export function operatingPoint(pairs: readonly ScoredPair[], falseAcceptRate: number): OperatingPoint {
  const different = pairs.filter(({ same }) => !same).map(({ score }) => score);
  const same = pairs.filter((pair) => pair.same).map(({ score }) => score);
  const sorted = different.toSorted((a, b) => b - a);
  const refused = sorted[allowedAccepts(falseAcceptRate, sorted.length)] ?? Number.NEGATIVE_INFINITY;
  const accepted = same.filter((score) => score > refused).length;
  const next = pairs.reduce((least, { score }) => (score > refused && score < least ? score : least), Infinity);
  return {
    falseAcceptRate,
    threshold: thresholdOf({ refused, next }),
    falseAccepts: different.filter((score) => score > refused).length,
    differentPairs: different.length,
    trueAcceptRate: accepted / same.length,
    interval: wilsonInterval(accepted, same.length),
  };
}
