/** Layers that name, move or store values and compute nothing: Input, MemoryData, Split, Noop, Dropout, Flatten, Reshape. */
import { ShapeError } from '../../../errors.js';
import { elementCount, formatShape, imageShape } from '../../../tensor/shape.js';
import type { LayerImporter } from '../layerImporter.js';
import { integerParameter, LARGEST_COUNT, numberParameter } from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';

const ABSENT = -233;

/** A blob that the file stores: width, height and channels in parameters 0 to 2. */
export const memoryData: LayerImporter = {
  type: 'MemoryData',
  parameters: [0, 1, 2, 21],
  inputs: [0, 0],
  outputs: [1, 1],
  unsupported: (layer) => (integerParameter(layer, 21, 1, 0, 1) === 1 ? undefined : 'tagged data (load_type 0)'),
  inputChannels: () => undefined,
  import(layer, builder) {
    const lengths = [2, 1, 0].map((key) => integerParameter(layer, key, 0, 0, LARGEST_COUNT)).filter((n) => n > 0);
    const shape = [1, ...(lengths.length > 0 ? lengths : [1])];
    const data = builder.weights.plain(elementCount(shape), layer, 'data');
    builder.node(layer, 'constant', [builder.tensor(layer, 'data', shape, data)]);
  },
};

/** Nothing. */
export const noop: LayerImporter = {
  type: 'Noop',
  parameters: [],
  inputs: [1, 256],
  outputs: [1, 256],
  inputChannels: () => 'passes',
  import(layer, builder) {
    for (const [index, blob] of layer.outputs.entries()) {
      builder.alias(blob, builder.stored(layer, Math.min(index, layer.inputs.length - 1)));
    }
  },
};

/** A graph input; its shape stands in parameters 0 to 2 or is inferred. */
export const input: LayerImporter = {
  type: 'Input',
  parameters: [0, 1, 2],
  inputs: [0, 0],
  outputs: [1, 1],
  inputChannels: () => undefined,
  import: (layer, builder) => builder.input(layer),
};

/** Copies of one blob, which a graph does not need. */
export const split: LayerImporter = {
  type: 'Split',
  parameters: [],
  inputs: [1, 1],
  outputs: [1, 256],
  inputChannels: () => 'passes',
  import(layer, builder) {
    for (const blob of layer.outputs) builder.alias(blob, builder.stored(layer));
  },
};

/** Nothing at inference, or a multiplication where parameter 0 is not 1. */
export const dropout: LayerImporter = {
  type: 'Dropout',
  parameters: [0],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels: () => 'passes',
  import(layer, builder) {
    const scale = numberParameter(layer, 0, 1);
    if (scale === 1) {
      builder.alias(layer.outputs[0]!, builder.stored(layer));
      return;
    }
    const scales = builder.filled(layer, 'scales', 1, scale);
    const offsets = builder.filled(layer, 'offsets', 1, 0);
    builder.node(layer, 'affine', [builder.value(layer), scales, offsets]);
  },
};

/** Channels, rows and columns to one vector. */
export const flatten: LayerImporter = {
  type: 'Flatten',
  parameters: [],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels: () => undefined,
  import(layer, builder) {
    builder.node(layer, 'flatten', [builder.value(layer)]);
  },
};

/** Width, height, channels as the layer gives them; 0 copies the input's length, −1 takes what is left. */
function reshapedAxes(layer: ParamLayer): readonly number[] {
  const [width, height, channels] = [0, 1, 2].map((key) => integerParameter(layer, key, ABSENT, ABSENT, LARGEST_COUNT));
  if (height === ABSENT) return [width!];
  return channels === ABSENT ? [width!, height!] : [width!, height!, channels!];
}

/** Other axis lengths for the same elements in row-major order. */
export const reshape: LayerImporter = {
  type: 'Reshape',
  parameters: [0, 1, 2, 3],
  inputs: [1, 2],
  outputs: [1, 1],
  unsupported(layer) {
    if (integerParameter(layer, 3, 0, 0, 1) !== 0) return 'a permuting reshape';
    return layer.inputs.length > 1 ? 'a shape from a blob' : undefined;
  },
  inputChannels: () => undefined,
  import(layer, builder) {
    const value = builder.value(layer);
    const shape = builder.shape(value);
    const image = imageShape(shape);
    const lengths = shape.length === 4 ? [image.width, image.height, image.channels] : shape.slice(1).reverse();
    const axes = reshapedAxes(layer).map((length, axis) => (length === 0 ? lengths[axis] : length));
    if (axes.some((length) => length === undefined || length < -1)) {
      const found = `cannot copy an axis of an input of shape ${formatShape(shape)}`;
      throw new ShapeError('NODE_SHAPE', `${describeLayer(layer)}: ${found}.`);
    }
    builder.node(layer, 'reshape', [value], { shape: (axes as number[]).reverse() });
  },
};
