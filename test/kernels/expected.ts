/** What kernels must give: the reference's outputs, and the derived bound of each element's error. */
import { referenceOf } from '../../src/ops/index.js';
import { elementCount } from '../../src/tensor/shape.js';
import { type ReferenceTensor, type Tensor, toReference } from '../../src/tensor/tensor.js';
import { boundsOfBinary, boundsOfReduction, boundsOfUnary, EXPONENTIAL_ERROR, TINY, UNIT_ROUNDOFF } from './bounds.js';
import type { KernelCase } from './makeCase.js';

const EPILOGUE_OPERATIONS = 3;

/** What a kernel must give. */
export interface Expected {
  readonly output: Float64Array;
  /** Largest error that float32 arithmetic in any order may make. */
  readonly bounds: Float64Array;
}

function magnitude(tensor: ReferenceTensor | undefined): ReferenceTensor | undefined {
  return tensor && { ...tensor, data: tensor.data.map(Math.abs) };
}

const LAYERS = ['convolution', 'fullyConnected', 'convolutionTranspose', 'matMul'];
/** Operators that move elements, or choose among them. */
const EXACT = [
  'maxPool',
  'gather',
  'padAxis',
  'concat',
  'slice',
  'channelShuffle',
  'pad',
  'permute',
  'reshape',
  'expand',
  'constant',
];

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** (K + 2 + epilogue operations) · 2⁻²⁴ · (Σ|w·x| + |bias| + |residual|), an element at a time. */
function boundsOfSums({ site }: KernelCase, operands: readonly (ReferenceTensor | undefined)[], depth: number) {
  const { node } = site;
  const isLayer = LAYERS.includes(node.operator);
  const plain =
    isLayer && 'activation' in node.attributes
      ? { ...node, attributes: { ...node.attributes, activation: 'none' } }
      : node;
  const magnitudes = operands.map((operand, index) => (isLayer && index === 3 ? undefined : magnitude(operand)));
  const clips = node.operator === 'clip';
  const sums = clips ? operands[0]!.data.map(Math.abs) : referenceOf(plain, magnitudes)[0]!.data;
  return sums.map((sum) => (depth + 2 + EPILOGUE_OPERATIONS) * UNIT_ROUNDOFF * sum);
}

function boundsOf(
  kernelCase: KernelCase,
  operands: readonly (ReferenceTensor | undefined)[],
  output: Float64Array,
): Float64Array {
  const { node, inputs } = kernelCase.site;
  const { operator, attributes } = node;
  const input = operands[0]!;
  if (EXACT.includes(operator)) return output.map(() => 0);
  if (operator === 'resize') {
    // Two linear interpolations: each rounds a share, a difference, a product and a sum of at most 2 · max|x|.
    const steps = attributes.mode === 'nearest' ? 0 : 16;
    return output.map(() => steps * UNIT_ROUNDOFF * largest(input.data));
  }
  if (operator === 'resample') {
    // Each tap rounds its weight, the product and the sum; the weights' magnitudes add up to less than 3.
    const taps = 1 << 6;
    return output.map((value) => 4 * taps * UNIT_ROUNDOFF * (largest(input.data) + Math.abs(value)));
  }
  if (operator === 'sigmoid') return output.map((value) => (EXPONENTIAL_ERROR + 3 * UNIT_ROUNDOFF) * value + TINY);
  if (operator === 'softmax') {
    // x − max rounds by 2⁻²⁴ · 2 · max|x|, which e^x turns into a relative error; numerator and denominator alike.
    const power = EXPONENTIAL_ERROR + 2 * largest(input.data) * UNIT_ROUNDOFF;
    const sum = (inputs[0]![attributes.axis as number]! + 2) * UNIT_ROUNDOFF;
    return output.map((value) => (2 * power + sum) * value + TINY);
  }
  if (operator === 'unary') return boundsOfUnary(attributes, input.data, output);
  if (operator === 'binary') return boundsOfBinary(node, operands, output);
  if (operator === 'reduce') return boundsOfReduction(node, input, output);
  let depth = 1;
  if (operator === 'matMul') depth = inputs[0]!.at(-1)!;
  else if (operator === 'convolutionTranspose') depth = elementCount(inputs[1]!) / inputs[1]![1]!;
  else if (LAYERS.includes(operator)) depth = elementCount(inputs[1]!.slice(1));
  else if (operator === 'averagePool') {
    const kernel = attributes.kernel as number[];
    depth = elementCount(kernel.map((length, axis) => Math.min(length, inputs[0]![axis + 2]!)));
  } else if (operator === 'globalAveragePool') depth = elementCount(inputs[0]!.slice(2));
  return boundsOfSums(kernelCase, operands, depth);
}

/** A case's outputs by the operator's float64 reference. */
export function expectedOf(kernelCase: KernelCase): Expected {
  const { site, values } = kernelCase;
  const operands = values.map((value, index) => {
    const tensor: Tensor | undefined = value ?? site.tensors[index];
    return tensor && toReference(tensor);
  });
  const output = referenceOf(site.node, operands)[0]!.data;
  return { output, bounds: boundsOf(kernelCase, operands, output) };
}

/** The first element that is further off than it may be, in words. */
export function firstOutside(found: Float32Array, { output, bounds }: Expected): string | undefined {
  for (let index = 0; index < output.length; index++) {
    const error = Math.abs(found[index]! - output[index]!);
    if (!(error <= bounds[index]!) && !Object.is(found[index], output[index]))
      return `element ${index}: ${found[index]}, expected ${output[index]} ± ${bounds[index]}`;
  }
  return undefined;
}
