/**
 * Depthwise 3×3 convolution of int8 values, stride 1 or 2, with sums of 16 bits: for weights whose magnitudes come to no
 * more than 255 in a channel. Four output pixels × eight channels at a time.
 */
import { PADDING, PARAMETERS, storeNarrow, storeTwoNarrow } from './requantise';
import { check } from './simd';

/**
 * weights: packed[c / 8][y][x][c % 8], int16. Biases are lifted.
 * The parallel axis is output rows of all images × groups of 8 vectors of channels, the groups of a row side by side.
 */
@unmanaged
export class Depthwise3x3NarrowArguments {
  input: usize;
  weights: usize;
  parameters: usize;
  constants: usize;
  residual: usize;
  output: usize;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  paddingTop: i32;
  paddingLeft: i32;
  /** Vectors of eight channels in a pixel. */
  blocks: i32;
}

const WEIGHTS: usize = 144;
const WEIGHTS_ROW: usize = 48;
const GROUP_BLOCKS: i32 = 8;
const TILE: i32 = 4;

// @ts-ignore: decorator
@inline
function addProduct(sum: v128, a: v128, b: v128): v128 {
  return i16x8.add(sum, i16x8.mul(a, b));
}

/** One output pixel, of which columns may lie outside; `step` is the bytes from column to column of each row, 0 for one outside. */
// @ts-ignore: decorator
@inline
function single(
  r0: usize, r1: usize, r2: usize, d0: usize, d1: usize, d2: usize, column: i32, inputWidth: i32, weights: usize,
  parameters: usize, constants: usize, output: usize, residual: usize,
): void {
  const padding = constants + PADDING;
  let sum = i16x8.splat(0);
  for (let x = 0; x < 3; x++, column++, weights += 16) {
    const inside = column >= 0 && column < inputWidth;
    const at = <usize>column;
    sum = addProduct(sum, v128.load8x8_s(inside ? r0 + at * d0 : padding), v128.load(weights));
    sum = addProduct(sum, v128.load8x8_s(inside ? r1 + at * d1 : padding), v128.load(weights, 48));
    sum = addProduct(sum, v128.load8x8_s(inside ? r2 + at * d2 : padding), v128.load(weights, 96));
  }
  storeNarrow(output, sum, parameters, constants, residual);
}

/** Four output pixels inside the image; `r0` to `r2` are the input rows at their first column. */
// @ts-ignore: decorator
@inline
function tile(
  stride: i32, r0: usize, r1: usize, r2: usize, d0: usize, d1: usize, d2: usize, weights: usize, parameters: usize,
  constants: usize, output: usize, step: usize, residual: usize,
): void {
  let s0 = i16x8.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let r = r0, d = d0;
  for (let y = 0; y < 3; y++, weights += WEIGHTS_ROW) {
    const w0 = v128.load(weights), w1 = v128.load(weights, 16), w2 = v128.load(weights, 32);
    let x = v128.load8x8_s(r);
    s0 = addProduct(s0, x, w0);
    if (stride == 1) {
      x = v128.load8x8_s((r += d));
      s0 = addProduct(s0, x, w1), s1 = addProduct(s1, x, w0);
      x = v128.load8x8_s((r += d));
      s0 = addProduct(s0, x, w2), s1 = addProduct(s1, x, w1), s2 = addProduct(s2, x, w0);
      x = v128.load8x8_s((r += d));
      s1 = addProduct(s1, x, w2), s2 = addProduct(s2, x, w1), s3 = addProduct(s3, x, w0);
      x = v128.load8x8_s((r += d));
      s2 = addProduct(s2, x, w2), s3 = addProduct(s3, x, w1);
      x = v128.load8x8_s(r + d);
      s3 = addProduct(s3, x, w2);
    } else {
      s0 = addProduct(s0, v128.load8x8_s((r += d)), w1);
      x = v128.load8x8_s((r += d));
      s0 = addProduct(s0, x, w2), s1 = addProduct(s1, x, w0);
      s1 = addProduct(s1, v128.load8x8_s((r += d)), w1);
      x = v128.load8x8_s((r += d));
      s1 = addProduct(s1, x, w2), s2 = addProduct(s2, x, w0);
      s2 = addProduct(s2, v128.load8x8_s((r += d)), w1);
      x = v128.load8x8_s((r += d));
      s2 = addProduct(s2, x, w2), s3 = addProduct(s3, x, w0);
      s3 = addProduct(s3, v128.load8x8_s((r += d)), w1);
      s3 = addProduct(s3, v128.load8x8_s(r + d), w2);
    }
    r = y == 0 ? r1 : r2, d = y == 0 ? d1 : d2;
  }
  storeTwoNarrow(output, step, s0, s1, parameters, constants, residual);
  storeTwoNarrow(output + 2 * step, step, s2, s3, parameters, constants, residual);
}

