/** Convolution of any kernel, stride, padding, dilation and groups: pixels gathered by address, channels in panels. */
import { activate, storePanel } from './activation';
import { loadPartial, storePartial } from './lanes';
import { check, F32, multiplyAdd, PANEL, VECTOR } from './simd';
import { pixelAddress } from './taps';

/**
 * weights: packed[g][o / 8][y][x][k][o % 8], the outputs of each group padded to 8; bias and slopes padded likewise.
 * zeros: `depth` floats of zero, read in place of a pixel outside the input.
 * scratch: eight floats, the sums of a panel of which not all channels are stored.
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
  /** Bytes from one output pixel to the next; the residual's too. */
  outputStride: i32;
  activation: i32;
}

/** Stores `count` channels of the panel at `sums`, from 1 to 7, and neither reads nor writes further. */
function storeSome(
  output: usize, sums: usize, residual: usize, activation: i32, slopes: usize, count: i32,
): void {
  for (; count > 0; count -= 4) {
    let sum = v128.load(sums);
    if (residual) sum = f32x4.add(sum, loadPartial(output + residual, count));
    storePartial(output, activate(sum, activation, slopes), count);
    output += VECTOR;
    sums += VECTOR;
    slopes += VECTOR;
  }
}

/** Stores `count` channels of a panel, from 1 to 8. Odd counts go by way of memory: no vectors are handed to a call. */
// @ts-ignore: decorator
@inline
export function storeChannels(
  output: usize, low: v128, high: v128, residual: usize, activation: i32, slopes: usize, count: i32, scratch: usize,
): void {
  if (count & 3) {
    v128.store(scratch, low);
    v128.store(scratch, high, VECTOR);
    storeSome(output, scratch, residual, activation, slopes, count);
  } else {
    storePanel(output, low, high, residual, activation, slopes, count > 4);
  }
}

/** `pixels` output pixels of one row (a literal from 1 to 4) × `count` channels of a panel. */
// @ts-ignore: decorator
@inline
function tile8(
  pixels: i32, args: ConvolutionArguments, image: usize, top: i32, left: i32, weights: usize, bias: usize,
  output: usize, residual: usize, slopes: usize, count: i32,
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
      let a2 = pixels > 2 ? pixelAddress(row, column + 2 * strideWidth, inputWidth, stride, zeros) : 0;
      let a3 = pixels > 3 ? pixelAddress(row, column + 3 * strideWidth, inputWidth, stride, zeros) : 0;
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
        }
        if (pixels > 2) {
          value = v128.load_splat<f32>(a2);
          s20 = multiplyAdd(value, w0, s20);
          s21 = multiplyAdd(value, w1, s21);
          a2 += F32;
        }
        if (pixels > 3) {
          value = v128.load_splat<f32>(a3);
          s30 = multiplyAdd(value, w0, s30);
          s31 = multiplyAdd(value, w1, s31);
          a3 += F32;
        }
      }
    }
  }
  const activation = args.activation;
  const step = <usize>args.outputStride;
  const scratch = args.scratch;
  let o = output;
  storeChannels(o, s00, s01, residual, activation, slopes, count, scratch);
  if (pixels > 1) storeChannels((o += step), s10, s11, residual, activation, slopes, count, scratch);
  if (pixels > 2) storeChannels((o += step), s20, s21, residual, activation, slopes, count, scratch);
  if (pixels > 3) storeChannels((o += step), s30, s31, residual, activation, slopes, count, scratch);
}

/** One output row of one panel. */
// @ts-ignore: decorator
@inline
function panelRow(
  args: ConvolutionArguments, image: usize, top: i32, weights: usize, bias: usize, output: usize, residual: usize,
  slopes: usize, count: i32,
): void {
  const outputWidth = args.outputWidth;
  const step = <usize>args.outputStride;
  let left = -args.paddingLeft;
  let pixel = 0;
  for (; pixel + 4 <= outputWidth; pixel += 4) {
    tile8(4, args, image, top, left, weights, bias, output, residual, slopes, count);
    left += 4 * args.strideWidth;
    output += 4 * step;
  }
  const rest = outputWidth - pixel;
  if (rest == 3) tile8(3, args, image, top, left, weights, bias, output, residual, slopes, count);
  if (rest == 2) tile8(2, args, image, top, left, weights, bias, output, residual, slopes, count);
  if (rest == 1) tile8(1, args, image, top, left, weights, bias, output, residual, slopes, count);
}

/** Zeros for the padding channels of one output row. */
export function clearPadding(output: usize, pixels: i32, used: usize, stride: usize): void {
  for (; pixels > 0; pixels--, output += stride) memory.fill(output + used, 0, stride - used);
}

/** Groups one after the other; the last panel of the last group fills the padding channels where it lies on vectors. */
export function convolution(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ConvolutionArguments>(pointer);
  const groups = args.groups, depth = args.depth, groupOutputs = args.groupOutputs;
  check(groups > 0 && depth > 0 && groupOutputs > 0 && args.zeros != 0 && args.scratch != 0);
  check(args.inputStride >= groups * depth * 4 && args.outputStride >= groups * groupOutputs * 4);
  check(args.activation != 3 || args.slopes != 0);
  const outputHeight = args.outputHeight;
  const step = <usize>args.outputStride;
  const rowBytes = <usize>args.outputWidth * step;
  const panelBytes = <usize>(args.kernelHeight * args.kernelWidth * depth) * PANEL;
  const imageBytes = <usize>(args.inputHeight * args.inputWidth) * <usize>args.inputStride;
  const residual = args.residual ? args.residual - args.output : 0;
  const outputs = groups * groupOutputs;
  const last = outputs - groupOutputs + ((groupOutputs - 1) & ~7);
  for (let row = begin; row < end; row++) {
    const image = row / outputHeight;
    const top = (row - image * outputHeight) * args.strideHeight - args.paddingTop;
    const output = args.output + <usize>row * rowBytes;
    let source = args.input + <usize>image * imageBytes;
    let weights = args.weights, bias = args.bias, slopes = args.slopes;
    for (let first = 0; first < outputs; first += groupOutputs) {
      for (let o = 0; o < groupOutputs; o += 8) {
        const channel = first + o;
        const fills = channel == last && (last & 3) == 0;
        const count = min(8, fills ? args.outputStride / 4 - channel : groupOutputs - o);
        panelRow(args, source, top, weights, bias, output + <usize>channel * F32, residual, slopes, count);
        weights += panelBytes;
        bias += PANEL;
        slopes += PANEL;
      }
      source += <usize>depth * F32;
    }
    if (last & 3) clearPadding(output, args.outputWidth, <usize>outputs * F32, step);
  }
}
