/** Convolutions of int8 values whose sums become float32: dense and grouped ones by tiles of pixels, and depthwise ones. */
import { PRELU, RELU6 } from './activation';
import { check } from './simd';

/**
 * weights: packed[g][o / 8][y][x][k / 2][o % 8][k % 2], int8, a group's channels k padded to 8 with zeros;
 * of depthwise layers packed[y][x][c], c padded to 8.
 * The parallel axis is tiles of four output pixels × panels of eight outputs, or pixels × vectors of eight channels.
 */
@unmanaged
export class DequantisedConvolutionArguments {
  input: usize;
  weights: usize;
  /** Of each panel: what its sums begin with 8 × i32, units, biases and slopes 8 × f32 each. */
  parameters: usize;
  /** Eight times the input's zero point. */
  padding: usize;
  output: usize;
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
  /** Bytes from one input pixel to the next, and from one output pixel to the next. */
  inputStride: i32;
  outputStride: i32;
  /** Output pixels of all images. */
  pixels: i32;
  /** Channels of a group that are read of each tap. */
  tapChannels: i32;
  /** Panels of one group, and of all. */
  groupPanels: i32;
  panels: i32;
  activation: i32;
}

const TILE: i32 = 4;

/** Layout dequantisedParameters: what sums begin with, 8 × i32, then 8 × f32 each; PARAMETERS is the bytes of a panel. */
const UNITS: usize = 32;
const BIASES: usize = 64;
const SLOPES: usize = 96;
const PARAMETERS: usize = 128;

/** Bytes of a panel's eight outputs. */
const PANEL_BYTES: usize = 32;

/** activation(sums · units + biases); each product is rounded before it is added, so that all builds give the same. */
// @ts-ignore: decorator
@inline
function dequantise(sums: v128, parameters: usize, activation: i32): v128 {
  const product = f32x4.mul(f32x4.convert_i32x4_s(sums), v128.load(parameters, UNITS));
  const value = f32x4.add(product, v128.load(parameters, BIASES));
  if (activation == 0) return value;
  const zero = f32x4.splat(0);
  if (activation == PRELU) {
    return v128.bitselect(f32x4.mul(value, v128.load(parameters, SLOPES)), value, f32x4.lt(value, zero));
  }
  const positive = f32x4.max(value, zero);
  return activation == RELU6 ? f32x4.min(positive, f32x4.splat(6)) : positive;
}

/** Stores a panel's eight outputs, or the lower four where a pixel has no more. */
// @ts-ignore: decorator
@inline
function store(output: usize, low: v128, high: v128, parameters: usize, activation: i32, both: bool): void {
  v128.store(output, dequantise(low, parameters, activation));
  if (both) v128.store(output, dequantise(high, parameters + 16, activation), 16);
}

/** Adds the products of two inputs of one pixel with the weights of four outputs. */
// @ts-ignore: decorator
@inline
function add(sum: v128, input: v128, weights: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(input, weights));
}

