/** Scales and zero points of values from samples of them, and scales of weights from the weights. */
import type { Quantisation } from '../ops/quantise.js';
import { narrowFloat16, widenFloat16 } from '../tensor/float16.js';

const LEVELS = 255;
/** Parts of the samples' range that are tried on either side. */
const SHRINKS = [1, 0.96, 0.92, 0.88, 0.84, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5];
/** Samples that candidates are compared on. */
const MOST_COMPARED = 8192;
/** Significant digits of a scale, so that files stay small. */
const SCALE_DIGITS = 6;
/** For values that are zero throughout. */
const SMALLEST_RANGE = 1e-9;

/** The quantisation whose int8 values reach from `least` to `most`; both ends include 0. */
export function quantisationOf(least: number, most: number): Quantisation {
  const range = Math.max(most - least, SMALLEST_RANGE);
  const scale = Number((range / LEVELS).toPrecision(SCALE_DIGITS));
  const zeroPoint = Math.min(Math.max(Math.round(-128 - least / scale), -128), 127);
  return { scale, zeroPoint };
}

function squaredError(samples: Float32Array, step: number, { scale, zeroPoint }: Quantisation): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index += step) {
    const value = samples[index]!;
    const whole = Math.min(Math.max(Math.round(value / scale) + zeroPoint, -128), 127);
    sum += (value - scale * (whole - zeroPoint)) ** 2;
  }
  return sum;
}

/** The quantisation of the least mean squared error on samples of a value, among parts of their range. */
export function chooseQuantisation(samples: Float32Array): Quantisation {
  let [least, most] = [0, 0];
  for (const value of samples) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const step = Math.max(1, Math.floor(samples.length / MOST_COMPARED));
  let best = quantisationOf(least, most);
  let bestError = squaredError(samples, step, best);
  for (const below of least < 0 ? SHRINKS : [1]) {
    for (const above of most > 0 ? SHRINKS : [1]) {
      const candidate = quantisationOf(least * below, most * above);
      const error = squaredError(samples, step, candidate);
      if (error < bestError) [best, bestError] = [candidate, error];
    }
  }
  return best;
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
