/** e^x in four lanes, and the operators that are made of it: sigmoid and softmax. */
import { tailMask } from './lanes';
import { check, multiplyAdd, VECTOR } from './simd';

/** Below this the result, less than 2⁻¹²⁵, is given as 0. */
const LEAST: f32 = -87.33;

/** From here on the result stays 2.4 · 10³⁸, so that it is finite. */
const MOST: f32 = 88.37;

/**
 * e^x = 2ⁿ · e^r with n = round(x / ln 2) and |r| ≤ ln 2 / 2, e^r by a polynomial of degree 7 (Cephes, expf).
 * The relative error is at most 2⁻²² from LEAST to MOST. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
function exponential(x: v128): v128 {
  const bounded = f32x4.min(f32x4.max(x, f32x4.splat(LEAST)), f32x4.splat(MOST));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504088896341)));
  // ln 2 in two parts; n times the first is exact.
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(multiplyAdd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, f32x4.splat(LEAST)));
}

/** The parallel axis is pixels of all images. */
@unmanaged
export class SigmoidArguments {
  input: usize;
  output: usize;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
  /** Channels in the last vector, 1 to 4. */
  tail: i32;
}

/** 1 / (1 + e^−x). */
export function sigmoid(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<SigmoidArguments>(pointer);
  check(args.blocks > 0 && args.tail >= 1 && args.tail <= 4);
  const step = <usize>args.blocks * VECTOR;
  const one = f32x4.splat(1);
  const mask = tailMask(args.tail);
  const last = step - VECTOR;
  for (let pixel = begin; pixel < end; pixel++) {
    const input = args.input + <usize>pixel * step;
    const output = args.output + <usize>pixel * step;
    for (let at: usize = 0; at < step; at += VECTOR) {
      const value = f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(v128.load(input + at)))));
      v128.store(output + at, at == last ? v128.and(value, mask) : value);
    }
  }
}

/** The parallel axis is pixels of all images; the softmax of each runs over its channels. */
@unmanaged
export class SoftmaxArguments {
  input: usize;
  output: usize;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
  /** Channels in the last vector, 1 to 4. */
  tail: i32;
}

/** e^(x − max) / Σ e^(x − max) over the channels. */
export function softmax(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<SoftmaxArguments>(pointer);
  check(args.blocks > 0 && args.tail >= 1 && args.tail <= 4);
  const step = <usize>args.blocks * VECTOR;
  const mask = tailMask(args.tail);
  const nothing = f32x4.splat(-Infinity);
  const last = step - VECTOR;
  for (let pixel = begin; pixel < end; pixel++) {
    const input = args.input + <usize>pixel * step;
    const output = args.output + <usize>pixel * step;
    let most = v128.bitselect(v128.load(input + last), nothing, mask);
    for (let at: usize = 0; at < last; at += VECTOR) most = f32x4.max(most, v128.load(input + at));
    most = f32x4.max(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
    most = f32x4.max(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2));
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < step; at += VECTOR) {
      let value = exponential(f32x4.sub(v128.load(input + at), most));
      if (at == last) value = v128.and(value, mask);
      sum = f32x4.add(sum, value);
      v128.store(output + at, value);
    }
    sum = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
    sum = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 1, 0, 3, 2));
    for (let at: usize = 0; at < step; at += VECTOR) {
      const value = f32x4.div(v128.load(output + at), sum);
      v128.store(output + at, at == last ? v128.and(value, mask) : value);
    }
  }
}

/** The parallel axis is vectors of four channels that stand side by side across the softmax's axis. */
@unmanaged
export class SoftmaxAcrossArguments {
  input: usize;
  output: usize;
  /** Length of the softmax's axis: images, rows or columns. */
  length: i32;
  /** Vectors in one step along that axis. */
  inner: i32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
  /** Channels in the last vector, 1 to 4. */
  tail: i32;
}

/** e^(x − max) / Σ e^(x − max) over images, rows or columns, for four channels at a time. */
export function softmaxAcross(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<SoftmaxAcrossArguments>(pointer);
  check(args.length > 0 && args.inner > 0 && args.inner % args.blocks == 0);
  const inner = args.inner;
  const length = args.length;
  const step = <usize>inner * VECTOR;
  for (let vector = begin; vector < end; vector++) {
    const outer = vector / inner;
    const offset = (<usize>outer * <usize>(length - 1) * <usize>inner + <usize>vector) * VECTOR;
    const block = vector % args.blocks;
    const mask = tailMask(block == args.blocks - 1 ? args.tail : 4);
    const input = args.input + offset;
    const output = args.output + offset;
    const last = <usize>length * step;
    let most = v128.load(input);
    for (let at = step; at < last; at += step) most = f32x4.max(most, v128.load(input + at));
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < last; at += step) {
      const value = exponential(f32x4.sub(v128.load(input + at), most));
      sum = f32x4.add(sum, value);
      v128.store(output + at, value);
    }
    for (let at: usize = 0; at < last; at += step) {
      v128.store(output + at, v128.and(f32x4.div(v128.load(output + at), sum), mask));
    }
  }
}
