/** Runs of bytes copied from one or more values: concatenation, and slices, along any axis, of float32 and int8 values. */
import { F32, VECTOR, check } from './simd';

/**
 * `count` sources of CopyRunsSource follow this struct. The parallel axis is places of the output: at each of them one
 * run of every source, one after the other, and then `padding` bytes of zero.
 */
@unmanaged
export class CopyRunsArguments {
  output: usize;
  /** Sources. */
  count: i32;
  /** Bytes of zero that end a place of the output. */
  padding: i32;
  /** Bytes from one place of the output to the next. */
  outputStride: i32;
}

/** A source: where its first run begins, bytes of a run, bytes from one run to the next. */
@unmanaged
export class CopyRunsSource {
  input: usize;
  length: i32;
  stride: i32;
}

/** Copies the runs; `elementBytes`, a literal, divides all lengths. */
// @ts-ignore: decorator
@inline
function copy(elementBytes: usize, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<CopyRunsArguments>(pointer);
  check(args.count > 0 && args.padding >= 0 && args.padding < 16);
  const first = pointer + offsetof<CopyRunsArguments>();
  const last = first + <usize>args.count * offsetof<CopyRunsSource>();
  for (let place = begin; place < end; place++) {
    let output = args.output + <usize>place * <usize>args.outputStride;
    for (let at = first; at < last; at += offsetof<CopyRunsSource>()) {
      const source = changetype<CopyRunsSource>(at);
      let input = source.input + <usize>place * <usize>source.stride;
      const stop = output + <usize>source.length;
      for (; output + VECTOR <= stop; output += VECTOR, input += VECTOR) v128.store(output, v128.load(input));
      if (elementBytes == F32) {
        for (; output < stop; output += F32, input += F32) store<f32>(output, load<f32>(input));
      } else {
        for (; output < stop; output++, input++) store<u8>(output, load<u8>(input));
      }
    }
    for (const stop = output + <usize>args.padding; output < stop; output += elementBytes) {
      if (elementBytes == F32) store<f32>(output, 0);
      else store<u8>(output, 0);
    }
  }
}

/** Copies runs of float32 elements. */
export function copyRuns(pointer: usize, begin: i32, end: i32): void {
  copy(F32, pointer, begin, end);
}

/** Copies runs of int8 elements. */
export function copyRunsInt8(pointer: usize, begin: i32, end: i32): void {
  copy(1, pointer, begin, end);
}
