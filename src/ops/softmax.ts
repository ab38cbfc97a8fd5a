/** Softmax along one axis. */
import { referenceTensor } from '../tensor/tensor.js';
import { axisOf, axisStrides, readAxis } from './axis.js';
import { type Operator, onlyAttributes } from './operator.js';

/** exp(x − max) / Σ exp(x − max) along `axis`. */
export const softmax: Operator = {
  name: 'softmax',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, ['axis']);
    readAxis(node);
  },
  inferShapes(node, [input]) {
    axisOf(node, input);
    return [input!];
  },
  reference(node, [input]) {
    const output = referenceTensor(input!.shape);
    const { outer, length, inner } = axisStrides(input!.shape, axisOf(node, input!.shape));
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
  multiplyAdds: () => 0,
};
