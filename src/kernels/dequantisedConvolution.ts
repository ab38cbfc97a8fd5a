/** Convolutions of int8 values with float32 outputs: dense and grouped, and depthwise. */

import { FLOAT_BIAS, FLOAT_SLOPES, sumUnits } from '../ops/dequantisedConvolution.js';
import { QUANTISED_WEIGHTS, WEIGHT_SCALES } from '../ops/quantisedConvolution.js';
import { INT8_CHANNEL_BLOCK, int8ChannelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { activationCode } from './epilogue.js';
import { dequantisedConvolutionArguments, dequantisedParameters as layout } from './furtherArguments.js';
import {
  channelBlocks,
  kernelRow,
  type PackedPart,
  type PackedParts,
  type Places,
  type Site,
  storedPixels,
} from './kernel.js';
import { bytesPart } from './requantisation.js';
import type { ArgumentsOf } from './struct.js';
import { dilationArguments, kernelSides, windowArguments } from './window.js';

/** Output pixels of a tile and outputs of a panel, as in assembly/dequantisedConvolution.ts. */
const TILE = 4;
const PANEL = 8;

function hasConstants({ tensors, inputs }: Site): boolean {
  const constants = [QUANTISED_WEIGHTS, WEIGHT_SCALES, FLOAT_BIAS, FLOAT_SLOPES];
  return tensors[0] === undefined && constants.every((index) => !inputs[index] || tensors[index] !== undefined);
}

/** The groups that the kernel works with: groups that are no whole vectors are one, with zeros for weights between them. */
function workingGroups(site: Site<'dequantisedConvolution'>) {
  const [outputs = 0, groupInputs = 0] = site.inputs[QUANTISED_WEIGHTS]!;
  const { groups } = site.node.attributes;
  const whole = groupInputs % INT8_CHANNEL_BLOCK === 0 && (outputs / groups) % PANEL === 0;
  const working = whole ? groups : 1;
  const groupPanels = Math.ceil(outputs / working / PANEL);
  const tapChannels = int8ChannelStride((groupInputs * groups) / working);
  return { working, groupPanels, panels: working * groupPanels, tapChannels };
}

/** Packs weights as `packed[g][o / 8][y][x][k / 2][o % 8][k % 2]`. */
function packWeights(site: Site<'dequantisedConvolution'>): PackedPart {
  const weights = site.tensors[QUANTISED_WEIGHTS]!;
  const [outputs = 0, groupInputs = 0, height = 0, width = 0] = weights.shape;
  const taps = height * width;
  const groupOutputs = outputs / site.node.attributes.groups;
  const { working, panels, tapChannels } = workingGroups(site);
  const panelBytes = PANEL * taps * tapChannels;
  return bytesPart(panels * panelBytes, (target) => {
    for (let output = 0; output < outputs; output++) {
      const panel = Math.floor(output / PANEL) * panelBytes + 2 * (output % PANEL);
      const firstChannel = working === 1 ? Math.floor(output / groupOutputs) * groupInputs : 0;
      for (let index = 0; index < groupInputs * taps; index++) {
        const k = firstChannel + Math.floor(index / taps);
        const at = panel + ((index % taps) * tapChannels + k - (k % 2)) * PANEL + (k % 2);
        target.setInt8(at, weights.data[output * groupInputs * taps + index]!);
      }
    }
  });
}

/** Packs depthwise weights as `packed[y][x][c]`, c padded to 8. */
function packDepthwise(site: Site<'dequantisedConvolution'>): PackedPart {
  const weights = site.tensors[QUANTISED_WEIGHTS]!;
  const [channels = 0, , height = 0, width = 0] = weights.shape;
  const taps = height * width;
  const stride = int8ChannelStride(channels);
  return bytesPart(taps * stride, (target) => {
    for (let index = 0; index < channels * taps; index++) {
      target.setInt8((index % taps) * stride + Math.floor(index / taps), weights.data[index]!);
    }
  });
}

/** What sums begin with, so that the input's zero point is off them; then units, biases and slopes. */
function packParameters(site: Site<'dequantisedConvolution'>): PackedParts {
  const attributes = site.node.attributes;
  const { data: weights, shape } = site.tensors[QUANTISED_WEIGHTS]!;
  const [outputs = 0] = shape;
  const depth = weights.length / outputs;
  const zeroPoint = attributes.inputZeroPoint;
  const [biases, slopes] = [FLOAT_BIAS, FLOAT_SLOPES].map((index) => site.tensors[index]?.data);
  const parameters = bytesPart(Math.ceil(outputs / PANEL) * layout.parameters, (target) => {
    for (const [output, unit] of sumUnits(attributes, site.tensors[WEIGHT_SCALES]!.data).entries()) {
      const at = Math.floor(output / PANEL) * layout.parameters + 4 * (output % PANEL);
      const sum = weights.subarray(output * depth, (output + 1) * depth).reduce((total, weight) => total + weight, 0);
      target.setInt32(at, -zeroPoint * sum, true);
      target.setFloat32(at + layout.units, unit, true);
      target.setFloat32(at + layout.biases, biases?.[output] ?? 0, true);
      target.setFloat32(at + layout.slopes, slopes?.[output] ?? 0, true);
    }
  });
  const padding = bytesPart(PANEL, (target) => {
    for (let lane = 0; lane < PANEL; lane++) target.setInt8(lane, zeroPoint);
  });
  return { parameters, padding };
}

function argumentsOf(
  site: Site<'dequantisedConvolution'>,
  places: Places,
  { tapChannels, groupPanels, panels }: { tapChannels: number; groupPanels: number; panels: number },
): ArgumentsOf<typeof dequantisedConvolutionArguments> {
  const { stride, padding, dilation } = site.node.attributes;
  return {
    input: places.inputs[0]!,
    weights: places.parts.weights!,
    parameters: places.parts.parameters!,
    padding: places.parts.padding!,
    output: places.outputs[0]!,
    ...windowArguments(site, { kernel: kernelSides(site), stride, padding }),
    ...dilationArguments(dilation),
    inputStride: int8ChannelStride(imageShape(site.inputs[0]!).channels),
    outputStride: 16 * channelBlocks(imageShape(site.outputs[0]!).channels),
    pixels: storedPixels(site.outputs[0]!),
    tapChannels,
    groupPanels,
    panels,
    activation: activationCode(site),
  };
}

export const dequantisedConvolution = kernelRow({
  name: 'dequantisedConvolution',
  operators: ['dequantisedConvolution'],
  layout: 'nhwcInt8',
  outputLayout: 'nhwc',
  struct: dequantisedConvolutionArguments,
  accepts: hasConstants,
  pack: (site) => ({ weights: packWeights(site), ...packParameters(site) }),
  extent: (site) => Math.ceil(storedPixels(site.outputs[0]!) / TILE) * workingGroups(site).panels,
  arguments: (site, places) => argumentsOf(site, places, workingGroups(site)),
});

function depthwisePanels(site: Site<'dequantisedConvolution'>): number {
  return int8ChannelStride(imageShape(site.outputs[0]!).channels) / PANEL;
}

export const dequantisedDepthwise = kernelRow({
  name: 'dequantisedDepthwise',
  operators: ['dequantisedConvolution'],
  layout: 'nhwcInt8',
  outputLayout: 'nhwc',
  struct: dequantisedConvolutionArguments,
  accepts(site) {
    const [outputs, groupInputs] = site.inputs[QUANTISED_WEIGHTS]!;
    return groupInputs === 1 && outputs === site.node.attributes.groups && hasConstants(site);
  },
  pack: (site) => ({ weights: packDepthwise(site), ...packParameters(site) }),
  extent: (site) => storedPixels(site.outputs[0]!) * depthwisePanels(site),
  arguments: (site, places) =>
    argumentsOf(site, places, { tapChannels: PANEL, groupPanels: 1, panels: depthwisePanels(site) }),
});
