/** Global depthwise convolution: a depthwise kernel of the input's own size (the paper, section 3.2). */
import { CHANNEL_BLOCK, channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { globalDepthwiseArguments } from './coreArguments.js';
import { packDepthwise } from './depthwise.js';
import { isDepthwise } from './depthwise3x3.js';
import { epilogueArguments } from './epilogue.js';
import { channelBlocks, kernelRow } from './kernel.js';

export const globalDepthwise = kernelRow({
  name: 'globalDepthwise',
  operators: ['convolution'],
  packing: 'depthwise',
  struct: globalDepthwiseArguments,
  accepts(site) {
    const { padding, dilation } = site.node.attributes;
    const { height, width } = imageShape(site.inputs[0]!);
    const [, , kernelHeight, kernelWidth] = site.inputs[1]!;
    const covers = kernelHeight === height && kernelWidth === width;
    return (
      isDepthwise(site) && covers && padding.every((value) => value === 0) && dilation.every((value) => value === 1)
    );
  },
  pack: packDepthwise,
  extent(site) {
    const { batch, channels } = imageShape(site.outputs[0]!);
    return (batch * channelStride(channels)) / CHANNEL_BLOCK;
  },
  arguments(site, places) {
    const { channels, height, width } = imageShape(site.inputs[0]!);
    return {
      input: places.inputs[0]!,
      weights: places.parts.weights!,
      ...epilogueArguments(site, places),
      pixels: height * width,
      blocks: channelBlocks(channels),
    };
  },
});
