/** Runs of elements copied from one or more values: concatenation, and slices, along any axis. */
import { F32, VECTOR, check } from './simd';

/**
 * `count` sources of CopyRunsSource follow this struct. The parallel axis is places of the output: at each of them one
 * run of every source, one after the other, and then `padding` zeros.
 */
@unmanaged
export class CopyRunsArguments {
  output: usize;
  /** Sources. */
  count: i32;
  /** Elements of zero that end a place of the output. */
  padding: i32;
  /** Bytes from one place of the output to the next. */
  outputStride: i32;
}

/** A source: where its first run begins, elements of a run, bytes from one run to the next. */
@unmanaged
export class CopyRunsSource {
  input: usize;
  elements: i32;
  stride: i32;
}

/** Copies the runs. */
export function copyRuns(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<CopyRunsArguments>(pointer);
  check(args.count > 0 && args.padding >= 0 && args.padding < 4);
  const first = pointer + offsetof<CopyRunsArguments>();
  const last = first + <usize>args.count * offsetof<CopyRunsSource>();
  for (let place = begin; place < end; place++) {
    let output = args.output + <usize>place * <usize>args.outputStride;
    for (let at = first; at < last; at += offsetof<CopyRunsSource>()) {
      const source = changetype<CopyRunsSource>(at);
      let input = source.input + <usize>place * <usize>source.stride;
      const stop = output + <usize>source.elements * F32;
      for (; output + VECTOR <= stop; output += VECTOR, input += VECTOR) v128.store(output, v128.load(input));
      for (; output < stop; output += F32, input += F32) store<f32>(output, load<f32>(input));
    }
    for (let zeros = args.padding; zeros > 0; zeros--, output += F32) store<f32>(output, 0);
  }
}
