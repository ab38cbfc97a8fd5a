/** 1×1 convolution in groups whose outputs are whole vectors. */
import { CHANNEL_BLOCK, channelStride } from '../tensor/layout.js';
import { groupsOf, packConvolution } from './convolution.js';
import { epilogueArguments, hasConstantParameters } from './epilogue.js';
import { groupedPointwiseArguments } from './furtherArguments.js';
import { type Build, kernelRow, type Site, storedPixels } from './kernel.js';

function accepts(site: Site<'convolution'>): boolean {
  const { stride, padding } = site.node.attributes;
  const [, , height, width] = site.inputs[1]!;
  const { groups, groupOutputs } = groupsOf(site);
  return (
    hasConstantParameters(site) &&
    groups > 1 &&
    groupOutputs % CHANNEL_BLOCK === 0 &&
    [...stride, height, width].every((value) => value === 1) &&
    padding.every((value) => value === 0)
  );
}

function groupedPointwise(rows: number, builds: readonly Build[]) {
  return kernelRow({
    name: `groupedPointwise${rows}x8`,
    operators: ['convolution'],
    builds,
    packing: 'convolution',
    struct: groupedPointwiseArguments,
    accepts,
    pack: packConvolution,
    extent: (site) => Math.ceil(storedPixels(site.outputs[0]!) / rows),
    arguments: (site, places) => ({
      input: places.inputs[0]!,
      weights: places.parts.weights!,
      ...epilogueArguments(site, places),
      pixels: storedPixels(site.outputs[0]!),
      ...groupsOf(site),
      depth: site.inputs[1]![1]!,
      inputStride: 4 * channelStride(site.inputs[0]![1]!),
      outputStride: 4 * channelStride(site.outputs[0]![1]!),
    }),
  });
}

/** As in pointwise.ts: fused multiply-add leaves registers for six pixels, multiplication and addition apart for four. */
export const groupedPointwise6x8 = groupedPointwise(6, ['relaxed', 'wide']);
export const groupedPointwise4x8 = groupedPointwise(4, ['plain', 'checked']);
