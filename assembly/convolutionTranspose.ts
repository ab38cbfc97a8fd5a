/** Transposed convolution: each output pixel gathers the input pixels that reach it. */
import { clearPadding, storeChannels } from './convolution';
import { check, F32, multiplyAdd, PANEL, VECTOR } from './simd';
import { pixelAddress } from './taps';

/**
 * weights: packed[g][o / 8][y][x][k][o % 8], the outputs of each group padded to 8; bias padded likewise. zeros: `depth`
 * floats of zero, read in place of a pixel outside the input. The parallel axis is output rows of all images.
 */
@unmanaged
export class ConvolutionTransposeArguments {
  input: usize;
  weights: usize;
  bias: usize;
  output: usize;
  zeros: usize;
  /** Two vectors of the lane's own. */
  scratch: usize;
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
  groups: i32;
  /** Input channels of a group. */
  depth: i32;
  /** Output channels of a group. */
  groupOutputs: i32;
  /** Bytes from one input pixel to the next. */
  inputStride: i32;
  /** Bytes from one output pixel to the next. */
  outputStride: i32;
}

/** `pixels` (a literal, 4 or 1) pixels of an output row, `strideWidth` apart, × `count` channels of a panel. */
// @ts-ignore: decorator
@inline
function tile8(
  pixels: i32, args: ConvolutionTransposeArguments, image: usize, bottom: i32, right: i32, weights: usize, bias: usize,
  output: usize, count: i32,
): void {
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const strideHeight = args.strideHeight, strideWidth = args.strideWidth;
  const stride = <usize>args.inputStride;
  const panelRow = <usize>args.depth * PANEL;
  const zeros = args.zeros, scratch = args.scratch;
  let s00 = v128.load(bias), s01 = v128.load(bias, VECTOR);
  let s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
  let w = weights;
  for (let y = 0, from = bottom; y < args.kernelHeight; y++, from -= args.dilationHeight) {
    const inputRow = from / strideHeight;
    if (from < 0 || inputRow * strideHeight != from || inputRow >= inputHeight) {
      w += panelRow * <usize>args.kernelWidth;
      continue;
    }
    const row = image + <usize>inputRow * <usize>inputWidth * stride;
    for (let x = 0, across = right; x < args.kernelWidth; x++, across -= args.dilationWidth) {
      const column = across / strideWidth;
      if (column * strideWidth != across) {
        w += panelRow;
        continue;
      }
      let a0 = pixelAddress(row, column, inputWidth, stride, zeros);
      let a1 = pixels > 1 ? pixelAddress(row, column + 1, inputWidth, stride, zeros) : 0;
      let a2 = pixels > 1 ? pixelAddress(row, column + 2, inputWidth, stride, zeros) : 0;
      let a3 = pixels > 1 ? pixelAddress(row, column + 3, inputWidth, stride, zeros) : 0;
      for (const last = w + panelRow; w < last; w += PANEL) {
        const w0 = v128.load(w), w1 = v128.load(w, VECTOR);
        let value = v128.load32_splat(a0);
        s00 = multiplyAdd(value, w0, s00);
        s01 = multiplyAdd(value, w1, s01);
        a0 += F32;
        if (pixels > 1) {
          value = v128.load32_splat(a1);
          s10 = multiplyAdd(value, w0, s10);
          s11 = multiplyAdd(value, w1, s11);
          a1 += F32;
          value = v128.load32_splat(a2);
          s20 = multiplyAdd(value, w0, s20);
          s21 = multiplyAdd(value, w1, s21);
          a2 += F32;
          value = v128.load32_splat(a3);
          s30 = multiplyAdd(value, w0, s30);
          s31 = multiplyAdd(value, w1, s31);
          a3 += F32;
        }
      }
    }
  }
  const step = <usize>args.outputStride * <usize>strideWidth;
  storeChannels(output, s00, s01, 0, 0, 0, count, scratch);
  if (pixels > 1) {
    storeChannels(output + step, s10, s11, 0, 0, 0, count, scratch);
    storeChannels(output + 2 * step, s20, s21, 0, 0, 0, count, scratch);
    storeChannels(output + 3 * step, s30, s31, 0, 0, 0, count, scratch);
  }
}

/** One output row of one panel: pixels that are `strideWidth` apart are reached by the same taps. */
// @ts-ignore: decorator
@inline
function panelRow(
  args: ConvolutionTransposeArguments, image: usize, bottom: i32, weights: usize, bias: usize, output: usize,
  count: i32,
): void {
  const outputWidth = args.outputWidth, strideWidth = args.strideWidth;
  const step = <usize>args.outputStride;
  for (let phase = 0; phase < min(strideWidth, outputWidth); phase++) {
    let pixel = phase;
    for (; pixel + 3 * strideWidth < outputWidth; pixel += 4 * strideWidth) {
      tile8(4, args, image, bottom, pixel + args.paddingLeft, weights, bias, output + <usize>pixel * step, count);
    }
    for (; pixel < outputWidth; pixel += strideWidth) {
      tile8(1, args, image, bottom, pixel + args.paddingLeft, weights, bias, output + <usize>pixel * step, count);
    }
  }
}

/** Groups one after the other; the last panel of the last group fills the padding channels where it lies on vectors. */
export function convolutionTranspose(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ConvolutionTransposeArguments>(pointer);
  const groups = args.groups, depth = args.depth, groupOutputs = args.groupOutputs;
  check(groups > 0 && depth > 0 && groupOutputs > 0 && args.zeros != 0 && args.scratch != 0);
  check(args.inputStride >= groups * depth * 4 && args.outputStride >= groups * groupOutputs * 4);
  const outputHeight = args.outputHeight;
  const step = <usize>args.outputStride;
  const rowBytes = <usize>args.outputWidth * step;
  const panelBytes = <usize>(args.kernelHeight * args.kernelWidth * depth) * PANEL;
  const imageBytes = <usize>(args.inputHeight * args.inputWidth) * <usize>args.inputStride;
  const outputs = groups * groupOutputs;
  const last = outputs - groupOutputs + ((groupOutputs - 1) & ~7);
  for (let row = begin; row < end; row++) {
    const image = row / outputHeight;
    const bottom = row - image * outputHeight + args.paddingTop;
    const output = args.output + <usize>row * rowBytes;
    let source = args.input + <usize>image * imageBytes;
    let weights = args.weights, bias = args.bias;
    for (let first = 0; first < outputs; first += groupOutputs) {
      for (let o = 0; o < groupOutputs; o += 8) {
        const channel = first + o;
        const fills = channel == last && (last & 3) == 0;
        const count = min(8, fills ? args.outputStride / 4 - channel : groupOutputs - o);
        panelRow(args, source, bottom, weights, bias, output + <usize>channel * F32, count);
        weights += panelBytes;
        bias += PANEL;
      }
      source += <usize>depth * F32;
    }
    if (last & 3) clearPadding(output, args.outputWidth, <usize>outputs * F32, step);
  }
}
