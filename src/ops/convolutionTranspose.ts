/** Two-dimensional transposed convolution: the gradient of a convolution with the same weights. */

import { elementCount, imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { type AttributesOf, integer, integers, LARGEST } from './attributes.js';
import { expectShape, type OperatorNode, operator, refuseShape } from './operator.js';

const ATTRIBUTES = {
  stride: integers(2, 1, LARGEST, 'vertical, horizontal'),
  padding: integers(4, 0, LARGEST, 'rows and columns that are cut off the output: top, left, bottom, right'),
  outputPadding: integers(2, 0, LARGEST, 'rows and columns that are added after the output'),
  dilation: integers(2, 1, LARGEST, 'from one tap to the next: vertical, horizontal'),
  groups: integer(1, LARGEST, 'groups of channels that are convolved apart'),
};

type ConvolutionTransposeAttributes = AttributesOf<typeof ATTRIBUTES>;

function outputLength(length: number, kernel: number, axis: 0 | 1, attributes: ConvolutionTransposeAttributes): number {
  const { stride, padding, outputPadding, dilation } = attributes;
  const whole = (length - 1) * stride[axis] + dilation[axis] * (kernel - 1) + 1 + outputPadding[axis];
  return whole - padding[axis] - padding[axis + 2]!;
}

function outputShape(
  node: OperatorNode<ConvolutionTransposeAttributes>,
  input: Shape | undefined,
  weights: Shape | undefined,
): Shape {
  const { attributes } = node;
  const { groups } = attributes;
  if (input?.length !== 4 || input[1]! % groups !== 0) {
    refuseShape(node, 'input', input, `[N, C, H, W] with C a multiple of ${groups} groups`);
  }
  if (weights?.length !== 4 || weights[0] !== input[1]) {
    refuseShape(node, 'weights', weights, `[${input[1]}, output channels of a group, height, width]`);
  }
  const [, groupOutputs = 0, kernelHeight = 0, kernelWidth = 0] = weights;
  const lengths = [
    outputLength(input[2]!, kernelHeight, 0, attributes),
    outputLength(input[3]!, kernelWidth, 1, attributes),
  ];
  if (!lengths.every((length) => length >= 1)) {
    refuseShape(node, 'input', input, 'a shape of which the padding leaves a row and a column');
  }
  return [input[0]!, groupOutputs * groups, ...lengths];
}

/** Sends each input element, times a weight, to the outputs that it reaches. */
function scatter(
  { stride, padding, dilation, groups }: ConvolutionTransposeAttributes,
  [input, weights, bias]: readonly [ReferenceTensor, ReferenceTensor, ReferenceTensor | undefined],
  shape: Shape,
): ReferenceTensor {
  const output = referenceTensor(shape);
  const source = imageShape(input.shape);
  const { channels, height, width } = imageShape(output.shape);
  const [, groupOutputs = 0, kernelHeight = 0, kernelWidth = 0] = weights.shape;
  const pixels = height * width;
  if (bias)
    for (let index = 0; index < output.data.length; index++)
      output.data[index] = bias.data[Math.floor(index / pixels) % channels]!;
  for (const [index, value] of input.data.entries()) {
    const column = index % source.width;
    const row = Math.floor(index / source.width) % source.height;
    const plane = Math.floor(index / (source.width * source.height));
    const [image, channel] = [Math.floor(plane / source.channels), plane % source.channels];
    const first = Math.floor(channel / (source.channels / groups)) * groupOutputs;
    for (let weight = 0; weight < groupOutputs * kernelHeight * kernelWidth; weight++) {
      const [x, y] = [weight % kernelWidth, Math.floor(weight / kernelWidth) % kernelHeight];
      const toRow = row * stride[0] - padding[0] + y * dilation[0];
      const toColumn = column * stride[1] - padding[1] + x * dilation[1];
      if (toRow < 0 || toRow >= height || toColumn < 0 || toColumn >= width) continue;
      const target = image * channels + first + Math.floor(weight / (kernelHeight * kernelWidth));
      const at = channel * groupOutputs * kernelHeight * kernelWidth + weight;
      output.data[target * pixels + toRow * width + toColumn]! += value * weights.data[at]!;
    }
  }
  return output;
}

/**
 * Each input pixel, `stride` apart in the output, adds the window of weights `[in, out / groups, height, width]` times
 * its channels; `padding` is cut off the sum, `outputPadding` added after it.
 */
export const convolutionTranspose = operator({
  name: 'convolutionTranspose',
  inputNames: ['input', 'weights', 'bias'],
  required: 2,
  attributes: ATTRIBUTES,
  inferShapes(node, [input, weights, bias]) {
    const shape = outputShape(node, input, weights);
    if (bias) expectShape(node, 'bias', bias, [shape[1]!]);
    return [shape];
  },
  reference: ({ attributes }, [input, weights, bias], [shape]) => [
    scatter(attributes, [input!, weights!, bias], shape),
  ],
  multiplyAdds: (_node, [input, weights]) => elementCount(input!) * elementCount(weights!.slice(1)),
});
