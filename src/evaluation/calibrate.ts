/** Calibration: thresholds for stated false-accept rates and the probability of the same person, from scored pairs. */
import { InputError } from '../errors.js';
import type { CardProbability, CardThreshold } from '../model/card.js';
import { checkPairs } from './evaluate.js';
import { fitLogistic, type Logistic } from './logistic.js';
import { type Interval, operatingPoint, wilsonInterval } from './operatingPoint.js';
import type { ScoredPair } from './scoredPair.js';

/** False accepts that a rate must let expect on the pairs, rounded: with fewer, the threshold would rest on chance. */
export const LEAST_FALSE_ACCEPTS = 30;

/** What goes into a model's card. */
export interface Calibration {
  /** One for each rate, in the order given. */
  readonly thresholds: readonly CardThreshold[];
  readonly probability: CardProbability;
}

/**
 * The probability of the same person among pairs of which half are, as `fitLogistic` fits it.
 * Throws InputError NOT_FINITE, ONE_CLASS, or NO_RELATION where higher scores do not speak for the same person.
 */
export function fitProbability(pairs: readonly ScoredPair[]): Logistic {
  checkPairs(pairs);
  return fitLogistic(pairs.map(({ score, same }) => ({ score, same, count: 1 })));
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
  if (Math.round(expected) >= LEAST_FALSE_ACCEPTS) return;
  const needed = Math.ceil(LEAST_FALSE_ACCEPTS / rate - Number.EPSILON);
  throw new InputError(
    'RATE_UNSUPPORTED',
    `a false-accept rate of ${rate} on ${different} pairs of different people lets expect ` +
      `${Number(expected.toPrecision(3))} false accepts; ${LEAST_FALSE_ACCEPTS} are needed: ${needed} such pairs, or a rate of ` +
      `${Number((LEAST_FALSE_ACCEPTS / different).toPrecision(2))} and higher.`,
  );
}

/** What a threshold was found to accept. */
export interface MeasuredThreshold {
  readonly threshold: number;
  readonly differentPairs: number;
  readonly falseAccepts: number;
  readonly falseAcceptInterval: Interval;
  readonly samePairs: number;
  readonly trueAccepts: number;
  readonly trueAcceptInterval: Interval;
}

/** A threshold as a card has it, found on `data` for a false-accept rate. */
export function cardThreshold(measured: MeasuredThreshold, rate: number, data: string): CardThreshold {
  const { threshold, differentPairs, falseAccepts, falseAcceptInterval, samePairs, trueAccepts } = measured;
  return {
    value: Math.min(1, Math.max(-1, threshold)),
    calibratedOn: `${data}: lowest threshold that accepts at most ${rate} of different people`,
    pairs: differentPairs,
    falseAcceptRate: falseAccepts / differentPairs,
    falseAccepts,
    falseAcceptInterval,
    samePairs,
    trueAcceptRate: trueAccepts / samePairs,
    trueAcceptInterval: measured.trueAcceptInterval,
  };
}

/** A probability as a card has it. */
export function cardProbability(fit: Logistic, data: string, pairs: number): CardProbability {
  return { ...fit, calibratedOn: `${data}: logistic regression, both classes weighted alike`, pairs };
}

/**
 * Calibrates on scored pairs: for each false-accept rate a threshold, and the probability. `data` names the pairs in
 * the card. Each threshold rests on the pairs of different people, the probability on all; intervals are Wilson's.
 * Throws InputError BAD_RATE, RATE_UNSUPPORTED where fewer than 30 false accepts are to be expected, ONE_CLASS,
 * NOT_FINITE, NO_RELATION.
 */
export function calibrate(pairs: readonly ScoredPair[], rates: readonly number[], data: string): Calibration {
  checkPairs(pairs);
  const differentPairs = pairs.filter(({ same }) => !same).length;
  const samePairs = pairs.length - differentPairs;
  for (const rate of rates) checkRate(rate, differentPairs);
  const thresholds = rates.map((rate) => {
    const { threshold, falseAccepts, trueAcceptRate, interval } = operatingPoint(pairs, rate);
    const measured: MeasuredThreshold = {
      threshold,
      differentPairs,
      falseAccepts,
      falseAcceptInterval: wilsonInterval(falseAccepts, differentPairs),
      samePairs,
      trueAccepts: Math.round(trueAcceptRate * samePairs),
      trueAcceptInterval: interval,
    };
    return cardThreshold(measured, rate, data);
  });
  return { thresholds, probability: cardProbability(fitProbability(pairs), data, pairs.length) };
}
