/** 1×1 convolution with stride 1, and fully connected layers of batches: pixels × packed weights, in register tiles. */
import { storePanel } from './activation';
import { check, F32, multiplyAdd, PANEL, VECTOR } from './simd';

/**
 * weights: packed[o / 8][k][o % 8], o padded to 8 with zeros; bias and slopes padded likewise.
 * The parallel axis is tiles of pixels; the last tile may be partial.
 */
@unmanaged
export class PointwiseArguments {
  input: usize;
  weights: usize;
  bias: usize;
  slopes: usize;
  residual: usize;
  output: usize;
  /** Pixels of all images of the batch. */
  pixels: i32;
  /** Input channels. */
  depth: i32;
  /** Bytes from one input pixel to the next. */
  inputStride: i32;
  /** Bytes from one output pixel to the next; the residual's too. */
  outputStride: i32;
  /** Vectors of four channels in an output pixel. */
  outputBlocks: i32;
  activation: i32;
}

/** `rows` pixels (a literal from 1 to 6) × 8 channels. */
// @ts-ignore: decorator
@inline
function tile8(
  rows: i32, input: usize, inputStride: usize, depth: usize, weights: usize, bias: usize, output: usize,
  outputStride: usize, residual: usize, activation: i32, slopes: usize, both: bool,
): void {
  let a0 = input;
  let a1 = a0 + inputStride;
  let a2 = a1 + inputStride;
  let a3 = a2 + inputStride;
  let a4 = a3 + inputStride;
  let a5 = a4 + inputStride;
  let s00 = v128.load(bias);
  let s01 = v128.load(bias, VECTOR);
  let s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01, s40 = s00, s41 = s01, s50 = s00, s51 = s01;
  const end = weights + depth * PANEL;
  for (let w = weights; w < end; w += PANEL) {
    const w0 = v128.load(w);
    const w1 = v128.load(w, VECTOR);
    let x = v128.load_splat<f32>(a0);
    s00 = multiplyAdd(x, w0, s00);
    s01 = multiplyAdd(x, w1, s01);
    a0 += F32;
    if (rows > 1) {
      x = v128.load_splat<f32>(a1);
      s10 = multiplyAdd(x, w0, s10);
      s11 = multiplyAdd(x, w1, s11);
      a1 += F32;
    }
    if (rows > 2) {
      x = v128.load_splat<f32>(a2);
      s20 = multiplyAdd(x, w0, s20);
      s21 = multiplyAdd(x, w1, s21);
      a2 += F32;
    }
    if (rows > 3) {
      x = v128.load_splat<f32>(a3);
      s30 = multiplyAdd(x, w0, s30);
      s31 = multiplyAdd(x, w1, s31);
      a3 += F32;
    }
    if (rows > 4) {
      x = v128.load_splat<f32>(a4);
      s40 = multiplyAdd(x, w0, s40);
      s41 = multiplyAdd(x, w1, s41);
      a4 += F32;
    }
    if (rows > 5) {
      x = v128.load_splat<f32>(a5);
      s50 = multiplyAdd(x, w0, s50);
      s51 = multiplyAdd(x, w1, s51);
      a5 += F32;
    }
  }
  let o = output;
  storePanel(o, s00, s01, residual, activation, slopes, both);
  if (rows > 1) storePanel((o += outputStride), s10, s11, residual, activation, slopes, both);
  if (rows > 2) storePanel((o += outputStride), s20, s21, residual, activation, slopes, both);
  if (rows > 3) storePanel((o += outputStride), s30, s31, residual, activation, slopes, both);
  if (rows > 4) storePanel((o += outputStride), s40, s41, residual, activation, slopes, both);
  if (rows > 5) storePanel((o += outputStride), s50, s51, residual, activation, slopes, both);
}

