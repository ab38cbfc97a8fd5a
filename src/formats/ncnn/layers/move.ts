/** Layers that put elements elsewhere: Concat, Slice, Permute, ShuffleChannel, Padding. */
import { ShapeError } from '../../../errors.js';
import { formatShape } from '../../../tensor/shape.js';
import type { LayerBuilder, LayerImporter } from '../layerImporter.js';
import { integerParameter, LARGEST_COUNT, listParameter, numberParameter, refuseParameter } from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';
import { axisParameter, graphAxis } from './axis.js';

/** Blobs side by side along the axis of parameter 0. */
export const concat: LayerImporter = {
  type: 'Concat',
  parameters: [0],
  inputs: [1, 256],
  outputs: [1, 1],
  inputChannels: (layer) => (axisParameter(layer, 0) === 0 ? undefined : 'passes'),
  import(layer, builder) {
    const values = layer.inputs.map((_blob, index) => builder.value(layer, index));
    const axis = graphAxis(layer, 0, builder.shape(values[0]!));
    if (values.length === 1) builder.alias(layer.outputs[0]!, values[0]!);
    else builder.node(layer, 'concat', values, { axis });
  },
};

/** In parameter 0: an equal share of what is left. */
const SHARE = -233;

/** Where each part ends along an axis of this length: by lengths (parameter 0) or by the places of the cuts (parameter 2). */
function partEnds(layer: ParamLayer, length: number): readonly number[] {
  const parts = layer.outputs.length;
  const cuts = listParameter(layer, 2);
  if (cuts.length > 0) {
    if (cuts.length !== parts - 1) refuseParameter(layer, 2, `a list of ${parts - 1} places`);
    return [...cuts.map((cut) => (cut < 0 ? length + cut : cut)), length];
  }
  const lengths = listParameter(layer, 0);
  if (lengths.length !== parts) refuseParameter(layer, 0, `a list of ${parts} lengths`);
  let end = 0;
  return lengths.map((part, index) => {
    end += part === SHARE ? Math.floor((length - end) / (parts - index)) : part;
    return end;
  });
}

/** Parts of a blob along the axis of parameter 1. */
export const slice: LayerImporter = {
  type: 'Slice',
  parameters: [0, 1, 2],
  inputs: [1, 1],
  outputs: [1, 256],
  inputChannels: (layer) => (axisParameter(layer, 1) === 0 ? undefined : 'passes'),
  import(layer, builder) {
    const value = builder.value(layer);
    const shape = builder.shape(value);
    const axis = graphAxis(layer, 1, shape);
    let begin = 0;
    for (const [index, end] of partEnds(layer, shape[axis]!).entries()) {
      if (!Number.isInteger(end) || end <= begin || end > shape[axis]!) {
        const found = `part ${index} is ${begin} to ${end} along an axis of ${shape[axis]}`;
        throw new ShapeError('NODE_SHAPE', `${describeLayer(layer)}: ${found}; parts are not empty and lie inside.`);
      }
      builder.blobNode(layer, index, 'slice', [value], { axis, begin, end });
      begin = end;
    }
  },
};

/** By parameter 0: what the new width, height and channels are, as graph axes of `[N, C, H, W]`. */
const IMAGE_ORDERS = [
  [3, 2, 1],
  [2, 3, 1],
  [3, 1, 2],
  [1, 3, 2],
  [2, 1, 3],
  [1, 2, 3],
] as const;

/** The axes of one image in another order. */
export const permute: LayerImporter = {
  type: 'Permute',
  parameters: [0],
  inputs: [1, 1],
  outputs: [1, 1],
  unsupported(layer) {
    const type = integerParameter(layer, 0, 0, 0, LARGEST_COUNT);
    return type < IMAGE_ORDERS.length ? undefined : `order_type ${type}`;
  },
  inputChannels: () => undefined,
  import(layer, builder) {
    const value = builder.value(layer);
    const shape = builder.shape(value);
    const type = integerParameter(layer, 0, 0, 0, IMAGE_ORDERS.length - 1);
    if (type === 0 || shape.length === 2) {
      builder.alias(layer.outputs[0]!, value);
    } else if (shape.length === 4) {
      const [width, height, channels] = IMAGE_ORDERS[type]!;
      builder.node(layer, 'permute', [value], { order: [0, channels, height, width] });
    } else if (type === 1) {
      builder.node(layer, 'permute', [value], { order: [0, 2, 1] });
    } else {
      const found = `order_type ${type} of an input of shape ${formatShape(shape)}`;
      throw new ShapeError('NODE_SHAPE', `${describeLayer(layer)}: ${found}; two axes have order_type 0 and 1.`);
    }
  },
};

