/** Values reduced along some of their axes. */

import { MOST_AXES, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { type AttributesOf, flag, integers, word } from './attributes.js';
import { operator, refuseAttribute, refuseShape } from './operator.js';
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

const ATTRIBUTES = {
  operation: word(REDUCE_OPERATIONS, 'what the elements along the axes become'),
  axes: integers([1, MOST_AXES], 0, MOST_AXES - 1, 'in rising order'),
  keepAxes: flag('whether a reduced axis stays with length 1'),
};

type ReduceAttributes = AttributesOf<typeof ATTRIBUTES>;

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

function reduced({ operation, axes }: ReduceAttributes, input: ReferenceTensor, shape: Shape): ReferenceTensor {
  const output = referenceTensor(shape);
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
export const reduce = operator({
  name: 'reduce',
  inputNames: ['input'],
  attributes: ATTRIBUTES,
  check(node) {
    const { axes } = node.attributes;
    if (axes.some((axis, index) => index > 0 && axis <= axes[index - 1]!)) {
      refuseAttribute(node, 'axes', axes, 'a list of axes in rising order');
    }
  },
  inferShapes(node, [input]) {
    const { attributes } = node;
    const last = attributes.axes.at(-1)!;
    if (!input || last >= input.length) refuseShape(node, 'input', input, `a shape that has axis ${last}`);
    return [reducedShape(attributes, input)];
  },
  reference: ({ attributes }, [input], [shape]) => [reduced(attributes, input!, shape)],
});
