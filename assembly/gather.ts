/** Dense values made of places along one axis of another, in the order of a table: chosen, repeated, padded. */
import { check, F32, VECTOR } from './simd';

/**
 * `count` GatherPlace follow this struct. The parallel axis is places of the output along the axis, of all that stand
 * outside of it.
 */
@unmanaged
export class GatherArguments {
  input: usize;
  output: usize;
  /** What stands at places of the table that are none of the input. */
  value: f32;
  /** Places along the input's axis, and along the output's. */
  length: i32;
  count: i32;
  /** Elements of one place. */
  inner: i32;
}

/** A place along the input's axis; −1 for `value`. */
@unmanaged
export class GatherPlace {
  index: i32;
}

/** Copies place after place. */
export function gather(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<GatherArguments>(pointer);
  const length = args.length, count = args.count, inner = args.inner;
  check(length > 0 && count > 0 && inner > 0);
  const table = pointer + offsetof<GatherArguments>();
  const placeBytes = <usize>inner * F32;
  const value = f32x4.splat(args.value);
  let output = args.output + <usize>begin * placeBytes;
  for (let place = begin; place < end; place++) {
    const outer = place / count;
    const index = load<i32>(table + <usize>(place - outer * count) * offsetof<GatherPlace>());
    check(index >= -1 && index < length);
    let input = args.input + <usize>(outer * length + index) * placeBytes;
    const last = output + placeBytes;
    for (; output + VECTOR <= last; output += VECTOR, input += VECTOR) {
      v128.store(output, index < 0 ? value : v128.load(input));
    }
    for (; output < last; output += F32, input += F32) store<f32>(output, index < 0 ? args.value : load<f32>(input));
  }
}
