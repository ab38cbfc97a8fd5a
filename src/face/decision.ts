/** From a similarity to a decision: thresholds and probabilities, which come from the weights' card alone. */
import { InputError } from '../errors.js';
import type { ModelCard } from '../model/card.js';
import { defaultThreshold, thresholdFor } from '../model/chooseThreshold.js';
import { isSamePerson } from './match.js';

/** How a threshold is chosen; where both are absent, the card's for a false-accept rate of 1e-4, or its strictest. */
export interface ThresholdOptions {
  /** Cosine similarity from which two faces count as the same person, −1 to 1. */
  readonly threshold?: number | undefined;
  /** The share of different people that may be accepted: the card's threshold for the largest rate within it counts. */
  readonly falseAcceptRate?: number | undefined;
}

/** A threshold, and what is known of it. */
export interface ChosenThreshold {
  readonly value: number;
  /** Share of different people accepted on the calibration data; absent where it is not known. */
  readonly falseAcceptRate?: number;
  /** What the threshold rests on; absent where the caller gave it. */
  readonly calibratedOn?: string;
}

/** What a similarity means, and what that rests on: the same fields wherever two faces are compared. */
export interface Decision {
  /** Cosine, −1 to 1: no percentage and no probability. */
  readonly similarity: number;
  /** Null where there is no threshold to decide by. */
  readonly same: boolean | null;
  readonly threshold: number | null;
  /** Who chose the threshold; null where there is none. */
  readonly thresholdSource: 'caller' | 'card' | null;
  /** Share of different people that the threshold accepted on the card's data; null where it is not known. */
  readonly falseAcceptRate: number | null;
  /** What the card's threshold rests on. */
  readonly calibratedOn: string | null;
  /** Of the same person, 0 to 1, calibrated on the pairs that the card names; null where it has none. */
  readonly probability: number | null;
  /** Why nothing is decided and how to get a threshold; null where there is a decision. */
  readonly undecided: string | null;
}

const WAYS_OUT =
  'pass a threshold that you measured, or calibrate the weights on pairs like yours, which stores one in their card; ' +
  'similarity alone works without';

function checkWithin(name: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new InputError(
    'BAD_OPTION',
    `${name} is ${JSON.stringify(value)}; accepted is a number from ${least} to ${most}.`,
  );
}

/** The threshold that the options choose; undefined where the card has none and none is given. Throws InputError BAD_OPTION. */
export function findThreshold(card: ModelCard, options: ThresholdOptions = {}): ChosenThreshold | undefined {
  const { threshold, falseAcceptRate: rate } = options;
  if (threshold !== undefined) return { value: checkWithin('threshold', threshold, -1, 1) };
  if (rate === undefined) return defaultThreshold(card.thresholds);
  return thresholdFor(card.thresholds, checkWithin('falseAcceptRate', rate, 0, 1));
}

/** Why the options choose no threshold, with both ways out. */
function explainNoThreshold(card: ModelCard, { falseAcceptRate }: ThresholdOptions): string {
  const rates = card.thresholds.flatMap((threshold) => threshold.falseAcceptRate ?? []);
  const known = rates.length > 0 ? `only for the false-accept rates ${rates.join(', ')}` : 'for no false-accept rate';
  const found = falseAcceptRate === undefined ? 'no threshold' : `a threshold ${known}`;
  return `${card.name}: the card has ${found}; ${WAYS_OUT}.`;
}

/**
 * The threshold that a caller needs, never a guessed one.
 * Throws InputError NO_THRESHOLD, naming both ways out, and BAD_OPTION.
 */
export function requireThreshold(card: ModelCard, options: ThresholdOptions = {}): ChosenThreshold {
  const chosen = findThreshold(card, options);
  if (chosen) return chosen;
  throw new InputError('NO_THRESHOLD', explainNoThreshold(card, options));
}

/** The calibrated probability of the same person, 0 to 1; undefined where the card has none. */
export function probabilityOf(card: ModelCard, similarity: number): number | undefined {
  if (!card.probability) return undefined;
  const { slope, offset } = card.probability;
  return 1 / (1 + Math.exp(-(slope * similarity + offset)));
}

/**
 * What a similarity means by the threshold that the options choose. Without one nothing is decided: `same` is null, and
 * `undecided` says why. Throws InputError BAD_OPTION.
 */
export function decide(similarity: number, card: ModelCard, options: ThresholdOptions = {}): Decision {
  const chosen = findThreshold(card, options);
  const given = options.threshold !== undefined;
  return {
    similarity,
    same: chosen ? isSamePerson(similarity, chosen.value) : null,
    threshold: chosen?.value ?? null,
    thresholdSource: chosen ? (given ? 'caller' : 'card') : null,
    falseAcceptRate: chosen?.falseAcceptRate ?? null,
    calibratedOn: chosen?.calibratedOn ?? null,
    probability: probabilityOf(card, similarity) ?? null,
    undecided: chosen ? null : explainNoThreshold(card, options),
  };
}
