/** 3×3 convolution of stride 1 in tiles of 2×2 pixels, with fewer multiplications (Lavin and Gray 2016). */
import { WEIGHTS } from '../ops/convolution.js';
import { channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { epilogueArguments, hasConstantParameters, packEpilogue } from './epilogue.js';
import { winograd3x3Arguments } from './furtherArguments.js';
import { channelBlocks, kernelRow, type Site } from './kernel.js';
import { PANEL_CHANNELS, packPanels } from './panels.js';

/** Channels for which fewer products are worth the transformations, and whose scratch stays in a core's own cache. */
const LEAST_CHANNELS = 8;
const MOST_DEPTH = 256;

/** Tiles of a block, and places of a transformed tile, as in assembly/. */
const BLOCK_TILES = 16;
const PLACES = 16;

/** The matrix G that weights are transformed with, a row for each of four places. */
const TRANSFORMATION = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
] as const;

/** G · g · Gᵀ of every output and input channel in double precision: `[output][place][k]`. */
function transformWeights({ data, shape }: Tensor): Float32Array {
  const [outputs = 0, depth = 0] = shape;
  const transformed = new Float32Array(outputs * PLACES * depth);
  for (let filter = 0; filter < outputs * depth; filter++) {
    const output = Math.floor(filter / depth);
    const k = filter % depth;
    for (let place = 0; place < PLACES; place++) {
      let sum = 0;
      for (let tap = 0; tap < 9; tap++) {
        const factor = TRANSFORMATION[place >> 2]![Math.floor(tap / 3)]! * TRANSFORMATION[place & 3]![tap % 3]!;
        sum += factor * data[filter * 9 + tap]!;
      }
      transformed[(output * PLACES + place) * depth + k] = sum;
    }
  }
  return transformed;
}

function tilesOf(site: Site<'convolution'>): number {
  const { batch, height, width } = imageShape(site.outputs[0]!);
  return batch * Math.ceil(height / 2) * Math.ceil(width / 2);
}

export const winograd3x3 = kernelRow({
  name: 'winograd3x3',
  operators: ['convolution'],
  struct: winograd3x3Arguments,
  accepts(site) {
    const { groups, stride, dilation } = site.node.attributes;
    const [outputs = 0, depth = 0, height, width] = site.inputs[1]!;
    return (
      hasConstantParameters(site) &&
      groups === 1 &&
      height === 3 &&
      width === 3 &&
      depth >= LEAST_CHANNELS &&
      depth <= MOST_DEPTH &&
      outputs >= LEAST_CHANNELS &&
      [...stride, ...dilation].every((value) => value === 1)
    );
  },
  pack(site) {
    const weights = site.tensors[WEIGHTS]!;
    const [outputs = 0, depth = 0] = weights.shape;
    const length = PLACES * depth;
    const order = Int32Array.from({ length }, (_, step) => step);
    return {
      weights: packPanels({ data: transformWeights(weights), groups: 1, outputs, length, order }),
      ...packEpilogue(site, outputs, PANEL_CHANNELS),
    };
  },
  extent: (site) => Math.ceil(tilesOf(site) / BLOCK_TILES),
  scratchBytes(site) {
    const pixelBytes = 4 * channelStride(imageShape(site.inputs[0]!).channels);
    return (1 + BLOCK_TILES) * PLACES * pixelBytes + BLOCK_TILES * PLACES * PANEL_CHANNELS * 4;
  },
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
      depth: input.channels,
      outputBlocks: channelBlocks(output.channels),
      tiles: tilesOf(site),
    };
  },
});
