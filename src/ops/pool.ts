/** Pooling: the largest or the mean value of each window, and the mean of a whole image. */

import { imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { type AttributesOf, flag, integers, LARGEST, withDefault, word } from './attributes.js';
import { type NodeName, type OperatorNode, operator, refuseAttribute, refuseShape } from './operator.js';

/** How the number of windows is rounded where they do not end with the padded input. */
export const ROUNDINGS = ['down', 'up'] as const;

/** The attributes of a window. */
const WINDOW = {
  kernel: integers(2, 1, LARGEST, 'vertical, horizontal'),
  stride: integers(2, 1, LARGEST, 'vertical, horizontal'),
  padding: integers(4, 0, LARGEST, "top, left, bottom, right; each less than the window's length on its axis"),
  rounding: word(ROUNDINGS, 'how the number of windows is rounded'),
  dilation: withDefault(integers(2, 1, LARGEST, 'from one tap to the next: vertical, horizontal'), [1, 1]),
};

/** The attributes of a mean's window. */
export const MEAN_WINDOW = {
  ...WINDOW,
  countPadding: flag('whether the padding counts as zeros; rows and columns that rounding up adds never do'),
};

/** A pooling's attributes; only those of a mean say whether the padding counts. */
export type PoolAttributes = AttributesOf<typeof WINDOW> & { readonly countPadding?: boolean };

type PoolNode = OperatorNode<PoolAttributes>;

/** Pixels from the first to the last of a window, both counted. */
function reach({ kernel, dilation }: PoolAttributes, axis: 0 | 1): number {
  return (kernel[axis] - 1) * dilation[axis] + 1;
}

/**
 * Windows along one axis; 0 or less where the kernel does not fit. Rounding up adds a window that reaches beyond the
 * padded input, unless it would begin beyond the input and its leading padding (ONNX, `ceil_mode`).
 */
export function pooledLength(
  length: number,
  kernel: number,
  stride: number,
  before: number,
  after: number,
  rounding: PoolAttributes['rounding'],
): number {
  const steps = (length + before + after - kernel) / stride;
  if (rounding === 'down' || steps < 0) return Math.floor(steps) + 1;
  const windows = Math.ceil(steps) + 1;
  return (windows - 1) * stride >= length + before ? windows - 1 : windows;
}

/** The shape of a pooling's output. Throws ShapeError NODE_SHAPE. */
export function pooledShape(node: PoolNode, input: Shape | undefined): Shape {
  if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
  const { attributes } = node;
  const [batch = 0, channels = 0, height = 0, width = 0] = input;
  const [rows, columns] = ([height, width] as const).map((length, index) => {
    const axis = index as 0 | 1;
    const { stride, padding, rounding } = attributes;
    return pooledLength(length, reach(attributes, axis), stride[axis], padding[axis], padding[axis + 2]!, rounding);
  }) as [number, number];
  const fits =
    rows >= 1 && columns >= 1 && touchesAll(rows, height, 0, attributes) && touchesAll(columns, width, 1, attributes);
  if (!fits) {
    refuseShape(node, 'input', input, `a shape in which each window of ${attributes.kernel.join('×')} touches a pixel`);
  }
  return [batch, channels, rows, columns];
}

/** One axis of a window: where it begins, its taps inside the input, and how many count with the padding. */
function windowTaps(index: number, length: number, axis: 0 | 1, attributes: PoolAttributes) {
  const { kernel, stride, padding, dilation } = attributes;
  const first = index * stride[axis] - padding[axis];
  const end = (last: number) => Math.min(kernel[axis], Math.ceil((last - first) / dilation[axis]));
  const inside = [Math.max(0, Math.ceil(-first / dilation[axis])), end(length)] as const;
  return { first, inside, padded: end(length + padding[axis + 2]!) };
}

/** Windows that are looked at one by one. */
const MOST_LOOKED_AT = 1 << 12;

/** Whether every window has a tap inside the input along an axis. Where a gap is no longer than the axis it has. */
function touchesAll(windows: number, length: number, axis: 0 | 1, attributes: PoolAttributes): boolean {
  if (attributes.dilation[axis] <= length) return true;
  if (windows > MOST_LOOKED_AT) return false;
  for (let index = 0; index < windows; index++) {
    const { inside } = windowTaps(index, length, axis, attributes);
    if (inside[0] >= inside[1]) return false;
  }
  return true;
}

/** Makes each output of a pooling from its window's elements inside the input and the number of places that count. */
export function poolWindows(
  attributes: PoolAttributes,
  input: ReferenceTensor,
  shape: Shape,
  reduce: (taps: readonly number[], counted: number) => number,
): ReferenceTensor {
  const source = imageShape(input.shape);
  const output = referenceTensor(shape);
  const { batch, channels, height, width } = imageShape(output.shape);
  let index = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let row = 0; row < height; row++) {
      const vertical = windowTaps(row, source.height, 0, attributes);
      for (let column = 0; column < width; column++, index++) {
        const horizontal = windowTaps(column, source.width, 1, attributes);
        const taps: number[] = [];
        for (let tapY = vertical.inside[0]; tapY < vertical.inside[1]; tapY++) {
          const y = vertical.first + tapY * attributes.dilation[0];
          for (let tapX = horizontal.inside[0]; tapX < horizontal.inside[1]; tapX++) {
            const x = horizontal.first + tapX * attributes.dilation[1];
            taps.push(input.data[(plane * source.height + y) * source.width + x]!);
          }
        }
        const counts = [vertical, horizontal].map(({ inside, padded }) =>
          attributes.countPadding ? padded : inside[1] - inside[0],
        );
        output.data[index] = reduce(taps, counts[0]! * counts[1]!);
      }
    }
  }
  return output;
}

