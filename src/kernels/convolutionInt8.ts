/** Dense and grouped convolutions of int8 values; pointwise and fully connected layers are some of them. */
import { QUANTISED_WEIGHTS, quantisedAttributes } from '../ops/quantisedConvolution.js';
import { INT8_CHANNEL_BLOCK, int8ChannelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { type ConvolutionInt8Arguments, convolutionInt8Arguments } from './furtherArguments.js';
import { kernelRow, type PackedPart, type Site, storedPixels } from './kernel.js';
import {
  bytesPart,
  hasQuantisedTensors,
  INT8_PANEL,
  packRequantisation,
  quantisedWindow,
  requantisationArguments,
} from './requantisation.js';

/** Output pixels of a tile, and panels of one unit of the parallel axis, as in assembly/convolutionInt8.ts. */
const TILE = 4;
const UNIT_PANELS = 4;
/** Channels that the kernel reads of each tap where there are no more. */
const FEW_CHANNELS = 4;

/** The groups that the kernel works with: groups that are no whole vectors are one, with zeros for weights between them. */
function workingGroups(site: Site) {
  const [outputs = 0, groupInputs = 0] = site.inputs[QUANTISED_WEIGHTS]!;
  const { groups } = quantisedAttributes(site.node);
  const whole = groupInputs % INT8_CHANNEL_BLOCK === 0 && (outputs / groups) % INT8_PANEL === 0;
  const working = groups === 1 || whole ? groups : 1;
  const channels = (groupInputs * groups) / working;
  const tapChannels = working === 1 && channels <= FEW_CHANNELS ? FEW_CHANNELS : int8ChannelStride(channels);
  return { groups: working, outputs: outputs / working, tapChannels };
}

/** Bytes of one pixel's inputs in scratch: int16. */
function scratchDepth(site: Site): number {
  const [, , height = 0, width = 0] = site.inputs[QUANTISED_WEIGHTS]!;
  return 2 * height * width * workingGroups(site).tapChannels;
}

/** Packs weights as `packed[g][o / 8][k / 2][o % 8][k % 2]`, k = (y · width + x) · tapChannels + c. */
function packWeights(site: Site): PackedPart {
  const weights = site.tensors[QUANTISED_WEIGHTS]!;
  const [outputs = 0, groupInputs = 0, height = 0, width = 0] = weights.shape;
  const taps = height * width;
  const groupOutputs = outputs / quantisedAttributes(site.node).groups;
  const working = workingGroups(site);
  const depth = taps * working.tapChannels;
  const panels = Math.ceil(working.outputs / INT8_PANEL);
  return bytesPart(working.groups * panels * INT8_PANEL * depth, (target) => {
    for (let output = 0; output < outputs; output++) {
      const group = Math.floor(output / working.outputs);
      const place = output % working.outputs;
      const panel = (group * panels + Math.floor(place / INT8_PANEL)) * INT8_PANEL * depth;
      const firstChannel = working.groups === 1 ? Math.floor(output / groupOutputs) * groupInputs : 0;
      for (let channel = 0; channel < groupInputs; channel++) {
        for (let tap = 0; tap < taps; tap++) {
          const k = tap * working.tapChannels + firstChannel + channel;
          const at = panel + (k - (k % 2)) * INT8_PANEL + 2 * (place % INT8_PANEL) + (k % 2);
          target.setInt8(at, weights.data[(output * groupInputs + channel) * taps + tap]!);
        }
      }
    }
  });
}

export const convolutionInt8 = kernelRow<ConvolutionInt8Arguments>({
  name: 'convolutionInt8',
  operators: ['quantisedConvolution'],
  layout: 'nhwcInt8',
  struct: convolutionInt8Arguments,
  accepts: hasQuantisedTensors,
  pack: (site) => ({
    weights: packWeights(site),
    ...packRequantisation(site, workingGroups(site).outputs, false),
  }),
  extent(site) {
    const { groups, outputs } = workingGroups(site);
    const chunks = Math.ceil(Math.ceil(outputs / INT8_PANEL) / UNIT_PANELS);
    return Math.ceil(storedPixels(site.outputs[0]!) / TILE) * groups * chunks;
  },
  scratchBytes: (site) => TILE * scratchDepth(site),
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
      groups,
      tapChannels,
      panels: Math.ceil(outputs / INT8_PANEL),
    };
  },
});
