/** Convolution of int8 values with int8 weights, in integers from end to end. */
import type { Node } from '../graph/types.js';
import { elementCount, imageShape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { type ConvolutionAttributes, convolution, convolutionAttributes } from './convolution.js';
import { expectShape, type Operator, onlyAttributes, refuseAttribute } from './operator.js';
import { type Quantisation, readScale, readZeroPoint } from './quantise.js';
import {
  type ChannelMultipliers,
  channelMultipliers,
  type OutputRounding,
  requantise,
  residualMultiplier,
} from './requantisation.js';

/** Positions of the inputs after the first. */
export const QUANTISED_WEIGHTS = 1;
export const WEIGHT_SCALES = 2;
export const QUANTISED_BIAS = 3;
export const QUANTISED_SLOPES = 4;
export const QUANTISED_RESIDUAL = 5;

/** A quantised convolution's attributes. */
export interface QuantisedAttributes extends ConvolutionAttributes {
  readonly input: Quantisation;
  readonly output: Quantisation;
  /** Meaningless without a residual. */
  readonly residual: Quantisation;
}

const GEOMETRY = ['stride', 'padding', 'dilation', 'groups', 'activation'];
const QUANTISATIONS = ['input', 'output', 'residual'] as const;

/** Reads the attributes of a quantised convolution. Throws ModelError BAD_ATTRIBUTE. */
export function quantisedAttributes(node: Node): QuantisedAttributes {
  const read = (name: (typeof QUANTISATIONS)[number]): Quantisation => ({
    scale: readScale(node, `${name}Scale`),
    zeroPoint: readZeroPoint(node, `${name}ZeroPoint`),
  });
  return {
    ...convolutionAttributes(node),
    input: read('input'),
    output: read('output'),
    residual: read('residual'),
  };
}

/** What the layer's scales amount to in integers. */
export function outputRounding({ activation, output, residual }: QuantisedAttributes): OutputRounding {
  const { scale, zeroPoint } = output;
  const limited = activation === 'relu' || activation === 'relu6';
  const six = Math.floor(6 / scale + 0.5) + zeroPoint;
  return {
    zeroPoint,
    least: limited ? zeroPoint : -128,
    most: activation === 'relu6' ? Math.min(six, 127) : 127,
    residualZeroPoint: residual.zeroPoint,
    residualMultiplier: residualMultiplier(residual.scale / scale),
  };
}

/** The multipliers of a layer's channels from its weights' scales and its slopes. */
export function layerMultipliers(
  { input, output, activation }: QuantisedAttributes,
  scales: ArrayLike<number>,
  slopes: ArrayLike<number> | undefined,
): ChannelMultipliers[] {
  const unit = input.scale / output.scale;
  return Array.from(scales, (scale, channel) =>
    channelMultipliers(unit * scale, activation === 'prelu' ? slopes![channel]! : 1),
  );
}

function padded(value: number | undefined, zeroPoint: number): number {
  return (value ?? zeroPoint) - zeroPoint;
}

function convolve(node: Node, inputs: readonly (ReferenceTensor | undefined)[]): ReferenceTensor {
  const attributes = quantisedAttributes(node);
  const { stride, padding, dilation, groups, input: quantisation } = attributes;
  const [input, weights, scales, bias, slopes, residual] = inputs as ReferenceTensor[];
  const shapes = inputs.map((tensor) => tensor?.shape);
  const output = referenceTensor(quantisedConvolution.inferShapes(node, shapes)[0]!);
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
          sum += padded(element, quantisation.zeroPoint) * weight;
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
export const quantisedConvolution: Operator = {
  name: 'quantisedConvolution',
  inputNames: ['input', 'weights', 'scales', 'bias', 'slopes', 'residual'],
  required: 3,
  int8Inputs: [0, QUANTISED_RESIDUAL],
  int8Output: true,
  checkAttributes(node) {
    const names = QUANTISATIONS.flatMap((name) => [`${name}Scale`, `${name}ZeroPoint`]);
    onlyAttributes(node, [...GEOMETRY, ...names]);
    const { activation } = quantisedAttributes(node);
    if (activation === 'prelu' && node.inputs[QUANTISED_RESIDUAL]) {
      refuseAttribute(node, 'activation', activation, 'none, relu or relu6 with a residual');
    }
  },
  inferShapes(node, inputs) {
    const [input, weights, scales, bias, slopes, residual] = inputs;
    const [output] = convolution.inferShapes(node, [input, weights, bias, slopes, residual]);
    expectShape(node, 'scales', scales, [output![1]!]);
    return [output!];
  },
  reference: (node, inputs) => [convolve(node, inputs)],
  multiplyAdds: (_node, [, weights], [output]) => elementCount(output!) * elementCount(weights!.slice(1)),
};
