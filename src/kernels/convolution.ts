/** Dense and grouped convolutions of any kernel, stride, padding and dilation. */
import { BIAS, SLOPES } from '../ops/convolution.js';
import { channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { epilogueArguments, hasConstantParameters } from './epilogue.js';
import { convolutionArguments } from './furtherArguments.js';
import { kernelRow, type PackedParts, type Site, storedRows } from './kernel.js';
import { PANEL_CHANNELS, packPanels, tapOrder } from './panels.js';
import { dilationArguments, kernelSides, windowArguments } from './window.js';

/** Groups, and the output channels of one. */
export function groupsOf(site: Site<'convolution'>): { groups: number; groupOutputs: number } {
  const { groups } = site.node.attributes;
  return { groups, groupOutputs: site.inputs[1]![0]! / groups };
}

/** Per-channel numbers as `packed[g][o]`, the outputs of each group padded to a panel's multiple. */
export function padGroups(tensor: Tensor | undefined, groups: number, groupOutputs: number): Float32Array {
  const padded = Math.ceil(groupOutputs / PANEL_CHANNELS) * PANEL_CHANNELS;
  const packed = new Float32Array(groups * padded);
  for (let group = 0; tensor && group < groups; group++) {
    const first = group * groupOutputs;
    packed.set(tensor.data.subarray(first, first + groupOutputs), group * padded);
  }
  return packed;
}

/** Packs weights as `packed[g][o / 8][y][x][k][o % 8]`, the outputs of each group padded to 8. */
export function packConvolution(site: Site<'convolution'>): PackedParts {
  const weights = site.tensors[1]!;
  const [, depth = 0, height = 0, width = 0] = weights.shape;
  const { groups, groupOutputs } = groupsOf(site);
  const order = tapOrder(depth, height * width);
  const slopes = site.tensors[SLOPES];
  return {
    weights: packPanels({ data: weights.data, groups, outputs: groupOutputs, length: order.length, order }),
    bias: padGroups(site.tensors[BIAS], groups, groupOutputs),
    slopes: slopes ? padGroups(slopes, groups, groupOutputs) : new Float32Array(0),
    zeros: new Float32Array(channelStride(depth)),
  };
}

export const convolution = kernelRow({
  name: 'convolution',
  operators: ['convolution'],
  packing: 'convolution',
  struct: convolutionArguments,
  accepts: hasConstantParameters,
  pack: packConvolution,
  extent: (site) => storedRows(site.outputs[0]!),
  scratchBytes: () => 4 * PANEL_CHANNELS,
  arguments(site, places) {
    const { stride, padding, dilation } = site.node.attributes;
    const [, depth = 0] = site.inputs[1]!;
    return {
      input: places.inputs[0]!,
      weights: places.parts.weights!,
      zeros: places.parts.zeros!,
      scratch: places.scratch,
      ...epilogueArguments(site, places),
      ...windowArguments(site, { kernel: kernelSides(site), stride, padding }),
      ...dilationArguments(dilation),
      ...groupsOf(site),
      depth,
      inputStride: 4 * channelStride(imageShape(site.inputs[0]!).channels),
      outputStride: 4 * channelStride(imageShape(site.outputs[0]!).channels),
    };
  },
});
