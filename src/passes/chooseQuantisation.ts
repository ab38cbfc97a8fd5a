/** Scales and zero points of values from their ranges, and scales of weights from the weights. */
import type { Quantisation } from '../ops/quantise.js';
import { narrowFloat16, widenFloat16 } from '../tensor/float16.js';

const LEVELS = 255;
/** Significant digits of a scale, so that files stay small. */
const SCALE_DIGITS = 6;
/** For values that are zero throughout. */
const SMALLEST_RANGE = 1e-9;

/** The quantisation whose int8 values reach from `least`, 0 or less, to `most`, 0 or more. */
export function quantisationOf(least: number, most: number): Quantisation {
  const range = Math.max(most - least, SMALLEST_RANGE);
  const scale = Number((range / LEVELS).toPrecision(SCALE_DIGITS));
  const zeroPoint = Math.min(Math.max(Math.round(-128 - least / scale), -128), 127);
  return { scale, zeroPoint };
}

/** What the whole numbers that one output's weights become may be. */
export interface WeightLimits {
  /** The largest magnitude. */
  readonly largest: number;
  /** The most that all magnitudes may come to. */
  readonly sum: number;
}

/** 7 bits: a product of bytes then takes its weights, and sums of pairs stay within 16 bits. */
export const DENSE_LIMITS: WeightLimits = { largest: 63, sum: Number.POSITIVE_INFINITY };
/** Depthwise layers have few weights, so that each counts: 8 bits. */
export const DEPTHWISE_LIMITS: WeightLimits = { largest: 127, sum: Number.POSITIVE_INFINITY };
/** Depthwise 3×3: sums of their products with int8 values stay within 16 bits. */
export const DEPTHWISE_3X3_LIMITS: WeightLimits = { largest: 127, sum: 255 };

/** The least float16 number that is no less. */
function float16From(exact: number): number {
  const bits = narrowFloat16(Float32Array.of(exact));
  const [near = 0] = widenFloat16(bits);
  return near > 0 && near >= exact ? near : widenFloat16(Uint16Array.of(bits[0]! + 1))[0]!;
}

const LEAST_FLOAT16 = 2 ** -24;

/** The largest float16 number that is no larger, but above 0. */
export function float16Below(exact: number): number {
  if (exact < LEAST_FLOAT16) return LEAST_FLOAT16;
  const bits = narrowFloat16(Float32Array.of(exact));
  const [near = 0] = widenFloat16(bits);
  return near <= exact ? near : widenFloat16(Uint16Array.of(bits[0]! - 1))[0]!;
}

/** The whole numbers that weights become with a scale, cut off at `largest`. */
export function roundWeights(weights: Float32Array, scale: number, largest: number): Float32Array {
  return weights.map((weight) => Math.min(Math.max(Math.round(weight / scale), -largest), largest) + 0);
}

/**
 * The scale of one output's weights: the least float16 number, `least` or more, with which they keep the limits; but no
 * more than `most`, a float16 number, with which the largest are cut off.
 */
export function weightScale(
  weights: Float32Array,
  { largest, sum }: WeightLimits,
  least = 0,
  most = Number.POSITIVE_INFINITY,
): number {
  let [peak, total] = [0, 0];
  for (const weight of weights) {
    peak = Math.max(peak, Math.abs(weight));
    total += Math.abs(weight);
  }
  let scale = float16From(Math.max(least, peak / largest, total / sum));
  // Rounding may add to the sum what the exact weights have not.
  const isOver = (): boolean =>
    roundWeights(weights, scale, largest).reduce((all, weight) => all + Math.abs(weight), 0) > sum;
  while (scale < most && isOver()) scale = float16From(scale * (1 + 2 ** -10));
  return Math.min(scale, most);
}
