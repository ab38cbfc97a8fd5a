/** InnerProduct: the fully connected layer. */
import { ShapeError } from '../../../errors.js';
import { elementCount, formatShape } from '../../../tensor/shape.js';
import type { LayerImporter } from '../layerImporter.js';
import { countParameter, integerParameter } from '../parameters.js';
import { describeLayer } from '../parseParam.js';
import { ACTIVATION_KEYS, unsupportedActivation, withActivation } from './activation.js';
import { int8Terms, int8Vector, readInt8Layer, unsupportedScaleTerm } from './quantised.js';

/** weights · flatten(input) + bias, then an activation. */
export const innerProduct: LayerImporter = {
  type: 'InnerProduct',
  parameters: [0, 1, 2, 8, ...ACTIVATION_KEYS],
  inputs: [1, 1],
  outputs: [1, 1],
  unsupported(layer) {
    return unsupportedScaleTerm(layer) ?? unsupportedActivation(layer);
  },
  inputChannels(layer, pixels) {
    const channels = countParameter(layer, 2) / countParameter(layer, 0) / pixels;
    return Number.isInteger(channels) ? channels : undefined;
  },
  import(layer, builder) {
    const outputs = countParameter(layer, 0);
    const size = countParameter(layer, 2);
    const shape = builder.inputShape(layer);
    const length = elementCount(shape.slice(1));
    if (size !== outputs * length) {
      const expected = `${outputs} outputs over an input of shape ${formatShape(shape)}`;
      throw new ShapeError(
        'WEIGHT_COUNT',
        `${describeLayer(layer)}: claims ${size} weights, which is not ${expected}.`,
      );
    }
    if (int8Terms(layer)) {
      const layerShape = { weights: [outputs, length, 1, 1], input: [1, length, 1, 1], groups: 1 };
      const int8 = readInt8Layer(layer, builder, layerShape, integerParameter(layer, 1, 0, 0, 1) === 1);
      withActivation(layer, builder, (step) => int8Vector(layer, builder, int8, step));
      return;
    }
    const data = builder.weights.tagged(size, layer, 'weights');
    const inputs = [builder.value(layer), builder.tensor(layer, 'weights', [outputs, length], data)];
    if (integerParameter(layer, 1, 0, 0, 1) === 1) {
      inputs.push(builder.tensor(layer, 'bias', [outputs], builder.weights.plain(outputs, layer, 'bias')));
    }
    withActivation(layer, builder, (step) =>
      builder.node(layer, 'fullyConnected', inputs, { activation: 'none' }, step),
    );
  },
};
