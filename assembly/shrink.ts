/**
 * Smaller copies of an image by a triangle filter, first along rows and then along columns, each rounded to bytes.
 *
 * Along a row, the filter's half-width is one output pixel, so it is the second difference of a ramp: with
 * D(x) = Σ f(p) · max(0, x − p) over pixel centres p, an output is factor · (D(x + step) − 2 · D(x) + D(x − step)).
 * D is linear between pixel centres: D(i + t) = R[i] + t · S[i] with whole numbers R and S = R[i + 1] − R[i], so an
 * output costs the same however much is shrunk. Where three places i + t are equally far apart, their second
 * difference is
 *   R[i₀] − 2 · R[i₁] + R[i₂] + (2 · i₁ − i₀ − i₂) · S[i₁]  +  t₂ · (S[i₂] − S[i₁]) − t₀ · (S[i₁] − S[i₀]):
 * exact in 32 bits but for the last two products, which are no larger than 255 · step · (step + 1) and lose nothing
 * that shows in a byte. R and S may pass 32 bits on the way; the sum does not.
 */
import { check, multiplyAdd } from './simd';

/** Bytes of R at one pixel centre: red, green, blue as i32, and one that is not used. */
const RAMP: usize = 16;

/** Bytes of a pixel. */
const PIXEL: usize = 3;

/** Bytes of one i32 or f32. */
const WORD: usize = 4;

/** The parallel axis is rows of the image. Up to one byte behind the last pixel is read. */
@unmanaged
export class ShrinkRowsArguments {
  /** The first pixel of the first row. */
  image: usize;
  /** Distance of neighbouring rows. */
  rowBytes: i32;
  /** Pixels of a row. */
  width: i32;
  /** Scratch of width + 3 values: R from the centre before the first pixel to two behind the last. */
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
  /**
   * outputs + 2 offsets of R at the pixel centre below D's places, in bytes from the ramp's begin, from one step before
   * the first output to one behind the last. What lies before the ramp or behind it counts from its nearest centre.
   */
  below: usize;
  /** How far beyond that centre each place is, as float32. */
  beyond: usize;
  /** By output: 2 · i₁ − i₀ − i₂ of its three centres, as i32. */
  bends: usize;
  /** By output, as float32. */
  factors: usize;
  /** Where the filtered rows go: outputs · 3 bytes each. */
  rows: usize;
}

/** The ramp of a row. */
// @ts-ignore: decorator
@inline
function writeRamp(image: usize, width: i32, ramp: usize): void {
  let sums = i32x4.splat(0);
  let value = sums;
  let to = ramp + RAMP;
  v128.store(ramp, value);
  v128.store(to, value);
  for (let at = image, end = image + <usize>width * PIXEL; at < end; at += PIXEL) {
    sums = i32x4.add(sums, i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))));
    value = i32x4.add(value, sums);
    to += RAMP;
    v128.store(to, value);
  }
  v128.store(to, i32x4.add(value, sums), RAMP);
}

/** Lets halves round up, also those that a product made a little smaller. */
const HALF_UP: f32 = 0.0001;

/** 2²³ puts the nearest whole number into a float32's lowest bits. */
const ROUND: f32 = 8388608;

/** One row of one copy. */
// @ts-ignore: decorator
@inline
function filterRow(ramp: usize, copy: ShrinkCopyArguments, row: i32): void {
  let below = copy.below;
  let beyond = copy.beyond;
  let bends = copy.bends;
  let factors = copy.factors;
  let place = ramp + <usize>load<i32>(below);
  const first = v128.load(place);
  let slope = i32x4.sub(v128.load(place, RAMP), first);
  place = ramp + <usize>load<i32>(below, WORD);
  let here = v128.load(place);
  let nextSlope = i32x4.sub(v128.load(place, RAMP), here);
  let rise = i32x4.sub(here, first);
  let bend = f32x4.mul(v128.load32_splat(beyond), f32x4.convert_i32x4_s(i32x4.sub(nextSlope, slope)));
  slope = nextSlope;
  let to = copy.rows + <usize>row * <usize>copy.outputs * PIXEL;
  for (let end = to + <usize>copy.outputs * PIXEL; to < end; to += PIXEL) {
    place = ramp + <usize>load<i32>(below, 2 * WORD);
    const after = v128.load(place);
    nextSlope = i32x4.sub(v128.load(place, RAMP), after);
    const nextRise = i32x4.sub(after, here);
    const turn = f32x4.convert_i32x4_s(i32x4.sub(nextSlope, slope));
    const whole = i32x4.add(i32x4.sub(nextRise, rise), i32x4.mul(v128.load32_splat(bends), slope));
    const rest = f32x4.sub(f32x4.convert_i32x4_s(whole), bend);
    const sum = multiplyAdd(v128.load32_splat(beyond, 2 * WORD), turn, rest);
    const value = multiplyAdd(v128.load32_splat(factors), sum, f32x4.splat(HALF_UP));
    const words = f32x4.add(value, f32x4.splat(ROUND));
    v128.store_lane<u8>(to, words, 0);
    v128.store_lane<u8>(to, words, 4, 1);
    v128.store_lane<u8>(to, words, 8, 2);
    bend = f32x4.mul(v128.load32_splat(beyond, WORD), turn);
    here = after;
    slope = nextSlope;
    rise = nextRise;
    below += WORD;
    beyond += WORD;
    bends += WORD;
    factors += WORD;
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
    const count = load<i32>(args.counts + <usize>row * WORD);
    const weights = args.weights + <usize>row * <usize>args.stride * 4;
    const from = args.rows + <usize>load<i32>(args.first + <usize>row * WORD) * rowBytes;
    const to = args.output + <usize>row * rowBytes;
    for (let at: usize = 0; at + 16 <= rowBytes; at += 16) sixteenBytes(from + at, rowBytes, weights, count, to + at);
    if (rowBytes % 16 != 0) {
      const last = rowBytes - 16;
      sixteenBytes(from + last, rowBytes, weights, count, to + last);
    }
  }
}
