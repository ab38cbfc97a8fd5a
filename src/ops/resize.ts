/** Resizing an image: nearest pixel or bilinear. */

import { imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { type AttributesOf, integers, numbers, only, optional, word } from './attributes.js';
import { operator, refuseAttribute, refuseShape, refuseUnknown } from './operator.js';

/** How an output pixel is made of input pixels. */
export const RESIZE_MODES = ['nearest', 'bilinear'] as const;
/**
 * Where output pixel i lies in the input: `halfPixel` (i + ½) / scale − ½; `asymmetric` i / scale; `alignCorners`
 * i · (input − 1) / (output − 1), and 0 for an output of one pixel.
 */
export const RESIZE_COORDINATES = ['halfPixel', 'asymmetric', 'alignCorners'] as const;
/** Which pixel is the nearest: `halfDown` and `halfUp` round to the nearest and say where a half goes. */
export const NEAREST_ROUNDINGS = ['floor', 'ceil', 'halfDown', 'halfUp'] as const;

/** Rows or columns of an output: their taps are computed for every plan. */
export const LARGEST_RESIZED = 1 << 14;

const LARGEST_SCALE = 1 << 20;

const ATTRIBUTES = {
  mode: word(RESIZE_MODES, 'how an output pixel is made of input pixels'),
  coordinates: word(RESIZE_COORDINATES, 'where an output pixel lies in the input'),
  rounding: only('mode', ['nearest'], word(NEAREST_ROUNDINGS, 'which pixel is the nearest')),
  size: optional(integers(2, 1, LARGEST_RESIZED, 'rows and columns of the output')),
  scale: optional(
    numbers(
      2,
      [1 / LARGEST_SCALE, LARGEST_SCALE],
      'output length / input length in place of size: vertical, horizontal',
    ),
  ),
};

type ResizeAttributes = AttributesOf<typeof ATTRIBUTES>;

/** Output length along an axis: the size, or the input's length times the scale, rounded down. */
export function resizedLength(length: number, axis: 0 | 1, { size, scale }: ResizeAttributes): number {
  return size ? size[axis] : Math.floor(length * scale![axis]);
}

/** One output row or column as (1 − share) · input[first] + share · input[second]; for `nearest` the share is 0. */
export interface ResizeTap {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** The nearest place of a position. */
export function nearestPlace(position: number, rounding: (typeof NEAREST_ROUNDINGS)[number]): number {
  if (rounding === 'floor') return Math.floor(position);
  if (rounding === 'ceil') return Math.ceil(position);
  return rounding === 'halfDown' ? Math.ceil(position - 0.5) : Math.floor(position + 0.5);
}

/** The taps of every output row (axis 0) or column (axis 1); positions outside the input take its edge. */
export function resizeTaps(length: number, axis: 0 | 1, attributes: ResizeAttributes): ResizeTap[] {
  const { mode, coordinates, rounding = 'floor', scale } = attributes;
  const outputs = resizedLength(length, axis, attributes);
  const step = scale ? 1 / scale[axis] : length / outputs;
  const clamp = (position: number) => Math.min(Math.max(position, 0), length - 1);
  return Array.from({ length: outputs }, (_, index) => {
    let position = index * step;
    if (coordinates === 'halfPixel') position = (index + 0.5) * step - 0.5;
    if (coordinates === 'alignCorners') position = outputs === 1 ? 0 : (index * (length - 1)) / (outputs - 1);
    if (mode === 'nearest') {
      const pixel = clamp(nearestPlace(position, rounding));
      return { first: pixel, second: pixel, share: 0 };
    }
    const first = Math.floor(clamp(position));
    return { first, second: Math.min(first + 1, length - 1), share: clamp(position) - first };
  });
}

function resized(attributes: ResizeAttributes, input: ReferenceTensor, shape: Shape): ReferenceTensor {
  const source = imageShape(input.shape);
  const output = referenceTensor(shape);
  const { batch, channels } = imageShape(output.shape);
  const rows = resizeTaps(source.height, 0, attributes);
  const columns = resizeTaps(source.width, 1, attributes);
  let index = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const row of rows) {
      const upper = (plane * source.height + row.first) * source.width;
      const lower = (plane * source.height + row.second) * source.width;
      for (const { first, second, share } of columns) {
        const above = input.data[upper + first]! * (1 - share) + input.data[upper + second]! * share;
        const below = input.data[lower + first]! * (1 - share) + input.data[lower + second]! * share;
        output.data[index++] = above * (1 - row.share) + below * row.share;
      }
    }
  }
  return output;
}

/** Height and width by `size` or by `scale` [vertical, horizontal]; `rounding` belongs to `nearest`. */
export const resize = operator({
  name: 'resize',
  inputNames: ['input'],
  attributes: ATTRIBUTES,
  check(node) {
    const { size, scale } = node.attributes;
    if (size && scale) refuseUnknown(node, 'size', ['mode', 'coordinates', 'scale']);
    if (!size && !scale) refuseAttribute(node, 'size', undefined, 'a list of 2 lengths, or a scale instead');
  },
  inferShapes(node, [input]) {
    if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
    const { attributes } = node;
    const [batch = 0, channels = 0, height = 0, width = 0] = input;
    const lengths = [resizedLength(height, 0, attributes), resizedLength(width, 1, attributes)];
    if (!lengths.every((length) => length >= 1 && length <= LARGEST_RESIZED)) {
      refuseShape(node, 'input', input, `a shape that is scaled to 1 to ${LARGEST_RESIZED} rows and columns`);
    }
    return [[batch, channels, ...lengths]];
  },
  reference: ({ attributes }, [input], [shape]) => [resized(attributes, input!, shape)],
});
