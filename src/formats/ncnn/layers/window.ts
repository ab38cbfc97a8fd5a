/** What Convolution and Pooling have in common: kernels, strides and the sides of a SAME padding. */
import { integerParameter } from '../parameters.js';
import type { ParamLayer } from '../parseParam.js';

/** The longest side that a kernel, stride or padding may have. */
export const LARGEST_SIDE = 1 << 16;

/** Vertical and horizontal number; the vertical one is like the horizontal where it is absent. */
export function pairParameter(
  layer: ParamLayer,
  horizontalKey: number,
  verticalKey: number,
  fallback: number,
): readonly [number, number] {
  const horizontal = integerParameter(layer, horizontalKey, fallback, 1, LARGEST_SIDE);
  return [integerParameter(layer, verticalKey, horizontal, 1, LARGEST_SIDE), horizontal];
}

/** Rows or columns before and after, so that the output has ⌈length / stride⌉ of them; `extent` is the kernel's reach. */
export function samePadding(length: number, extent: number, stride: number, lower: boolean): readonly [number, number] {
  const total = Math.max(0, extent + Math.floor((length - 1) / stride) * stride - length);
  const less = Math.floor(total / 2);
  return lower ? [total - less, less] : [less, total - less];
}
