/** The first layer: 3×3 convolution of three channels, stride 1 or 2. */
import { convolutionAttributes } from '../ops/convolution.js';
import { imageShape } from '../tensor/shape.js';
import { type Conv3x3Arguments, conv3x3Arguments } from './arguments.js';
import { packConvolution } from './convolution.js';
import { epilogueArguments, hasConstantParameters } from './epilogue.js';
import { channelBlocks, kernelRow, type Site, storedRows } from './kernel.js';

function rowPixels(site: Site): number {
  const { stride, padding } = convolutionAttributes(site.node);
  const reach = (imageShape(site.outputs[0]!).width - 1) * stride[1] + 3;
  return Math.max(reach, padding[1] + imageShape(site.inputs[0]!).width);
}

function conv3x3(stride: 1 | 2) {
  return kernelRow<Conv3x3Arguments>({
    name: `conv3x3Stride${stride}`,
    operators: ['convolution'],
    packing: 'convolution',
    struct: conv3x3Arguments,
    accepts(site) {
      const attributes = convolutionAttributes(site.node);
      const [, depth, height, width] = site.inputs[1]!;
      return (
        hasConstantParameters(site) &&
        depth === 3 &&
        height === 3 &&
        width === 3 &&
        attributes.groups === 1 &&
        attributes.stride.every((value) => value === stride) &&
        attributes.dilation.every((value) => value === 1)
      );
    },
    pack: packConvolution,
    extent: (site) => storedRows(site.outputs[0]!),
    scratchBytes: (site) => 3 * rowPixels(site) * 16,
    arguments(site, places) {
      const [paddingTop, paddingLeft] = convolutionAttributes(site.node).padding;
      const input = imageShape(site.inputs[0]!);
      const output = imageShape(site.outputs[0]!);
      return {
        input: places.inputs[0]!,
        weights: places.parts.weights!,
        scratch: places.scratch,
        ...epilogueArguments(site, places),
        inputHeight: input.height,
        inputWidth: input.width,
        outputHeight: output.height,
        outputWidth: output.width,
        paddingTop,
        paddingLeft,
        rowPixels: rowPixels(site),
        outputBlocks: channelBlocks(output.channels),
      };
    },
  });
}

export const conv3x3Stride1 = conv3x3(1);
export const conv3x3Stride2 = conv3x3(2);
