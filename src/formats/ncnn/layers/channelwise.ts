/** Layers that map each element by its channel: BatchNorm, Scale, PReLU, ReLU, Clip. */
import { ModelError } from '../../../errors.js';
import type { LayerImporter } from '../layerImporter.js';
import { countParameter, integerParameter, LARGEST_COUNT, LARGEST_FLOAT, numberParameter } from '../parameters.js';
import { describeLayer } from '../parseParam.js';
import { appendLeakyRelu } from './activation.js';

const FROM_BLOB = -233;

/** Stores slope, mean, variance and bias in this order. */
export const batchNorm: LayerImporter = {
  type: 'BatchNorm',
  parameters: [0, 1],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels: (layer) => countParameter(layer, 0),
  import(layer, builder) {
    const channels = countParameter(layer, 0);
    const epsilon = numberParameter(layer, 1, 0);
    const [scales, means, variances, offsets] = ['slopes', 'means', 'variances', 'biases'].map((what) =>
      builder.weights.plain(channels, layer, what),
    ) as [Float32Array, Float32Array, Float32Array, Float32Array];
    const index = variances.findIndex((variance) => !(variance + epsilon > 0));
    if (index >= 0) {
      const found = `variance ${index} is ${variances[index]} and epsilon ${epsilon}`;
      throw new ModelError('BAD_VARIANCE', `${describeLayer(layer)}: ${found}; their sum must be greater than 0.`);
    }
    const parameters = Object.entries({ scales, offsets, means, variances }).map(([role, data]) =>
      builder.tensor(layer, role, [channels], data),
    );
    builder.node(layer, 'batchNorm', [builder.value(layer), ...parameters], { epsilon });
  },
};

/** x · scale + bias by channel. */
export const scale: LayerImporter = {
  type: 'Scale',
  parameters: [0, 1],
  inputs: [1, 2],
  outputs: [1, 1],
  unsupported: (layer) => (layer.parameters.get(0) === FROM_BLOB ? 'scales from a blob' : undefined),
  inputChannels(layer) {
    const channels = countParameter(layer, 0);
    return channels === 1 ? 'passes' : channels;
  },
  import(layer, builder) {
    const channels = countParameter(layer, 0);
    const scales = builder.weights.plain(channels, layer, 'scales');
    const biased = integerParameter(layer, 1, 0, 0, 1) === 1;
    const offsets = biased ? builder.weights.plain(channels, layer, 'biases') : new Float32Array(channels);
    builder.node(layer, 'affine', [
      builder.value(layer),
      builder.tensor(layer, 'scales', [channels], scales),
      builder.tensor(layer, 'offsets', [channels], offsets),
    ]);
  },
};

/** One slope a channel, or one for all. */
export const prelu: LayerImporter = {
  type: 'PReLU',
  parameters: [0],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels(layer) {
    const channels = countParameter(layer, 0);
    return channels === 1 ? 'passes' : channels;
  },
  import(layer, builder) {
    const count = integerParameter(layer, 0, 0, 1, LARGEST_COUNT);
    const data = builder.weights.plain(count, layer, 'slopes');
    const value = builder.value(layer);
    if (count === 1) appendLeakyRelu(layer, builder, value, data[0]!);
    else builder.node(layer, 'prelu', [value, builder.tensor(layer, 'slopes', [count], data)]);
  },
};

/** max(x, 0), or leaky with the slope of parameter 0. */
export const relu: LayerImporter = {
  type: 'ReLU',
  parameters: [0],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels: () => 'passes',
  import(layer, builder) {
    const slope = numberParameter(layer, 0, 0);
    const value = builder.value(layer);
    if (slope === 0) builder.node(layer, 'relu', [value]);
    else appendLeakyRelu(layer, builder, value, slope);
  },
};

/** min(max(x, parameter 0), parameter 1). */
export const clip: LayerImporter = {
  type: 'Clip',
  parameters: [0, 1],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels: () => 'passes',
  import(layer, builder) {
    const least = numberParameter(layer, 0, -LARGEST_FLOAT);
    const most = numberParameter(layer, 1, LARGEST_FLOAT);
    builder.node(layer, 'clip', [builder.value(layer)], { least, most });
  },
};
