/** Element-wise operators on int8 values: sums of two, and one in another quantisation, with an activation. */
import { check } from './simd';

/** The parallel axis is vectors of eight channels of all pixels. */
@unmanaged
export class AdditionInt8Arguments {
  a: usize;
  b: usize;
  output: usize;
  multiplierA: i32;
  multiplierB: i32;
  shift: i32;
  /** Half a unit and the output's zero point, shifted, less the inputs' zero points times their multipliers. */
  offset: i32;
  least: i32;
  most: i32;
}

/** Eight sums of 32 bits as int8 in the low half: shifted, saturated, within limits. */
// @ts-ignore: decorator
@inline
function narrow(low: v128, high: v128, shift: i32, least: v128, most: v128): v128 {
  const words = i16x8.narrow_i32x4_s(i32x4.shr_s(low, shift), i32x4.shr_s(high, shift));
  return i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(words, words), least), most);
}

/** (a · multiplierA + b · multiplierB + offset) >> shift within limits. */
export function additionInt8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<AdditionInt8Arguments>(pointer);
  check(args.shift > 0 && args.shift < 32);
  const multipliers = i32x4.splat((args.multiplierA & 0xffff) | (args.multiplierB << 16));
  const offset = i32x4.splat(args.offset);
  const shift = args.shift;
  const least = i8x16.splat(<i8>args.least), most = i8x16.splat(<i8>args.most);
  const a = args.a, b = args.b, output = args.output;
  for (let at = <usize>begin * 8, last = <usize>end * 8; at < last; at += 8) {
    const x = v128.load8x8_s(a + at), y = v128.load8x8_s(b + at);
    const low = i8x16.shuffle(x, y, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
    const high = i8x16.shuffle(x, y, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
    const sumLow = i32x4.add(i32x4.dot_i16x8_s(low, multipliers), offset);
    const sumHigh = i32x4.add(i32x4.dot_i16x8_s(high, multipliers), offset);
    v128.store64_lane(output + at, narrow(sumLow, sumHigh, shift, least, most), 0);
  }
}

/** The parallel axis is pixels of all images. */
@unmanaged
export class RequantiseInt8Arguments {
  input: usize;
  output: usize;
  /** Multipliers of elements below the zero point, int16, by channel, padded to 8; 0 where they are as the others. */
  negatives: usize;
  /** Of elements of the zero point and more. */
  multiplier: i32;
  inputZeroPoint: i32;
  shift: i32;
  /** Half a unit and the output's zero point, shifted. */
  offset: i32;
  least: i32;
  most: i32;
  /** Vectors of eight channels in a pixel. */
  blocks: i32;
}

/** ((x − zero point) · multiplier + offset) >> shift within limits. */
export function requantiseInt8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<RequantiseInt8Arguments>(pointer);
  check(args.blocks > 0 && args.shift > 0 && args.shift < 32);
  const positive = i16x8.splat(<i16>args.multiplier);
  const zeroPoint = i16x8.splat(<i16>args.inputZeroPoint);
  const offset = i32x4.splat(args.offset);
  const shift = args.shift;
  const least = i8x16.splat(<i8>args.least), most = i8x16.splat(<i8>args.most);
  const negatives = args.negatives;
  const step = <usize>args.blocks * 8;
  let input = args.input + <usize>begin * step;
  let output = args.output + <usize>begin * step;
  for (let pixel = begin; pixel < end; pixel++) {
    for (let at: usize = 0; at < step; at += 8, input += 8, output += 8) {
      const centred = i16x8.sub(v128.load8x8_s(input), zeroPoint);
      const negative = negatives ? v128.load(negatives + 2 * at) : positive;
      const multiplier = v128.bitselect(negative, positive, i16x8.shr_s(centred, 15));
      const low = i32x4.add(i32x4.extmul_low_i16x8_s(centred, multiplier), offset);
      const high = i32x4.add(i32x4.extmul_high_i16x8_s(centred, multiplier), offset);
      v128.store64_lane(output, narrow(low, high, shift, least, most), 0);
    }
  }
}
