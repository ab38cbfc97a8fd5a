/** Operators that change a value's shape and none of its elements. */

import type { Node } from '../graph/types.js';
import { elementCount, MOST_AXES, type Shape } from '../tensor/shape.js';
import { type Operator, onlyAttributes, readBoolean, readIntegers, refuseShape } from './operator.js';

/** `[N, …]` to `[N, product of the rest]`, row-major; `[N]` to `[N, 1]`. */
export const flatten: Operator = {
  name: 'flatten',
  inputNames: ['input'],
  required: 1,
  checkAttributes: (node) => onlyAttributes(node, []),
  inferShapes(node, [input]) {
    if (!input || input.length < 1) refuseShape(node, 'input', input, 'a shape of 1 axis or more');
    return [[input[0]!, elementCount(input.slice(1))]];
  },
  reference: (node, [input]) => [{ ...input!, shape: flatten.inferShapes(node, [input!.shape])[0]! }],
  multiplyAdds: () => 0,
};

/** Whether a reshape gives all axes, the batch among them. */
export function isWhole(node: Node): boolean {
  return node.attributes.whole === true;
}

function reshapedShape(node: Node, input: Shape): Shape {
  const wanted = node.attributes.shape as readonly number[];
  const kept = isWhole(node) ? [] : input.slice(0, 1);
  const rest = elementCount(input.slice(kept.length));
  const known = elementCount(wanted.filter((length) => length !== -1));
  const shape = wanted.map((length) => (length === -1 ? rest / known : length));
  if (elementCount(shape) !== rest || !shape.every(Number.isInteger)) {
    const where = isWhole(node) ? '' : ' after its batch axis';
    refuseShape(node, 'input', input, `a shape that has ${JSON.stringify(wanted)}${where}`);
  }
  return [...kept, ...shape];
}

/**
 * Gives the axes after the batch the lengths of attribute `shape`, or all axes where `whole` is true; one of them may be
 * −1 and takes what is left.
 */
export const reshape: Operator = {
  name: 'reshape',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, ['shape', 'whole']);
    if (node.attributes.whole !== undefined) readBoolean(node, 'whole');
    const most = isWhole(node) ? MOST_AXES : MOST_AXES - 1;
    const length = Array.isArray(node.attributes.shape) ? node.attributes.shape.length : most;
    const shape = readIntegers(node, 'shape', Math.min(Math.max(length, isWhole(node) ? 0 : 1), most), -1, 1 << 30);
    if (shape.includes(0) || shape.indexOf(-1) !== shape.lastIndexOf(-1)) {
      refuseShape(node, 'shape', shape, `1 to ${most} lengths of at least 1, one of which may be -1`);
    }
  },
  inferShapes(node, [input]) {
    if (!input || (input.length < 1 && !isWhole(node))) refuseShape(node, 'input', input, 'a shape of 1 axis or more');
    return [reshapedShape(node, input)];
  },
  reference: (node, [input]) => [{ ...input!, shape: reshapedShape(node, input!.shape) }],
  multiplyAdds: () => 0,
};

/** True for the operators that keep every element and its place in row-major order. */
export function isReshape(node: Node): boolean {
  return node.operator === 'flatten' || node.operator === 'reshape';
}
