/** Layouts: the only formulas that say where an element of a value stands in memory. */
import { elementCount, imageShape, type Shape } from './shape.js';
import type { ElementType } from './tensor.js';

/**
 * `nhwc`: channels innermost, their stride rounded up to 4, the padding channels zero; what the kernels read.
 * `nhwcInt8`: int8 elements, channels innermost, their stride rounded up to 8, the padding channels anything.
 * `rowMajor`: the frameworks' dense order.
 */
export type Layout = 'nhwc' | 'nhwcInt8' | 'rowMajor';

/** Channels of a vector of int8 kernels, which widen to int16; the channel stride of `nhwcInt8` is a multiple of it. */
export const INT8_CHANNEL_BLOCK = 8;

/** The element type of values in a layout. */
export function elementTypeOf(layout: Layout): ElementType {
  return layout === 'nhwcInt8' ? 'int8' : 'float32';
}

/** Channels that a SIMD vector holds; the channel stride of `nhwc` is a multiple of it. */
export const CHANNEL_BLOCK = 4;

/** The distance between two pixels of an `nhwc` value, in elements. */
export function channelStride(channels: number): number {
  return Math.ceil(channels / CHANNEL_BLOCK) * CHANNEL_BLOCK;
}

/** The distance between two pixels of an `nhwcInt8` value, in elements. */
export function int8ChannelStride(channels: number): number {
  return Math.ceil(channels / INT8_CHANNEL_BLOCK) * INT8_CHANNEL_BLOCK;
}

/** Elements that a value occupies in a layout, padding included. */
export function storedElements(shape: Shape, layout: Layout): number {
  if (layout === 'rowMajor') return elementCount(shape);
  const { batch, channels, height, width } = imageShape(shape);
  const stride = layout === 'nhwc' ? channelStride(channels) : int8ChannelStride(channels);
  return batch * height * width * stride;
}

/** Bytes of one element of a value in a layout. */
export function elementBytes(layout: Layout): number {
  return elementTypeOf(layout) === 'int8' ? 1 : 4;
}

/** Bytes that a value occupies in a layout, padding included. */
export function storedBytes(shape: Shape, layout: Layout): number {
  return storedElements(shape, layout) * elementBytes(layout);
}

/** An axis of a value as `nhwc` sees it. */
export type ImageAxis = 'batch' | 'channels' | 'height' | 'width';

/** Whether an axis is one that `nhwc` sees by itself: not one of several that it takes together as the width. */
export function isImageAxis(shape: Shape, axis: number): boolean {
  return axis < 3 || (axis === 3 && shape.length === 4);
}

/** What an axis of a shape is: batch, channels, height, width in this order; a shape of one axis has channels alone. */
export function imageAxis(shape: Shape, axis: number): ImageAxis {
  if (shape.length === 1) return 'channels';
  return (['batch', 'channels', 'height', 'width'] as const)[axis]!;
}

/**
 * A value in `nhwc` or `nhwcInt8` order split at an axis, in elements: how often the axis occurs, its length, and one step along it. Steps
 * along channels are single elements, and padding channels count in neither.
 */
export function storedAxis(
  shape: Shape,
  axis: ImageAxis,
  layout: Layout = 'nhwc',
): { outer: number; length: number; inner: number } {
  const { batch, channels, height, width } = imageShape(shape);
  const stride = layout === 'nhwcInt8' ? int8ChannelStride(channels) : channelStride(channels);
  if (axis === 'batch') return { outer: 1, length: batch, inner: height * width * stride };
  if (axis === 'height') return { outer: batch, length: height, inner: width * stride };
  if (axis === 'width') return { outer: batch * height, length: width, inner: stride };
  return { outer: batch * height * width, length: channels, inner: 1 };
}

/** Copies row-major elements to a layout. */
export function writeLayout(source: ArrayLike<number>, shape: Shape, layout: Layout, target: Float32Array): void {
  if (layout === 'nhwc') writeNhwc(source, shape, target);
  else target.set(source);
}

/** Copies a layout's elements back to row-major order. */
export function readLayout(source: Float32Array, shape: Shape, layout: Layout, target: Float32Array): void {
  if (layout === 'nhwc') readNhwc(source, shape, target);
  else target.set(source);
}

/** Copies row-major elements to `nhwc` order and writes zeros to the padding channels. */
export function writeNhwc(source: ArrayLike<number>, shape: Shape, target: Float32Array): void {
  const { batch, channels, height, width } = imageShape(shape);
  const stride = channelStride(channels);
  const pixels = height * width;
  if (stride !== channels) target.fill(0, 0, batch * pixels * stride);
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < channels; channel++) {
      let from = (image * channels + channel) * pixels;
      let to = image * pixels * stride + channel;
      for (let pixel = 0; pixel < pixels; pixel++, from++, to += stride) target[to] = source[from]!;
    }
  }
}

/** Copies `nhwc` elements back to row-major order. */
export function readNhwc(source: ArrayLike<number>, shape: Shape, target: Float32Array | Float64Array): void {
  const { batch, channels, height, width } = imageShape(shape);
  const stride = channelStride(channels);
  const pixels = height * width;
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < channels; channel++) {
      let to = (image * channels + channel) * pixels;
      let from = image * pixels * stride + channel;
      for (let pixel = 0; pixel < pixels; pixel++, to++, from += stride) target[to] = source[from]!;
    }
  }
}
