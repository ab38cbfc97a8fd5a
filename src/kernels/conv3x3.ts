/** The first layer: 3×3 convolution of three channels, stride 1 or 2. */
import { imageShape } from '../tensor/shape.js';
import { conv3x3Arguments } from './coreArguments.js';
import { epilogueArguments, hasConstantParameters, packEpilogue } from './epilogue.js';
import { channelBlocks, kernelRow, type PackedParts, type Site, storedRows } from './kernel.js';
import { PANEL_CHANNELS, packPanels, tapOrder } from './panels.js';

const DEPTH = 3;

function rowPixels(site: Site<'convolution'>): number {
  const { stride, padding } = site.node.attributes;
  const reach = (imageShape(site.outputs[0]!).width - 1) * stride[1] + 3;
  return Math.max(reach, padding[1] + imageShape(site.inputs[0]!).width);
}

/** Packs weights as `packed[o / 8][y][x][k][o % 8]`, the outputs padded to 8. */
function pack(site: Site<'convolution'>): PackedParts {
  const { data, shape } = site.tensors[1]!;
  const outputs = shape[0]!;
  const order = tapOrder(DEPTH, 9);
  return {
    weights: packPanels({ data, groups: 1, outputs, length: order.length, order }),
    ...packEpilogue(site, outputs, PANEL_CHANNELS),
  };
}

function conv3x3(stride: 1 | 2) {
  return kernelRow({
    name: `conv3x3Stride${stride}`,
    operators: ['convolution'],
    packing: 'conv3x3',
    struct: conv3x3Arguments,
    accepts(site) {
      const attributes = site.node.attributes;
      const [, depth, height, width] = site.inputs[1]!;
      return (
        hasConstantParameters(site) &&
        depth === DEPTH &&
        height === 3 &&
        width === 3 &&
        attributes.groups === 1 &&
        attributes.stride.every((value) => value === stride) &&
        attributes.dilation.every((value) => value === 1)
      );
    },
    pack,
    extent: (site) => storedRows(site.outputs[0]!),
    scratchBytes: (site) => 3 * rowPixels(site) * 16,
    arguments(site, places) {
      const [paddingTop, paddingLeft] = site.node.attributes.padding;
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