function largest(taps: readonly number[]): number {
  return taps.reduce((most, tap) => Math.max(most, tap), Number.NEGATIVE_INFINITY);
}

function mean(taps: readonly number[], counted: number): number {
  return taps.reduce((sum, tap) => sum + tap, 0) / counted;
}

/** Refuses padding as long as the window. */
export function checkWindow(node: PoolNode): void {
  const { attributes } = node;
  const { padding } = attributes;
  const lengths = [reach(attributes, 0), reach(attributes, 1)];
  if (padding.some((length, side) => length >= lengths[side % 2]!)) {
    refuseAttribute(node, 'padding', padding, `less than the window's ${lengths.join('×')} on each side`);
  }
}

/**
 * The largest value of each window of `kernel` [vertical, horizontal], which moves by `stride`. `padding` [top, left,
 * bottom, right] adds places that hold no value, `dilation` leaves gaps in the window. Every window holds at least one
 * value of the input.
 */
export const maxPool = operator({
  name: 'maxPool',
  inputNames: ['input'],
  attributes: WINDOW,
  check: checkWindow,
  inferShapes: (node, [input]) => [pooledShape(node, input)],
  reference: ({ attributes }, [input], [shape]) => [poolWindows(attributes, input!, shape, largest)],
});

/** The mean of each window, as maxPool places them; `countPadding` counts the padding as zeros. */
export const averagePool = operator({
  name: 'averagePool',
  inputNames: ['input'],
  attributes: MEAN_WINDOW,
  check: checkWindow,
  inferShapes: (node, [input]) => [pooledShape(node, input)],
  reference: ({ attributes }, [input], [shape]) => [poolWindows(attributes, input!, shape, mean)],
});

/** The shape of a mean over whole images. Throws ShapeError NODE_SHAPE. */
export function globalShape(node: NodeName, input: Shape | undefined): Shape {
  if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
  return [input[0]!, input[1]!, 1, 1];
}

/** The mean of each channel: `[N, C, H, W]` to `[N, C, 1, 1]`. */
export const globalAveragePool = operator({
  name: 'globalAveragePool',
  inputNames: ['input'],
  inferShapes: (node, [input]) => [globalShape(node, input)],
  reference(_node, [input], [shape]) {
    const { height, width } = imageShape(input!.shape);
    const output = referenceTensor(shape);
    const pixels = height * width;
    for (let index = 0; index < input!.data.length; index++) {
      output.data[Math.floor(index / pixels)]! += input!.data[index]! / pixels;
    }
    return [output];
  },
});
