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

/** The largest whole number that a weight becomes. */
export const LARGEST_WEIGHT = 127;

/** The scale of one output's weights: the least float16 number, `least` or more, that lets the largest weight be 127. */
export function weightScale(weights: Float32Array, least = 0): number {
  let largest = least * LARGEST_WEIGHT;
  for (const weight of weights) largest = Math.max(largest, Math.abs(weight));
  const exact = largest / LARGEST_WEIGHT;
  const bits = narrowFloat16(Float32Array.of(exact));
  const [near = 0] = widenFloat16(bits);
  if (near > 0 && near >= exact) return near;
  return widenFloat16(Uint16Array.of(bits[0]! + 1))[0]!;
}
