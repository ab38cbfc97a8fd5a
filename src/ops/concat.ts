/** Values side by side along an axis. */
import { referenceTensor } from '../tensor/tensor.js';
import { axisOf, axisStrides, readAxis } from './axis.js';
import { expectShape, type Operator, onlyAttributes } from './operator.js';

/** Joins two or more inputs, which differ along `axis` alone, in their order. */
export const concat: Operator = {
  name: 'concat',
  inputNames: ['first', 'others'],
  required: 2,
  repeatsLast: true,
  checkAttributes(node) {
    onlyAttributes(node, ['axis']);
    readAxis(node);
  },
  inferShapes(node, inputs) {
    const first = inputs[0]!;
    const axis = axisOf(node, first);
    let length = 0;
    for (const [index, input] of inputs.entries()) {
      const own = input?.[axis];
      expectShape(node, `input ${index}`, input, own === undefined ? first : first.with(axis, own));
      length += own!;
    }
    return [first.with(axis, length)];
  },
  reference(node, inputs) {
    const shapes = inputs.map((input) => input!.shape);
    const output = referenceTensor(concat.inferShapes(node, shapes)[0]!);
    const axis = axisOf(node, shapes[0]);
    const { outer, length, inner } = axisStrides(output.shape, axis);
    let first = 0;
    for (const input of inputs) {
      const run = input!.shape[axis]! * inner;
      for (let index = 0; index < outer; index++) {
        output.data.set(input!.data.subarray(index * run, (index + 1) * run), index * length * inner + first);
      }
      first += run;
    }
    return [output];
  },
  multiplyAdds: () => 0,
};
