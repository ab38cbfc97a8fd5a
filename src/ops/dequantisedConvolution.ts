/** Convolution of int8 values with int8 weights whose sums become float32. */

import { elementCount, imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import type { Activation } from './activation.js';
import type { AttributesOf } from './attributes.js';
import { CONVOLUTION, convolvedShape } from './convolution.js';
import { expectShape, operator } from './operator.js';
import { quantisations } from './quantise.js';

/** Positions of the inputs after the weights and their scales, which stand where a quantised convolution's do. */
export const FLOAT_BIAS = 3;
export const FLOAT_SLOPES = 4;

const ATTRIBUTES = { ...CONVOLUTION, ...quantisations('input') };

type DequantisedAttributes = AttributesOf<typeof ATTRIBUTES>;

/** What one unit of each channel's sum is worth: input scale · weight scale, rounded once to float32. */
export function sumUnits({ inputScale }: DequantisedAttributes, scales: ArrayLike<number>): Float32Array {
  return Float32Array.from(scales, (scale) => inputScale * scale);
}

/** activation(sum · unit + bias) in float32, each operation rounded by itself. */
function dequantised(sum: number, unit: number, bias: number, activation: Activation, slope: number): number {
  const value = Math.fround(Math.fround(Math.fround(sum) * unit) + bias);
  if (activation === 'relu') return Math.max(value, 0);
  if (activation === 'relu6') return Math.min(Math.max(value, 0), 6);
  return activation === 'prelu' && value < 0 ? Math.fround(value * slope) : value;
}

function convolve(
  attributes: DequantisedAttributes,
  inputs: readonly (ReferenceTensor | undefined)[],
  shape: Shape,
): ReferenceTensor {
  const { stride, padding, dilation, groups, activation, inputZeroPoint } = attributes;
  const [input, weights, scales, bias, slopes] = inputs as ReferenceTensor[];
  const output = referenceTensor(shape);
  const { batch, channels, height, width } = imageShape(output.shape);
  const source = imageShape(input!.shape);
  const [, groupInputs = 0, kernelHeight = 0, kernelWidth = 0] = weights!.shape;
  const taps = kernelHeight * kernelWidth;
  const units = sumUnits(attributes, scales!.data);
  let index = 0;
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const firstInput = Math.floor(channel / (channels / groups)) * groupInputs;
      for (let place = 0; place < height * width; place++, index++) {
        const top = Math.floor(place / width) * stride[0] - padding[0];
        const left = (place % width) * stride[1] - padding[1];
        let sum = 0;
        for (let k = 0; k < groupInputs * taps; k++) {
          const row = top + (Math.floor(k / kernelWidth) % kernelHeight) * dilation[0];
          const column = left + (k % kernelWidth) * dilation[1];
          if (row < 0 || row >= source.height || column < 0 || column >= source.width) continue;
          const plane = image * source.channels + firstInput + Math.floor(k / taps);
          const element = input!.data[(plane * source.height + row) * source.width + column]!;
          sum += (element - inputZeroPoint) * weights!.data[channel * groupInputs * taps + k]!;
        }
        const [offset, slope] = [bias?.data[channel] ?? 0, slopes?.data[channel] ?? 0];
        output.data[index] = dequantised(sum | 0, units[channel]!, offset, activation, slope);
      }
    }
  }
  return output;
}

/**
 * activation(sums · units + bias): sums of 32 bits as in a quantised convolution, then float32 from int8 values. A sum
 * becomes a float32 number, is multiplied by its channel's unit (input scale · weight scale), and the bias is added;
 * nothing is fused, so the result has the same bits everywhere.
 * input int8 `[N, C, H, W]`, weights `[out, C / groups, h, w]` whole numbers from −128 to 127, scales `[out]` of the
 * weights, bias float32 `[out]`, slopes `[out]`; the output is float32. A place outside the image counts as 0.
 */
export const dequantisedConvolution = operator({
  name: 'dequantisedConvolution',
  inputNames: ['input', 'weights', 'scales', 'bias', 'slopes'],
  required: 3,
  int8Inputs: [0],
  attributes: ATTRIBUTES,
  inferShapes(node, inputs) {
    const [input, weights, scales, bias, slopes] = inputs;
    const output = convolvedShape(node, [input, weights, bias, slopes]);
    expectShape(node, 'scales', scales, [output[1]!]);
    return [output];
  },
  reference: ({ attributes }, inputs, [shape]) => [convolve(attributes, inputs, shape)],
  multiplyAdds: (_node, [, weights], [output]) => elementCount(output!) * elementCount(weights!.slice(1)),
});