/** `rows` pixels (a literal from 1 to 6) × 16 channels: two neighbouring panels; for engines that pair vectors. */
// @ts-ignore: decorator
@inline
function tile16(
  rows: i32, input: usize, inputStride: usize, depth: usize, weights: usize, bias: usize, output: usize,
  outputStride: usize, residual: usize, activation: i32, slopes: usize, both: bool,
): void {
  let a0 = input;
  let a1 = a0 + inputStride;
  let a2 = a1 + inputStride;
  let a3 = a2 + inputStride;
  let a4 = a3 + inputStride;
  let a5 = a4 + inputStride;
  const b0 = v128.load(bias), b1 = v128.load(bias, 16), b2 = v128.load(bias, 32), b3 = v128.load(bias, 48);
  let s00 = b0, s01 = b1, s02 = b2, s03 = b3;
  let s10 = b0, s11 = b1, s12 = b2, s13 = b3;
  let s20 = b0, s21 = b1, s22 = b2, s23 = b3;
  let s30 = b0, s31 = b1, s32 = b2, s33 = b3;
  let s40 = b0, s41 = b1, s42 = b2, s43 = b3;
  let s50 = b0, s51 = b1, s52 = b2, s53 = b3;
  const panel = depth * PANEL;
  const end = weights + panel;
  for (let w = weights; w < end; w += PANEL) {
    const w0 = v128.load(w), w1 = v128.load(w, VECTOR);
    const w2 = v128.load(w + panel), w3 = v128.load(w + panel, VECTOR);
    let x = v128.load_splat<f32>(a0);
    s00 = multiplyAdd(x, w0, s00), s01 = multiplyAdd(x, w1, s01);
    s02 = multiplyAdd(x, w2, s02), s03 = multiplyAdd(x, w3, s03);
    a0 += F32;
    if (rows > 1) {
      x = v128.load_splat<f32>(a1);
      s10 = multiplyAdd(x, w0, s10), s11 = multiplyAdd(x, w1, s11);
      s12 = multiplyAdd(x, w2, s12), s13 = multiplyAdd(x, w3, s13);
      a1 += F32;
    }
    if (rows > 2) {
      x = v128.load_splat<f32>(a2);
      s20 = multiplyAdd(x, w0, s20), s21 = multiplyAdd(x, w1, s21);
      s22 = multiplyAdd(x, w2, s22), s23 = multiplyAdd(x, w3, s23);
      a2 += F32;
    }
    if (rows > 3) {
      x = v128.load_splat<f32>(a3);
      s30 = multiplyAdd(x, w0, s30), s31 = multiplyAdd(x, w1, s31);
      s32 = multiplyAdd(x, w2, s32), s33 = multiplyAdd(x, w3, s33);
      a3 += F32;
    }
    if (rows > 4) {
      x = v128.load_splat<f32>(a4);
      s40 = multiplyAdd(x, w0, s40), s41 = multiplyAdd(x, w1, s41);
      s42 = multiplyAdd(x, w2, s42), s43 = multiplyAdd(x, w3, s43);
      a4 += F32;
    }
    if (rows > 5) {
      x = v128.load_splat<f32>(a5);
      s50 = multiplyAdd(x, w0, s50), s51 = multiplyAdd(x, w1, s51);
      s52 = multiplyAdd(x, w2, s52), s53 = multiplyAdd(x, w3, s53);
      a5 += F32;
    }
  }
  let o = output;
  storePanel(o, s00, s01, residual, activation, slopes, true);
  storePanel(o + PANEL, s02, s03, residual, activation, slopes + PANEL, both);
  if (rows > 1) {
    o += outputStride;
    storePanel(o, s10, s11, residual, activation, slopes, true);
    storePanel(o + PANEL, s12, s13, residual, activation, slopes + PANEL, both);
  }
  if (rows > 2) {
    o += outputStride;
    storePanel(o, s20, s21, residual, activation, slopes, true);
    storePanel(o + PANEL, s22, s23, residual, activation, slopes + PANEL, both);
  }
  if (rows > 3) {
    o += outputStride;
    storePanel(o, s30, s31, residual, activation, slopes, true);
    storePanel(o + PANEL, s32, s33, residual, activation, slopes + PANEL, both);
  }
  if (rows > 4) {
    o += outputStride;
    storePanel(o, s40, s41, residual, activation, slopes, true);
    storePanel(o + PANEL, s42, s43, residual, activation, slopes + PANEL, both);
  }
  if (rows > 5) {
    o += outputStride;
    storePanel(o, s50, s51, residual, activation, slopes, true);
    storePanel(o + PANEL, s52, s53, residual, activation, slopes + PANEL, both);
  }
}

/** `rows` pixels (a literal) through every panel of eight output channels. */
// @ts-ignore: decorator
@inline
function panels8(rows: i32, args: PointwiseArguments, pixel: usize): void {
  const inputStride = <usize>args.inputStride;
  const outputStride = <usize>args.outputStride;
  const depth = <usize>args.depth;
  const activation = args.activation;
  const blocks = args.outputBlocks;
  const residual = args.residual ? args.residual - args.output : 0;
  const input = args.input + pixel * inputStride;
  let weights = args.weights;
  let bias = args.bias;
  let slopes = args.slopes;
  let output = args.output + pixel * outputStride;
  for (let block = 0; block < blocks; block += 2) {
    const both = block + 1 < blocks;
    tile8(rows, input, inputStride, depth, weights, bias, output, outputStride, residual, activation, slopes, both);
    weights += depth * PANEL;
    bias += PANEL;
    slopes += PANEL;
    output += PANEL;
  }
}

