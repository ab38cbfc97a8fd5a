/** Values side by side along an axis. */
import { referenceTensor } from '../tensor/tensor.js';
import { AXIS, axisOf, axisStrides } from './axis.js';
import { expectShape, operator } from './operator.js';

/** Joins two or more inputs, which differ along `axis` alone, in their order. */
export const concat = operator({
  name: 'concat',
  inputNames: ['first', 'others'],
  repeatsLast: true,
  attributes: { axis: AXIS },
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
  reference(node, inputs, [shape]) {
    const output = referenceTensor(shape);
    const { axis } = node.attributes;
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
});
