/** Values from one storage order to another: channels innermost, and the frameworks' dense order. */
import { check, F32, VECTOR } from './simd';
import { loadPartial, storePartial } from './lanes';

/** The parallel axis is vectors of four channels of all images. */
@unmanaged
export class LayoutArguments {
  input: usize;
  output: usize;
  /** Pixels of one image. */
  pixels: i32;
  channels: i32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
}

/** `nhwc` to `rowMajor`: four pixels of four channels at a time become four rows of four pixels. */
export function toRowMajor(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<LayoutArguments>(pointer);
  check(args.pixels > 0 && args.channels > 0 && args.blocks == (args.channels + 3) / 4);
  const pixels = args.pixels;
  const plane = <usize>pixels * F32;
  const blocks = args.blocks;
  const step = <usize>blocks * VECTOR;
  for (let vector = begin; vector < end; vector++) {
    const image = vector / blocks;
    const channel = (vector - image * blocks) * 4;
    const rows = min(args.channels - channel, 4);
    let from = args.input + <usize>image * <usize>pixels * step + <usize>channel * F32;
    let to = args.output + <usize>(image * args.channels + channel) * plane;
    for (let pixel = 0; pixel < pixels; pixel += 4) {
      const count = min(pixels - pixel, 4);
      const x0 = v128.load(from);
      const x1 = count > 1 ? v128.load(from + step) : x0;
      const x2 = count > 2 ? v128.load(from + 2 * step) : x0;
      const x3 = count > 3 ? v128.load(from + 3 * step) : x0;
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7), high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      storePartial(to, v128.shuffle<f64>(low01, low23, 0, 2), count);
      if (rows > 1) storePartial(to + plane, v128.shuffle<f64>(low01, low23, 1, 3), count);
      if (rows > 2) storePartial(to + 2 * plane, v128.shuffle<f64>(high01, high23, 0, 2), count);
      if (rows > 3) storePartial(to + 3 * plane, v128.shuffle<f64>(high01, high23, 1, 3), count);
      from += 4 * step;
      to += VECTOR;
    }
  }
}

/** `rowMajor` to `nhwc`: four rows of four pixels at a time become four pixels of four channels. */
export function toNhwc(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<LayoutArguments>(pointer);
  check(args.pixels > 0 && args.channels > 0 && args.blocks == (args.channels + 3) / 4);
  const pixels = args.pixels;
  const plane = <usize>pixels * F32;
  const blocks = args.blocks;
  const step = <usize>blocks * VECTOR;
  const zero = f32x4.splat(0);
  for (let vector = begin; vector < end; vector++) {
    const image = vector / blocks;
    const channel = (vector - image * blocks) * 4;
    const rows = min(args.channels - channel, 4);
    let from = args.input + <usize>(image * args.channels + channel) * plane;
    let to = args.output + <usize>image * <usize>pixels * step + <usize>channel * F32;
    for (let pixel = 0; pixel < pixels; pixel += 4) {
      const count = min(pixels - pixel, 4);
      const x0 = loadPartial(from, count);
      const x1 = rows > 1 ? loadPartial(from + plane, count) : zero;
      const x2 = rows > 2 ? loadPartial(from + 2 * plane, count) : zero;
      const x3 = rows > 3 ? loadPartial(from + 3 * plane, count) : zero;
      const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
      const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7), high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
      if (count > 1) v128.store(to + step, v128.shuffle<f64>(low01, low23, 1, 3));
      if (count > 2) v128.store(to + 2 * step, v128.shuffle<f64>(high01, high23, 0, 2));
      if (count > 3) v128.store(to + 3 * step, v128.shuffle<f64>(high01, high23, 1, 3));
      from += VECTOR;
      to += 4 * step;
    }
  }
}
