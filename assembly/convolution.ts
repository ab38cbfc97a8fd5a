/** Dense convolution of any kernel, stride, padding and dilation: pixels gathered by address, channels in panels. */
import { storePanel } from './activation';
import { check, F32, multiplyAdd, PANEL, VECTOR } from './simd';

/**
 * weights: packed[o / 8][y][x][k][o % 8], o padded to 8; bias and slopes padded likewise.
 * zeros: `depth` floats of zero, read in place of a pixel outside the input.
 * The parallel axis is output rows of all images.
 */
@unmanaged
export class ConvolutionArguments {
  input: usize;
  weights: usize;
  bias: usize;
  slopes: usize;
  residual: usize;
  output: usize;
  zeros: usize;
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
  /** Input channels. */
  depth: i32;
  /** Bytes from one input pixel to the next. */
  inputStride: i32;
  /** Vectors of four channels in an output pixel. */
  outputBlocks: i32;
  activation: i32;
}

/** The address of a row's pixel, or the zeros' where the column lies outside. */
// @ts-ignore: decorator
@inline
function pixelAddress(row: usize, column: i32, width: i32, stride: usize, zeros: usize): usize {
  return <u32>column < <u32>width ? row + <usize>column * stride : zeros;
}

/** `pixels` output pixels of one row (a literal, 1 or 4) × 8 channels. */
// @ts-ignore: decorator
@inline
function tile8(
  pixels: i32, args: ConvolutionArguments, image: usize, top: i32, left: i32, weights: usize, bias: usize,
  output: usize, residual: usize, slopes: usize, both: bool,
): void {
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const kernelHeight = args.kernelHeight, kernelWidth = args.kernelWidth;
  const strideWidth = args.strideWidth, dilationWidth = args.dilationWidth, dilationHeight = args.dilationHeight;
  const stride = <usize>args.inputStride;
  const panelRow = <usize>args.depth * PANEL;
  const zeros = args.zeros;
  let s00 = v128.load(bias), s01 = v128.load(bias, VECTOR);
  let s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
  let w = weights;
  for (let y = 0; y < kernelHeight; y++) {
    const inputRow = top + y * dilationHeight;
    if (<u32>inputRow >= <u32>inputHeight) {
      w += panelRow * <usize>kernelWidth;
      continue;
    }
    const row = image + <usize>inputRow * <usize>inputWidth * stride;
    let column = left;
    for (let x = 0; x < kernelWidth; x++) {
      let a0 = pixelAddress(row, column, inputWidth, stride, zeros);
      let a1 = pixels > 1 ? pixelAddress(row, column + strideWidth, inputWidth, stride, zeros) : 0;
      let a2 = pixels > 1 ? pixelAddress(row, column + 2 * strideWidth, inputWidth, stride, zeros) : 0;
      let a3 = pixels > 1 ? pixelAddress(row, column + 3 * strideWidth, inputWidth, stride, zeros) : 0;
      column += dilationWidth;
      for (const last = w + panelRow; w < last; w += PANEL) {
        const w0 = v128.load(w), w1 = v128.load(w, VECTOR);
        let value = v128.load_splat<f32>(a0);
        s00 = multiplyAdd(value, w0, s00);
        s01 = multiplyAdd(value, w1, s01);
        a0 += F32;
        if (pixels > 1) {
          value = v128.load_splat<f32>(a1);
          s10 = multiplyAdd(value, w0, s10);
          s11 = multiplyAdd(value, w1, s11);
          a1 += F32;
          value = v128.load_splat<f32>(a2);
          s20 = multiplyAdd(value, w0, s20);
          s21 = multiplyAdd(value, w1, s21);
          a2 += F32;
          value = v128.load_splat<f32>(a3);
          s30 = multiplyAdd(value, w0, s30);
          s31 = multiplyAdd(value, w1, s31);
          a3 += F32;
        }
      }
    }
  }
  const activation = args.activation;
  const step = <usize>args.outputBlocks * VECTOR;
  let o = output;
  storePanel(o, s00, s01, residual, activation, slopes, both);
  if (pixels > 1) {
    storePanel((o += step), s10, s11, residual, activation, slopes, both);
    storePanel((o += step), s20, s21, residual, activation, slopes, both);
    storePanel((o += step), s30, s31, residual, activation, slopes, both);
  }
}

/** One group. */
export function convolution(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ConvolutionArguments>(pointer);
  check(args.depth > 0 && args.outputBlocks > 0 && args.zeros != 0 && args.inputStride >= args.depth * 4);
  check(args.activation != 3 || args.slopes != 0);
  const outputHeight = args.outputHeight;
  const outputWidth = args.outputWidth;
  const blocks = args.outputBlocks;
  const step = <usize>blocks * VECTOR;
  const panelBytes = <usize>(args.kernelHeight * args.kernelWidth * args.depth) * PANEL;
  const imageBytes = <usize>(args.inputHeight * args.inputWidth) * <usize>args.inputStride;
  const residual = args.residual ? args.residual - args.output : 0;
  for (let row = begin; row < end; row++) {
    const image = row / outputHeight;
    const source = args.input + <usize>image * imageBytes;
    const top = (row - image * outputHeight) * args.strideHeight - args.paddingTop;
    let weights = args.weights;
    for (let block = 0; block < blocks; block += 2) {
      const both = block + 1 < blocks;
      const offset = <usize>block * VECTOR;
      const bias = args.bias + offset;
      const slopes = args.slopes + offset;
      let output = args.output + <usize>row * <usize>outputWidth * step + offset;
      let left = -args.paddingLeft;
      let pixel = 0;
      for (; pixel + 4 <= outputWidth; pixel += 4) {
        tile8(4, args, source, top, left, weights, bias, output, residual, slopes, both);
        left += 4 * args.strideWidth;
        output += 4 * step;
      }
      for (; pixel < outputWidth; pixel++) {
        tile8(1, args, source, top, left, weights, bias, output, residual, slopes, both);
        left += args.strideWidth;
        output += step;
      }
      weights += panelBytes;
    }
  }
}
