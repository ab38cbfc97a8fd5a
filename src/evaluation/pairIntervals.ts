/**
 * Intervals of rates over all pairs of many pictures. Pairs that share a person depend on each other: somebody who
 * resembles many people is falsely accepted again and again. So each rate's variance is that of dyadic clusters
 * (Aronow, Samii and Assenova 2015), and Wilson's interval is taken of as many independent pairs as would have it.
 */
import { type Interval, wilsonInterval } from './operatingPoint.js';

/** A count of pairs, and by person of those that the person is in. */
export interface PairTally {
  readonly pairs: number;
  readonly byPerson: ArrayLike<number>;
}

/** Of a rate among pairs, the independent ones with its variance; never more than there are, nor fewer than one. */
function intervalOf(accepted: number, pairs: number, variance: number, fewest: number): Interval {
  const rate = accepted / pairs;
  const spread = rate * (1 - rate);
  // A rate of 0 or 1 has no spread; then so many people are what is certain.
  const independent = spread === 0 ? fewest : spread / Math.max(variance, spread / pairs);
  const trials = Math.min(pairs, Math.max(1, independent));
  return wilsonInterval(rate * trials, trials);
}

/** Σ over people of the square of what their pairs accept beyond the rate. */
function squaresByPerson(accepted: PairTally, all: PairTally): number {
  const rate = accepted.pairs / all.pairs;
  let squares = 0;
  for (let person = 0; person < all.byPerson.length; person++) {
    squares += (accepted.byPerson[person]! - rate * all.byPerson[person]!) ** 2;
  }
  return squares;
}

function peopleIn({ byPerson }: PairTally): number {
  return Array.from(byPerson).filter((pairs) => pairs > 0).length;
}

/** 95 % interval of the share of pairs of the same person that are accepted: each person is a cluster. */
export function sameInterval(accepted: PairTally, all: PairTally): Interval {
  if (all.pairs === 0) return [0, 1];
  return intervalOf(accepted.pairs, all.pairs, squaresByPerson(accepted, all) / all.pairs ** 2, peopleIn(all));
}

/** 95 % interval of the share of pairs of different people that are accepted: each pair is in two people's clusters. */
export function differentInterval(accepted: PairTally, all: PairTally): Interval {
  if (all.pairs === 0) return [0, 1];
  const rate = accepted.pairs / all.pairs;
  // Each pair's own square stands in the sums of both its people, and counts once.
  const squares = squaresByPerson(accepted, all) - all.pairs * rate * (1 - rate);
  return intervalOf(accepted.pairs, all.pairs, squares / all.pairs ** 2, peopleIn(all));
}
