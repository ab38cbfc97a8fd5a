/** Operators that map elements one by one: PReLU, ReLU and clip, sigmoid, affine, addition. */
import { isNode } from '../graph/types.js';
import { CHANNEL_BLOCK, channelStride, storedElements } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { addArguments, affineArguments, clipArguments, preluArguments, sigmoidArguments } from './coreArguments.js';
import { padChannels } from './epilogue.js';
import { channelBlocks, kernelRow, type Site, storedPixels, tailChannels } from './kernel.js';

function inputChannels(site: Site): number {
  return imageShape(site.inputs[0]!).channels;
}

function inputPixels(site: Site): number {
  return storedPixels(site.inputs[0]!);
}

export const prelu = kernelRow({
  name: 'prelu',
  operators: ['prelu'],
  struct: preluArguments,
  accepts: (site) => site.tensors[1] !== undefined,
  pack: (site) => ({ slopes: padChannels(site.tensors[1], inputChannels(site), CHANNEL_BLOCK) }),
  extent: inputPixels,
  arguments: (site, places) => ({
    input: places.inputs[0]!,
    slopes: places.parts.slopes!,
    output: places.outputs[0]!,
    blocks: channelBlocks(inputChannels(site)),
  }),
});

export const clip = kernelRow({
  name: 'clip',
  operators: ['relu', 'clip'],
  struct: clipArguments,
  accepts: () => true,
  extent: inputPixels,
  arguments(site, places) {
    const limits = isNode(site.node, 'clip') ? site.node.attributes : { least: 0, most: Number.POSITIVE_INFINITY };
    const channels = inputChannels(site);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      least: limits.least,
      most: limits.most,
      blocks: channelBlocks(channels),
      tail: tailChannels(channels),
    };
  },
});

export const sigmoid = kernelRow({
  name: 'sigmoid',
  operators: ['sigmoid'],
  struct: sigmoidArguments,
  accepts: () => true,
  extent: inputPixels,
  arguments: (site, places) => ({
    input: places.inputs[0]!,
    output: places.outputs[0]!,
    blocks: channelBlocks(inputChannels(site)),
    tail: tailChannels(inputChannels(site)),
  }),
});

export const affine = kernelRow({
  name: 'affine',
  operators: ['affine'],
  struct: affineArguments,
  accepts: (site) => site.tensors[1] !== undefined && site.tensors[2] !== undefined,
  pack(site) {
    const channels = inputChannels(site);
    const spread = (values: Float32Array): Float32Array => {
      const padded = new Float32Array(channelStride(channels));
      for (let channel = 0; channel < channels; channel++) padded[channel] = values[channel % values.length]!;
      return padded;
    };
    return { scales: spread(site.tensors[1]!.data), offsets: spread(site.tensors[2]!.data) };
  },
  extent: inputPixels,
  arguments: (site, places) => ({
    input: places.inputs[0]!,
    scales: places.parts.scales!,
    offsets: places.parts.offsets!,
    output: places.outputs[0]!,
    blocks: channelBlocks(inputChannels(site)),
  }),
});

export const add = kernelRow({
  name: 'add',
  operators: ['add'],
  struct: addArguments,
  accepts: (site) => site.tensors.every((tensor) => tensor === undefined),
  extent: (site) => storedElements(site.outputs[0]!, 'nhwc') / CHANNEL_BLOCK,
  arguments: (_site, places) => ({ a: places.inputs[0]!, b: places.inputs[1]!, output: places.outputs[0]! }),
});
