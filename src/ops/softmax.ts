/** Softmax along one axis. */
import { referenceTensor } from '../tensor/tensor.js';
import { AXIS, axisOf, axisStrides } from './axis.js';
import { operator } from './operator.js';

/** exp(x − max) / Σ exp(x − max) along `axis`. */
export const softmax = operator({
  name: 'softmax',
  inputNames: ['input'],
  attributes: { axis: AXIS },
  inferShapes(node, [input]) {
    axisOf(node, input);
    return [input!];
  },
  reference(node, [input]) {
    const output = referenceTensor(input!.shape);
    const { outer, length, inner } = axisStrides(input!.shape, node.attributes.axis);
    for (let lane = 0; lane < outer * inner; lane++) {
      const first = Math.floor(lane / inner) * length * inner + (lane % inner);
      let most = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < length; k++) most = Math.max(most, input!.data[first + k * inner]!);
      let sum = 0;
      for (let k = 0; k < length; k++) {
        const power = Math.exp(input!.data[first + k * inner]! - most);
        output.data[first + k * inner] = power;
        sum += power;
      }
      for (let k = 0; k < length; k++) output.data[first + k * inner]! /= sum;
    }
    return [output];
  },
});
