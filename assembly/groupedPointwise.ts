/** 1×1 convolution with stride 1 in groups: the tiles of pointwise.ts over each group's channels. */
import { tile8 } from './pointwise';
import { check, F32, PANEL } from './simd';

/**
 * weights: packed[g][o / 8][k][o % 8], the outputs of each group padded to 8; bias and slopes padded likewise.
 * The parallel axis is tiles of pixels; the last tile may be partial.
 */
@unmanaged
export class GroupedPointwiseArguments {
  input: usize;
  weights: usize;
  bias: usize;
  slopes: usize;
  residual: usize;
  output: usize;
  /** Pixels of all images of the batch. */
  pixels: i32;
  groups: i32;
  /** Input channels of a group. */
  depth: i32;
  /** Output channels of a group, a multiple of 4. */
  groupOutputs: i32;
  /** Bytes from one input pixel to the next. */
  inputStride: i32;
  /** Bytes from one output pixel to the next; the residual's too. */
  outputStride: i32;
  activation: i32;
}

/** `rows` pixels (a literal) through every panel of every group. */
// @ts-ignore: decorator
@inline
function panels8(rows: i32, args: GroupedPointwiseArguments, pixel: usize): void {
  const inputStride = <usize>args.inputStride;
  const outputStride = <usize>args.outputStride;
  const depth = <usize>args.depth;
  const groupOutputs = args.groupOutputs;
  const activation = args.activation;
  const residual = args.residual ? args.residual - args.output : 0;
  let input = args.input + pixel * inputStride;
  let output = args.output + pixel * outputStride;
  let weights = args.weights;
  let bias = args.bias;
  let slopes = args.slopes;
  for (let group = args.groups; group > 0; group--) {
    for (let o = 0; o < groupOutputs; o += 8) {
      const at = output + <usize>o * F32;
      const both = o + 4 < groupOutputs;
      tile8(rows, input, inputStride, depth, weights, bias, at, outputStride, residual, activation, slopes, both);
      weights += depth * PANEL;
      bias += PANEL;
      slopes += PANEL;
    }
    input += depth * F32;
    output += <usize>groupOutputs * F32;
  }
}

// @ts-ignore: decorator
@inline
function checkArguments(args: GroupedPointwiseArguments): void {
  check(args.pixels > 0 && args.groups > 0 && args.depth > 0);
  check(args.groupOutputs > 0 && args.groupOutputs % 4 == 0);
  check(args.inputStride >= args.groups * args.depth * 4 && args.outputStride == args.groups * args.groupOutputs * 4);
  check(args.activation != 3 || args.slopes != 0);
}

/** Tiles of 4 pixels × 8 channels. */
export function groupedPointwise4x8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<GroupedPointwiseArguments>(pointer);
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
export function groupedPointwise6x8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<GroupedPointwiseArguments>(pointer);
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
