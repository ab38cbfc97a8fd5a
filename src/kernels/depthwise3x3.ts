/** Depthwise 3×3 convolution, stride 1 or 2. */
import { CHANNEL_BLOCK, channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { depthwise3x3Arguments } from './coreArguments.js';
import { epilogueArguments, hasConstantParameters, packEpilogue } from './epilogue.js';
import { channelBlocks, kernelRow, type PackedParts, type Site } from './kernel.js';

/** Vectors of channels in one unit of the parallel axis, as in assembly/depthwise3x3.ts. */
const GROUP_BLOCKS = 16;

/** Channels in a cache line. */
const LINE_CHANNELS = 16;

/** Pixels that are a smaller power of two apart meet sets enough. */
const LEAST_SPREAD_BYTES = 256;

/** True where every channel has one filter of its own. */
export function isDepthwise(site: Site<'convolution'>): boolean {
  const [outputs, groupInputs] = site.inputs[1]!;
  const { groups } = site.node.attributes;
  return groupInputs === 1 && outputs === groups && hasConstantParameters(site);
}

/** Packs depthwise 3×3 weights as `packed[c / 16][y][x][c % 16]`, c padded to 16. */
function packDepthwise3x3(site: Site<'convolution'>): PackedParts {
  const weights = site.tensors[1]!;
  const channels = weights.shape[0]!;
  const length = Math.ceil(channels / LINE_CHANNELS) * 9 * LINE_CHANNELS;
  const write = (target: Float32Array): void => {
    target.fill(0);
    for (let channel = 0; channel < channels; channel++) {
      const start = Math.floor(channel / LINE_CHANNELS) * 9 * LINE_CHANNELS + (channel % LINE_CHANNELS);
      for (let tap = 0; tap < 9; tap++) target[start + tap * LINE_CHANNELS] = weights.data[channel * 9 + tap]!;
    }
  };
  return {
    weights: { length, write },
    ...packEpilogue(site, channels, CHANNEL_BLOCK),
    zeros: new Float32Array(LINE_CHANNELS),
  };
}

function accepts3x3(site: Site<'convolution'>, stride: 1 | 2): boolean {
  const attributes = site.node.attributes;
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
}

/** Ways of a first cache, and bytes after which addresses meet the same set again: 32 KiB in all. */
const WAYS = 8;
const SET_PERIOD_BYTES = 4096;

/**
 * Whether four channels at a time would fetch most cache lines once for each four: pixels a multiple of a power of two
 * apart meet few sets, and three rows of them have more than `most` times as many lines as those sets hold.
 */
function isCrowded(site: Site<'convolution'>, most: number): boolean {
  const { channels, width } = imageShape(site.inputs[0]!);
  const pixelBytes = 4 * channelStride(channels);
  const spreadBytes = Math.min(pixelBytes & -pixelBytes, SET_PERIOD_BYTES);
  const lines = WAYS * (SET_PERIOD_BYTES / spreadBytes);
  return spreadBytes >= LEAST_SPREAD_BYTES && 3 * width > most * lines;
}

function depthwise3x3(stride: 1 | 2, form: 'slide' | 'tiles') {
  const tiles = form === 'tiles';
  return kernelRow({
    name: `depthwise3x3Stride${stride}${tiles ? 'Tiles' : ''}`,
    operators: ['convolution'],
    packing: 'depthwise3x3',
    struct: depthwise3x3Arguments,
    accepts: (site) => accepts3x3(site, stride) && (!tiles || channelStride(site.inputs[1]![0]!) % LINE_CHANNELS === 0),
    suits: (site, build) => !tiles || build === 'wide' || isCrowded(site, build === 'relaxed' ? 1 : 2),
    pack: packDepthwise3x3,
    extent(site) {
      const { batch, height, channels } = imageShape(site.outputs[0]!);
      return batch * height * Math.ceil(channelBlocks(channels) / GROUP_BLOCKS);
    },
    arguments(site, places) {
      const [paddingTop, paddingLeft] = site.node.attributes.padding;
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

/** Four channels at a time along a row, taps in registers. */
export const depthwise3x3Stride1 = depthwise3x3(1, 'slide');
export const depthwise3x3Stride2 = depthwise3x3(2, 'slide');
/** Sixteen channels at a time, whole cache lines; the only form whose vectors an engine can join in pairs. */
export const depthwise3x3Stride1Tiles = depthwise3x3(1, 'tiles');
export const depthwise3x3Stride2Tiles = depthwise3x3(2, 'tiles');
