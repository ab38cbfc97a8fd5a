/** The integer epilogue's packed parts: parameters of each panel and constants of each layer, as assembly/requantise.ts reads them. */
import {
  layerMultipliers,
  outputRounding,
  QUANTISED_BIAS,
  QUANTISED_RESIDUAL,
  QUANTISED_SLOPES,
  QUANTISED_WEIGHTS,
  quantisedAttributes,
  WEIGHT_SCALES,
} from '../ops/quantisedConvolution.js';
import type { PackedPart, PackedParts, Places, Site } from './kernel.js';
import type { Address } from './struct.js';
import { dilationArguments, kernelSides, windowArguments } from './window.js';

/** Channels of one panel. */
export const INT8_PANEL = 8;

/** Bytes of one panel's parameters. */
const PANEL_BYTES = 80;
/** Bytes of a layer's constants: five vectors, then the padding. */
const CONSTANT_BYTES = 80;
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
function centredBiases(site: Site): Int32Array {
  const weights = site.tensors[QUANTISED_WEIGHTS]!;
  const [outputs = 0] = weights.shape;
  const length = weights.data.length / outputs;
  const { zeroPoint } = quantisedAttributes(site.node).input;
  const biases = site.tensors[QUANTISED_BIAS]?.data;
  return Int32Array.from({ length: outputs }, (_, output) => {
    let sum = 0;
    for (let k = output * length; k < (output + 1) * length; k++) sum += weights.data[k]!;
    return (biases?.[output] ?? 0) - zeroPoint * sum;
  });
}

/** A channel's lift, by which a kernel with 16-bit weights multiplies them and the bias beforehand. */
export function layerLifts(site: Site): number[] {
  const scales = site.tensors[WEIGHT_SCALES]!.data;
  const slopes = site.tensors[QUANTISED_SLOPES]?.data;
  return layerMultipliers(quantisedAttributes(site.node), scales, slopes).map(({ lift }) => lift);
}

/**
 * Packs a layer's epilogue. Panels hold the outputs of one group each, `groupOutputs` of them in panels of eight;
 * `lifted` says that biases are lifted, `paddingBytes` how many zero points kernels read at once.
 */
export function packRequantisation(
  site: Site,
  groupOutputs: number,
  { lifted = false, paddingBytes = 16 }: { lifted?: boolean; paddingBytes?: number } = {},
): PackedParts {
  const attributes = quantisedAttributes(site.node);
  const scales = site.tensors[WEIGHT_SCALES]!.data;
  const multipliers = layerMultipliers(attributes, scales, site.tensors[QUANTISED_SLOPES]?.data);
  const groups = scales.length / groupOutputs;
  const panels = Math.ceil(groupOutputs / INT8_PANEL);
  const parameters = bytesPart(groups * panels * PANEL_BYTES, (target) => {
    const biases = centredBiases(site);
    for (const [output, { lift, positive, negative }] of multipliers.entries()) {
      const group = Math.floor(output / groupOutputs);
      const place = output % groupOutputs;
      const panel = PANEL_BYTES * (group * panels + Math.floor(place / INT8_PANEL));
      const lane = place % INT8_PANEL;
      // With half a unit of the first rounding, which lifts above 9 leave nothing to do.
      const bias = biases[output]! + (lift < 10 ? 1 << (9 - lift) : 0);
      target.setInt32(panel + 4 * lane, lifted ? bias << lift : bias, true);
      target.setUint16(panel + 32 + 2 * lane, 1 << lift, true);
      target.setInt16(panel + 48 + 2 * lane, positive, true);
      target.setInt16(panel + 64 + 2 * lane, positive ^ negative, true);
    }
  });
  const constants = bytesPart(CONSTANT_BYTES + paddingBytes, (target) => {
    const rounding = outputRounding(attributes);
    const residual = [rounding.residualZeroPoint, rounding.residualMultiplier];
    for (let lane = 0; lane < 8; lane++) {
      target.setInt16(2 * lane, rounding.zeroPoint * 2 ** FRACTION + 2 ** (FRACTION - 1), true);
      for (const [index, word] of residual.entries()) target.setInt16(48 + 16 * index + 2 * lane, word, true);
    }
    for (let lane = 0; lane < 16; lane++) {
      target.setInt8(16 + lane, rounding.least);
      target.setInt8(32 + lane, rounding.most);
    }
    for (let at = 0; at < paddingBytes; at++) target.setInt8(CONSTANT_BYTES + at, attributes.input.zeroPoint);
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
export function quantisedWindow(site: Site) {
  const { stride, padding, dilation } = quantisedAttributes(site.node);
  const window = { kernel: kernelSides(site), stride, padding };
  return { ...windowArguments(site, window), ...dilationArguments(dilation) };
}