// @ts-ignore: decorator
@inline
function rows(stride: i32, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<Depthwise3x3NarrowArguments>(pointer);
  check(args.blocks > 0 && args.inputWidth > 0 && args.outputWidth > 0 && args.paddingLeft >= 0);
  const step = <usize>args.blocks * 8;
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const outputHeight = args.outputHeight, outputWidth = args.outputWidth;
  const paddingLeft = args.paddingLeft;
  const constants = args.constants;
  const residual = args.residual ? args.residual - args.output : 0;
  const inputRow = <usize>inputWidth * step;
  const outside = constants + PADDING;
  const groups = (args.blocks + GROUP_BLOCKS - 1) / GROUP_BLOCKS;
  // Output columns whose three input columns all lie inside.
  const firstWhole = min((paddingLeft + stride - 1) / stride, outputWidth);
  const lastWhole = min(inputWidth + paddingLeft >= 3 ? (inputWidth + paddingLeft - 3) / stride + 1 : 0, outputWidth);
  const tiled = lastWhole - firstWhole >= TILE;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / groups;
    const firstBlock = (unit - row * groups) * GROUP_BLOCKS;
    const lastBlock = min(firstBlock + GROUP_BLOCKS, args.blocks);
    const image = row / outputHeight;
    const top = (row - image * outputHeight) * stride - args.paddingTop;
    const in0 = top >= 0 && top < inputHeight;
    const in1 = top + 1 >= 0 && top + 1 < inputHeight;
    const in2 = top + 2 >= 0 && top + 2 < inputHeight;
    const d0 = in0 ? step : 0, d1 = in1 ? step : 0, d2 = in2 ? step : 0;
    const first = args.input + <usize>(image * inputHeight + top) * inputRow;
    const outputRow = args.output + <usize>row * <usize>outputWidth * step;
    for (let block = firstBlock; block < lastBlock; block++) {
      const offset = <usize>block * 8;
      const r0 = in0 ? first + offset : outside;
      const r1 = in1 ? first + inputRow + offset : outside;
      const r2 = in2 ? first + 2 * inputRow + offset : outside;
      const weights = args.weights + <usize>block * WEIGHTS;
      const parameters = args.parameters + <usize>block * PARAMETERS;
      for (let column = 0; column < outputWidth; ) {
        const output = outputRow + <usize>column * step + offset;
        if (tiled && column >= firstWhole && column < lastWhole) {
          // The last tile begins where it still fits, and does some pixels again.
          const from = min(column, lastWhole - TILE);
          const at = <usize>(from * stride - paddingLeft);
          tile(
            stride, r0 + at * d0, r1 + at * d1, r2 + at * d2, d0, d1, d2, weights, parameters, constants,
            output - <usize>(column - from) * step, step, residual,
          );
          column = from + TILE;
        } else {
          const left = column * stride - paddingLeft;
          single(r0, r1, r2, d0, d1, d2, left, inputWidth, weights, parameters, constants, output, residual);
          column++;
        }
      }
    }
  }
}

/** Stride 1. */
export function depthwise3x3NarrowStride1(pointer: usize, begin: i32, end: i32): void {
  rows(1, pointer, begin, end);
}

/** Stride 2. */
export function depthwise3x3NarrowStride2(pointer: usize, begin: i32, end: i32): void {
  rows(2, pointer, begin, end);
}
