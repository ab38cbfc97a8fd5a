/** The integer epilogue's packed parts: parameters of each panel and constants of each layer, as assembly/requantise.ts reads them. */
import {
  layerMultipliers,
  outputRounding,
  QUANTISED_BIAS,
  QUANTISED_RESIDUAL,
  QUANTISED_SLOPES,
  QUANTISED_WEIGHTS,
  WEIGHT_SCALES,
} from '../ops/quantisedConvolution.js';
import { layerConstants, panelParameters } from './furtherArguments.js';
import type { PackedPart, PackedParts, Places, Site } from './kernel.js';
import type { Address } from './struct.js';
import { dilationArguments, kernelSides, windowArguments } from './window.js';

/** Channels of one panel. */
export const INT8_PANEL = 8;

/** Bits of an output below its whole part, as in src/ops/requantisation.ts. */
const FRACTION = 3;

/** A part that `fill` writes as bytes, into zeros. */
export function bytesPart(sizeBytes: number, fill: (target: DataView) => void): PackedPart {
  const length = Math.ceil(sizeBytes / 4);
  return {
    length,
    write(target) {
      target.fill(0);
      fill(new DataView(target.buffer, target.byteOffset, 4 * length));
    },
  };
}

/** True where a quantised layer's weights, scales, bias and slopes are tensors and its values none. */
export function hasQuantisedTensors({ tensors, inputs }: Site): boolean {
  const constants = [QUANTISED_WEIGHTS, WEIGHT_SCALES, QUANTISED_BIAS, QUANTISED_SLOPES];
  const values = [0, QUANTISED_RESIDUAL];
  return (
    constants.every((index) => !inputs[index] || tensors[index] !== undefined) &&
    values.every((index) => tensors[index] === undefined)
  );
}

/** The biases of a layer with the input's zero point taken out of its sums. */
function centredBiases(site: Site<'quantisedConvolution'>): Int32Array {
  const weights = site.tensors[QUANTISED_WEIGHTS]!;
  const [outputs = 0] = weights.shape;
  const length = weights.data.length / outputs;
  const zeroPoint = site.node.attributes.inputZeroPoint;
  const biases = site.tensors[QUANTISED_BIAS]?.data;
  return Int32Array.from({ length: outputs }, (_, output) => {
    let sum = 0;
    for (let k = output * length; k < (output + 1) * length; k++) sum += weights.data[k]!;
    return (biases?.[output] ?? 0) - zeroPoint * sum;
  });
}

/** A channel's lift, by which a kernel with 16-bit weights multiplies them and the bias beforehand. */
export function layerLifts(site: Site<'quantisedConvolution'>): number[] {
  const scales = site.tensors[WEIGHT_SCALES]!.data;
  const slopes = site.tensors[QUANTISED_SLOPES]?.data;
  return layerMultipliers(site.node.attributes, scales, slopes).map(({ lift }) => lift);
}

/**
 * Packs a layer's epilogue. Panels hold the outputs of one group each, `groupOutputs` of them in panels of eight;
 * `lifted` says that biases are lifted, `paddingBytes` how many zero points kernels read at once.
 */
export function packRequantisation(
  site: Site<'quantisedConvolution'>,
  groupOutputs: number,
  { lifted = false, paddingBytes = 16 }: { lifted?: boolean; paddingBytes?: number } = {},
): PackedParts {
  const attributes = site.node.attributes;
  const scales = site.tensors[WEIGHT_SCALES]!.data;
  const multipliers = layerMultipliers(attributes, scales, site.tensors[QUANTISED_SLOPES]?.data);
  const groups = scales.length / groupOutputs;
  const panels = Math.ceil(groupOutputs / INT8_PANEL);
  const parameters = bytesPart(groups * panels * panelParameters.parameters, (target) => {
    const biases = centredBiases(site);
    for (const [output, { lift, positive, negative }] of multipliers.entries()) {
      const group = Math.floor(output / groupOutputs);
      const place = output % groupOutputs;
      const panel = panelParameters.parameters * (group * panels + Math.floor(place / INT8_PANEL));
      const lane = place % INT8_PANEL;
      // With half a unit of the first rounding, which lifts above 9 leave nothing to do.
      const bias = biases[output]! + (lift < 10 ? 1 << (9 - lift) : 0);
      target.setInt32(panel + 4 * lane, lifted ? bias << lift : bias, true);
      target.setUint16(panel + panelParameters.lifts + 2 * lane, 1 << lift, true);
      target.setInt16(panel + panelParameters.positive + 2 * lane, positive, true);
      target.setInt16(panel + panelParameters.difference + 2 * lane, positive ^ negative, true);
    }
  });
  const constants = bytesPart(layerConstants.padding + paddingBytes, (target) => {
    const rounding = outputRounding(attributes);
    const { finish, least, most, residualZeroPoint, residualMultiplier } = layerConstants;
    for (let lane = 0; lane < 8; lane++) {
      target.setInt16(finish + 2 * lane, rounding.zeroPoint * 2 ** FRACTION + 2 ** (FRACTION - 1), true);
      target.setInt16(residualZeroPoint + 2 * lane, rounding.residualZeroPoint, true);
      target.setInt16(residualMultiplier + 2 * lane, rounding.residualMultiplier, true);
    }
    for (let lane = 0; lane < 16; lane++) {
      target.setInt8(least + lane, rounding.least);
      target.setInt8(most + lane, rounding.most);
    }
    for (let at = 0; at < paddingBytes; at++) target.setInt8(layerConstants.padding + at, attributes.inputZeroPoint);
  });
  return { parameters, constants };
}

/** The epilogue's fields of an argument struct. */
export interface RequantisationArguments {
  readonly parameters: Address;
  readonly constants: Address;
  readonly residual: Address;
  readonly output: Address;
}

/** Fills the epilogue's fields. */
export function requantisationArguments(places: Places): RequantisationArguments {
  return {
    parameters: places.parts.parameters!,
    constants: places.parts.constants!,
    residual: places.inputs[QUANTISED_RESIDUAL] ?? null,
    output: places.outputs[0]!,
  };
}

/** A quantised convolution's sides, steps and gaps. */
export function quantisedWindow(site: Site<'quantisedConvolution'>) {
  const { stride, padding, dilation } = site.node.attributes;
  const window = { kernel: kernelSides(site), stride, padding };
  return { ...windowArguments(site, window), ...dilationArguments(dilation) };
}
