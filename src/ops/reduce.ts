/** Values reduced along some of their axes. */
import type { Node } from '../graph/types.js';
import { MOST_AXES, type Shape } from '../tensor/shape.js';
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
import { rowMajorStrides } from './permute.js';

/** What the elements along the axes become. */
export const REDUCE_OPERATIONS = [
  'sum',
  'mean',
  'squares',
  'l1',
  'l2',
  'logSum',
  'product',
  'largest',
  'smallest',
  'logSumOfPowers',
] as const;

/** One of the operations. */
export type ReduceOperation = (typeof REDUCE_OPERATIONS)[number];

/** A reduction's attributes, read and checked. */
export interface ReduceAttributes {
  readonly operation: ReduceOperation;
  /** In rising order. */
  readonly axes: readonly number[];
  /** Whether a reduced axis stays with length 1. */
  readonly keepAxes: boolean;
}

/** Reads the attributes. Throws ModelError BAD_ATTRIBUTE. */
export function reduceAttributes(node: Node): ReduceAttributes {
  const given = Array.isArray(node.attributes.axes) ? node.attributes.axes.length : 0;
  const axes = readIntegers(node, 'axes', Math.min(Math.max(given, 1), MOST_AXES), 0, MOST_AXES - 1);
  if (axes.some((axis, index) => index > 0 && axis <= axes[index - 1]!)) {
    refuseAttribute(node, 'axes', axes, 'a list of axes in rising order');
  }
  return {
    operation: readWord(node, 'operation', REDUCE_OPERATIONS),
    axes,
    keepAxes: readBoolean(node, 'keepAxes'),
  };
}

function reducedShape({ axes, keepAxes }: ReduceAttributes, input: Shape): Shape {
  if (keepAxes) return input.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return input.filter((_, axis) => !axes.includes(axis));
}

function total(operation: ReduceOperation, values: readonly number[]): number {
  const sum = (map: (x: number) => number) => values.reduce((before, x) => before + map(x), 0);
  switch (operation) {
    case 'sum':
      return sum((x) => x);
    case 'mean':
      return sum((x) => x) / values.length;
    case 'squares':
      return sum((x) => x * x);
    case 'l1':
      return sum(Math.abs);
    case 'l2':
      return Math.sqrt(sum((x) => x * x));
    case 'logSum':
      return Math.log(sum((x) => x));
    case 'product':
      return values.reduce((before, x) => before * x, 1);
    case 'largest':
      return values.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
    case 'smallest':
      return values.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY);
    case 'logSumOfPowers': {
      const most = total('largest', values);
      return Number.isFinite(most) ? most + Math.log(sum((x) => Math.exp(x - most))) : most;
    }
  }
}

function reduced(attributes: ReduceAttributes, input: ReferenceTensor): ReferenceTensor {
  const { operation, axes } = attributes;
  const output = referenceTensor(reducedShape(attributes, input.shape));
  const kept = input.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const strides = rowMajorStrides(input.shape);
  const offsets = (among: readonly number[]): number[] =>
    among.reduce<number[]>(
      (before, axis) =>
        before.flatMap((at) => Array.from({ length: input.shape[axis]! }, (_, place) => at + place * strides[axis]!)),
      [0],
    );
  const inner = offsets(axes);
  for (const [index, first] of offsets(kept).entries()) {
    output.data[index] = total(
      operation,
      inner.map((offset) => input.data[first + offset]!),
    );
  }
  return output;
}

/**
 * One number for all elements along `axes`: `sum`, `mean`, `squares` (their sum), `l1` Σ|x|, `l2` √Σx², `logSum` ln Σx,
 * `product`, `largest`, `smallest`, `logSumOfPowers` ln Σeˣ. The axes stay with length 1 where `keepAxes` is true.
 */
export const reduce: Operator = {
  name: 'reduce',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, ['operation', 'axes', 'keepAxes']);
    reduceAttributes(node);
  },
  inferShapes(node, [input]) {
    const attributes = reduceAttributes(node);
    const last = attributes.axes.at(-1)!;
    if (!input || last >= input.length) refuseShape(node, 'input', input, `a shape that has axis ${last}`);
    return [reducedShape(attributes, input)];
  },
  reference: (node, [input]) => [reduced(reduceAttributes(node), input!)],
  multiplyAdds: () => 0,
};
