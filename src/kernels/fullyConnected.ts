/** Fully connected layers; the flattening of the input is a permutation of the weights. */
import { channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { fullyConnectedArguments } from './coreArguments.js';
import { epilogueArguments, hasConstantParameters, packEpilogue } from './epilogue.js';
import { channelBlocks, kernelRow, type PackedParts, type Site } from './kernel.js';
import { PANEL_CHANNELS, packPanels } from './panels.js';

/** Stored elements of one image of the input, padding channels included. */
export function storedDepth(site: Site): number {
  const { channels, height, width } = imageShape(site.inputs[0]!);
  return height * width * channelStride(channels);
}

/** Packs weights `[out, C · H · W]` in the `nhwc` order of the input, with zeros for its padding channels. */
export function packFullyConnected(site: Site): PackedParts {
  const weights = site.tensors[1]!;
  const [outputs = 0, length = 0] = weights.shape;
  const { channels, height, width } = imageShape(site.inputs[0]!);
  const stride = channelStride(channels);
  const pixels = height * width;
  const source = { data: weights.data, groups: 1, outputs, length };
  const order = (_: unknown, k: number): number => {
    const channel = k % stride;
    return channel < channels ? channel * pixels + Math.floor(k / stride) : -1;
  };
  return {
    weights: packPanels(
      pixels * stride === channels ? source : { ...source, order: Int32Array.from({ length: pixels * stride }, order) },
    ),
    ...packEpilogue(site, outputs, PANEL_CHANNELS),
  };
}

export const fullyConnected = kernelRow({
  name: 'fullyConnected',
  operators: ['fullyConnected'],
  packing: 'panels',
  struct: fullyConnectedArguments,
  accepts: hasConstantParameters,
  pack: packFullyConnected,
  extent: (site) => Math.ceil(site.outputs[0]![1]! / PANEL_CHANNELS),
  arguments(site, places) {
    const [batch = 1, outputs = 0] = site.outputs[0]!;
    return {
      input: places.inputs[0]!,
      weights: places.parts.weights!,
      ...epilogueArguments(site, places),
      batch,
      depth: storedDepth(site),
      outputBlocks: channelBlocks(outputs),
    };
  },
});
