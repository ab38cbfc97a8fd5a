/** Convolution of int8 values with int8 weights, in integers from end to end. */

import { elementCount, imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import type { AttributesOf } from './attributes.js';
import { CONVOLUTION, convolvedShape } from './convolution.js';
import { expectShape, operator, refuseAttribute } from './operator.js';
import { quantisationIn, quantisations } from './quantise.js';
import {
  type ChannelMultipliers,
  channelMultipliers,
  type OutputRounding,
  requantise,
  residualMultiplier,
} from './requantisation.js';
import { outputLimits } from './rescaling.js';

/** Positions of the inputs after the first. */
export const QUANTISED_WEIGHTS = 1;
export const WEIGHT_SCALES = 2;
export const QUANTISED_BIAS = 3;
export const QUANTISED_SLOPES = 4;
export const QUANTISED_RESIDUAL = 5;

const ATTRIBUTES = { ...CONVOLUTION, ...quantisations('input', 'output', 'residual') };

/** A quantised convolution's attributes; those of the residual are meaningless without one. */
export type QuantisedAttributes = AttributesOf<typeof ATTRIBUTES>;

/** What the layer's scales amount to in integers. */
export function outputRounding(attributes: QuantisedAttributes): OutputRounding {
  const [output, residual] = [quantisationIn(attributes, 'output'), quantisationIn(attributes, 'residual')];
  return {
    ...outputLimits(output, attributes.activation),
    residualZeroPoint: residual.zeroPoint,
    residualMultiplier: residualMultiplier(residual.scale / output.scale),
  };
}

/** The multipliers of a layer's channels from its weights' scales and its slopes. */
export function layerMultipliers(
  { inputScale, outputScale, activation }: QuantisedAttributes,
  scales: ArrayLike<number>,
  slopes: ArrayLike<number> | undefined,
): ChannelMultipliers[] {
  const unit = inputScale / outputScale;
  return Array.from(scales, (scale, channel) =>
    channelMultipliers(unit * scale, activation === 'prelu' ? slopes![channel]! : 1),
  );
}

function padded(value: number | undefined, zeroPoint: number): number {
  return (value ?? zeroPoint) - zeroPoint;
}

function convolve(
  attributes: QuantisedAttributes,
  inputs: readonly (ReferenceTensor | undefined)[],
  shape: Shape,
): ReferenceTensor {
  const { stride, padding, dilation, groups, inputZeroPoint } = attributes;
  const [input, weights, scales, bias, slopes, residual] = inputs as ReferenceTensor[];
  const output = referenceTensor(shape);
  const { batch, channels, height, width } = imageShape(output.shape);
  const source = imageShape(input!.shape);
  const [, groupInputs = 0, kernelHeight = 0, kernelWidth = 0] = weights!.shape;
  const multipliers = layerMultipliers(attributes, scales!.data, slopes?.data);
  const rounding = outputRounding(attributes);
  let index = 0;
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const firstInput = Math.floor(channel / (channels / groups)) * groupInputs;
      for (let place = 0; place < height * width; place++, index++) {
        const top = Math.floor(place / width) * stride[0] - padding[0];
        const left = (place % width) * stride[1] - padding[1];
        let sum = bias?.data[channel] ?? 0;
        for (let k = 0; k < groupInputs * kernelHeight * kernelWidth; k++) {
          const row = top + (Math.floor(k / kernelWidth) % kernelHeight) * dilation[0];
          const column = left + (k % kernelWidth) * dilation[1];
          const inside = row >= 0 && row < source.height && column >= 0 && column < source.width;
          if (!inside) continue;
          const plane = image * source.channels + firstInput + Math.floor(k / (kernelHeight * kernelWidth));
          const element = input!.data[(plane * source.height + row) * source.width + column];
          const weight = weights!.data[channel * groupInputs * kernelHeight * kernelWidth + k]!;
          sum += padded(element, inputZeroPoint) * weight;
        }
        output.data[index] = requantise(sum | 0, multipliers[channel]!, rounding, residual?.data[index]);
      }
    }
  }
  return output;
}

/**
 * activation(convolution(input, weights) + bias + residual) on int8 values, in integers of 32 and 16 bits with the
 * roundings of requantisation.ts; the result has the same bits everywhere.
 * input int8 `[N, C, H, W]`, weights `[out, C / groups, h, w]` whole numbers from −128 to 127, scales `[out]` of the
 * weights, bias `[out]` whole numbers in units of input scale · weight scale, slopes `[out]`, residual int8 like the
 * output. A place outside the image counts as 0.
 * Source: Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference".
 */
export const quantisedConvolution = operator({
  name: 'quantisedConvolution',
  inputNames: ['input', 'weights', 'scales', 'bias', 'slopes', 'residual'],
  required: 3,
  int8Inputs: [0, QUANTISED_RESIDUAL],
  int8Output: true,
  attributes: ATTRIBUTES,
  check(node) {
    const { activation } = node.attributes;
    if (activation === 'prelu' && node.inputs[QUANTISED_RESIDUAL]) {
      refuseAttribute(node, 'activation', activation, 'none, relu or relu6 with a residual');
    }
  },
  inferShapes(node, inputs) {
    const [input, weights, scales, bias, slopes, residual] = inputs;
    const output = convolvedShape(node, [input, weights, bias, slopes, residual]);
    expectShape(node, 'scales', scales, [output[1]!]);
    return [output];
  },
  reference: ({ attributes }, inputs, [shape]) => [convolve(attributes, inputs, shape)],
  multiplyAdds: (_node, [, weights], [output]) => elementCount(output!) * elementCount(weights!.slice(1)),
});
