/** Two-dimensional convolution in all its forms: dense, grouped, depthwise, pointwise and global depthwise. */
import type { Node } from '../graph/types.js';
import { elementCount, imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { ACTIVATIONS, type Activation, activate } from './activation.js';
import {
  expectShape,
  type Operator,
  onlyAttributes,
  readInteger,
  readIntegers,
  readWord,
  refuseShape,
} from './operator.js';

/** A convolution's attributes, read and checked. */
export interface ConvolutionAttributes {
  /** Vertical, horizontal. */
  readonly stride: readonly [number, number];
  /** Rows and columns of zeros: top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  /** Vertical, horizontal. */
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly activation: Activation;
}

/** Positions of the inputs after the first, of convolutions and fully connected layers alike. */
export const WEIGHTS = 1;
export const BIAS = 2;
export const SLOPES = 3;
export const RESIDUAL = 4;

const LARGEST = 1 << 20;

/** Reads the attributes of a convolution. Throws ModelError BAD_ATTRIBUTE. */
export function convolutionAttributes(node: Node): ConvolutionAttributes {
  return {
    stride: readIntegers(node, 'stride', 2, 1, LARGEST) as [number, number],
    padding: readIntegers(node, 'padding', 4, 0, LARGEST) as [number, number, number, number],
    dilation: readIntegers(node, 'dilation', 2, 1, LARGEST) as [number, number],
    groups: readInteger(node, 'groups', 1, LARGEST),
    activation: readWord(node, 'activation', ACTIVATIONS),
  };
}

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
  node: Node,
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

function convolve(node: Node, inputs: readonly (ReferenceTensor | undefined)[]): ReferenceTensor {
  const { stride, padding, dilation, groups, activation } = convolutionAttributes(node);
  const [input, weights] = inputs as [ReferenceTensor, ReferenceTensor];
  const output = referenceTensor(
    convolution.inferShapes(
      node,
      inputs.map((tensor) => tensor?.shape),
    )[0]!,
  );
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
export const convolution: Operator = {
  name: 'convolution',
  inputNames: ['input', 'weights', 'bias', 'slopes', 'residual'],
  required: 2,
  checkAttributes(node) {
    onlyAttributes(node, ['stride', 'padding', 'dilation', 'groups', 'activation']);
    convolutionAttributes(node);
  },
  inferShapes(node, inputs) {
    const [input, weights] = inputs;
    if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
    if (weights?.length !== 4) refuseShape(node, 'weights', weights, '[out, in / groups, height, width]');
    const { stride, padding, dilation, groups, activation } = convolutionAttributes(node);
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
    return [output];
  },
  reference: (node, inputs) => [convolve(node, inputs)],
  multiplyAdds: (_node, [, weights], [output]) => elementCount(output!) * elementCount(weights!.slice(1)),
};
