/** Depthwise convolution of any kernel, stride, padding and dilation. */
import { CHANNEL_BLOCK, storedElements, writeNhwc } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { depthwiseArguments } from './coreArguments.js';
import { isDepthwise } from './depthwise3x3.js';
import { epilogueArguments, packEpilogue } from './epilogue.js';
import { channelBlocks, kernelRow, type PackedParts, type Site, storedRows } from './kernel.js';
import { dilationArguments, kernelSides, windowArguments } from './window.js';

/** Packs depthwise weights as `packed[y][x][c]`, c padded to 4. */
export function packDepthwise(site: Site<'convolution'>): PackedParts {
  const weights = site.tensors[1]!;
  const [channels = 0, , height = 0, width = 0] = weights.shape;
  const shape = [1, channels, height, width];
  const packed = new Float32Array(storedElements(shape, 'nhwc'));
  writeNhwc(weights.data, shape, packed);
  return { weights: packed, ...packEpilogue(site, channels, CHANNEL_BLOCK) };
}

export const depthwise = kernelRow({
  name: 'depthwise',
  operators: ['convolution'],
  packing: 'depthwise',
  struct: depthwiseArguments,
  accepts: isDepthwise,
  pack: packDepthwise,
  extent: (site) => storedRows(site.outputs[0]!),
  arguments(site, places) {
    const { stride, padding, dilation } = site.node.attributes;
    return {
      input: places.inputs[0]!,
      weights: places.parts.weights!,
      ...epilogueArguments(site, places),
      ...windowArguments(site, { kernel: kernelSides(site), stride, padding }),
      ...dilationArguments(dilation),
      blocks: channelBlocks(imageShape(site.outputs[0]!).channels),
    };
  },
});
