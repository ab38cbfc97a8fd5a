/** Depthwise convolution of any kernel, stride, padding and dilation: up to sixteen channels at a time, tap by tap. */
import { storeActivated } from './activation';
import { check, multiplyAdd, VECTOR } from './simd';
import { firstTap, lastTap } from './taps';

/** weights: packed[y][x][c], c padded to 4; bias and slopes padded likewise. The parallel axis is output rows of all images. */
@unmanaged
export class DepthwiseArguments {
  input: usize;
  weights: usize;
  bias: usize;
  slopes: usize;
  residual: usize;
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
  /** Vectors of four channels in a pixel. */
  blocks: i32;
  activation: i32;
}

/** One output pixel of `vectors` (a literal, 1 or 4) neighbouring vectors, from `rows` × `columns` taps inside the input. */
// @ts-ignore: decorator
@inline
function sumTaps(
  vectors: i32, input: usize, weights: usize, rows: i32, columns: i32, inputRow: usize, inputTap: usize,
  weightRow: usize, step: usize, bias: usize, output: usize, residual: usize, activation: i32, slopes: usize,
): void {
  let s0 = v128.load(bias);
  let s1 = s0, s2 = s0, s3 = s0;
  if (vectors > 1) {
    s1 = v128.load(bias, 16);
    s2 = v128.load(bias, 32);
    s3 = v128.load(bias, 48);
  }
  for (let y = 0; y < rows; y++) {
    let at = input;
    let w = weights;
    for (let x = 0; x < columns; x++) {
      s0 = multiplyAdd(v128.load(w), v128.load(at), s0);
      if (vectors > 1) {
        s1 = multiplyAdd(v128.load(w, 16), v128.load(at, 16), s1);
        s2 = multiplyAdd(v128.load(w, 32), v128.load(at, 32), s2);
        s3 = multiplyAdd(v128.load(w, 48), v128.load(at, 48), s3);
      }
      at += inputTap;
      w += step;
    }
    input += inputRow;
    weights += weightRow;
  }
  storeActivated(output, s0, residual, activation, slopes);
  if (vectors > 1) {
    storeActivated(output + 16, s1, residual, activation, slopes + 16);
    storeActivated(output + 32, s2, residual, activation, slopes + 32);
    storeActivated(output + 48, s3, residual, activation, slopes + 48);
  }
}

/** Taps outside the input are skipped. */
export function depthwise(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<DepthwiseArguments>(pointer);
  check(args.blocks > 0 && args.outputWidth > 0 && args.outputHeight > 0);
  check(args.activation != 3 || args.slopes != 0);
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const outputHeight = args.outputHeight, outputWidth = args.outputWidth;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const dilationHeight = args.dilationHeight, dilationWidth = args.dilationWidth;
  const activation = args.activation;
  const blocks = args.blocks;
  const step = <usize>blocks * VECTOR;
  const rowBytes = <usize>inputWidth * step;
  const inputRow = <usize>dilationHeight * rowBytes;
  const inputTap = <usize>dilationWidth * step;
  const weightRow = <usize>kernelWidth * step;
  const residual = args.residual ? args.residual - args.output : 0;
  let output = args.output + <usize>begin * <usize>outputWidth * step;
  for (let row = begin; row < end; row++) {
    const image = row / outputHeight;
    const top = (row - image * outputHeight) * args.strideHeight - args.paddingTop;
    const y = firstTap(top, dilationHeight);
    const rows = lastTap(top, dilationHeight, kernelHeight, inputHeight) - y;
    const source = args.input + <usize>(image * inputHeight) * rowBytes;
    let left = -args.paddingLeft;
    for (let column = 0; column < outputWidth; column++) {
      const x = firstTap(left, dilationWidth);
      const columns = lastTap(left, dilationWidth, kernelWidth, inputWidth) - x;
      const input = source + <usize>(top + y * dilationHeight) * rowBytes + <usize>(left + x * dilationWidth) * step;
      const weights = args.weights + <usize>y * weightRow + <usize>x * step;
      let at: usize = 0;
      for (; at + 4 * VECTOR <= step; at += 4 * VECTOR) {
        sumTaps(
          4, input + at, weights + at, rows, columns, inputRow, inputTap, weightRow, step, args.bias + at, output + at,
          residual, activation, args.slopes + at,
        );
      }
      for (; at < step; at += VECTOR) {
        sumTaps(
          1, input + at, weights + at, rows, columns, inputRow, inputTap, weightRow, step, args.bias + at, output + at,
          residual, activation, args.slopes + at,
        );
      }
      left += args.strideWidth;
      output += step;
    }
  }
}