export function dequantisedConvolution(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<DequantisedConvolutionArguments>(pointer);
  check(args.tapChannels % 8 == 0 && args.panels > 0 && args.groupPanels > 0);
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth, inputStride = <usize>args.inputStride;
  const outputWidth = args.outputWidth, plane = args.outputHeight * outputWidth;
  const outputStride = <usize>args.outputStride;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const depth = <usize>args.tapChannels;
  const panelBytes: usize = <usize>8 * depth * <usize>(kernelHeight * kernelWidth);
  const panels = args.panels, groupPanels = args.groupPanels;
  const activation = args.activation;
  for (let unit = begin; unit < end; unit++) {
    const tile = unit / panels;
    const panel = unit - tile * panels;
    const first = tile * TILE;
    const rows = min(TILE, args.pixels - first);
    const input = args.input + <usize>(panel / groupPanels) * depth;
    const parameters = args.parameters + <usize>panel * PARAMETERS;
    let w = args.weights + <usize>panel * panelBytes;
    let s00 = v128.load(parameters), s01 = v128.load(parameters, 16);
    let s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
    // Pixels beyond the last are computed like it and not stored.
    const pixel1 = first + min(1, rows - 1), pixel2 = first + min(2, rows - 1), pixel3 = first + rows - 1;
    for (let y = 0; y < kernelHeight; y++) {
      for (let x = 0; x < kernelWidth; x++) {
        let p0 = tap(args, first, plane, outputWidth, y, x, inputHeight, inputWidth, inputStride, input);
        let p1 = tap(args, pixel1, plane, outputWidth, y, x, inputHeight, inputWidth, inputStride, input);
        let p2 = tap(args, pixel2, plane, outputWidth, y, x, inputHeight, inputWidth, inputStride, input);
        let p3 = tap(args, pixel3, plane, outputWidth, y, x, inputHeight, inputWidth, inputStride, input);
        const outside = args.padding;
        const d0: usize = p0 == outside ? 0 : 8, d1: usize = p1 == outside ? 0 : 8;
        const d2: usize = p2 == outside ? 0 : 8, d3: usize = p3 == outside ? 0 : 8;
        for (const last: usize = w + <usize>8 * depth; w < last; w += 64) {
          const a = v128.load8x8_s(p0), b = v128.load8x8_s(p1), c = v128.load8x8_s(p2), d = v128.load8x8_s(p3);
          p0 += d0, p1 += d1, p2 += d2, p3 += d3;
          let w0 = v128.load8x8_s(w), w1 = v128.load8x8_s(w, 8);
          let v = v128.shuffle<i32>(a, a, 0, 0, 0, 0);
          s00 = add(s00, v, w0), s01 = add(s01, v, w1);
          v = v128.shuffle<i32>(b, b, 0, 0, 0, 0);
          s10 = add(s10, v, w0), s11 = add(s11, v, w1);
          v = v128.shuffle<i32>(c, c, 0, 0, 0, 0);
          s20 = add(s20, v, w0), s21 = add(s21, v, w1);
          v = v128.shuffle<i32>(d, d, 0, 0, 0, 0);
          s30 = add(s30, v, w0), s31 = add(s31, v, w1);
          w0 = v128.load8x8_s(w, 16), w1 = v128.load8x8_s(w, 24);
          v = v128.shuffle<i32>(a, a, 1, 1, 1, 1);
          s00 = add(s00, v, w0), s01 = add(s01, v, w1);
          v = v128.shuffle<i32>(b, b, 1, 1, 1, 1);
          s10 = add(s10, v, w0), s11 = add(s11, v, w1);
          v = v128.shuffle<i32>(c, c, 1, 1, 1, 1);
          s20 = add(s20, v, w0), s21 = add(s21, v, w1);
          v = v128.shuffle<i32>(d, d, 1, 1, 1, 1);
          s30 = add(s30, v, w0), s31 = add(s31, v, w1);
          w0 = v128.load8x8_s(w, 32), w1 = v128.load8x8_s(w, 40);
          v = v128.shuffle<i32>(a, a, 2, 2, 2, 2);
          s00 = add(s00, v, w0), s01 = add(s01, v, w1);
          v = v128.shuffle<i32>(b, b, 2, 2, 2, 2);
          s10 = add(s10, v, w0), s11 = add(s11, v, w1);
          v = v128.shuffle<i32>(c, c, 2, 2, 2, 2);
          s20 = add(s20, v, w0), s21 = add(s21, v, w1);
          v = v128.shuffle<i32>(d, d, 2, 2, 2, 2);
          s30 = add(s30, v, w0), s31 = add(s31, v, w1);
          w0 = v128.load8x8_s(w, 48), w1 = v128.load8x8_s(w, 56);
          v = v128.shuffle<i32>(a, a, 3, 3, 3, 3);
          s00 = add(s00, v, w0), s01 = add(s01, v, w1);
          v = v128.shuffle<i32>(b, b, 3, 3, 3, 3);
          s10 = add(s10, v, w0), s11 = add(s11, v, w1);
          v = v128.shuffle<i32>(c, c, 3, 3, 3, 3);
          s20 = add(s20, v, w0), s21 = add(s21, v, w1);
          v = v128.shuffle<i32>(d, d, 3, 3, 3, 3);
          s30 = add(s30, v, w0), s31 = add(s31, v, w1);
        }
      }
    }
    const offset = <usize>panel * PANEL_BYTES;
    const both = offset + PANEL_BYTES <= outputStride;
    let output = args.output + <usize>first * outputStride + offset;
    store(output, s00, s01, parameters, activation, both);
    if (rows > 1) store((output += outputStride), s10, s11, parameters, activation, both);
    if (rows > 2) store((output += outputStride), s20, s21, parameters, activation, both);
    if (rows > 3) store((output += outputStride), s30, s31, parameters, activation, both);
  }
}

/** Where one tap of an output pixel's window stands: in the input, or at the padding where it lies outside the image. */
function tap(
  args: DequantisedConvolutionArguments, pixel: i32, plane: i32, outputWidth: i32, y: i32, x: i32, inputHeight: i32,
  inputWidth: i32, inputStride: usize, input: usize,
): usize {
  const image = pixel / plane;
  const place = pixel - image * plane;
  const row = place / outputWidth;
  const inputRow = row * args.strideHeight - args.paddingTop + y * args.dilationHeight;
  const column = (place - row * outputWidth) * args.strideWidth - args.paddingLeft + x * args.dilationWidth;
  const inside = inputRow >= 0 && inputRow < inputHeight && column >= 0 && column < inputWidth;
  return inside ? input + <usize>((image * inputHeight + inputRow) * inputWidth + column) * inputStride : args.padding;
}

export function dequantisedDepthwise(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<DequantisedConvolutionArguments>(pointer);
  check(args.panels > 0 && args.outputWidth > 0);
  const panels = args.panels;
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth, inputStride = <usize>args.inputStride;
  const outputWidth = args.outputWidth, plane = args.outputHeight * outputWidth;
  const outputStride = <usize>args.outputStride;
  const activation = args.activation;
  for (let unit = begin; unit < end; unit++) {
    const pixel = unit / panels;
    const panel = <usize>(unit - pixel * panels);
    const parameters = args.parameters + panel * PARAMETERS;
    const input = args.input + panel * 8;
    let w = args.weights + panel * 8;
    let low = v128.load(parameters), high = v128.load(parameters, 16);
    for (let y = 0; y < args.kernelHeight; y++) {
      for (let x = 0; x < args.kernelWidth; x++, w += inputStride) {
        const source = tap(args, pixel, plane, outputWidth, y, x, inputHeight, inputWidth, inputStride, input);
        const value = v128.load8x8_s(source), weight = v128.load8x8_s(w);
        low = i32x4.add(low, i32x4.extmul_low_i16x8_s(value, weight));
        high = i32x4.add(high, i32x4.extmul_high_i16x8_s(value, weight));
      }
    }
    const offset = panel * PANEL_BYTES;
    const output = args.output + <usize>pixel * outputStride + offset;
    store(output, low, high, parameters, activation, offset + PANEL_BYTES <= outputStride);
  }
}
