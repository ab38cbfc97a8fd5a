/** Operators that map elements one by one: PReLU, clip (ReLU, ReLU6), sigmoid, affine; and the addition of two values. */
import { PRELU, activate } from './activation';
import { exponential } from './exponential';
import { tailMask } from './lanes';
import { check, multiplyAdd, VECTOR } from './simd';

/** The parallel axis is pixels of all images. Parameters are padded to 4 channels with zeros. */
@unmanaged
export class PreluArguments {
  input: usize;
  slopes: usize;
  output: usize;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
}

/** x where x ≥ 0, else slope · x. */
export function prelu(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PreluArguments>(pointer);
  check(args.blocks > 0 && args.slopes != 0);
  const step = <usize>args.blocks * VECTOR;
  const slopes = args.slopes;
  for (let pixel = begin; pixel < end; pixel++) {
    const input = args.input + <usize>pixel * step;
    const output = args.output + <usize>pixel * step;
    for (let at: usize = 0; at < step; at += VECTOR) {
      v128.store(output + at, activate(v128.load(input + at), PRELU, slopes + at));
    }
  }
}

/** The parallel axis is pixels of all images. `tail` masks the padding channels of the last vector. */
@unmanaged
export class ClipArguments {
  input: usize;
  output: usize;
  least: f32;
  most: f32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
  /** Channels in the last vector, 1 to 4. */
  tail: i32;
}

/** min(max(x, least), most); NaN stays NaN. */
export function clip(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ClipArguments>(pointer);
  check(args.blocks > 0 && args.tail >= 1 && args.tail <= 4);
  const step = <usize>args.blocks * VECTOR;
  const least = f32x4.splat(args.least);
  const most = f32x4.splat(args.most);
  const mask = tailMask(args.tail);
  for (let pixel = begin; pixel < end; pixel++) {
    const input = args.input + <usize>pixel * step;
    const output = args.output + <usize>pixel * step;
    const last = step - VECTOR;
    for (let at: usize = 0; at < last; at += VECTOR) {
      v128.store(output + at, f32x4.pmin(f32x4.pmax(v128.load(input + at), least), most));
    }
    v128.store(output + last, v128.and(f32x4.pmin(f32x4.pmax(v128.load(input + last), least), most), mask));
  }
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

/** The parallel axis is pixels of all images. Parameters are padded to 4 channels with zeros. */
@unmanaged
export class AffineArguments {
  input: usize;
  scales: usize;
  offsets: usize;
  output: usize;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
}

/** x · scale + offset. */
export function affine(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<AffineArguments>(pointer);
  check(args.blocks > 0);
  const step = <usize>args.blocks * VECTOR;
  const scales = args.scales;
  const offsets = args.offsets;
  for (let pixel = begin; pixel < end; pixel++) {
    const input = args.input + <usize>pixel * step;
    const output = args.output + <usize>pixel * step;
    for (let at: usize = 0; at < step; at += VECTOR) {
      v128.store(output + at, multiplyAdd(v128.load(input + at), v128.load(scales + at), v128.load(offsets + at)));
    }
  }
}

/** The parallel axis is vectors of four elements. */
@unmanaged
export class AddArguments {
  a: usize;
  b: usize;
  output: usize;
}

/** a + b. */
export function add(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<AddArguments>(pointer);
  check(args.a != 0 && args.b != 0 && args.output != 0);
  const last = <usize>end * VECTOR;
  for (let at = <usize>begin * VECTOR; at < last; at += VECTOR) {
    v128.store(args.output + at, f32x4.add(v128.load(args.a + at), v128.load(args.b + at)));
  }
}
