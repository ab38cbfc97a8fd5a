/** Two-dimensional convolution in all its forms: dense, grouped, depthwise, pointwise and global depthwise. */

import { elementCount, imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { ACTIVATIONS, type Activation, activate } from './activation.js';
import { type AttributesOf, integer, integers, LARGEST, word } from './attributes.js';
import { expectShape, type NodeName, type OperatorNode, operator, refuseShape } from './operator.js';

/** A convolution's attributes. */
export const CONVOLUTION = {
  stride: integers(2, 1, LARGEST, 'vertical, horizontal'),
  padding: integers(4, 0, LARGEST, 'rows and columns of zeros: top, left, bottom, right'),
  dilation: integers(2, 1, LARGEST, 'from one tap to the next: vertical, horizontal'),
  groups: integer(1, LARGEST, 'groups of channels that are convolved apart'),
  activation: word(ACTIVATIONS, 'what the sum becomes'),
};

/** A convolution's attributes as a node holds them. */
export type ConvolutionAttributes = AttributesOf<typeof CONVOLUTION>;

/** Positions of the inputs after the first, of convolutions and fully connected layers alike. */
export const WEIGHTS = 1;
export const BIAS = 2;
export const SLOPES = 3;
export const RESIDUAL = 4;

/** Output length of one axis; 0 or less where the kernel does not fit. */
export function convolvedLength(
  length: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
): number {
  return Math.floor((length + before + after - dilation * (kernel - 1) - 1) / stride) + 1;
}

/** Checks the optional inputs of a fused epilogue: bias and slopes by channel, a residual like the output. */
export function checkEpilogue(
  node: NodeName,
  inputs: readonly (Shape | undefined)[],
  output: Shape,
  activation: Activation,
) {
  const [, , bias, slopes, residual] = inputs;
  const channels = [output[1]!];
  if (bias) expectShape(node, 'bias', bias, channels);
  if (activation === 'prelu') expectShape(node, 'slopes', slopes, channels);
  else if (slopes) refuseShape(node, 'slopes', slopes, 'nothing without the prelu activation');
  if (residual) expectShape(node, 'residual', residual, output);
}

/** The shape of a convolution's output. Throws ShapeError NODE_SHAPE. */
export function convolvedShape(
  node: OperatorNode<ConvolutionAttributes>,
  inputs: readonly (Shape | undefined)[],
): Shape {
  const [input, weights] = inputs;
  if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
  if (weights?.length !== 4) refuseShape(node, 'weights', weights, '[out, in / groups, height, width]');
  const { stride, padding, dilation, groups, activation } = node.attributes;
  const [batch = 0, channels = 0, height = 0, width = 0] = input;
  const [outputs = 0, groupInputs = 0, kernelHeight = 0, kernelWidth = 0] = weights;
  if (groupInputs * groups !== channels || outputs % groups !== 0) {
    const accepted = `[out, ${channels} / ${groups}, height, width] with out a multiple of ${groups} groups`;
    refuseShape(node, 'weights', weights, accepted);
  }
  const outputHeight = convolvedLength(height, kernelHeight, stride[0], dilation[0], padding[0], padding[2]);
  const outputWidth = convolvedLength(width, kernelWidth, stride[1], dilation[1], padding[1], padding[3]);
  if (outputHeight < 1 || outputWidth < 1) {
    refuseShape(
      node,
      'input',
      input,
      `at least the kernel's ${kernelHeight}×${kernelWidth} with its dilation and padding`,
    );
  }
  const output = [batch, outputs, outputHeight, outputWidth];
  checkEpilogue(node, inputs, output, activation);
  return output;
}

/** Bias, residual and activation of one element, in the order in which every fused kernel applies them. */
export function applyEpilogue(
  activation: Activation,
  sum: number,
  channel: number,
  index: number,
  inputs: readonly (ReferenceTensor | undefined)[],
): number {
  const [, , bias, slopes, residual] = inputs;
  const total = sum + (bias?.data[channel] ?? 0) + (residual?.data[index] ?? 0);
  return activate(activation, total, slopes?.data[channel] ?? 0);
}

function convolve(
  { stride, padding, dilation, groups, activation }: ConvolutionAttributes,
  inputs: readonly (ReferenceTensor | undefined)[],
  shape: Shape,
): ReferenceTensor {
  const [input, weights] = inputs as [ReferenceTensor, ReferenceTensor];
  const output = referenceTensor(shape);
  const { batch, channels, height, width } = imageShape(output.shape);
  const source = imageShape(input.shape);
  const [, groupInputs = 0, kernelHeight = 0, kernelWidth = 0] = weights.shape;
  let index = 0;
  for (let image = 0; image < batch; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const firstInput = Math.floor(channel / (channels / groups)) * groupInputs;
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++, index++) {
          let sum = 0;
          for (let k = 0; k < groupInputs; k++) {
            const plane = (image * source.channels + firstInput + k) * source.height;
            const taps = (channel * groupInputs + k) * kernelHeight;
            for (let y = 0; y < kernelHeight; y++) {
              const inputRow = row * stride[0] - padding[0] + y * dilation[0];
              if (inputRow < 0 || inputRow >= source.height) continue;
              for (let x = 0; x < kernelWidth; x++) {
                const inputColumn = column * stride[1] - padding[1] + x * dilation[1];
                if (inputColumn < 0 || inputColumn >= source.width) continue;
                sum +=
                  input.data[(plane + inputRow) * source.width + inputColumn]! *
                  weights.data[(taps + y) * kernelWidth + x]!;
              }
            }
          }
          output.data[index] = applyEpilogue(activation, sum, channel, index, inputs);
        }
      }
    }
  }
  return output;
}

/**
 * activation(convolution(input, weights) + bias + residual).
 * input `[N, C, H, W]`, weights `[out, C / groups, h, w]`, bias and slopes `[out]`, residual like the output.
 * Depthwise is `groups` = C; the paper's global depthwise convolution (section 3.2) is depthwise with the input's size.
 */
export const convolution = operator({
  name: 'convolution',
  inputNames: ['input', 'weights', 'bias', 'slopes', 'residual'],
  required: 2,
  attributes: CONVOLUTION,
  inferShapes: (node, inputs) => [convolvedShape(node, inputs)],
  reference: ({ attributes }, inputs, [shape]) => [convolve(attributes, inputs, shape)],
  multiplyAdds: (_node, [, weights], [output]) => elementCount(output!) * elementCount(weights!.slice(1)),
});
