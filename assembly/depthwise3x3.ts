/** Depthwise 3×3 convolution with stride 1 or 2: four channels at a time slide along a row with the taps in registers. */
import { storeActivated } from './activation';
import { check, multiplyAdd, VECTOR } from './simd';

/**
 * weights: packed[c / 16][y][x][c % 16], c padded to 16; bias and slopes padded to 4.
 * The parallel axis is output rows of all images × groups of 16 vectors of channels, the groups of a row side by side;
 * the last group may be partial. Rows and columns outside the input count as zero.
 */
@unmanaged
export class Depthwise3x3Arguments {
  input: usize;
  weights: usize;
  bias: usize;
  slopes: usize;
  residual: usize;
  output: usize;
  /** Sixteen zeros. */
  zeros: usize;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  paddingTop: i32;
  /** 0 or 1. */
  paddingLeft: i32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
  activation: i32;
}

// @ts-ignore: decorator
@inline
function column(first: v128, a: v128, b: v128, c: v128, x0: v128, x1: v128, x2: v128): v128 {
  return multiplyAdd(c, x2, multiplyAdd(b, x1, multiplyAdd(a, x0, first)));
}

/**
 * One output row of four channels. Each input column is loaded once: it ends one sum, continues the next and begins
 * the one after. `r` are the three input rows at column 0, `d` their bytes from column to column, 0 for a row of zeros.
 */
// @ts-ignore: decorator
@inline
function slide(
  stride: i32, r0: usize, r1: usize, r2: usize, d0: usize, d1: usize, d2: usize, weights: usize, bias: usize,
  output: usize, step: usize, inputWidth: i32, outputWidth: i32, paddingLeft: i32, residual: usize, activation: i32,
  slopes: usize,
): void {
  const w00 = v128.load(weights), w01 = v128.load(weights, 64), w02 = v128.load(weights, 128);
  const w10 = v128.load(weights, 192), w11 = v128.load(weights, 256), w12 = v128.load(weights, 320);
  const w20 = v128.load(weights, 384), w21 = v128.load(weights, 448), w22 = v128.load(weights, 512);
  let sum = v128.load(bias);
  let x0: v128, x1: v128, x2: v128;
  if (!paddingLeft) {
    x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2);
    r0 += d0, r1 += d1, r2 += d2;
    sum = column(sum, w00, w10, w20, x0, x1, x2);
  }
  let done = 0;
  let next: v128;
  if (stride == 1) {
    next = v128.load(bias);
    if (inputWidth > 1 - paddingLeft) {
      x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2);
      r0 += d0, r1 += d1, r2 += d2;
      sum = column(sum, w01, w11, w21, x0, x1, x2);
      next = column(next, w00, w10, w20, x0, x1, x2);
    }
    const whole = min(outputWidth, inputWidth + paddingLeft - 2);
    for (; done < whole; done++) {
      x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2);
      r0 += d0, r1 += d1, r2 += d2;
      storeActivated(output, column(sum, w02, w12, w22, x0, x1, x2), residual, activation, slopes);
      sum = column(next, w01, w11, w21, x0, x1, x2);
      next = column(v128.load(bias), w00, w10, w20, x0, x1, x2);
      output += step;
    }
    for (; done < outputWidth; done++) {
      storeActivated(output, sum, residual, activation, slopes);
      sum = next;
      next = v128.load(bias);
      output += step;
    }
  } else {
    const whole = min(outputWidth, (inputWidth + paddingLeft - 1) >> 1);
    for (; done < whole; done++) {
      x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2);
      r0 += d0, r1 += d1, r2 += d2;
      sum = column(sum, w01, w11, w21, x0, x1, x2);
      x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2);
      r0 += d0, r1 += d1, r2 += d2;
      storeActivated(output, column(sum, w02, w12, w22, x0, x1, x2), residual, activation, slopes);
      sum = column(v128.load(bias), w00, w10, w20, x0, x1, x2);
      output += step;
    }
    for (; done < outputWidth; done++) {
      if (2 * done + 1 - paddingLeft < inputWidth) {
        x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2);
        sum = column(sum, w01, w11, w21, x0, x1, x2);
      }
      storeActivated(output, sum, residual, activation, slopes);
      sum = v128.load(bias);
      output += step;
    }
  }
}

/** Vectors of channels in one unit of the parallel axis. */
export const GROUP_BLOCKS: i32 = 16;

/** Bytes of the packed weights of sixteen channels. */
export const LINE_WEIGHTS: usize = 9 * 64;

// @ts-ignore: decorator
@inline
function rows(stride: i32, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<Depthwise3x3Arguments>(pointer);
  check(args.blocks > 0 && args.paddingLeft >= 0 && args.paddingLeft <= 1 && args.zeros != 0);
  check(args.inputWidth > 0 && args.outputWidth > 0);
  check(args.activation != 3 || args.slopes != 0);
  const blocks = <usize>args.blocks;
  const step = blocks * VECTOR;
  const inputHeight = args.inputHeight;
  const inputWidth = args.inputWidth;
  const outputHeight = args.outputHeight;
  const outputWidth = args.outputWidth;
  const paddingLeft = args.paddingLeft;
  const activation = args.activation;
  const residual = args.residual ? args.residual - args.output : 0;
  const inputRow = <usize>inputWidth * step;
  const groups = (args.blocks + GROUP_BLOCKS - 1) / GROUP_BLOCKS;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / groups;
    const firstBlock = (unit - row * groups) * GROUP_BLOCKS;
    const lastBlock = min(firstBlock + GROUP_BLOCKS, args.blocks);
    const offset = <usize>firstBlock * VECTOR;
    const image = row / outputHeight;
    const top = (row - image * outputHeight) * stride - args.paddingTop;
    const in0 = top >= 0 && top < inputHeight;
    const in1 = top + 1 >= 0 && top + 1 < inputHeight;
    const in2 = top + 2 >= 0 && top + 2 < inputHeight;
    const d0 = in0 ? step : 0, d1 = in1 ? step : 0, d2 = in2 ? step : 0;
    const first = args.input + <usize>(image * inputHeight + top) * inputRow + offset;
    let r0 = in0 ? first : args.zeros;
    let r1 = in1 ? first + inputRow : args.zeros;
    let r2 = in2 ? first + 2 * inputRow : args.zeros;
    const next0: usize = in0 ? VECTOR : 0, next1: usize = in1 ? VECTOR : 0, next2: usize = in2 ? VECTOR : 0;
    let weights = args.weights + 9 * offset;
    let bias = args.bias + offset;
    let slopes = args.slopes + offset;
    let output = args.output + <usize>row * <usize>outputWidth * step + offset;
    for (let block = firstBlock; block < lastBlock; block++) {
      slide(
        stride, r0, r1, r2, d0, d1, d2, weights, bias, output, step, inputWidth, outputWidth, paddingLeft, residual,
        activation, slopes,
      );
      r0 += next0, r1 += next1, r2 += next2;
      weights += (block & 3) == 3 ? LINE_WEIGHTS - 3 * VECTOR : VECTOR;
      bias += VECTOR;
      slopes += VECTOR;
      output += VECTOR;
    }
  }
}

/** Stride 1. */
export function depthwise3x3Stride1(pointer: usize, begin: i32, end: i32): void {
  rows(1, pointer, begin, end);
}

/** Stride 2. */
export function depthwise3x3Stride2(pointer: usize, begin: i32, end: i32): void {
  rows(2, pointer, begin, end);
}
