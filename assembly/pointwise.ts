/** 1×1 convolution with stride 1, and fully connected layers of batches: pixels × packed weights, in register tiles. */
import { storePanel } from './activation';
import { check, F32, multiplyAdd, PANEL, VECTOR } from './simd';

/**
 * weights: packed[o / 8][k][o % 8], o padded to 8 with zeros; bias and slopes padded likewise.
 * The parallel axis is tiles of pixels × groups of four panels, the groups of a tile side by side; the last tile and
 * the last group may be partial.
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
export function tile8(
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

/** One pixel × 32 channels: four neighbouring panels, so that a single row has sums enough to hide its latency. */
// @ts-ignore: decorator
@inline
function row32(
  input: usize, depth: usize, weights: usize, bias: usize, output: usize, residual: usize, activation: i32,
  slopes: usize, both: bool,
): void {
  let s00 = v128.load(bias), s01 = v128.load(bias, 16), s10 = v128.load(bias, 32), s11 = v128.load(bias, 48);
  let s20 = v128.load(bias, 64), s21 = v128.load(bias, 80), s30 = v128.load(bias, 96), s31 = v128.load(bias, 112);
  const panel = depth * PANEL;
  let w1 = weights + panel;
  let w2 = w1 + panel;
  let w3 = w2 + panel;
  let a = input;
  for (let w0 = weights, end = weights + panel; w0 < end; w0 += PANEL) {
    const x = v128.load_splat<f32>(a);
    s00 = multiplyAdd(x, v128.load(w0), s00), s01 = multiplyAdd(x, v128.load(w0, VECTOR), s01);
    s10 = multiplyAdd(x, v128.load(w1), s10), s11 = multiplyAdd(x, v128.load(w1, VECTOR), s11);
    s20 = multiplyAdd(x, v128.load(w2), s20), s21 = multiplyAdd(x, v128.load(w2, VECTOR), s21);
    s30 = multiplyAdd(x, v128.load(w3), s30), s31 = multiplyAdd(x, v128.load(w3, VECTOR), s31);
    a += F32;
    w1 += PANEL;
    w2 += PANEL;
    w3 += PANEL;
  }
  storePanel(output, s00, s01, residual, activation, slopes, true);
  storePanel(output + PANEL, s10, s11, residual, activation, slopes + PANEL, true);
  storePanel(output + 2 * PANEL, s20, s21, residual, activation, slopes + 2 * PANEL, true);
  storePanel(output + 3 * PANEL, s30, s31, residual, activation, slopes + 3 * PANEL, both);
}

/**
 * `rows` pixels (a literal) through the panels of vectors `[begin, end)`, `columns` channels at a time (a literal: 8,
 * 16, or 32 for a single row), what is left over in single panels.
 */
// @ts-ignore: decorator
@inline
function panels(rows: i32, columns: i32, args: PointwiseArguments, pixel: usize, begin: i32, end: i32): void {
  const inputStride = <usize>args.inputStride;
  const outputStride = <usize>args.outputStride;
  const depth = <usize>args.depth;
  const activation = args.activation;
  const residual = args.residual ? args.residual - args.output : 0;
  const input = args.input + pixel * inputStride;
  const offset = <usize>begin * VECTOR;
  let weights = args.weights + offset * depth;
  let bias = args.bias + offset;
  let slopes = args.slopes + offset;
  let output = args.output + pixel * outputStride + offset;
  let block = begin;
  if (columns > 8) {
    const step = columns / 4;
    for (; block + step - 1 <= end; block += step) {
      const both = block + step <= end;
      if (columns == 32) {
        row32(input, depth, weights, bias, output, residual, activation, slopes, both);
      } else {
        tile16(rows, input, inputStride, depth, weights, bias, output, outputStride, residual, activation, slopes, both);
      }
      const bytes = <usize>columns * F32;
      weights += depth * bytes;
      bias += bytes;
      slopes += bytes;
      output += bytes;
    }
  }
  for (; block < end; block += 2) {
    const both = block + 1 < end;
    tile8(rows, input, inputStride, depth, weights, bias, output, outputStride, residual, activation, slopes, both);
    weights += depth * PANEL;
    bias += PANEL;
    slopes += PANEL;
    output += PANEL;
  }
}

/** The last pixels where they fill no tile: for each number the form with the fewest idle registers. */
function remainder(args: PointwiseArguments, pixel: usize, rows: i32, begin: i32, end: i32): void {
  if (rows == 1) panels(1, 32, args, pixel, begin, end);
  else if (rows == 2) panels(2, 16, args, pixel, begin, end);
  else if (rows == 3) panels(3, 8, args, pixel, begin, end);
  else if (rows == 4) panels(4, 8, args, pixel, begin, end);
  else panels(5, 8, args, pixel, begin, end);
}

/** Vectors of output channels in one unit of the parallel axis: four panels. */
const UNIT_BLOCKS: i32 = 8;

/** Units `[begin, end)` with tiles of `rows` × `columns` (literals). */
// @ts-ignore: decorator
@inline
function units(rows: i32, columns: i32, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<PointwiseArguments>(pointer);
  check(args.pixels > 0 && args.depth > 0 && args.outputBlocks > 0);
  check(args.inputStride >= args.depth * 4 && args.outputStride == args.outputBlocks * 16);
  check(args.activation != 3 || args.slopes != 0);
  const blocks = args.outputBlocks;
  const groups = (blocks + UNIT_BLOCKS - 1) / UNIT_BLOCKS;
  let unit = begin;
  while (unit < end) {
    const tile = unit / groups;
    const first = unit - tile * groups;
    const last = min(groups, first + end - unit);
    const pixel = tile * rows;
    const left = args.pixels - pixel;
    const lastBlock = min(blocks, last * UNIT_BLOCKS);
    if (left >= rows) panels(rows, columns, args, pixel, first * UNIT_BLOCKS, lastBlock);
    else remainder(args, pixel, left, first * UNIT_BLOCKS, lastBlock);
    unit += last - first;
  }
}

/** Tiles of 4 pixels × 8 channels. */
export function pointwise4x8(pointer: usize, begin: i32, end: i32): void {
  units(4, 8, pointer, begin, end);
}

/** Tiles of 6 pixels × 8 channels. */
export function pointwise6x8(pointer: usize, begin: i32, end: i32): void {
  units(6, 8, pointer, begin, end);
}

/** Tiles of 2 pixels × 16 channels. */
export function pointwise2x16(pointer: usize, begin: i32, end: i32): void {
  units(2, 16, pointer, begin, end);
}

/** Tiles of 4 pixels × 16 channels. */
export function pointwise4x16(pointer: usize, begin: i32, end: i32): void {
  units(4, 16, pointer, begin, end);
}

/** Tiles of 6 pixels × 16 channels. */
export function pointwise6x16(pointer: usize, begin: i32, end: i32): void {
  units(6, 16, pointer, begin, end);
}
