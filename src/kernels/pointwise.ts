/** 1×1 convolution in register tiles; also fully connected layers of a batch, whose rows are its pixels. */
import { isNode } from '../graph/types.js';
import { channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { pointwiseArguments } from './coreArguments.js';
import { epilogueArguments, hasConstantParameters, packEpilogue } from './epilogue.js';
import { packFullyConnected, storedDepth } from './fullyConnected.js';
import { type Build, channelBlocks, kernelRow, type PackedParts, type Site } from './kernel.js';
import { PANEL_CHANNELS, packPanels } from './panels.js';

/** Vectors of output channels in one unit of the parallel axis, as in assembly/pointwise.ts. */
const UNIT_BLOCKS = 8;

function acceptsPointwise(site: Site): boolean {
  if (!hasConstantParameters(site)) return false;
  if (!isNode(site.node, 'convolution')) return imageShape(site.inputs[0]!).batch > 1;
  const { stride, padding, groups } = site.node.attributes;
  const [, , height, width] = site.inputs[1]!;
  const unit = [...stride, groups, height, width].every((value) => value === 1);
  return unit && padding.every((value) => value === 0);
}

function packPointwise(site: Site): PackedParts {
  const weights = site.tensors[1]!;
  const [outputs = 0, depth = 0] = weights.shape;
  return {
    weights: packPanels({ data: weights.data, groups: 1, outputs, length: depth }),
    ...packEpilogue(site, outputs, PANEL_CHANNELS),
  };
}

function outputPixels(site: Site): number {
  const { batch, height, width } = imageShape(site.outputs[0]!);
  return batch * height * width;
}

function pointwise(rows: number, columns: 8 | 16, builds: readonly Build[]) {
  return kernelRow({
    name: `pointwise${rows}x${columns}`,
    operators: ['convolution', 'fullyConnected'],
    builds,
    packing: 'panels',
    struct: pointwiseArguments,
    accepts: acceptsPointwise,
    pack: (site) => (site.node.operator === 'fullyConnected' ? packFullyConnected(site) : packPointwise(site)),
    extent(site) {
      const { channels } = imageShape(site.outputs[0]!);
      return Math.ceil(outputPixels(site) / rows) * Math.ceil(channelBlocks(channels) / UNIT_BLOCKS);
    },
    arguments(site, places) {
      const fully = site.node.operator === 'fullyConnected';
      const { channels } = imageShape(site.inputs[0]!);
      const outputs = imageShape(site.outputs[0]!).channels;
      return {
        input: places.inputs[0]!,
        weights: places.parts.weights!,
        ...epilogueArguments(site, places),
        pixels: outputPixels(site),
        depth: fully ? storedDepth(site) : channels,
        inputStride: 4 * (fully ? storedDepth(site) : channelStride(channels)),
        outputStride: 4 * channelStride(outputs),
        outputBlocks: channelBlocks(outputs),
      };
    },
  });
}

/** Fused multiply-add leaves registers for six pixels; multiplication and addition apart only for four. */
export const pointwise6x8 = pointwise(6, 8, ['relaxed']);
export const pointwise4x8 = pointwise(4, 8, ['plain', 'checked']);
/** Sixteen channels are four vectors, or two joined ones. */
export const pointwise2x16 = pointwise(2, 16, []);
export const pointwise4x16 = pointwise(4, 16, []);
export const pointwise6x16 = pointwise(6, 16, ['wide']);
