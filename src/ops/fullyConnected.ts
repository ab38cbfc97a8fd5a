/** The fully connected layer. */

import { elementCount } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { ACTIVATIONS } from './activation.js';
import { word } from './attributes.js';
import { applyEpilogue, checkEpilogue } from './convolution.js';
import { expectShape, operator, refuseShape } from './operator.js';

/**
 * activation(weights · flatten(input) + bias + residual): input `[N, …]` flattened in row-major order of its other
 * axes, weights `[out, in]`, output `[N, out]`.
 */
export const fullyConnected = operator({
  name: 'fullyConnected',
  inputNames: ['input', 'weights', 'bias', 'slopes', 'residual'],
  required: 2,
  attributes: { activation: word(ACTIVATIONS, 'what the sum becomes') },
  inferShapes(node, inputs) {
    const [input, weights] = inputs;
    if (!input || input.length < 2) refuseShape(node, 'input', input, 'a shape of 2 axes or more');
    if (weights?.length !== 2) refuseShape(node, 'weights', weights, '[out, in]');
    expectShape(node, 'weights', weights, [weights[0]!, elementCount(input.slice(1))]);
    const output = [input[0]!, weights[0]!];
    checkEpilogue(node, inputs, output, node.attributes.activation);
    return [output];
  },
  reference(node, inputs) {
    const { activation } = node.attributes;
    const [input, weights] = inputs as [ReferenceTensor, ReferenceTensor];
    const [outputs = 0, length = 0] = weights.shape;
    const batch = input.shape[0]!;
    const result = referenceTensor([batch, outputs]);
    for (let image = 0; image < batch; image++) {
      for (let channel = 0; channel < outputs; channel++) {
        let sum = 0;
        for (let k = 0; k < length; k++) sum += input.data[image * length + k]! * weights.data[channel * length + k]!;
        const index = image * outputs + channel;
        result.data[index] = applyEpilogue(activation, sum, channel, index, inputs);
      }
    }
    return [result];
  },
  multiplyAdds: (_node, [, weights], [output]) => output![0]! * elementCount(weights!),
});
