/** The first layer: 3×3 convolution of three channels, stride 1 or 2, from three padded rows in scratch. */
import { storePanel } from './activation';
import { check, multiplyAdd, PANEL, VECTOR } from './simd';

/**
 * weights: packed[o / 8][y][x][k][o % 8], 27 rows a panel, o padded to 8; bias and slopes padded likewise.
 * scratch: three rows of `rowPixels` pixels of four floats, the input row with its padding columns.
 * The parallel axis is output rows of all images.
 */
@unmanaged
export class Conv3x3Arguments {
  input: usize;
  weights: usize;
  bias: usize;
  slopes: usize;
  residual: usize;
  output: usize;
  scratch: usize;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  paddingTop: i32;
  paddingLeft: i32;
  /** Pixels of a scratch row: at least (outputWidth − 1) · stride + 3 and paddingLeft + inputWidth. */
  rowPixels: i32;
  /** Vectors of four channels in an output pixel. */
  outputBlocks: i32;
  activation: i32;
}

/** Copies one input row, or zeros, between its padding columns. */
// @ts-ignore: decorator
@inline
function padRow(scratch: usize, source: usize, inputWidth: usize, paddingLeft: usize, rowPixels: usize): void {
  const row = inputWidth * VECTOR;
  if (!source) {
    memory.fill(scratch, 0, rowPixels * VECTOR);
    return;
  }
  const left = paddingLeft * VECTOR;
  memory.fill(scratch, 0, left);
  memory.copy(scratch + left, source, row);
  memory.fill(scratch + left + row, 0, rowPixels * VECTOR - left - row);
}

/** `pixels` output pixels (a literal from 1 to 4) × 8 channels; `step` is the bytes between their first taps. */
// @ts-ignore: decorator
@inline
function tile8(
  pixels: i32, row: usize, rowBytes: usize, step: usize, weights: usize, bias: usize, output: usize,
  outputStride: usize, residual: usize, activation: i32, slopes: usize, both: bool,
): void {
  let s00 = v128.load(bias), s01 = v128.load(bias, VECTOR);
  let s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
  let w = weights;
  for (let y = 0; y < 3; y++) {
    let a0 = row;
    const last = row + 3 * VECTOR;
    for (; a0 < last; a0 += VECTOR) {
      const a1 = a0 + step, a2 = a1 + step, a3 = a2 + step;
      for (let k: usize = 0; k < 12; k += 4) {
        const w0 = v128.load(w), w1 = v128.load(w, VECTOR);
        w += PANEL;
        let x = v128.load_splat<f32>(a0 + k);
        s00 = multiplyAdd(x, w0, s00);
        s01 = multiplyAdd(x, w1, s01);
        if (pixels > 1) {
          x = v128.load_splat<f32>(a1 + k);
          s10 = multiplyAdd(x, w0, s10);
          s11 = multiplyAdd(x, w1, s11);
        }
        if (pixels > 2) {
          x = v128.load_splat<f32>(a2 + k);
          s20 = multiplyAdd(x, w0, s20);
          s21 = multiplyAdd(x, w1, s21);
        }
        if (pixels > 3) {
          x = v128.load_splat<f32>(a3 + k);
          s30 = multiplyAdd(x, w0, s30);
          s31 = multiplyAdd(x, w1, s31);
        }
      }
    }
    row += rowBytes;
  }
  let o = output;
  storePanel(o, s00, s01, residual, activation, slopes, both);
  if (pixels > 1) storePanel((o += outputStride), s10, s11, residual, activation, slopes, both);
  if (pixels > 2) storePanel((o += outputStride), s20, s21, residual, activation, slopes, both);
  if (pixels > 3) storePanel((o += outputStride), s30, s31, residual, activation, slopes, both);
}

// @ts-ignore: decorator
@inline
function rows(stride: i32, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<Conv3x3Arguments>(pointer);
  check(args.rowPixels >= (args.outputWidth - 1) * stride + 3 && args.rowPixels >= args.paddingLeft + args.inputWidth);
  check(args.scratch != 0 && args.outputBlocks > 0);
  check(args.activation != 3 || args.slopes != 0);
  const inputHeight = args.inputHeight;
  const inputWidth = <usize>args.inputWidth;
  const outputHeight = args.outputHeight;
  const outputWidth = args.outputWidth;
  const paddingLeft = <usize>args.paddingLeft;
  const rowPixels = <usize>args.rowPixels;
  const rowBytes = rowPixels * VECTOR;
  const step = <usize>stride * VECTOR;
  const blocks = args.outputBlocks;
  const outputStride = <usize>blocks * VECTOR;
  const activation = args.activation;
  const residual = args.residual ? args.residual - args.output : 0;
  for (let row = begin; row < end; row++) {
    const image = row / outputHeight;
    const top = (row - image * outputHeight) * stride - args.paddingTop;
    for (let y = 0; y < 3; y++) {
      const inputRow = top + y;
      const inside = inputRow >= 0 && inputRow < inputHeight;
      const source = inside ? args.input + <usize>(image * inputHeight + inputRow) * inputWidth * VECTOR : 0;
      padRow(args.scratch + <usize>y * rowBytes, source, inputWidth, paddingLeft, rowPixels);
    }
    const outputs = args.output + <usize>row * <usize>outputWidth * outputStride;
    for (let block = 0; block < blocks; block += 2) {
      const both = block + 1 < blocks;
      const offset = <usize>block * VECTOR;
      const weights = args.weights + offset * 27;
      const bias = args.bias + offset;
      const slopes = args.slopes + offset;
      let taps = args.scratch;
      let output = outputs + offset;
      let pixel = 0;
      for (; pixel + 4 <= outputWidth; pixel += 4) {
        tile8(4, taps, rowBytes, step, weights, bias, output, outputStride, residual, activation, slopes, both);
        taps += 4 * step;
        output += 4 * outputStride;
      }
      for (; pixel < outputWidth; pixel++) {
        tile8(1, taps, rowBytes, step, weights, bias, output, outputStride, residual, activation, slopes, both);
        taps += step;
        output += outputStride;
      }
    }
  }
}

/** Stride 1. */
export function conv3x3Stride1(pointer: usize, begin: i32, end: i32): void {
  rows(1, pointer, begin, end);
}

/** Stride 2. */
export function conv3x3Stride2(pointer: usize, begin: i32, end: i32): void {
  rows(2, pointer, begin, end);
}
