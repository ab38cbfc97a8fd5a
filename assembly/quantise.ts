/** float32 values in dense order to int8 ones, and back. */
import { F32 } from './simd';

/**
 * int8 values stand as [image][row][column][channel], the stride of a pixel rounded up to 8 channels.
 * The parallel axis is pixels of all images for `quantise`, images × channels for `dequantise`.
 */
@unmanaged
export class QuantiseArguments {
  input: usize;
  output: usize;
  /** Pixels of one image. */
  pixels: i32;
  channels: i32;
  /** Vectors of eight channels in a pixel. */
  blocks: i32;
  /** Quantising multiplies by it; dequantising multiplies by the scale itself. */
  factor: f32;
  zeroPoint: i32;
  /** The least element that quantising makes. */
  least: i32;
}

/** min(max(nearest(x · factor) + zeroPoint, least), 127); NaN counts as 0. Ties go to the even neighbour. */
export function quantise(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<QuantiseArguments>(pointer);
  const pixels = args.pixels;
  const channels = args.channels;
  const stride = <usize>args.blocks * 8;
  const plane = <usize>pixels * F32;
  const factor = f32x4.splat(args.factor);
  const zeroPoint = i32x4.splat(args.zeroPoint);
  const least = i32x4.splat(args.least - args.zeroPoint);
  const most = i32x4.splat(127 - args.zeroPoint);
  for (let pixel = begin; pixel < end; ) {
    const image = pixel / pixels;
    const place = pixel - image * pixels;
    const whole = place + 4 <= pixels && pixel + 4 <= end;
    let input = args.input + <usize>image * <usize>channels * plane + <usize>place * F32;
    let output = args.output + <usize>pixel * stride;
    for (let channel = 0; channel < channels; channel++, input += plane, output++) {
      const values = whole ? v128.load(input) : v128.load32_zero(input);
      const nearest = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(values, factor)));
      const integers = i32x4.add(i32x4.min_s(i32x4.max_s(nearest, least), most), zeroPoint);
      store<u8>(output, <u8>i32x4.extract_lane(integers, 0));
      if (whole) {
        store<u8>(output + stride, <u8>i32x4.extract_lane(integers, 1));
        store<u8>(output + 2 * stride, <u8>i32x4.extract_lane(integers, 2));
        store<u8>(output + 3 * stride, <u8>i32x4.extract_lane(integers, 3));
      }
    }
    pixel += whole ? 4 : 1;
  }
}

/** (q − zeroPoint) · factor. */
export function dequantise(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<QuantiseArguments>(pointer);
  const pixels = <usize>args.pixels;
  const stride = <usize>args.blocks * 8;
  for (let unit = begin; unit < end; unit++) {
    const image = unit / args.channels;
    const channel = unit - image * args.channels;
    let input = args.input + <usize>image * pixels * stride + <usize>channel;
    let output = args.output + <usize>unit * pixels * F32;
    for (const last = output + pixels * F32; output < last; output += F32, input += stride) {
      store<f32>(output, <f32>(<i32>load<i8>(input) - args.zeroPoint) * args.factor);
    }
  }
}
