/** The inline epilogue of the int8 kernels: 32-bit sums of eight channels become int8, in integers alone. */

/** Channels of one panel of the int8 kernels. */
export const PANEL_CHANNELS: i32 = 8;

/**
 * Layout panelParameters: bias 8 × i32, 2^lift 8 × u16, the multipliers of positive sums and in which bits those of
 * negative ones differ 8 × i16 each; PARAMETERS is the bytes of a panel.
 */
const LIFTS: usize = 32;
const POSITIVE: usize = 48;
const DIFFERENCE: usize = 64;
export const PARAMETERS: usize = 80;

/**
 * Layout layerConstants: vectors of eight lanes of int16, of sixteen of int8 for the limits; from PADDING on the
 * input's zero point, which stands for places outside the image, as often as a kernel reads it at once.
 */
const FINISH: usize = 0;
const LEAST: usize = 16;
const MOST: usize = 32;
const RESIDUAL_ZERO_POINT: usize = 48;
const RESIDUAL_MULTIPLIER: usize = 64;
export const PADDING: usize = 80;

/** Bits by which lifted sums are shifted down to 16 bits. */
const SHIFT: i32 = 10;

/** Bits of an output below its whole part. */
const FRACTION: i32 = 3;

/** (a · b + 2¹⁴) >> 15 in eight lanes; no multiplier is −2¹⁵, so that all builds give the same. */
// @ts-ignore: decorator
@inline
function multiplyRounded(a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i16x8.relaxed_q15mulr_s(a, b);
  return i16x8.q15mulr_sat_s(a, b);
}

/** Eight 32-bit sums, lifted and with half a unit added, as 16 bits. */
// @ts-ignore: decorator
@inline
function narrowSums(low: v128, high: v128): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(low, SHIFT), i32x4.shr_s(high, SHIFT));
}

/** Sums in units of the output's scale / 2^FRACTION; those below 0 have another multiplier. */
// @ts-ignore: decorator
@inline
function scaleSums(sums: v128, positive: v128, difference: v128): v128 {
  return multiplyRounded(sums, v128.xor(positive, v128.and(i16x8.shr_s(sums, 15), difference)));
}

/** Adds the eight channels at `residual`. */
// @ts-ignore: decorator
@inline
function addResidual(value: v128, residual: usize, constants: usize): v128 {
  const centred = i16x8.sub(v128.load8x8_s(residual), v128.load(constants, RESIDUAL_ZERO_POINT));
  return i16x8.add_sat_s(value, multiplyRounded(i16x8.shl(centred, 7), v128.load(constants, RESIDUAL_MULTIPLIER)));
}

/** Adds the zero point, rounds the fractions away and keeps the limits; eight channels of one place and eight of another. */
// @ts-ignore: decorator
@inline
function finish(a: v128, b: v128, constants: usize): v128 {
  // The zero point and a half, in the fraction's units.
  const offset = v128.load(constants, FINISH);
  const bytes = i8x16.narrow_i16x8_s(
    i16x8.shr_s(i16x8.add_sat_s(a, offset), FRACTION),
    i16x8.shr_s(i16x8.add_sat_s(b, offset), FRACTION),
  );
  return i8x16.min_s(i8x16.max_s(bytes, v128.load(constants, LEAST)), v128.load(constants, MOST));
}

/**
 * Stores eight channels whose sums are lifted: multiplied by 2^lift. Sums are rounded to 16 bits and multiplied into
 * units of the output's scale / 2^FRACTION; the residual (its address is `output + residual`; 0 where absent) is added,
 * the zero point too, the fraction rounded away and the activation's limits kept. Every rounding is half up; the
 * first one's half a unit is part of the bias. `src/ops/requantisation.ts` says the same in numbers.
 */
// @ts-ignore: decorator
@inline
export function storeLifted(
  output: usize, low: v128, high: v128, parameters: usize, constants: usize, residual: usize,
): void {
  let value = scaleSums(narrowSums(low, high), v128.load(parameters, POSITIVE), v128.load(parameters, DIFFERENCE));
  if (residual) value = addResidual(value, output + residual, constants);
  v128.store64_lane(output, finish(value, value, constants), 0);
}

