/** The mean of each channel over a whole image. */
import { meanOfWindow } from './pool';
import { check, VECTOR } from './simd';

/** The parallel axis is vectors of four channels of all images. */
@unmanaged
export class GlobalAveragePoolArguments {
  input: usize;
  output: usize;
  /** Pixels of one image. */
  pixels: i32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
}

/** The mean of each channel. */
export function globalAveragePool(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<GlobalAveragePoolArguments>(pointer);
  check(args.pixels > 0 && args.blocks > 0);
  const pixels = args.pixels;
  const blocks = args.blocks;
  const step = <usize>blocks * VECTOR;
  const count = f32x4.splat(<f32>pixels);
  let vector = begin;
  while (vector < end) {
    const image = vector / blocks;
    const block = vector - image * blocks;
    const input = args.input + <usize>image * <usize>pixels * step + <usize>block * VECTOR;
    const output = args.output + <usize>vector * VECTOR;
    if (block + 4 <= blocks && vector + 4 <= end) {
      meanOfWindow(4, input, 1, pixels, <usize>pixels * step, step, count, output);
      vector += 4;
    } else {
      meanOfWindow(1, input, 1, pixels, <usize>pixels * step, step, count, output);
      vector += 1;
    }
  }
}
