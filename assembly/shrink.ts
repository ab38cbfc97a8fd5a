/**
 * Smaller copies of an image by a triangle filter, first along rows and then along columns, each rounded to bytes.
 *
 * Along a row, the filter's half-width is one output pixel, so it is the second difference of a ramp: with
 * D(x) = Σ f(p) · max(0, x − p) over pixel centres p, an output is factor · (D(x + step) − 2 · D(x) + D(x − step)).
 * D is linear between pixel centres and comes from two running sums: an output costs the same however much is shrunk.
 */
import { check, multiplyAdd } from './simd';

/** Bytes of the ramp's value at one pixel centre: red, green, blue as float64, and one that is not used. */
const RAMP: usize = 32;

/** Bytes of a pixel. */
const PIXEL: usize = 3;

/** Bytes of one i32. */
const I32: usize = 4;

/** Bytes of one f64. */
const F64: usize = 8;

/** The parallel axis is rows of the image. Up to one byte behind the last pixel is read. */
@unmanaged
export class ShrinkRowsArguments {
  /** The first pixel of the first row. */
  image: usize;
  /** Distance of neighbouring rows. */
  rowBytes: i32;
  /** Pixels of a row. */
  width: i32;
  /** Scratch of width + 2 values. */
  ramp: usize;
  /** So many ShrinkCopyArguments, one behind the other. */
  copies: usize;
  copyCount: i32;
}

/** How one copy sees a row. */
@unmanaged
export class ShrinkCopyArguments {
  /** Pixels of the copy's rows. */
  outputs: i32;
  /** outputs + 2 indices of the pixel centre below D's places, from one step before the first output to one behind. */
  below: usize;
  /** How far beyond that centre each place is, as float64. */
  beyond: usize;
  /** By output, as float64. */
  factors: usize;
  /** Where the filtered rows go: outputs · 3 bytes each. */
  rows: usize;
}

/** The ramp of a row, from its first pixel centre to one place behind its last. */
// @ts-ignore: decorator
@inline
function writeRamp(image: usize, width: i32, ramp: usize): void {
  let sums = i32x4.splat(0);
  let redGreen = f64x2.splat(0);
  let blue = redGreen;
  let to = ramp;
  v128.store(to, redGreen);
  v128.store(to, blue, 16);
  for (let at = image, end = image + <usize>width * PIXEL; at < end; at += PIXEL) {
    to += RAMP;
    sums = i32x4.add(sums, i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))));
    redGreen = f64x2.add(redGreen, f64x2.convert_low_i32x4_u(sums));
    blue = f64x2.add(blue, f64x2.convert_low_i32x4_u(v128.shuffle<i64>(sums, sums, 1, 1)));
    v128.store(to, redGreen);
    v128.store(to, blue, 16);
  }
  v128.store(to, f64x2.add(redGreen, f64x2.convert_low_i32x4_u(sums)), RAMP);
  v128.store(to, f64x2.add(blue, f64x2.convert_low_i32x4_u(v128.shuffle<i64>(sums, sums, 1, 1))), RAMP + 16);
}

