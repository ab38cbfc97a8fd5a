/** Dense and grouped convolutions of int8 values; pointwise and fully connected layers are some of them. */
import { QUANTISED_WEIGHTS } from '../ops/quantisedConvolution.js';
import { INT8_CHANNEL_BLOCK, int8ChannelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { convolutionInt8Arguments } from './furtherArguments.js';
import { type Build, kernelRow, type PackedPart, type Site, storedPixels } from './kernel.js';
import {
  bytesPart,
  hasQuantisedTensors,
  INT8_PANEL,
  packRequantisation,
  quantisedWindow,
  requantisationArguments,
} from './requantisation.js';

/** Output pixels of a tile, as in assembly/gatherInt8.ts. */
const TILE = 4;
/** Bytes of the sums of a tile of 16 channels. */
const TILE_SUMS_BYTES = 256;
/** Inputs of a block of pixels stay in the first cache beside a panel's weights. */
const BLOCK_BYTES = 16 * 1024;
const MOST_BLOCK_PIXELS = 256;
/** What weights of 7 bits are kept with added: bytes from 0 to 127. */
const WEIGHT_OFFSET = 64;
/** Channels that the kernel reads of each tap where there are no more. */
const FEW_CHANNELS = 4;

/** The groups that the kernel works with: groups that are no whole vectors are one, with zeros for weights between them. */
function workingGroups(site: Site<'quantisedConvolution'>) {
  const [outputs = 0, groupInputs = 0] = site.inputs[QUANTISED_WEIGHTS]!;
  const { groups } = site.node.attributes;
  const whole = groupInputs % INT8_CHANNEL_BLOCK === 0 && (outputs / groups) % INT8_PANEL === 0;
  const working = groups === 1 || whole ? groups : 1;
  const channels = (groupInputs * groups) / working;
  const tapChannels = working === 1 && channels <= FEW_CHANNELS ? FEW_CHANNELS : int8ChannelStride(channels);
  return { groups: working, outputs: outputs / working, tapChannels };
}

/** Inputs of one pixel. */
function depthOf(site: Site<'quantisedConvolution'>): number {
  const [, , height = 0, width = 0] = site.inputs[QUANTISED_WEIGHTS]!;
  return height * width * workingGroups(site).tapChannels;
}

/** Output pixels of a block whose inputs have so many bytes each. */
function blockPixelsOf(site: Site<'quantisedConvolution'>, bytes: number): number {
  const most = Math.min(MOST_BLOCK_PIXELS, BLOCK_BYTES / (bytes * depthOf(site)));
  const pixels = Math.min(most, storedPixels(site.outputs[0]!) + TILE - 1);
  return Math.max(TILE, Math.floor(pixels / TILE) * TILE);
}

/**
 * Packs weights as `packed[g][o / 8][k / n][o % 8][k % n]` with `offset` added, k = (y · width + x) · tapChannels + c;
 * `run` is n.
 */
function packWeights(site: Site<'quantisedConvolution'>, run: number, offset: number): PackedPart {
  const weights = site.tensors[QUANTISED_WEIGHTS]!;
  const [outputs = 0, groupInputs = 0, height = 0, width = 0] = weights.shape;
  const taps = height * width;
  const groupOutputs = outputs / site.node.attributes.groups;
  const working = workingGroups(site);
  const depth = taps * working.tapChannels;
  const panels = Math.ceil(working.outputs / INT8_PANEL);
  const sizeBytes = working.groups * panels * INT8_PANEL * depth;
  return bytesPart(sizeBytes, (target) => {
    if (offset > 0) for (let at = 0; at < sizeBytes; at++) target.setInt8(at, offset);
    for (let output = 0; output < outputs; output++) {
      const group = Math.floor(output / working.outputs);
      const place = output % working.outputs;
      const panel = (group * panels + Math.floor(place / INT8_PANEL)) * INT8_PANEL * depth;
      const firstChannel = working.groups === 1 ? Math.floor(output / groupOutputs) * groupInputs : 0;
      for (let channel = 0; channel < groupInputs; channel++) {
        for (let tap = 0; tap < taps; tap++) {
          const k = tap * working.tapChannels + firstChannel + channel;
          const at = panel + (k - (k % run)) * INT8_PANEL + run * (place % INT8_PANEL) + (k % run);
          target.setInt8(at, weights.data[(output * groupInputs + channel) * taps + tap]! + offset);
        }
      }
    }
  });
}

/** A form of the kernel: `inputBytes` of an input in scratch, `columns` output channels at a time. */
interface Form {
  readonly name: string;
  readonly packing: string;
  readonly builds?: readonly Build[];
  readonly relaxedDot?: boolean;
  readonly inputBytes: 1 | 2;
  readonly columns: 8 | 16;
  accepts(site: Site<'quantisedConvolution'>): boolean;
}

function convolution({ inputBytes, columns, ...form }: Form) {
  const run = 4 / inputBytes;
  return kernelRow({
    ...form,
    operators: ['quantisedConvolution'],
    layout: 'nhwcInt8',
    struct: convolutionInt8Arguments,
    pack(site) {
      const { outputs, tapChannels } = workingGroups(site);
      return {
        weights: packWeights(site, run, inputBytes === 1 ? WEIGHT_OFFSET : 0),
        ...packRequantisation(site, outputs, { paddingBytes: tapChannels }),
      };
    },
    extent(site) {
      const { groups, outputs } = workingGroups(site);
      const blocks = Math.ceil(storedPixels(site.outputs[0]!) / blockPixelsOf(site, inputBytes));
      return blocks * groups * Math.ceil(outputs / columns);
    },
    scratchBytes(site) {
      const pixels = blockPixelsOf(site, inputBytes);
      const depth = depthOf(site);
      const rest = inputBytes === 1 ? 4 * pixels : 2 * INT8_PANEL * depth;
      return pixels * depth * inputBytes + rest + (columns === 16 ? TILE_SUMS_BYTES : 0);
    },
    arguments(site, places) {
      const { groups, outputs, tapChannels } = workingGroups(site);
      return {
        input: places.inputs[0]!,
        weights: places.parts.weights!,
        ...requantisationArguments(places),
        scratch: places.scratch,
        ...quantisedWindow(site),
        inputStride: int8ChannelStride(imageShape(site.inputs[0]!).channels),
        outputStride: int8ChannelStride(imageShape(site.outputs[0]!).channels),
        pixels: storedPixels(site.outputs[0]!),
        blockPixels: blockPixelsOf(site, inputBytes),
        groups,
        tapChannels,
        panels: Math.ceil(outputs / INT8_PANEL),
      };
    },
  });
}

/** True for weights of 7 bits, which the relaxed dot product of bytes takes. */
function hasInt7Weights(site: Site<'quantisedConvolution'>): boolean {
  if (!hasQuantisedTensors(site)) return false;
  return site.tensors[QUANTISED_WEIGHTS]!.data.every((weight) => weight >= -WEIGHT_OFFSET && weight < WEIGHT_OFFSET);
}

function int7(columns: 8 | 16, builds: readonly Build[], form = '') {
  return convolution({
    name: `convolutionInt7x${columns}${form}`,
    packing: 'convolutionInt7',
    builds,
    relaxedDot: true,
    inputBytes: 1,
    columns,
    accepts: hasInt7Weights,
  });
}

export const convolutionInt7x8 = int7(8, ['relaxed']);
/** What the other one calls where the processor multiplies so: a function of its own, since engines spill what shares one. */
export const convolutionInt7x8Pairs = int7(8, ['relaxed'], 'Pairs');
/** Sixteen channels are four vectors, or two joined ones. */
export const convolutionInt7x16 = int7(16, ['wide']);
export const convolutionInt8 = convolution({
  name: 'convolutionInt8',
  packing: 'convolutionInt8',
  inputBytes: 2,
  columns: 8,
  accepts: hasQuantisedTensors,
});
