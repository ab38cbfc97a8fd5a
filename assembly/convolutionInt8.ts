/**
 * Dense and grouped convolutions of int8 values, pointwise and fully connected layers among them: the inputs of a tile
 * of output pixels are widened to int16 in scratch, then multiplied with packed weights in register tiles.
 */
import { PADDING, PANEL_CHANNELS, PARAMETERS, storeRequantised, storeTwoRequantised } from './requantise';
import { check } from './simd';

/**
 * weights: packed[g][o / 8][k / 2][o % 8][k % 2], int8, k = (y · kernelWidth + x) · tapChannels + c, padded with zeros.
 * The parallel axis is tiles of output pixels × groups × four panels, those of a tile side by side.
 */
@unmanaged
export class ConvolutionInt8Arguments {
  input: usize;
  weights: usize;
  parameters: usize;
  constants: usize;
  residual: usize;
  output: usize;
  /** Inputs of a tile as int16: scratch[k / 2][pixel][k % 2]. */
  scratch: usize;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  paddingTop: i32;
  paddingLeft: i32;
  /** Bytes from one input pixel to the next. */
  inputStride: i32;
  /** Bytes from one output pixel to the next; the residual's too. */
  outputStride: i32;
  /** Output pixels of all images. */
  pixels: i32;
  groups: i32;
  /** Channels that are read of each tap of a group: 4, or a multiple of 8. */
  tapChannels: i32;
  /** Panels of one group. */
  panels: i32;
}

const TILE: i32 = 4;
const UNIT_PANELS: i32 = 4;

/** Stores eight int16 as four pairs, one of each four of a tile's pixels apart. */
// @ts-ignore: decorator
@inline
function storePairs(target: usize, value: v128): void {
  v128.store32_lane(target, value, 0);
  v128.store32_lane(target, value, 1, 16);
  v128.store32_lane(target, value, 2, 32);
  v128.store32_lane(target, value, 3, 48);
}

/** Widens the channels of one tap, or writes zero points for one outside the image, at its pixel's place in a tile. */
// @ts-ignore: decorator
@inline
function gatherTap(target: usize, source: usize, bytes: usize, padding: v128): void {
  if (bytes == 4) {
    const value = source ? i16x8.extend_low_i8x16_s(v128.load32_zero(source)) : padding;
    v128.store32_lane(target, value, 0);
    v128.store32_lane(target, value, 1, 16);
    return;
  }
  for (let offset: usize = 0; offset < bytes; offset += 8) {
    storePairs(target + 8 * offset, source ? v128.load8x8_s(source + offset) : padding);
  }
}

/** The inputs of one output pixel in the order of the packed weights. */
function gather(args: ConvolutionInt8Arguments, pixel: i32, channel: i32, target: usize): void {
  const stride = <usize>args.inputStride;
  const bytes = <usize>args.tapChannels;
  const plane = args.outputHeight * args.outputWidth;
  const image = pixel / plane;
  const place = pixel - image * plane;
  const row = place / args.outputWidth;
  const top = row * args.strideHeight - args.paddingTop;
  const left = (place - row * args.outputWidth) * args.strideWidth - args.paddingLeft;
  const padding = v128.load8x8_s(args.constants, PADDING);
  const first = args.input + <usize>channel;
  for (let y = 0; y < args.kernelHeight; y++) {
    const inputRow = top + y * args.dilationHeight;
    const rowInside = inputRow >= 0 && inputRow < args.inputHeight;
    const begin = (image * args.inputHeight + inputRow) * args.inputWidth;
    for (let x = 0; x < args.kernelWidth; x++) {
      const column = left + x * args.dilationWidth;
      const inside = rowInside && column >= 0 && column < args.inputWidth;
      gatherTap(target, inside ? first + <usize>(begin + column) * stride : 0, bytes, padding);
      target += 8 * bytes;
    }
  }
}

/** The same for four whole pixels that follow each other. */
// @ts-ignore: decorator
@inline
function gatherPixels(input: usize, stride: usize, bytes: usize, target: usize): void {
  for (const end = input + bytes; input < end; input += 8, target += 64) {
    const a = v128.load8x8_s(input), b = v128.load8x8_s(input + stride);
    const c = v128.load8x8_s(input + 2 * stride), d = v128.load8x8_s(input + 3 * stride);
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7), cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<i64>(ab, cd, 0, 2));
    v128.store(target, v128.shuffle<i64>(ab, cd, 1, 3), 16);
    v128.store(target, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 32);
    v128.store(target, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 48);
  }
}