/** a · b + c in two lanes, fused where the build has relaxed SIMD and the processor fuses. */
// @ts-ignore: decorator
@inline
function multiplyAddWide(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** D between a pixel centre and the next, of two channels. */
// @ts-ignore: decorator
@inline
function rampAt(below: usize, beyond: v128): v128 {
  const start = v128.load(below);
  return multiplyAddWide(beyond, f64x2.sub(v128.load(below, RAMP), start), start);
}

/** 2⁵² puts the nearest whole number into a float64's lowest bits; the rest lets halves round up. */
const ROUND: f64 = 4503599627370496;
const HALF_UP: f64 = 1e-6;

/** factor · (after − 2 · here + before) of two channels, rounded: the lowest byte of each lane. */
// @ts-ignore: decorator
@inline
function secondDifference(before: v128, here: v128, after: v128, factor: v128): v128 {
  const difference = f64x2.add(f64x2.sub(after, f64x2.add(here, here)), before);
  return f64x2.add(multiplyAddWide(factor, difference, f64x2.splat(HALF_UP)), f64x2.splat(ROUND));
}

/** One row of one copy. */
// @ts-ignore: decorator
@inline
function filterRow(ramp: usize, copy: ShrinkCopyArguments, row: i32): void {
  let below = copy.below;
  let beyond = copy.beyond;
  let factors = copy.factors;
  let place = ramp + <usize>load<i32>(below) * RAMP;
  let share = v128.load64_splat(beyond);
  let redGreenBefore = rampAt(place, share), blueBefore = rampAt(place + 16, share);
  place = ramp + <usize>load<i32>(below, I32) * RAMP;
  share = v128.load64_splat(beyond, F64);
  let redGreen = rampAt(place, share), blue = rampAt(place + 16, share);
  let to = copy.rows + <usize>row * <usize>copy.outputs * PIXEL;
  for (let end = to + <usize>copy.outputs * PIXEL; to < end; to += PIXEL) {
    place = ramp + <usize>load<i32>(below, 2 * I32) * RAMP;
    share = v128.load64_splat(beyond, 2 * F64);
    const factor = v128.load64_splat(factors);
    const redGreenAfter = rampAt(place, share), blueAfter = rampAt(place + 16, share);
    const redGreenBytes = secondDifference(redGreenBefore, redGreen, redGreenAfter, factor);
    v128.store_lane<u8>(to, redGreenBytes, 0);
    v128.store_lane<u8>(to, redGreenBytes, 8, 1);
    v128.store_lane<u8>(to, secondDifference(blueBefore, blue, blueAfter, factor), 0, 2);
    redGreenBefore = redGreen;
    redGreen = redGreenAfter;
    blueBefore = blue;
    blue = blueAfter;
    below += I32;
    beyond += F64;
    factors += F64;
  }
}

/** Filters rows for all copies: each row's ramp is made once. */
export function shrinkRows(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ShrinkRowsArguments>(pointer);
  check(args.width > 0 && args.copyCount > 0 && args.rowBytes >= args.width * <i32>PIXEL);
  const ramp = args.ramp;
  for (let row = begin; row < end; row++) {
    writeRamp(args.image + <usize>row * <usize>args.rowBytes, args.width, ramp);
    let copy = args.copies;
    for (let index = 0; index < args.copyCount; index++) {
      filterRow(ramp, changetype<ShrinkCopyArguments>(copy), row);
      copy += offsetof<ShrinkCopyArguments>();
    }
  }
}

/** The parallel axis is rows of the copy. Rows have 16 bytes at least, and 15 behind the last are read. */
@unmanaged
export class ShrinkColumnsArguments {
  rows: usize;
  output: usize;
  /** Bytes of a row. */
  rowBytes: i32;
  /** By output row: the first row that it sees, and how many. */
  first: usize;
  counts: usize;
  /** By output row: `stride` weights as float32. */
  weights: usize;
  stride: i32;
}

/** Sixteen neighbouring bytes of an output row. */
// @ts-ignore: decorator
@inline
function sixteenBytes(rows: usize, rowBytes: usize, weights: usize, count: i32, output: usize): void {
  let s0 = f32x4.splat(0.5), s1 = s0, s2 = s0, s3 = s0;
  let from = rows;
  for (let at = weights, end = weights + <usize>count * 4; at < end; at += 4) {
    const bytes = v128.load(from);
    const weight = v128.load32_splat(at);
    const low = i16x8.extend_low_i8x16_u(bytes), high = i16x8.extend_high_i8x16_u(bytes);
    s0 = multiplyAdd(weight, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(low)), s0);
    s1 = multiplyAdd(weight, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(low)), s1);
    s2 = multiplyAdd(weight, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(high)), s2);
    s3 = multiplyAdd(weight, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(high)), s3);
    from += rowBytes;
  }
  const low = i16x8.narrow_i32x4_u(i32x4.trunc_sat_f32x4_s(s0), i32x4.trunc_sat_f32x4_s(s1));
  const high = i16x8.narrow_i32x4_u(i32x4.trunc_sat_f32x4_s(s2), i32x4.trunc_sat_f32x4_s(s3));
  v128.store(output, i8x16.narrow_i16x8_u(low, high));
}

/** Filters columns; the last sixteen bytes of a row overlap those before them. */
export function shrinkColumns(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ShrinkColumnsArguments>(pointer);
  check(args.rowBytes >= 16 && args.stride > 0);
  const rowBytes = <usize>args.rowBytes;
  for (let row = begin; row < end; row++) {
    const count = load<i32>(args.counts + <usize>row * I32);
    const weights = args.weights + <usize>row * <usize>args.stride * 4;
    const from = args.rows + <usize>load<i32>(args.first + <usize>row * I32) * rowBytes;
    const to = args.output + <usize>row * rowBytes;
    for (let at: usize = 0; at + 16 <= rowBytes; at += 16) sixteenBytes(from + at, rowBytes, weights, count, to + at);
    if (rowBytes % 16 != 0) {
      const last = rowBytes - 16;
      sixteenBytes(from + last, rowBytes, weights, count, to + last);
    }
  }
}
