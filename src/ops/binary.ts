/** Arithmetic of two values, each repeated along the axes in which the other is longer. */

import type { Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { word } from './attributes.js';
import { operator, refuseShape } from './operator.js';
import { rowMajorStrides } from './permute.js';

/** What the two elements of a place become. */
export const BINARY_OPERATIONS = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'power',
  'least',
  'greatest',
  'prelu',
] as const;

/** One of the operations. */
export type BinaryOperation = (typeof BINARY_OPERATIONS)[number];

const FUNCTIONS: Readonly<Record<BinaryOperation, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => (a === 1 ? 1 : a ** b),
  least: Math.min,
  greatest: Math.max,
  prelu: (a, b) => (a < 0 ? a * b : a),
};

/** Steps along each axis of the output, 0 where the operand has length 1 and is repeated. */
export function repeatedStrides(shape: Shape): number[] {
  return rowMajorStrides(shape).map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
}

/** a `operation` b, `prelu` being a where a ≥ 0, else a · b; both have as many axes, and along each the same length, or one of them 1. */
export const binary = operator({
  name: 'binary',
  inputNames: ['a', 'b'],
  attributes: { operation: word(BINARY_OPERATIONS, 'what two elements become') },
  inferShapes(node, [a, b]) {
    const fits = a && b && a.length === b.length && a.every((n, axis) => n === 1 || b[axis] === 1 || n === b[axis]);
    if (!fits) refuseShape(node, 'b', b, `as many axes as [${a?.join(', ')}], each as long or one of them 1`);
    return [a.map((length, axis) => (length === 1 ? b[axis]! : length))];
  },
  reference(node, [a, b], [shape]) {
    const compute = FUNCTIONS[node.attributes.operation];
    const output = referenceTensor(shape);
    const places = rowMajorStrides(output.shape);
    const [stepsA, stepsB] = [repeatedStrides(a!.shape), repeatedStrides(b!.shape)];
    for (let index = 0; index < output.data.length; index++) {
      let [fromA, fromB] = [0, 0];
      for (const [axis, length] of output.shape.entries()) {
        const at = Math.floor(index / places[axis]!) % length;
        fromA += at * stepsA[axis]!;
        fromB += at * stepsB[axis]!;
      }
      output.data[index] = compute(a!.data[fromA]!, b!.data[fromB]!);
    }
    return [output];
  },
});
