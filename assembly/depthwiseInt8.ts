/** Depthwise convolution of int8 values with any kernel, stride, padding and dilation; global depthwise is one. */
import { PADDING, PARAMETERS, storeRequantised } from './requantise';
import { check } from './simd';

/**
 * weights: packed[y][x][c], int8, c padded to 8 with zeros.
 * The parallel axis is output pixels of all images × vectors of eight channels, those of a pixel side by side.
 */
@unmanaged
export class DepthwiseInt8Arguments {
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
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  paddingTop: i32;
  paddingLeft: i32;
  /** Vectors of eight channels in a pixel. */
  blocks: i32;
}

export function depthwiseInt8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<DepthwiseInt8Arguments>(pointer);
  check(args.blocks > 0 && args.outputWidth > 0);
  const blocks = args.blocks;
  const step = <usize>blocks * 8;
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const outputWidth = args.outputWidth, plane = args.outputHeight * outputWidth;
  const residual = args.residual ? args.residual - args.output : 0;
  const padding = v128.load8x8_s(args.constants, PADDING);
  for (let unit = begin; unit < end; unit++) {
    const pixel = unit / blocks;
    const block = <usize>(unit - pixel * blocks);
    const image = pixel / plane;
    const row = (pixel - image * plane) / outputWidth;
    const top = row * args.strideHeight - args.paddingTop;
    const left = (pixel - image * plane - row * outputWidth) * args.strideWidth - args.paddingLeft;
    const parameters = args.parameters + block * PARAMETERS;
    const input = args.input + block * 8;
    let w = args.weights + block * 8;
    let low = v128.load(parameters);
    let high = v128.load(parameters, 16);
    for (let y = 0; y < args.kernelHeight; y++) {
      const inputRow = top + y * args.dilationHeight;
      const rowInside = inputRow >= 0 && inputRow < inputHeight;
      const begin = (image * inputHeight + inputRow) * inputWidth;
      for (let x = 0; x < args.kernelWidth; x++, w += step) {
        const column = left + x * args.dilationWidth;
        const inside = rowInside && column >= 0 && column < inputWidth;
        const value = inside ? v128.load8x8_s(input + <usize>(begin + column) * step) : padding;
        const weight = v128.load8x8_s(w);
        low = i32x4.add(low, i32x4.extmul_low_i16x8_s(value, weight));
        high = i32x4.add(high, i32x4.extmul_high_i16x8_s(value, weight));
      }
    }
    const output = args.output + <usize>pixel * step + block * 8;
    storeRequantised(output, low, high, parameters, args.constants, residual);
  }
}
