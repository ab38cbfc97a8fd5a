/** Which of a card's thresholds decides: the one for a stated false-accept rate, and the default one. */
import type { CardThreshold } from './card.js';

/** The share of different people that the default decision may accept. */
export const DEFAULT_FALSE_ACCEPT_RATE = 1e-4;

/** Thresholds whose false-accept rate is known, from the highest rate down. */
function rated(thresholds: readonly CardThreshold[]): readonly CardThreshold[] {
  return thresholds
    .filter(({ falseAcceptRate }) => falseAcceptRate !== undefined)
    .toSorted((a, b) => b.falseAcceptRate! - a.falseAcceptRate!);
}

/** The threshold with the highest false-accept rate within the one asked for, 0 to 1; undefined where there is none. */
export function thresholdFor(thresholds: readonly CardThreshold[], rate: number): CardThreshold | undefined {
  return rated(thresholds).find(({ falseAcceptRate }) => falseAcceptRate! <= rate);
}

/**
 * The threshold that decides where nothing else is asked for: that for a false-accept rate of 1e-4, else the strictest
 * whose rate is known, else the first. Their order in the card counts for the last alone.
 */
export function defaultThreshold(thresholds: readonly CardThreshold[]): CardThreshold | undefined {
  return thresholdFor(thresholds, DEFAULT_FALSE_ACCEPT_RATE) ?? rated(thresholds).at(-1) ?? thresholds[0];
}
