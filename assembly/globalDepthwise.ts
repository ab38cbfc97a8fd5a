/** Global depthwise convolution: one weighted sum over all pixels for each channel (the paper, section 3.2). */
import { storeActivated } from './activation';
import { check, multiplyAdd, VECTOR } from './simd';

/** weights: packed[pixel][c], c padded to 4. The parallel axis is vectors of four channels of all images. */
@unmanaged
export class GlobalDepthwiseArguments {
  input: usize;
  weights: usize;
  bias: usize;
  slopes: usize;
  residual: usize;
  output: usize;
  /** Pixels of one image. */
  pixels: i32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
  activation: i32;
}

/** `vectors` (a literal, 1 or 4) neighbouring vectors of channels. */
// @ts-ignore: decorator
@inline
function sumPixels(
  vectors: i32, input: usize, weights: usize, bias: usize, output: usize, pixels: i32, step: usize, residual: usize,
  activation: i32, slopes: usize,
): void {
  let s0 = v128.load(bias);
  let s1 = s0, s2 = s0, s3 = s0;
  if (vectors > 1) {
    s1 = v128.load(bias, 16);
    s2 = v128.load(bias, 32);
    s3 = v128.load(bias, 48);
  }
  for (let pixel = 0; pixel < pixels; pixel++) {
    s0 = multiplyAdd(v128.load(weights), v128.load(input), s0);
    if (vectors > 1) {
      s1 = multiplyAdd(v128.load(weights, 16), v128.load(input, 16), s1);
      s2 = multiplyAdd(v128.load(weights, 32), v128.load(input, 32), s2);
      s3 = multiplyAdd(v128.load(weights, 48), v128.load(input, 48), s3);
    }
    input += step;
    weights += step;
  }
  storeActivated(output, s0, residual, activation, slopes);
  if (vectors > 1) {
    storeActivated(output + 16, s1, residual, activation, slopes + 16);
    storeActivated(output + 32, s2, residual, activation, slopes + 32);
    storeActivated(output + 48, s3, residual, activation, slopes + 48);
  }
}

/** Any kernel size that equals the input's, without padding. */
export function globalDepthwise(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<GlobalDepthwiseArguments>(pointer);
  check(args.pixels > 0 && args.blocks > 0);
  check(args.activation != 3 || args.slopes != 0);
  const pixels = args.pixels;
  const blocks = args.blocks;
  const step = <usize>blocks * VECTOR;
  const residual = args.residual ? args.residual - args.output : 0;
  let vector = begin;
  while (vector < end) {
    const image = vector / blocks;
    const block = vector - image * blocks;
    const offset = <usize>block * VECTOR;
    const input = args.input + <usize>image * <usize>pixels * step + offset;
    const output = args.output + <usize>vector * VECTOR;
    const weights = args.weights + offset;
    const bias = args.bias + offset;
    const slopes = args.slopes + offset;
    if (block + 4 <= blocks && vector + 4 <= end) {
      sumPixels(4, input, weights, bias, output, pixels, step, residual, args.activation, slopes);
      vector += 4;
    } else {
      sumPixels(1, input, weights, bias, output, pixels, step, residual, args.activation, slopes);
      vector += 1;
    }
  }
}
