/** Depthwise convolutions of int8 values: 3×3 with stride 1 or 2, and any other. */
import { QUANTISED_WEIGHTS } from '../ops/quantisedConvolution.js';
import { INT8_CHANNEL_BLOCK, int8ChannelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { depthwise3x3Int8Arguments, depthwise3x3NarrowArguments, depthwiseInt8Arguments } from './furtherArguments.js';
import {
  kernelRow,
  type PackedPart,
  type PackedParts,
  type Places,
  type Site,
  storedPixels,
  storedRows,
} from './kernel.js';
import {
  bytesPart,
  hasQuantisedTensors,
  layerLifts,
  packRequantisation,
  quantisedWindow,
  requantisationArguments,
} from './requantisation.js';
import type { ArgumentsOf } from './struct.js';

/** Vectors of channels in one unit of the 3×3 kernels' parallel axis, as in assembly/. */
const GROUP_BLOCKS = 8;
/** Bytes of the 3×3 kernel's weights of eight channels. */
const BLOCK_BYTES = 160;
/** The largest lift of weights of 8 bits that leaves them 16 bits. */
export const LARGEST_WEIGHT_LIFT = 8;

function isDepthwise(site: Site<'quantisedConvolution'>): boolean {
  const [outputs, groupInputs] = site.inputs[QUANTISED_WEIGHTS]!;
  return groupInputs === 1 && outputs === site.node.attributes.groups && hasQuantisedTensors(site);
}

function blocksOf(site: Site<'quantisedConvolution'>): number {
  return int8ChannelStride(imageShape(site.outputs[0]!).channels) / INT8_CHANNEL_BLOCK;
}

/** The most that the magnitudes of a channel's weights come to whose sums of products with int8 values are 16 bits. */
const NARROW_SUM = 255;

/** True for depthwise 3×3 with this stride. */
function isDepthwise3x3(site: Site<'quantisedConvolution'>, stride: 1 | 2): boolean {
  const [, , height, width] = site.inputs[QUANTISED_WEIGHTS]!;
  if (!isDepthwise(site) || height !== 3 || width !== 3) return false;
  const attributes = site.node.attributes;
  return attributes.stride.every((value) => value === stride) && attributes.dilation.every((value) => value === 1);
}

/** What the argument structs of both 3×3 kernels hold. */
function arguments3x3(
  site: Site<'quantisedConvolution'>,
  places: Places,
): ArgumentsOf<typeof depthwise3x3Int8Arguments> {
  const { inputHeight, inputWidth, outputHeight, outputWidth, paddingTop, paddingLeft } = quantisedWindow(site);
  return {
    input: places.inputs[0]!,
    weights: places.parts.weights!,
    ...requantisationArguments(places),
    inputHeight,
    inputWidth,
    outputHeight,
    outputWidth,
    paddingTop,
    paddingLeft,
    blocks: blocksOf(site),
  };
}

function extent3x3(site: Site<'quantisedConvolution'>): number {
  return storedRows(site.outputs[0]!) * Math.ceil(blocksOf(site) / GROUP_BLOCKS);
}

function hasNarrowSums(site: Site<'quantisedConvolution'>): boolean {
  const { data } = site.tensors[QUANTISED_WEIGHTS]!;
  for (let begin = 0; begin < data.length; begin += 9) {
    let sum = 0;
    for (let tap = begin; tap < begin + 9; tap++) sum += Math.abs(data[tap]!);
    if (sum > NARROW_SUM) return false;
  }
  return true;
}

/** Packs weights as `packed[c / 8][y][x][c % 8]`, int16. */
function packNarrow(site: Site<'quantisedConvolution'>): PackedPart {
  const { data } = site.tensors[QUANTISED_WEIGHTS]!;
  return bytesPart(blocksOf(site) * 9 * 2 * INT8_CHANNEL_BLOCK, (target) => {
    for (const [index, weight] of data.entries()) {
      const channel = Math.floor(index / 9);
      const block = Math.floor(channel / INT8_CHANNEL_BLOCK);
      const at = (block * 9 + (index % 9)) * INT8_CHANNEL_BLOCK + (channel % INT8_CHANNEL_BLOCK);
      target.setInt16(2 * at, weight, true);
    }
  });
}

function depthwise3x3Narrow(stride: 1 | 2) {
  return kernelRow({
    name: `depthwise3x3NarrowStride${stride}`,
    operators: ['quantisedConvolution'],
    layout: 'nhwcInt8',
    packing: 'depthwise3x3Narrow',
    struct: depthwise3x3NarrowArguments,
    accepts: (site) => isDepthwise3x3(site, stride) && hasNarrowSums(site),
    pack: (site) => ({
      weights: packNarrow(site),
      ...packRequantisation(site, site.inputs[QUANTISED_WEIGHTS]![0]!, { lifted: true }),
    }),
    extent: extent3x3,
    arguments: arguments3x3,
  });
}

export const depthwise3x3NarrowStride1 = depthwise3x3Narrow(1);
export const depthwise3x3NarrowStride2 = depthwise3x3Narrow(2);

/** The tap (3 · row + column) of each half of the five pairs; −1 for none. */
const PAIRS = [
  [0, 3],
  [1, 4],
  [2, 5],
  [-1, 6],
  [7, 8],
] as const;

/** Packs lifted weights as `packed[c / 8][pair][c % 8][2]`, int16. */
function packPairs(site: Site<'quantisedConvolution'>): PackedPart {
  const weights = site.tensors[QUANTISED_WEIGHTS]!.data;
  return bytesPart(blocksOf(site) * BLOCK_BYTES, (target) => {
    for (const [channel, lift] of layerLifts(site).entries()) {
      const block = Math.floor(channel / INT8_CHANNEL_BLOCK) * BLOCK_BYTES;
      for (const [pair, taps] of PAIRS.entries()) {
        for (const [half, tap] of taps.entries()) {
          const at = block + 32 * pair + 4 * (channel % INT8_CHANNEL_BLOCK) + 2 * half;
          if (tap >= 0) target.setInt16(at, weights[9 * channel + tap]! * 2 ** lift, true);
        }
      }
    }
  });
}

function depthwise3x3Int8(stride: 1 | 2) {
  return kernelRow({
    name: `depthwise3x3Int8Stride${stride}`,
    operators: ['quantisedConvolution'],
    layout: 'nhwcInt8',
    packing: 'depthwise3x3Int8',
    struct: depthwise3x3Int8Arguments,
    accepts: (site) => isDepthwise3x3(site, stride) && layerLifts(site).every((lift) => lift <= LARGEST_WEIGHT_LIFT),
    pack: (site) => ({
      weights: packPairs(site),
      ...packRequantisation(site, site.inputs[QUANTISED_WEIGHTS]![0]!, { lifted: true }),
    }),
    extent: extent3x3,
    arguments: arguments3x3,
  });
}

export const depthwise3x3Int8Stride1 = depthwise3x3Int8(1);
export const depthwise3x3Int8Stride2 = depthwise3x3Int8(2);

/** Packs weights as `packed[y][x][c]`, int8, c padded to 8. */
function packDepthwise(site: Site<'quantisedConvolution'>): PackedParts {
  const weights = site.tensors[QUANTISED_WEIGHTS]!;
  const [channels = 0, , height = 0, width = 0] = weights.shape;
  const taps = height * width;
  const stride = int8ChannelStride(channels);
  const packed = bytesPart(taps * stride, (target) => {
    for (let channel = 0; channel < channels; channel++) {
      for (let tap = 0; tap < taps; tap++) {
        target.setInt8(tap * stride + channel, weights.data[channel * taps + tap]!);
      }
    }
  });
  return { weights: packed, ...packRequantisation(site, channels) };
}

export const depthwiseInt8 = kernelRow({
  name: 'depthwiseInt8',
  operators: ['quantisedConvolution'],
  layout: 'nhwcInt8',
  struct: depthwiseInt8Arguments,
  accepts: isDepthwise,
  pack: packDepthwise,
  extent: (site) => storedPixels(site.outputs[0]!) * blocksOf(site),
  arguments: (site, places) => ({
    input: places.inputs[0]!,
    weights: places.parts.weights!,
    ...requantisationArguments(places),
    ...quantisedWindow(site),
    blocks: blocksOf(site),
  }),
});
