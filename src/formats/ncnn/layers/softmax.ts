/** Softmax and Sigmoid. */
import type { LayerImporter } from '../layerImporter.js';
import { integerParameter } from '../parameters.js';
import { axisParameter, graphAxis } from './axis.js';

/**
 * Softmax along the axis of parameter 0. Files without parameter 1 (`fixbug0`) stem from converters that counted the
 * axes in another way, and are refused for any axis but 0, as ncnn does.
 */
export const softmax: LayerImporter = {
  type: 'Softmax',
  parameters: [0, 1],
  inputs: [1, 1],
  outputs: [1, 1],
  unsupported(layer) {
    const axis = axisParameter(layer, 0);
    const fixed = integerParameter(layer, 1, 0, 0, 1) === 1;
    return fixed || axis === 0 ? undefined : `axis ${axis} as old converters count it (fixbug0 0)`;
  },
  inputChannels: () => 'passes',
  import(layer, builder) {
    const value = builder.value(layer);
    builder.node(layer, 'softmax', [value], { axis: graphAxis(layer, 0, builder.shape(value)) });
  },
};

/** 1 / (1 + exp(−x)). */
export const sigmoid: LayerImporter = {
  type: 'Sigmoid',
  parameters: [],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels: () => 'passes',
  import(layer, builder) {
    builder.node(layer, 'sigmoid', [builder.value(layer)]);
  },
};