/** Four pixels × 8 channels; `depth` is the bytes of one pixel's inputs in scratch. The first `rows` pixels are stored. */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, inputs: usize, depth: usize, weights: usize, parameters: usize, constants: usize, output: usize,
  outputStride: usize, residual: usize,
): void {
  let s00 = v128.load(parameters);
  let s01 = v128.load(parameters, 16);
  let s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
  let a = inputs;
  const end = weights + 4 * depth;
  for (let w = weights; w < end; w += 32, a += 32) {
    let w0 = v128.load8x8_s(w);
    let w1 = v128.load8x8_s(w, 8);
    let x = v128.load32_splat(a);
    s00 = i32x4.add(s00, i32x4.dot_i16x8_s(x, w0)), s01 = i32x4.add(s01, i32x4.dot_i16x8_s(x, w1));
    x = v128.load32_splat(a, 4);
    s10 = i32x4.add(s10, i32x4.dot_i16x8_s(x, w0)), s11 = i32x4.add(s11, i32x4.dot_i16x8_s(x, w1));
    x = v128.load32_splat(a, 8);
    s20 = i32x4.add(s20, i32x4.dot_i16x8_s(x, w0)), s21 = i32x4.add(s21, i32x4.dot_i16x8_s(x, w1));
    x = v128.load32_splat(a, 12);
    s30 = i32x4.add(s30, i32x4.dot_i16x8_s(x, w0)), s31 = i32x4.add(s31, i32x4.dot_i16x8_s(x, w1));
    w0 = v128.load8x8_s(w, 16);
    w1 = v128.load8x8_s(w, 24);
    x = v128.load32_splat(a, 16);
    s00 = i32x4.add(s00, i32x4.dot_i16x8_s(x, w0)), s01 = i32x4.add(s01, i32x4.dot_i16x8_s(x, w1));
    x = v128.load32_splat(a, 20);
    s10 = i32x4.add(s10, i32x4.dot_i16x8_s(x, w0)), s11 = i32x4.add(s11, i32x4.dot_i16x8_s(x, w1));
    x = v128.load32_splat(a, 24);
    s20 = i32x4.add(s20, i32x4.dot_i16x8_s(x, w0)), s21 = i32x4.add(s21, i32x4.dot_i16x8_s(x, w1));
    x = v128.load32_splat(a, 28);
    s30 = i32x4.add(s30, i32x4.dot_i16x8_s(x, w0)), s31 = i32x4.add(s31, i32x4.dot_i16x8_s(x, w1));
  }
  if (rows == TILE) {
    storeTwoRequantised(output, outputStride, s00, s01, s10, s11, parameters, constants, residual);
    output += 2 * outputStride;
    storeTwoRequantised(output, outputStride, s20, s21, s30, s31, parameters, constants, residual);
    return;
  }
  storeRequantised(output, s00, s01, parameters, constants, residual);
  if (rows > 1) storeRequantised((output += outputStride), s10, s11, parameters, constants, residual);
  if (rows > 2) storeRequantised((output += outputStride), s20, s21, parameters, constants, residual);
}

export function convolutionInt8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ConvolutionInt8Arguments>(pointer);
  check(args.tapChannels == 4 || args.tapChannels % 8 == 0);
  check(args.scratch != 0 && args.panels > 0 && args.groups > 0);
  const depth = <usize>(2 * args.kernelHeight * args.kernelWidth * args.tapChannels);
  const outputStride = <usize>args.outputStride;
  const panels = args.panels;
  const chunks = (panels + UNIT_PANELS - 1) / UNIT_PANELS;
  const units = args.groups * chunks;
  const residual = args.residual ? args.residual - args.output : 0;
  const constants = args.constants;
  const whole =
    args.kernelHeight == 1 && args.kernelWidth == 1 && args.strideHeight == 1 && args.strideWidth == 1 &&
    args.paddingTop == 0 && args.paddingLeft == 0 && args.outputWidth == args.inputWidth &&
    args.outputHeight == args.inputHeight && args.tapChannels != 4;
  let gathered = -1;
  for (let unit = begin; unit < end; unit++) {
    const tileIndex = unit / units;
    const rest = unit - tileIndex * units;
    const group = rest / chunks;
    const firstPixel = tileIndex * TILE;
    const rows = min(TILE, args.pixels - firstPixel);
    const source = tileIndex * args.groups + group;
    if (source != gathered) {
      const channel = group * args.tapChannels;
      if (whole && rows == TILE) {
        const input = args.input + <usize>firstPixel * <usize>args.inputStride + <usize>channel;
        gatherPixels(input, <usize>args.inputStride, <usize>args.tapChannels, args.scratch);
      } else {
        for (let row = 0; row < rows; row++) gather(args, firstPixel + row, channel, args.scratch + <usize>row * 4);
      }
      gathered = source;
    }
    const firstPanel = (rest - group * chunks) * UNIT_PANELS;
    const lastPanel = min(firstPanel + UNIT_PANELS, panels);
    for (let panel = firstPanel; panel < lastPanel; panel++) {
      const place = <usize>(group * panels + panel);
      const weights = args.weights + place * 4 * depth;
      const parameters = args.parameters + place * PARAMETERS;
      const output = args.output + <usize>firstPixel * outputStride + place * PANEL_CHANNELS;
      tile(rows, args.scratch, depth, weights, parameters, constants, output, outputStride, residual);
    }
  }
}
