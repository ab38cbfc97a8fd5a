/** Dense values from elements at fixed steps along each axis of another: permuted, cut, turned round, repeated. */
import { check, F32, VECTOR } from './simd';

/**
 * Lengths are the output's, outermost first and innermost last; strides the elements of the input from one step along
 * them to the next, 0 where it is repeated. The parallel axis is rows of `length5` elements.
 */
@unmanaged
export class StridedCopyArguments {
  /** The element that comes first. */
  input: usize;
  output: usize;
  length1: i32;
  length2: i32;
  length3: i32;
  length4: i32;
  length5: i32;
  stride0: i32;
  stride1: i32;
  stride2: i32;
  stride3: i32;
  stride4: i32;
  stride5: i32;
}

/** `length` elements that stand `step` bytes apart. */
// @ts-ignore: decorator
@inline
function copyRow(to: usize, from: usize, length: i32, step: usize): void {
  if (step == F32) {
    memory.copy(to, from, <usize>length * F32);
    return;
  }
  const last = to + <usize>length * F32;
  for (; to + VECTOR <= last; to += VECTOR, from += 4 * step) {
    let four = v128.load32_zero(from);
    four = v128.load_lane<f32>(from + step, four, 1);
    four = v128.load_lane<f32>(from + 2 * step, four, 2);
    v128.store(to, v128.load_lane<f32>(from + 3 * step, four, 3));
  }
  for (; to < last; to += F32, from += step) store<f32>(to, load<f32>(from));
}

/** Copies row after row; places along the axes are counted on from one row to the next. */
export function stridedCopy(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<StridedCopyArguments>(pointer);
  const length1 = args.length1, length2 = args.length2, length3 = args.length3, length4 = args.length4;
  check(length1 > 0 && length2 > 0 && length3 > 0 && length4 > 0 && args.length5 > 0);
  const stride0 = args.stride0, stride1 = args.stride1, stride2 = args.stride2, stride3 = args.stride3;
  const stride4 = args.stride4;
  const row3 = begin / length4, row2 = row3 / length3, row1 = row2 / length2, place0 = row1 / length1;
  let place4 = begin - row3 * length4, place3 = row3 - row2 * length3, place2 = row2 - row1 * length2;
  let place1 = row1 - place0 * length1;
  let offset = place0 * stride0 + place1 * stride1 + place2 * stride2 + place3 * stride3 + place4 * stride4;
  const step = <usize>(args.stride5 * <i32>F32);
  const rowBytes = <usize>args.length5 * F32;
  const last = args.output + <usize>end * rowBytes;
  for (let to = args.output + <usize>begin * rowBytes; to < last; to += rowBytes) {
    copyRow(to, args.input + <usize>(offset * <i32>F32), args.length5, step);
    offset += stride4;
    if (++place4 < length4) continue;
    place4 = 0;
    offset += stride3 - length4 * stride4;
    if (++place3 < length3) continue;
    place3 = 0;
    offset += stride2 - length3 * stride3;
    if (++place2 < length2) continue;
    place2 = 0;
    offset += stride1 - length2 * stride2;
    if (++place1 < length1) continue;
    place1 = 0;
    offset += stride0 - length1 * stride1;
  }
}
