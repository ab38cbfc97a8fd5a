/** Two-dimensional transposed convolution: the gradient of a convolution with the same weights. */
import type { Node } from '../graph/types.js';
import { elementCount, imageShape, type Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { expectShape, type Operator, onlyAttributes, readInteger, readIntegers, refuseShape } from './operator.js';

/** A transposed convolution's attributes, read and checked. */
export interface ConvolutionTransposeAttributes {
  /** Vertical, horizontal. */
  readonly stride: readonly [number, number];
  /** Rows and columns that are cut off the output: top, left, bottom, right. */
  readonly padding: readonly [number, number, number, number];
  /** Rows and columns that are added after the output: vertical, horizontal. */
  readonly outputPadding: readonly [number, number];
  /** Vertical, horizontal. */
  readonly dilation: readonly [number, number];
  readonly groups: number;
}

const LARGEST = 1 << 20;

/** Reads the attributes. Throws ModelError BAD_ATTRIBUTE. */
export function convolutionTransposeAttributes(node: Node): ConvolutionTransposeAttributes {
  return {
    stride: readIntegers(node, 'stride', 2, 1, LARGEST) as [number, number],
    padding: readIntegers(node, 'padding', 4, 0, LARGEST) as [number, number, number, number],
    outputPadding: readIntegers(node, 'outputPadding', 2, 0, LARGEST) as [number, number],
    dilation: readIntegers(node, 'dilation', 2, 1, LARGEST) as [number, number],
    groups: readInteger(node, 'groups', 1, LARGEST),
  };
}

function outputLength(length: number, kernel: number, axis: 0 | 1, attributes: ConvolutionTransposeAttributes): number {
  const { stride, padding, outputPadding, dilation } = attributes;
  const whole = (length - 1) * stride[axis] + dilation[axis] * (kernel - 1) + 1 + outputPadding[axis];
  return whole - padding[axis] - padding[axis + 2]!;
}

function outputShape(node: Node, input: Shape | undefined, weights: Shape | undefined): Shape {
  const attributes = convolutionTransposeAttributes(node);
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
function scatter(node: Node, input: ReferenceTensor, weights: ReferenceTensor, bias: ReferenceTensor | undefined) {
  const { stride, padding, dilation, groups } = convolutionTransposeAttributes(node);
  const output = referenceTensor(outputShape(node, input.shape, weights.shape));
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
export const convolutionTranspose: Operator = {
  name: 'convolutionTranspose',
  inputNames: ['input', 'weights', 'bias'],
  required: 2,
  checkAttributes(node) {
    onlyAttributes(node, ['stride', 'padding', 'outputPadding', 'dilation', 'groups']);
    convolutionTransposeAttributes(node);
  },
  inferShapes(node, [input, weights, bias]) {
    const shape = outputShape(node, input, weights);
    if (bias) expectShape(node, 'bias', bias, [shape[1]!]);
    return [shape];
  },
  reference: (node, [input, weights, bias]) => [scatter(node, input!, weights!, bias)],
  multiplyAdds: (_node, [input, weights]) => elementCount(input!) * elementCount(weights!.slice(1)),
};
