/** Pooling: the largest or the mean value of each window, and the mean of a whole image. */
import type { Node } from '../graph/types.js';
import { imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import {
  type Operator,
  onlyAttributes,
  readBoolean,
  readIntegers,
  readWord,
  refuseAttribute,
  refuseShape,
} from './operator.js';

/** How the number of windows is rounded where they do not end with the padded input. */
export const ROUNDINGS = ['down', 'up'] as const;

/** A pooling's attributes, read and checked. */
export interface PoolAttributes {
  /** Vertical, horizontal. */
  readonly kernel: readonly [number, number];
  /** Vertical, horizontal. */
  readonly stride: readonly [number, number];
  /** Top, left, bottom, right; each less than the kernel's length on its axis. */
  readonly padding: readonly [number, number, number, number];
  readonly rounding: (typeof ROUNDINGS)[number];
  /** Whether a mean counts the padding as zeros; rows and columns that rounding up adds are never counted. */
  readonly countPadding: boolean;
}

const LARGEST = 1 << 20;
const WINDOW_ATTRIBUTES = ['kernel', 'stride', 'padding', 'rounding'];

/** Reads the attributes of maxPool or averagePool. Throws ModelError BAD_ATTRIBUTE. */
export function poolAttributes(node: Node): PoolAttributes {
  return {
    kernel: readIntegers(node, 'kernel', 2, 1, LARGEST) as [number, number],
    stride: readIntegers(node, 'stride', 2, 1, LARGEST) as [number, number],
    padding: readIntegers(node, 'padding', 4, 0, LARGEST) as [number, number, number, number],
    rounding: readWord(node, 'rounding', ROUNDINGS),
    countPadding: node.operator === 'averagePool' && readBoolean(node, 'countPadding'),
  };
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

function pooledShape(node: Node, input: Shape | undefined): Shape {
  if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
  const { kernel, stride, padding, rounding } = poolAttributes(node);
  const [batch = 0, channels = 0, height = 0, width = 0] = input;
  const rows = pooledLength(height, kernel[0], stride[0], padding[0], padding[2], rounding);
  const columns = pooledLength(width, kernel[1], stride[1], padding[1], padding[3], rounding);
  if (rows < 1 || columns < 1) {
    refuseShape(node, 'input', input, `at least the kernel's ${kernel.join('×')} with its padding`);
  }
  return [batch, channels, rows, columns];
}

/** One axis of a window: the part inside the input, and its length with the padding. */
function windowRange(
  index: number,
  length: number,
  axis: 0 | 1,
  { kernel, stride, padding }: PoolAttributes,
): [begin: number, end: number, padded: number] {
  const begin = index * stride[axis] - padding[axis];
  const end = begin + kernel[axis];
  const padded = Math.min(end, length + padding[axis + 2]!) - begin;
  return [Math.max(begin, 0), Math.min(end, length), padded];
}

function pool(node: Node, input: ReferenceTensor): ReferenceTensor {
  const attributes = poolAttributes(node);
  const takesMean = node.operator === 'averagePool';
  const source = imageShape(input.shape);
  const output = referenceTensor(pooledShape(node, input.shape));
  const { batch, channels, height, width } = imageShape(output.shape);
  let index = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let row = 0; row < height; row++) {
      const [top, bottom, rows] = windowRange(row, source.height, 0, attributes);
      for (let column = 0; column < width; column++, index++) {
        const [left, right, columns] = windowRange(column, source.width, 1, attributes);
        let sum = 0;
        let most = Number.NEGATIVE_INFINITY;
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) {
            const value = input.data[(plane * source.height + y) * source.width + x]!;
            sum += value;
            most = Math.max(most, value);
          }
        }
        const count = attributes.countPadding ? rows * columns : (bottom - top) * (right - left);
        output.data[index] = takesMean ? sum / count : most;
      }
    }
  }
  return output;
}

function checkWindow(node: Node, known: readonly string[]): void {
  onlyAttributes(node, known);
  const { kernel, padding } = poolAttributes(node);
  if (padding.some((length, side) => length >= kernel[side % 2]!)) {
    refuseAttribute(node, 'padding', padding, `less than the kernel's ${kernel.join('×')} on each side`);
  }
}

/**
 * The largest value of each window of `kernel` [vertical, horizontal], which moves by `stride`. `padding` [top, left,
 * bottom, right] adds places that hold no value. Every window holds at least one value of the input.
 */
export const maxPool: Operator = {
  name: 'maxPool',
  inputNames: ['input'],
  required: 1,
  checkAttributes: (node) => checkWindow(node, WINDOW_ATTRIBUTES),
  inferShapes: (node, [input]) => [pooledShape(node, input)],
  reference: (node, [input]) => [pool(node, input!)],
  multiplyAdds: () => 0,
};

/** The mean of each window, as maxPool places them; `countPadding` counts the padding as zeros. */
export const averagePool: Operator = {
  name: 'averagePool',
  inputNames: ['input'],
  required: 1,
  checkAttributes: (node) => checkWindow(node, [...WINDOW_ATTRIBUTES, 'countPadding']),
  inferShapes: (node, [input]) => [pooledShape(node, input)],
  reference: (node, [input]) => [pool(node, input!)],
  multiplyAdds: () => 0,
};

/** The mean of each channel: `[N, C, H, W]` to `[N, C, 1, 1]`. */
export const globalAveragePool: Operator = {
  name: 'globalAveragePool',
  inputNames: ['input'],
  required: 1,
  checkAttributes: (node) => onlyAttributes(node, []),
  inferShapes(node, [input]) {
    if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
    return [[input[0]!, input[1]!, 1, 1]];
  },
  reference(_node, [input]) {
    const { batch, channels, height, width } = imageShape(input!.shape);
    const output = referenceTensor([batch, channels, 1, 1]);
    const pixels = height * width;
    for (let index = 0; index < input!.data.length; index++) {
      output.data[Math.floor(index / pixels)]! += input!.data[index]! / pixels;
    }
    return [output];
  },
  multiplyAdds: () => 0,
};
