/** Dense values resampled along one axis: each place a weighted sum of places of the input. */
import { check, F32, multiplyAdd, VECTOR } from './simd';

/**
 * `outputs` rows follow this struct, each a ResampleRow and `taps` ResampleTap. The parallel axis is places of the
 * output along the axis, of all that stand outside of it.
 */
@unmanaged
export class ResampleArguments {
  input: usize;
  output: usize;
  /** Places along the input's axis, and along the output's. */
  length: i32;
  outputs: i32;
  taps: i32;
  /** Elements of one place. */
  inner: i32;
}

/** What the sum begins with. */
@unmanaged
export class ResampleRow {
  offset: f32;
}

/** A place along the input's axis, and its weight. */
@unmanaged
export class ResampleTap {
  index: i32;
  weight: f32;
}

/** Sums place after place, four elements of one at a time. */
export function resample(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ResampleArguments>(pointer);
  const length = args.length, outputs = args.outputs, inner = args.inner;
  check(length > 0 && outputs > 0 && args.taps > 0 && inner > 0);
  const rowBytes = offsetof<ResampleRow>() + <usize>args.taps * offsetof<ResampleTap>();
  const placeBytes = <usize>inner * F32;
  let output = args.output + <usize>begin * placeBytes;
  for (let place = begin; place < end; place++) {
    const outer = place / outputs;
    const row = pointer + offsetof<ResampleArguments>() + <usize>(place - outer * outputs) * rowBytes;
    const input = args.input + <usize>(outer * length) * placeBytes;
    const first = row + offsetof<ResampleRow>(), lastTap = row + rowBytes;
    const offset = changetype<ResampleRow>(row).offset;
    let at: usize = 0;
    for (; at + VECTOR <= placeBytes; at += VECTOR) {
      let sum = f32x4.splat(offset);
      for (let tap = first; tap < lastTap; tap += offsetof<ResampleTap>()) {
        const one = changetype<ResampleTap>(tap);
        sum = multiplyAdd(v128.load(input + <usize>one.index * placeBytes + at), f32x4.splat(one.weight), sum);
      }
      v128.store(output + at, sum);
    }
    for (; at < placeBytes; at += F32) {
      let sum = f32x4.splat(offset);
      for (let tap = first; tap < lastTap; tap += offsetof<ResampleTap>()) {
        const one = changetype<ResampleTap>(tap);
        sum = multiplyAdd(v128.load32_zero(input + <usize>one.index * placeBytes + at), f32x4.splat(one.weight), sum);
      }
      v128.store_lane<f32>(output + at, sum, 0);
    }
    output += placeBytes;
  }
}
