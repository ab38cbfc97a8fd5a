/** Operators that change a value's shape and none of its elements. */

import { elementCount, MOST_AXES, type Shape } from '../tensor/shape.js';
import { type AttributesOf, flag, integers, withDefault } from './attributes.js';
import { type NodeName, type OperatorNode, operator, refuseAttribute, refuseShape } from './operator.js';

/** `[N, …]` to `[N, product of the rest]`, row-major; `[N]` to `[N, 1]`. */
export const flatten = operator({
  name: 'flatten',
  inputNames: ['input'],
  inferShapes(node, [input]) {
    if (!input || input.length < 1) refuseShape(node, 'input', input, 'a shape of 1 axis or more');
    return [[input[0]!, elementCount(input.slice(1))]];
  },
  reference: (_node, [input], [shape]) => [{ ...input!, shape }],
});

const ATTRIBUTES = {
  shape: integers([0, MOST_AXES], -1, 1 << 30, 'lengths of at least 1; one of them may be −1 and takes what is left'),
  whole: withDefault(flag('whether the shape gives all axes, the batch among them'), false),
};

function reshapedShape(node: OperatorNode<AttributesOf<typeof ATTRIBUTES>>, input: Shape): Shape {
  const { shape: wanted, whole } = node.attributes;
  const kept = whole ? [] : input.slice(0, 1);
  const rest = elementCount(input.slice(kept.length));
  const known = elementCount(wanted.filter((length) => length !== -1));
  const shape = wanted.map((length) => (length === -1 ? rest / known : length));
  if (elementCount(shape) !== rest || !shape.every(Number.isInteger)) {
    const where = whole ? '' : ' after its batch axis';
    refuseShape(node, 'input', input, `a shape that has ${JSON.stringify(wanted)}${where}`);
  }
  return [...kept, ...shape];
}

/**
 * Gives the axes after the batch the lengths of attribute `shape`, or all axes where `whole` is true; one of them may be
 * −1 and takes what is left.
 */
export const reshape = operator({
  name: 'reshape',
  inputNames: ['input'],
  attributes: ATTRIBUTES,
  check(node) {
    const { shape, whole } = node.attributes;
    const [least, most] = whole ? [0, MOST_AXES] : [1, MOST_AXES - 1];
    const accepted = `${least} to ${most} lengths of at least 1, one of which may be -1`;
    if (shape.length < least || shape.length > most) refuseAttribute(node, 'shape', shape, accepted);
    const repeats = shape.indexOf(-1) !== shape.lastIndexOf(-1);
    if (shape.includes(0) || repeats) refuseShape(node, 'shape', shape, accepted);
  },
  inferShapes(node, [input]) {
    if (!input || (input.length < 1 && !node.attributes.whole))
      refuseShape(node, 'input', input, 'a shape of 1 axis or more');
    return [reshapedShape(node, input)];
  },
  reference: (_node, [input], [shape]) => [{ ...input!, shape }],
});

/** True for the operators that keep every element and its place in row-major order. */
export function isReshape(node: NodeName): boolean {
  return node.operator === 'flatten' || node.operator === 'reshape';
}
