/** Int8 values brought to other scales in integers alone: sums of a few values, and means of many. */

import type { Activation } from './activation.js';
import type { Quantisation } from './quantise.js';
import { roundHalfUp } from './requantisation.js';

/** Limits of an output, which make its activation. */
export interface OutputLimits {
  readonly zeroPoint: number;
  readonly least: number;
  readonly most: number;
}

/** Multipliers of 16 bits with the shift that they share. */
export interface Rescaling {
  readonly multipliers: readonly number[];
  /** 1 to 22. */
  readonly shift: number;
}

/** A multiplier of 31 bits and its shift, 1 to 31; of a sum that is divided by a count of elements besides. */
export interface MeanRescaling {
  readonly multiplier: number;
  readonly shift: number;
}

const LARGEST_MULTIPLIER = 32767;
const MOST_SHIFT = 22;
const LARGEST_MEAN_MULTIPLIER = 2 ** 31 - 1;
const MOST_MEAN_SHIFT = 31;
/** Elements of a window whose mean is taken: the sum of more might not fit 32 bits. */
export const LARGEST_WINDOW = 2 ** 23;

/** The limits of an output of a quantisation after an activation. */
export function outputLimits({ scale, zeroPoint }: Quantisation, activation: Activation): OutputLimits {
  const limited = activation === 'relu' || activation === 'relu6';
  const six = Math.min(roundHalfUp(6 / scale) + zeroPoint, 127);
  return { zeroPoint, least: limited ? zeroPoint : -128, most: activation === 'relu6' ? six : 127 };
}

/** The largest shift whose multipliers have 16 bits, where there is one from 1 to 22; larger multipliers are cut off. */
export function rescalingOf(ratios: readonly number[]): Rescaling {
  const largest = ratios.reduce((most, ratio) => Math.max(most, Math.abs(ratio)), 0);
  let shift = MOST_SHIFT;
  while (shift > 1 && roundHalfUp(largest * 2 ** shift) > LARGEST_MULTIPLIER) shift--;
  const multipliers = ratios.map((ratio) => {
    return Math.min(Math.max(roundHalfUp(ratio * 2 ** shift), -LARGEST_MULTIPLIER), LARGEST_MULTIPLIER);
  });
  return { multipliers, shift };
}

function limited(value: number, { zeroPoint, least, most }: OutputLimits): number {
  return Math.min(Math.max(value + zeroPoint, least), most);
}

/** One output from the sum of centred elements times their multipliers, which has less than 25 bits; half up. */
export function rescale(sum: number, shift: number, limits: OutputLimits): number {
  return limited((sum + 2 ** (shift - 1)) >> shift, limits);
}

/** What a sum is multiplied by to become a mean in the output's scale, but for the count. */
export function meanRescaling(ratio: number): MeanRescaling {
  let shift = MOST_MEAN_SHIFT;
  while (shift > 1 && roundHalfUp(ratio * 2 ** shift) > LARGEST_MEAN_MULTIPLIER) shift--;
  return { multiplier: Math.min(roundHalfUp(ratio * 2 ** shift), LARGEST_MEAN_MULTIPLIER), shift };
}

/**
 * One output from the sum of a window's centred elements and how many of them count, in integers of 64 bits. The
 * multiplier is divided by the count first, lifted by the count's bits but one, so that it keeps its own 31.
 */
export function rescaleMean(
  sum: number,
  count: number,
  { multiplier, shift }: MeanRescaling,
  limits: OutputLimits,
): number {
  const lift = 31 - Math.clz32(count);
  const divided = ((BigInt(multiplier) << BigInt(lift)) + BigInt(count >> 1)) / BigInt(count);
  const total = BigInt(shift + lift);
  const mean = (BigInt(sum) * divided + (1n << (total - 1n))) >> total;
  return limited(Number(mean), limits);
}
