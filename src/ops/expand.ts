/** Values repeated along axes of length 1. */

import { MOST_AXES } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { integers } from './attributes.js';
import { repeatedStrides } from './binary.js';
import { operator, refuseShape } from './operator.js';
import { rowMajorStrides } from './permute.js';

/** The input in attribute `shape`, which has as many axes: repeated along those of length 1, as long along the others. */
export const expand = operator({
  name: 'expand',
  inputNames: ['input'],
  attributes: { shape: integers([1, MOST_AXES], 1, 1 << 28, 'lengths of the output') },
  inferShapes(node, [input]) {
    const { shape } = node.attributes;
    const fits =
      input?.length === shape.length && input.every((length, axis) => length === 1 || length === shape[axis]);
    if (!fits) refuseShape(node, 'input', input, `a shape that repeats to [${shape.join(', ')}]`);
    return [shape];
  },
  reference(node, [input]) {
    const { shape } = node.attributes;
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
});
