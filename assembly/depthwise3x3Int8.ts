/** Depthwise 3×3 convolution of int8 values with stride 1 or 2: eight channels at a time slide along a row. */
import { PADDING, PARAMETERS, storeLifted } from './requantise';
import { check } from './simd';

/**
 * weights: packed[c / 8][pair][c % 8][2], int16 and lifted: the pairs are rows 0 and 1 of column 0, of column 1 and of
 * column 2, then (0, row 2 of column 0) and (rows 2 of columns 1 and 2). Biases are lifted too.
 * The parallel axis is output rows of all images × groups of 8 vectors of channels, the groups of a row side by side.
 */
@unmanaged
export class Depthwise3x3Int8Arguments {
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

const WEIGHTS: usize = 160;
const GROUP_BLOCKS: i32 = 8;

/** Pairs of two values of channels 0 to 3. */
// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** Pairs of two values of channels 4 to 7. */
// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// @ts-ignore: decorator
@inline
function addDot(sum: v128, values: v128, weights: usize): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(values, v128.load(weights)));
}

/**
 * One output row of eight channels. Each input column is loaded once: it ends one sum, continues the next and begins
 * the one after (stride 1), or ends one and begins the next (stride 2). `r` are the three input rows at column 0, `d`
 * their bytes from column to column, 0 for a row outside the image.
 */
// @ts-ignore: decorator
@inline
function slide(
  stride: i32, r0: usize, r1: usize, r2: usize, d0: usize, d1: usize, d2: usize, weights: usize, parameters: usize,
  constants: usize, output: usize, step: usize, inputWidth: i32, outputWidth: i32, paddingLeft: i32, residual: usize,
): void {
  const padding = v128.load8x8_s(constants, PADDING);
  const biasLow = v128.load(parameters);
  const biasHigh = v128.load(parameters, 16);
  let x0 = padding, x1 = padding, x2 = padding, before = padding;
  // Sums that end with this column, and with the next one.
  let endLow = biasLow, endHigh = biasHigh, nextLow = biasLow, nextHigh = biasHigh;
  const columns = (outputWidth - 1) * stride + 3;
  let column = -paddingLeft;
  for (let index = 0; index < columns; index++, column++) {
    if (column >= 0 && column < inputWidth) {
      x0 = v128.load8x8_s(r0), x1 = v128.load8x8_s(r1), x2 = v128.load8x8_s(r2);
      r0 += d0, r1 += d1, r2 += d2;
    } else {
      x0 = padding, x1 = padding, x2 = padding;
    }
    const topLow = low(x0, x1), topHigh = high(x0, x1);
    if (stride == 2 && index & 1) {
      endLow = addDot(nextLow, topLow, weights + 32);
      endHigh = addDot(nextHigh, topHigh, weights + 48);
      before = x2;
      continue;
    }
    const restLow = low(before, x2), restHigh = high(before, x2);
    before = x2;
    if (index >= 2) {
      storeLifted(
        output, addDot(addDot(endLow, topLow, weights + 64), restLow, weights + 128),
        addDot(addDot(endHigh, topHigh, weights + 80), restHigh, weights + 144), parameters, constants, residual,
      );
      output += step;
    }
    if (stride == 1) {
      endLow = addDot(nextLow, topLow, weights + 32);
      endHigh = addDot(nextHigh, topHigh, weights + 48);
    }
    nextLow = addDot(addDot(biasLow, topLow, weights), restLow, weights + 96);
    nextHigh = addDot(addDot(biasHigh, topHigh, weights + 16), restHigh, weights + 112);
  }
}

// @ts-ignore: decorator
@inline
function rows(stride: i32, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<Depthwise3x3Int8Arguments>(pointer);
  check(args.blocks > 0 && args.inputWidth > 0 && args.outputWidth > 0);
  const step = <usize>args.blocks * 8;
  const inputHeight = args.inputHeight;
  const inputWidth = args.inputWidth;
  const outputHeight = args.outputHeight;
  const outputWidth = args.outputWidth;
  const paddingLeft = args.paddingLeft;
  const constants = args.constants;
  const residual = args.residual ? args.residual - args.output : 0;
  const inputRow = <usize>inputWidth * step;
  const outside = constants + PADDING;
  const groups = (args.blocks + GROUP_BLOCKS - 1) / GROUP_BLOCKS;
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
    for (let block = firstBlock; block < lastBlock; block++) {
      const offset = <usize>block * 8;
      slide(
        stride, in0 ? first + offset : outside, in1 ? first + inputRow + offset : outside,
        in2 ? first + 2 * inputRow + offset : outside, d0, d1, d2, args.weights + <usize>block * WEIGHTS,
        args.parameters + <usize>block * PARAMETERS, constants,
        args.output + <usize>row * <usize>outputWidth * step + offset, step, inputWidth, outputWidth, paddingLeft,
        residual,
      );
    }
  }
}

/** Stride 1. */
export function depthwise3x3Int8Stride1(pointer: usize, begin: i32, end: i32): void {
  rows(1, pointer, begin, end);
}

/** Stride 2. */
export function depthwise3x3Int8Stride2(pointer: usize, begin: i32, end: i32): void {
  rows(2, pointer, begin, end);
}
