/** Softmax over the channels of each pixel, and over images, rows or columns. */
import { exponential } from './exponential';
import { tailMask } from './lanes';
import { check, VECTOR } from './simd';

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
