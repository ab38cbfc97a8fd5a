/** Resizing an image: nearest pixel or bilinear. */
import type { Node } from '../graph/types.js';
import { imageShape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { type Operator, onlyAttributes, readIntegers, readNumbers, readWord, refuseShape } from './operator.js';

/** How an output pixel is made of input pixels. */
export const RESIZE_MODES = ['nearest', 'bilinear'] as const;
/**
 * Where output pixel i lies in the input: `halfPixel` (i + ½) / scale − ½; `asymmetric` i / scale; `alignCorners`
 * i · (input − 1) / (output − 1), and 0 for an output of one pixel.
 */
export const RESIZE_COORDINATES = ['halfPixel', 'asymmetric', 'alignCorners'] as const;
/** Which pixel is the nearest: `halfDown` and `halfUp` round to the nearest and say where a half goes. */
export const NEAREST_ROUNDINGS = ['floor', 'ceil', 'halfDown', 'halfUp'] as const;

/** A resize's attributes, read and checked. */
export interface ResizeAttributes {
  readonly mode: (typeof RESIZE_MODES)[number];
  readonly coordinates: (typeof RESIZE_COORDINATES)[number];
  readonly rounding: (typeof NEAREST_ROUNDINGS)[number];
  /** Output rows and columns; `undefined` where `scale` is given. */
  readonly size: readonly [number, number] | undefined;
  /** Output length / input length, vertical and horizontal; `undefined` where `size` is given. */
  readonly scale: readonly [number, number] | undefined;
}

/** Rows or columns of an output: their taps are computed for every plan. */
export const LARGEST_RESIZED = 1 << 14;

const LARGEST_SCALE = 1 << 20;

/** Reads the attributes of a resize. Throws ModelError BAD_ATTRIBUTE. */
export function resizeAttributes(node: Node): ResizeAttributes {
  const mode = readWord(node, 'mode', RESIZE_MODES);
  const sized = node.attributes.scale === undefined;
  return {
    mode,
    coordinates: readWord(node, 'coordinates', RESIZE_COORDINATES),
    rounding: mode === 'nearest' ? readWord(node, 'rounding', NEAREST_ROUNDINGS) : 'floor',
    size: sized ? (readIntegers(node, 'size', 2, 1, LARGEST_RESIZED) as [number, number]) : undefined,
    scale: sized ? undefined : (readNumbers(node, 'scale', 2, 1 / LARGEST_SCALE, LARGEST_SCALE) as [number, number]),
  };
}

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
export function nearestPlace(position: number, rounding: ResizeAttributes['rounding']): number {
  if (rounding === 'floor') return Math.floor(position);
  if (rounding === 'ceil') return Math.ceil(position);
  return rounding === 'halfDown' ? Math.ceil(position - 0.5) : Math.floor(position + 0.5);
}

/** The taps of every output row (axis 0) or column (axis 1); positions outside the input take its edge. */
export function resizeTaps(length: number, axis: 0 | 1, attributes: ResizeAttributes): ResizeTap[] {
  const { mode, coordinates, rounding, scale } = attributes;
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

function resized(node: Node, input: ReferenceTensor): ReferenceTensor {
  const attributes = resizeAttributes(node);
  const source = imageShape(input.shape);
  const output = referenceTensor(resize.inferShapes(node, [input.shape])[0]!);
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
export const resize: Operator = {
  name: 'resize',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    const rounding = node.attributes.mode === 'nearest' ? ['rounding'] : [];
    const lengths = node.attributes.scale === undefined ? 'size' : 'scale';
    onlyAttributes(node, ['mode', 'coordinates', ...rounding, lengths]);
    resizeAttributes(node);
  },
  inferShapes(node, [input]) {
    if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
    const attributes = resizeAttributes(node);
    const [batch = 0, channels = 0, height = 0, width = 0] = input;
    const lengths = [resizedLength(height, 0, attributes), resizedLength(width, 1, attributes)];
    if (!lengths.every((length) => length >= 1 && length <= LARGEST_RESIZED)) {
      refuseShape(node, 'input', input, `a shape that is scaled to 1 to ${LARGEST_RESIZED} rows and columns`);
    }
    return [[batch, channels, ...lengths]];
  },
  reference: (node, [input]) => [resized(node, input!)],
  multiplyAdds: () => 0,
};