/** Stores eight channels of two pixels, `stride` bytes apart, whose sums are lifted. */
// @ts-ignore: decorator
@inline
function storeTwoLifted(
  output: usize, stride: usize, low0: v128, high0: v128, low1: v128, high1: v128, parameters: usize, constants: usize,
  residual: usize,
): void {
  const positive = v128.load(parameters, POSITIVE), difference = v128.load(parameters, DIFFERENCE);
  let value0 = scaleSums(narrowSums(low0, high0), positive, difference);
  let value1 = scaleSums(narrowSums(low1, high1), positive, difference);
  if (residual) {
    value0 = addResidual(value0, output + residual, constants);
    value1 = addResidual(value1, output + stride + residual, constants);
  }
  const bytes = finish(value0, value1, constants);
  v128.store64_lane(output, bytes, 0);
  v128.store64_lane(output + stride, bytes, 1);
}

/** Stores eight channels whose sums are not lifted yet. */
// @ts-ignore: decorator
@inline
export function storeRequantised(
  output: usize, low: v128, high: v128, parameters: usize, constants: usize, residual: usize,
): void {
  const liftedLow = i32x4.mul(low, v128.load16x4_u(parameters, LIFTS));
  const liftedHigh = i32x4.mul(high, v128.load16x4_u(parameters, LIFTS + 8));
  storeLifted(output, liftedLow, liftedHigh, parameters, constants, residual);
}

/** Stores eight channels of two pixels, `stride` bytes apart, whose sums are not lifted yet. */
// @ts-ignore: decorator
@inline
export function storeTwoRequantised(
  output: usize, stride: usize, low0: v128, high0: v128, low1: v128, high1: v128, parameters: usize, constants: usize,
  residual: usize,
): void {
  const liftLow = v128.load16x4_u(parameters, LIFTS), liftHigh = v128.load16x4_u(parameters, LIFTS + 8);
  storeTwoLifted(
    output, stride, i32x4.mul(low0, liftLow), i32x4.mul(high0, liftHigh), i32x4.mul(low1, liftLow),
    i32x4.mul(high1, liftHigh), parameters, constants, residual,
  );
}

/** Sums of 16 bits of four channels, lifted, with a lifted bias: each stands in both halves of a pair, whose second counts nothing. */
// @ts-ignore: decorator
@inline
function liftNarrow(pairs: v128, lifts: v128, bias: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(pairs, lifts), bias);
}

/** Stores eight channels of two pixels, `stride` bytes apart, whose sums are 16 bits and without their biases, which are lifted. */
// @ts-ignore: decorator
@inline
export function storeTwoNarrow(
  output: usize, stride: usize, sums0: v128, sums1: v128, parameters: usize, constants: usize, residual: usize,
): void {
  const liftLow = v128.load16x4_u(parameters, LIFTS), liftHigh = v128.load16x4_u(parameters, LIFTS + 8);
  const biasLow = v128.load(parameters), biasHigh = v128.load(parameters, 16);
  storeTwoLifted(
    output, stride,
    liftNarrow(v128.shuffle<i16>(sums0, sums0, 0, 8, 1, 9, 2, 10, 3, 11), liftLow, biasLow),
    liftNarrow(v128.shuffle<i16>(sums0, sums0, 4, 12, 5, 13, 6, 14, 7, 15), liftHigh, biasHigh),
    liftNarrow(v128.shuffle<i16>(sums1, sums1, 0, 8, 1, 9, 2, 10, 3, 11), liftLow, biasLow),
    liftNarrow(v128.shuffle<i16>(sums1, sums1, 4, 12, 5, 13, 6, 14, 7, 15), liftHigh, biasHigh),
    parameters, constants, residual,
  );
}

/** Stores eight channels whose sums are 16 bits and without their biases, which are lifted. */
// @ts-ignore: decorator
@inline
export function storeNarrow(output: usize, sums: v128, parameters: usize, constants: usize, residual: usize): void {
  const low = v128.shuffle<i16>(sums, sums, 0, 8, 1, 9, 2, 10, 3, 11);
  const high = v128.shuffle<i16>(sums, sums, 4, 12, 5, 13, 6, 14, 7, 15);
  storeLifted(
    output, liftNarrow(low, v128.load16x4_u(parameters, LIFTS), v128.load(parameters)),
    liftNarrow(high, v128.load16x4_u(parameters, LIFTS + 8), v128.load(parameters, 16)), parameters, constants,
    residual,
  );
}
