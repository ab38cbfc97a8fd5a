/** Depthwise 3×3 convolution, stride 1 or 2. */
import { convolutionAttributes } from '../ops/convolution.js';
import { CHANNEL_BLOCK } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { type Depthwise3x3Arguments, depthwise3x3Arguments } from './arguments.js';
import { epilogueArguments, hasConstantParameters, packEpilogue } from './epilogue.js';
import { channelBlocks, kernelRow, type PackedParts, type Site } from './kernel.js';

/** Vectors of channels in one unit of the parallel axis, as in assembly/depthwise3x3.ts. */
const GROUP_BLOCKS = 16;

/** True where every channel has one filter of its own. */
export function isDepthwise(site: Site): boolean {
  const [outputs, groupInputs] = site.inputs[1]!;
  const { groups } = convolutionAttributes(site.node);
  return groupInputs === 1 && outputs === groups && hasConstantParameters(site);
}

/** Packs depthwise 3×3 weights as `packed[c / 4][y][x][c % 4]`. */
function packDepthwise3x3(site: Site): PackedParts {
  const weights = site.tensors[1]!;
  const channels = weights.shape[0]!;
  const packed = new Float32Array(channelBlocks(channels) * 9 * CHANNEL_BLOCK);
  for (let channel = 0; channel < channels; channel++) {
    const start = Math.floor(channel / CHANNEL_BLOCK) * 9 * CHANNEL_BLOCK + (channel % CHANNEL_BLOCK);
    for (let tap = 0; tap < 9; tap++) packed[start + tap * CHANNEL_BLOCK] = weights.data[channel * 9 + tap]!;
  }
  return {
    weights: packed,
    ...packEpilogue(site, channels, CHANNEL_BLOCK),
    zeros: new Float32Array(CHANNEL_BLOCK),
  };
}

function depthwise3x3(stride: 1 | 2) {
  return kernelRow<Depthwise3x3Arguments>({
    name: `depthwise3x3Stride${stride}`,
    operators: ['convolution'],
    packing: 'depthwise3x3',
    struct: depthwise3x3Arguments,
    accepts(site) {
      const attributes = convolutionAttributes(site.node);
      const [, , height, width] = site.inputs[1]!;
      const [top, left] = attributes.padding;
      return (
        isDepthwise(site) &&
        height === 3 &&
        width === 3 &&
        attributes.stride.every((value) => value === stride) &&
        attributes.dilation.every((value) => value === 1) &&
        top <= 2 &&
        left <= 1
      );
    },
    pack: packDepthwise3x3,
    extent(site) {
      const { batch, height, channels } = imageShape(site.outputs[0]!);
      return batch * height * Math.ceil(channelBlocks(channels) / GROUP_BLOCKS);
    },
    arguments(site, places) {
      const [paddingTop, paddingLeft] = convolutionAttributes(site.node).padding;
      const input = imageShape(site.inputs[0]!);
      const output = imageShape(site.outputs[0]!);
      return {
        input: places.inputs[0]!,
        weights: places.parts.weights!,
        zeros: places.parts.zeros!,
        ...epilogueArguments(site, places),
        inputHeight: input.height,
        inputWidth: input.width,
        outputHeight: output.height,
        outputWidth: output.width,
        paddingTop,
        paddingLeft,
        blocks: channelBlocks(output.channels),
      };
    },
  });
}

export const depthwise3x3Stride1 = depthwise3x3(1);
export const depthwise3x3Stride2 = depthwise3x3(2);