/** The channels of `group` groups (parameter 0) interleaved; the other way round where parameter 1 is 1. */
export const shuffleChannel: LayerImporter = {
  type: 'ShuffleChannel',
  parameters: [0, 1],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels: () => 'passes',
  import(layer, builder) {
    const value = builder.value(layer);
    const channels = builder.channels(value);
    const group = integerParameter(layer, 0, 1, 1, LARGEST_COUNT);
    if (channels % group !== 0) refuseParameter(layer, 0, `a divisor of the input's ${channels} channels`);
    const reverse = integerParameter(layer, 1, 0, 0, 1) === 1;
    builder.node(layer, 'channelShuffle', [value], { groups: reverse ? channels / group : group });
  },
};

const PAD_TYPES = ['constant', 'edge', 'reflect'] as const;
const LARGEST_PADDING = 1 << 16;

function sides(layer: ParamLayer): readonly [number, number, number, number] {
  const side = (key: number) => integerParameter(layer, key, 0, 0, LARGEST_PADDING);
  return [side(0), side(2), side(1), side(3)];
}

/** Channels before and after. */
function channelSides(layer: ParamLayer): readonly [number, number] {
  return [integerParameter(layer, 7, 0, 0, LARGEST_PADDING), integerParameter(layer, 8, 0, 0, LARGEST_PADDING)];
}

/** Appends channels of one number: slices of the value, clipped to it, beside the value. */
function appendChannels(layer: ParamLayer, builder: LayerBuilder, value: string, step: string | undefined): string {
  const channels = builder.channels(value);
  const number = numberParameter(layer, 5, 0);
  const filled = (count: number, side: string): string[] => {
    const pieces = Array.from({ length: Math.ceil(count / channels) }, (_, index) => {
      const end = Math.min(channels, count - index * channels);
      const name = `${side}${index}`;
      const part =
        end === channels ? value : builder.node(layer, 'slice', [value], { axis: 1, begin: 0, end }, `${name}.slice`);
      return builder.node(layer, 'clip', [part], { least: number, most: number }, name);
    });
    return pieces;
  };
  const [before, after] = channelSides(layer);
  const parts = [...filled(before, 'before'), value, ...filled(after, 'after')];
  return builder.node(layer, 'concat', parts, { axis: 1 }, step);
}

/** Rows and columns around an image: top, bottom, left, right in parameters 0 to 3, how in 4, a constant in 5; channels in 7 and 8. */
export const padding: LayerImporter = {
  type: 'Padding',
  parameters: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  inputs: [1, 2],
  outputs: [1, 1],
  unsupported(layer) {
    if (layer.inputs.length > 1) return 'sides from a blob';
    if (integerParameter(layer, 6, 0, 0, LARGEST_COUNT) !== 0) return 'a constant for each channel';
    const channels = channelSides(layer).some((count) => count > 0);
    return channels && integerParameter(layer, 4, 0, 0, PAD_TYPES.length - 1) !== 0
      ? 'channels that are copied'
      : undefined;
  },
  inputChannels: (layer) => (channelSides(layer).some((count) => count > 0) ? undefined : 'passes'),
  import(layer, builder) {
    const hasChannels = channelSides(layer).some((count) => count > 0);
    const hasSides = sides(layer).some((side) => side !== 0);
    const value = hasChannels
      ? appendChannels(layer, builder, builder.value(layer), hasSides ? 'channels' : undefined)
      : builder.value(layer);
    if (hasChannels && !hasSides) return;
    const mode = PAD_TYPES[integerParameter(layer, 4, 0, 0, PAD_TYPES.length - 1)]!;
    const attributes = { mode, padding: sides(layer) };
    const constant = mode === 'constant' ? { value: numberParameter(layer, 5, 0) } : {};
    if (attributes.padding.every((side) => side === 0)) builder.alias(layer.outputs[0]!, value);
    else builder.node(layer, 'pad', [value], { ...attributes, ...constant });
  },
};