/** `rows` pixels (a literal) through pairs of panels, and through a last one alone. */
// @ts-ignore: decorator
@inline
function panels16(rows: i32, args: PointwiseArguments, pixel: usize): void {
  const inputStride = <usize>args.inputStride;
  const outputStride = <usize>args.outputStride;
  const depth = <usize>args.depth;
  const activation = args.activation;
  const blocks = args.outputBlocks;
  const residual = args.residual ? args.residual - args.output : 0;
  const input = args.input + pixel * inputStride;
  let weights = args.weights;
  let bias = args.bias;
  let slopes = args.slopes;
  let output = args.output + pixel * outputStride;
  let block = 0;
  for (; block + 2 < blocks; block += 4) {
    const both = block + 3 < blocks;
    tile16(rows, input, inputStride, depth, weights, bias, output, outputStride, residual, activation, slopes, both);
    weights += 2 * depth * PANEL;
    bias += 2 * PANEL;
    slopes += 2 * PANEL;
    output += 2 * PANEL;
  }
  if (block < blocks) {
    const both = block + 1 < blocks;
    tile8(rows, input, inputStride, depth, weights, bias, output, outputStride, residual, activation, slopes, both);
  }
}

// @ts-ignore: decorator
@inline
function checkArguments(args: PointwiseArguments): void {
  check(args.pixels > 0 && args.depth > 0 && args.outputBlocks > 0);
  check(args.inputStride >= args.depth * 4 && args.outputStride == args.outputBlocks * 16);
  check(args.activation != 3 || args.slopes != 0);
}

/** Tiles of 4 pixels × 8 channels. */
export function pointwise4x8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PointwiseArguments>(pointer);
  checkArguments(args);
  let pixel = begin * 4;
  const last = min(end * 4, args.pixels);
  for (; pixel + 4 <= last; pixel += 4) panels8(4, args, pixel);
  if (pixel + 2 <= last) {
    panels8(2, args, pixel);
    pixel += 2;
  }
  if (pixel < last) panels8(1, args, pixel);
}

/** Tiles of 6 pixels × 8 channels. */
export function pointwise6x8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PointwiseArguments>(pointer);
  checkArguments(args);
  let pixel = begin * 6;
  const last = min(end * 6, args.pixels);
  for (; pixel + 6 <= last; pixel += 6) panels8(6, args, pixel);
  if (pixel + 4 <= last) {
    panels8(4, args, pixel);
    pixel += 4;
  }
  if (pixel + 2 <= last) {
    panels8(2, args, pixel);
    pixel += 2;
  }
  if (pixel < last) panels8(1, args, pixel);
}

/** Tiles of 2 pixels × 16 channels. */
export function pointwise2x16(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PointwiseArguments>(pointer);
  checkArguments(args);
  let pixel = begin * 2;
  const last = min(end * 2, args.pixels);
  for (; pixel + 2 <= last; pixel += 2) panels16(2, args, pixel);
  if (pixel < last) panels16(1, args, pixel);
}

/** Tiles of 4 pixels × 16 channels. */
export function pointwise4x16(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PointwiseArguments>(pointer);
  checkArguments(args);
  let pixel = begin * 4;
  const last = min(end * 4, args.pixels);
  for (; pixel + 4 <= last; pixel += 4) panels16(4, args, pixel);
  if (pixel + 2 <= last) {
    panels16(2, args, pixel);
    pixel += 2;
  }
  if (pixel < last) panels16(1, args, pixel);
}

/** Tiles of 6 pixels × 16 channels. */
export function pointwise6x16(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PointwiseArguments>(pointer);
  checkArguments(args);
  let pixel = begin * 6;
  const last = min(end * 6, args.pixels);
  for (; pixel + 6 <= last; pixel += 6) panels16(6, args, pixel);
  if (pixel + 4 <= last) {
    panels16(4, args, pixel);
    pixel += 4;
  }
  if (pixel + 2 <= last) {
    panels16(2, args, pixel);
    pixel += 2;
  }
  if (pixel < last) panels16(1, args, pixel);
}
