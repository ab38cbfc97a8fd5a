/** Inputs of tiles of four output pixels in the order in which int8 convolutions read them. */
import { ConvolutionInt8Arguments } from './convolutionInt8';
import { PADDING } from './requantise';

/** Pixels of a tile. */
export const TILE: i32 = 4;

// @ts-ignore: decorator
@inline
function load(width: i32, source: usize): v128 {
  return width == 2 ? v128.load8x8_s(source) : v128.load64_zero(source);
}

/**
 * One tap of four pixels, `channels` of each: target[c / p][pixel][c % p], p the elements of `width` bytes that come to
 * four bytes. Gives the end of what was written.
 */
// @ts-ignore: decorator
@inline
function gatherTap(width: i32, target: usize, a: usize, b: usize, c: usize, d: usize, channels: usize): usize {
  if (channels == 4) {
    const ab = v128.shuffle<i32>(load(width, a), load(width, b), 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(load(width, c), load(width, d), 0, 4, 1, 5);
    v128.store(target, v128.shuffle<i64>(ab, cd, 0, 2));
    if (width == 2) v128.store(target, v128.shuffle<i64>(ab, cd, 1, 3), 16);
    return target + 16 * width;
  }
  for (let offset: usize = 0; offset < channels; offset += 8, target += 32 * width) {
    const va = load(width, a + offset), vb = load(width, b + offset);
    const vc = load(width, c + offset), vd = load(width, d + offset);
    const ab = v128.shuffle<i32>(va, vb, 0, 4, 1, 5), cd = v128.shuffle<i32>(vc, vd, 0, 4, 1, 5);
    v128.store(target, v128.shuffle<i64>(ab, cd, 0, 2));
    v128.store(target, v128.shuffle<i64>(ab, cd, 1, 3), 16);
    if (width == 2) {
      const abHigh = v128.shuffle<i32>(va, vb, 2, 6, 3, 7), cdHigh = v128.shuffle<i32>(vc, vd, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 32);
      v128.store(target, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 48);
    }
  }
  return target;
}

/** Where a tap of an output pixel stands; the padding for one outside the image. */
function tapAddress(args: ConvolutionInt8Arguments, pixel: i32, y: i32, x: i32): usize {
  const width = args.outputWidth;
  const plane = args.outputHeight * width;
  const image = pixel / plane;
  const place = pixel - image * plane;
  const outputRow = place / width;
  const row = outputRow * args.strideHeight - args.paddingTop + y * args.dilationHeight;
  const column = (place - outputRow * width) * args.strideWidth - args.paddingLeft + x * args.dilationWidth;
  if (row < 0 || row >= args.inputHeight || column < 0 || column >= args.inputWidth) return 0;
  return args.input + <usize>((image * args.inputHeight + row) * args.inputWidth + column) * <usize>args.inputStride;
}

/** Taps of pixels that lie anywhere; what a tile lacks of four is its first pixel again. */
// @ts-ignore: decorator
@inline
function gatherScattered(
  width: i32, args: ConvolutionInt8Arguments, pixel: i32, count: i32, channel: usize, target: usize,
): void {
  const channels = <usize>args.tapChannels;
  const padding = args.constants + PADDING;
  for (let y = 0; y < args.kernelHeight; y++) {
    for (let x = 0; x < args.kernelWidth; x++) {
      let a = tapAddress(args, pixel, y, x);
      a = a ? a + channel : padding;
      let b = a, c = a, d = a;
      if (count > 1) b = tapAddress(args, pixel + 1, y, x), b = b ? b + channel : padding;
      if (count > 2) c = tapAddress(args, pixel + 2, y, x), c = c ? c + channel : padding;
      if (count > 3) d = tapAddress(args, pixel + 3, y, x), d = d ? d + channel : padding;
      target = gatherTap(width, target, a, b, c, d, channels);
    }
  }
}

/** Tiles of a block of pixels, `tileBytes` each, from a channel on; elements have `width` bytes, a literal. */
// @ts-ignore: decorator
@inline
function gatherBlock(
  width: i32, args: ConvolutionInt8Arguments, pixel: i32, count: i32, channel: usize, target: usize,
  tileBytes: usize,
): void {
  const channels = <usize>args.tapChannels;
  const stride = <usize>args.inputStride;
  const padding = args.constants + PADDING;
  const outputWidth = args.outputWidth;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const step = <usize>args.strideWidth * stride;
  const tapStep = <usize>args.dilationWidth * stride;
  const reach = (TILE - 1) * args.strideWidth + (kernelWidth - 1) * args.dilationWidth;
  const whole =
    kernelHeight == 1 && kernelWidth == 1 && args.strideHeight == 1 && args.strideWidth == 1 &&
    args.paddingTop == 0 && args.paddingLeft == 0 && outputWidth == args.inputWidth &&
    args.outputHeight == args.inputHeight;
  for (const end = pixel + count; pixel < end; pixel += TILE, target += tileBytes) {
    if (pixel + TILE > end) {
      gatherScattered(width, args, pixel, end - pixel, channel, target);
      continue;
    }
    if (whole) {
      const a = args.input + <usize>pixel * stride + channel;
      gatherTap(width, target, a, a + stride, a + 2 * stride, a + 3 * stride, channels);
      continue;
    }
    const row = pixel / outputWidth;
    const column = pixel - row * outputWidth;
    const left = column * args.strideWidth - args.paddingLeft;
    if (column + TILE > outputWidth || left < 0 || left + reach >= args.inputWidth) {
      gatherScattered(width, args, pixel, TILE, channel, target);
      continue;
    }
    const image = row / args.outputHeight;
    const top = (row - image * args.outputHeight) * args.strideHeight - args.paddingTop;
    let tap = target;
    for (let y = 0; y < kernelHeight; y++) {
      const inputRow = top + y * args.dilationHeight;
      const inside = inputRow >= 0 && inputRow < args.inputHeight;
      const place = <usize>((image * args.inputHeight + inputRow) * args.inputWidth + left);
      let a = inside ? args.input + place * stride + channel : padding;
      const next = inside ? step : 0, nextTap = inside ? tapStep : 0;
      for (let x = 0; x < kernelWidth; x++, a += nextTap) {
        tap = gatherTap(width, tap, a, a + next, a + 2 * next, a + 3 * next, channels);
      }
    }
  }
}

/** Widened to int16: target[tile][k / 2][pixel][k % 2]. */
export function gatherPairs(
  args: ConvolutionInt8Arguments, pixel: i32, count: i32, channel: usize, target: usize, tileBytes: usize,
): void {
  gatherBlock(2, args, pixel, count, channel, target, tileBytes);
}

/** As they are: target[tile][k / 4][pixel][k % 4]. */
export function gatherQuads(
  args: ConvolutionInt8Arguments, pixel: i32, count: i32, channel: usize, target: usize, tileBytes: usize,
): void {
  gatherBlock(1, args, pixel, count, channel, target, tileBytes);
}
