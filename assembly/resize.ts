/** Resizing an image: each output pixel from two rows and two columns of the input, by their shares. */
import { check, multiplyAdd, VECTOR } from './simd';

/**
 * `outputHeight` ResizeTap of rows and `outputWidth` of columns follow this struct. The parallel axis is output rows
 * of all images.
 */
@unmanaged
export class ResizeArguments {
  input: usize;
  output: usize;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
}

/** (1 − share) · input[first] + share · input[second]. */
@unmanaged
export class ResizeTap {
  first: i32;
  second: i32;
  share: f32;
}

/** Nearest where all shares are 0, else bilinear. */
export function resize(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ResizeArguments>(pointer);
  check(args.blocks > 0 && args.outputHeight > 0 && args.outputWidth > 0);
  const outputHeight = args.outputHeight;
  const step = <usize>args.blocks * VECTOR;
  const rowBytes = <usize>args.inputWidth * step;
  const tap = offsetof<ResizeTap>();
  const rowTaps = pointer + offsetof<ResizeArguments>();
  const columnTaps = rowTaps + <usize>outputHeight * tap;
  const lastTap = columnTaps + <usize>args.outputWidth * tap;
  let output = args.output + <usize>begin * <usize>args.outputWidth * step;
  for (let row = begin; row < end; row++) {
    const image = row / outputHeight;
    const vertical = changetype<ResizeTap>(rowTaps + <usize>(row - image * outputHeight) * tap);
    const source = args.input + <usize>(image * args.inputHeight) * rowBytes;
    const upper = source + <usize>vertical.first * rowBytes;
    const lower = source + <usize>vertical.second * rowBytes;
    const down = f32x4.splat(vertical.share);
    for (let at = columnTaps; at < lastTap; at += tap) {
      const horizontal = changetype<ResizeTap>(at);
      const left = <usize>horizontal.first * step;
      const right = <usize>horizontal.second * step;
      const across = f32x4.splat(horizontal.share);
      const sharp = horizontal.share == 0 && vertical.share == 0;
      for (let block: usize = 0; block < step; block += VECTOR) {
        let value = v128.load(upper + left + block);
        if (!sharp) {
          value = multiplyAdd(across, f32x4.sub(v128.load(upper + right + block), value), value);
          let below = v128.load(lower + left + block);
          below = multiplyAdd(across, f32x4.sub(v128.load(lower + right + block), below), below);
          value = multiplyAdd(down, f32x4.sub(below, value), value);
        }
        v128.store(output + block, value);
      }
      output += step;
    }
  }
}
