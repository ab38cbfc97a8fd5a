/** Element-wise addition. */
import { referenceTensor } from '../tensor/tensor.js';
import { expectShape, operator } from './operator.js';

/** a + b, both of one shape. */
export const add = operator({
  name: 'add',
  inputNames: ['a', 'b'],
  inferShapes(node, [a, b]) {
    expectShape(node, 'b', b, a!);
    return [a!];
  },
  reference(_node, [a, b]) {
    const output = referenceTensor(a!.shape);
    for (let index = 0; index < output.data.length; index++) output.data[index] = a!.data[index]! + b!.data[index]!;
    return [output];
  },
});
