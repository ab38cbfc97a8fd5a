/** Values repeated along axes of length 1. */
import type { Node } from '../graph/types.js';
import { MOST_AXES, type Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { repeatedStrides } from './binary.js';
import { type Operator, onlyAttributes, readIntegers, refuseShape } from './operator.js';
import { rowMajorStrides } from './permute.js';

/** Reads attribute `shape`. Throws ModelError BAD_ATTRIBUTE. */
export function expandedShape(node: Node): Shape {
  const given = Array.isArray(node.attributes.shape) ? node.attributes.shape.length : 0;
  return readIntegers(node, 'shape', Math.min(Math.max(given, 1), MOST_AXES), 1, 1 << 28);
}

/** The input in attribute `shape`, which has as many axes: repeated along those of length 1, as long along the others. */
export const expand: Operator = {
  name: 'expand',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, ['shape']);
    expandedShape(node);
  },
  inferShapes(node, [input]) {
    const shape = expandedShape(node);
    const fits =
      input?.length === shape.length && input.every((length, axis) => length === 1 || length === shape[axis]);
    if (!fits) refuseShape(node, 'input', input, `a shape that repeats to [${shape.join(', ')}]`);
    return [shape];
  },
  reference(node, [input]) {
    const shape = expandedShape(node);
    const output = referenceTensor(shape);
    const places = rowMajorStrides(shape);
    const steps = repeatedStrides(input!.shape);
    for (let index = 0; index < output.data.length; index++) {
      let from = 0;
      for (const [axis, length] of shape.entries()) from += (Math.floor(index / places[axis]!) % length) * steps[axis]!;
      output.data[index] = input!.data[from]!;
    }
    return [output];
  },
  multiplyAdds: () => 0,
};
