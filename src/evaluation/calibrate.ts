/** Calibration: thresholds for stated false-accept rates and the probability of the same person, from scored pairs. */
import { InputError } from '../errors.js';
import type { CardProbability, CardThreshold } from '../model/card.js';
import { checkPairs } from './evaluate.js';
import { operatingPoint } from './operatingPoint.js';
import type { ScoredPair } from './scoredPair.js';

/** False accepts that a rate must let expect on the pairs: with fewer, the threshold would rest on chance. */
export const LEAST_FALSE_ACCEPTS = 30;

/** What goes into a model's card. */
export interface Calibration {
  /** One for each rate, in the order given; a card's first one is its default. */
  readonly thresholds: readonly CardThreshold[];
  readonly probability: CardProbability;
}

const MOST_STEPS = 100;
const CONVERGED = 1e-12;

/** A pair as the fit sees it. */
interface Sample {
  readonly score: number;
  /** What its probability should be. */
  readonly target: number;
  readonly weight: number;
}

/**
 * Platt's targets (1999), just inside 0 and 1, so that slopes stay finite where scores separate the classes. Both
 * classes weigh alike, whatever their numbers.
 */
function samplesOf(pairs: readonly ScoredPair[]): Sample[] {
  const same = pairs.filter((pair) => pair.same).length;
  const different = pairs.length - same;
  return pairs.map((pair) => ({
    score: pair.score,
    target: pair.same ? (same + 1) / (same + 2) : 1 / (different + 2),
    weight: 1 / (2 * (pair.same ? same : different)),
  }));
}

/** Cross-entropy of the targets, without overflow for any score. */
function lossOf(samples: readonly Sample[], slope: number, offset: number): number {
  return samples.reduce((sum, { score, target, weight }) => {
    const logit = slope * score + offset;
    return sum + weight * (Math.max(logit, 0) - target * logit + Math.log1p(Math.exp(-Math.abs(logit))));
  }, 0);
}

/** Newton's step for the slope and the offset at a point of the loss, which is convex. */
function newtonStep(samples: readonly Sample[], slope: number, offset: number): readonly [number, number] {
  let [gradientSlope, gradientOffset, slopeSlope, slopeOffset, offsetOffset] = [0, 0, 1e-12, 0, 1e-12];
  for (const { score, target, weight } of samples) {
    const probability = 1 / (1 + Math.exp(-(slope * score + offset)));
    const error = weight * (probability - target);
    const curvature = weight * probability * (1 - probability);
    gradientSlope += error * score;
    gradientOffset += error;
    slopeSlope += curvature * score * score;
    slopeOffset += curvature * score;
    offsetOffset += curvature;
  }
  const determinant = slopeSlope * offsetOffset - slopeOffset * slopeOffset;
  return [
    (offsetOffset * gradientSlope - slopeOffset * gradientOffset) / determinant,
    (slopeSlope * gradientOffset - slopeOffset * gradientSlope) / determinant,
  ];
}

/**
 * Fits 1 / (1 + exp(−(slope · score + offset))), the probability of the same person among pairs of which half are,
 * after Platt (1999), by Newton's method with halved steps (Lin, Lin and Weng 2007).
 * Throws InputError NOT_FINITE, ONE_CLASS, or NO_RELATION where higher scores do not speak for the same person.
 */
export function fitProbability(pairs: readonly ScoredPair[]): { readonly slope: number; readonly offset: number } {
  checkPairs(pairs);
  const samples = samplesOf(pairs);
  let [slope, offset] = [0, 0];
  let loss = lossOf(samples, slope, offset);
  for (let step = 0; step < MOST_STEPS; step++) {
    const [slopeStep, offsetStep] = newtonStep(samples, slope, offset);
    let share = 1;
    let next = lossOf(samples, slope - slopeStep, offset - offsetStep);
    while (!(next <= loss) && share > CONVERGED) {
      share /= 2;
      next = lossOf(samples, slope - share * slopeStep, offset - share * offsetStep);
    }
    if (!(next <= loss)) break;
    slope -= share * slopeStep;
    offset -= share * offsetStep;
    if (loss - next <= CONVERGED * loss) break;
    loss = next;
  }
  if (slope > 0) return { slope, offset };
  throw new InputError(
    'NO_RELATION',
    `the probability falls with the similarity (slope ${slope}); pairs of the same person must score higher than others.`,
  );
}

/**
 * Checks that so many pairs of different people can support a false-accept rate. Throws InputError BAD_RATE, or
 * RATE_UNSUPPORTED where fewer than 30 false accepts are to be expected.
 */
export function checkRate(rate: number, different: number): void {
  if (!(rate > 0 && rate <= 1)) {
    throw new InputError('BAD_RATE', `false-accept rate is ${rate}; accepted is a number above 0, up to 1.`);
  }
  const expected = rate * different;
  if (expected * (1 + Number.EPSILON) >= LEAST_FALSE_ACCEPTS) return;
  const needed = Math.ceil(LEAST_FALSE_ACCEPTS / rate - Number.EPSILON);
  throw new InputError(
    'RATE_UNSUPPORTED',
    `a false-accept rate of ${rate} on ${different} pairs of different people lets expect ` +
      `${Number(expected.toPrecision(3))} false accepts; ${LEAST_FALSE_ACCEPTS} are needed: ${needed} such pairs, or a rate of ` +
      `${Number((LEAST_FALSE_ACCEPTS / different).toPrecision(2))} and higher.`,
  );
}

/**
 * Calibrates on scored pairs: for each false-accept rate a threshold, and the probability. `data` names the pairs in
 * the card. Each threshold rests on the pairs of different people, the probability on all.
 * Throws InputError BAD_RATE, RATE_UNSUPPORTED where fewer than 30 false accepts are to be expected, ONE_CLASS,
 * NOT_FINITE, NO_RELATION.
 */
export function calibrate(pairs: readonly ScoredPair[], rates: readonly number[], data: string): Calibration {
  checkPairs(pairs);
  const different = pairs.filter(({ same }) => !same).length;
  for (const rate of rates) checkRate(rate, different);
  const thresholds = rates.map((rate): CardThreshold => {
    const { threshold, falseAccepts, trueAcceptRate, interval } = operatingPoint(pairs, rate);
    const [low, high] = interval.map((share) => share.toFixed(4));
    const found = `${trueAcceptRate.toFixed(4)} of pairs of the same person (95 % interval ${low} to ${high})`;
    return {
      value: Math.min(1, Math.max(-1, threshold)),
      calibratedOn: `${data}: lowest threshold that accepts at most ${rate} of different people; it accepts ${found}`,
      pairs: different,
      falseAcceptRate: falseAccepts / different,
    };
  });
  const calibratedOn = `${data}: logistic regression, both classes weighted alike`;
  return { thresholds, probability: { ...fitProbability(pairs), calibratedOn, pairs: pairs.length } };
}
