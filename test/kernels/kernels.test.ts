/** Every kernel × every build × every case it accepts × 1, 2 and 3 lanes, against the operator's float64 reference. */
import { describe, expect, test } from 'vitest';
import { acceptingKernels, kernels } from '../../src/kernels/index.js';
import { ALL_BUILDS, type Kernel } from '../../src/kernels/kernel.js';
import { conversions } from '../../src/kernels/layout.js';
import { operatorOf } from '../../src/ops/index.js';
import { elementCount } from '../../src/tensor/shape.js';
import { type ReferenceTensor, type Tensor, toReference } from '../../src/tensor/tensor.js';
import { kernelCases } from './cases.js';
import type { KernelCase } from './makeCase.js';
import { layoutCases } from './operatorCases.js';
import { paddingIsZero, runKernel } from './runKernel.js';

const UNIT_ROUNDOFF = 2 ** -24;
const EPILOGUE_OPERATIONS = 3;

interface Expected {
  readonly output: Float64Array;
  /** Largest error that float32 arithmetic in any order may make. */
  readonly bounds: Float64Array;
}

function magnitude(tensor: ReferenceTensor | undefined): ReferenceTensor | undefined {
  return tensor && { ...tensor, data: tensor.data.map(Math.abs) };
}

const LAYERS = ['convolution', 'fullyConnected'];
/** Operators that move elements, or choose among them. */
const EXACT = ['maxPool', 'concat', 'slice', 'channelShuffle', 'pad', 'permute', 'reshape'];
/** Of e^x; see assembly/exponential.ts. */
const EXPONENTIAL_ERROR = 2 ** -22;
/** What is given as 0, or for numbers beyond the range of e^x. */
const TINY = 2 ** -125;

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** (K + 2 + epilogue operations) · 2⁻²⁴ · (Σ|w·x| + |bias| + |residual|), an element at a time. */
function boundsOfSums({ site }: KernelCase, operands: readonly (ReferenceTensor | undefined)[], depth: number) {
  const { node } = site;
  const isLayer = LAYERS.includes(node.operator);
  const plain = isLayer ? { ...node, attributes: { ...node.attributes, activation: 'none' } } : node;
  const magnitudes = operands.map((operand, index) => (isLayer && index === 3 ? undefined : magnitude(operand)));
  const clips = node.operator === 'clip';
  const sums = clips ? operands[0]!.data.map(Math.abs) : operatorOf(node).reference(plain, magnitudes)[0]!.data;
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
  if (operator === 'sigmoid') return output.map((value) => (EXPONENTIAL_ERROR + 3 * UNIT_ROUNDOFF) * value + TINY);
  if (operator === 'softmax') {
    // x − max rounds by 2⁻²⁴ · 2 · max|x|, which e^x turns into a relative error; numerator and denominator alike.
    const power = EXPONENTIAL_ERROR + 2 * largest(input.data) * UNIT_ROUNDOFF;
    const sum = (inputs[0]![attributes.axis as number]! + 2) * UNIT_ROUNDOFF;
    return output.map((value) => (2 * power + sum) * value + TINY);
  }
  let depth = 1;
  if (LAYERS.includes(operator)) depth = elementCount(inputs[1]!.slice(1));
  else if (operator === 'averagePool') {
    const kernel = attributes.kernel as number[];
    depth = elementCount(kernel.map((length, axis) => Math.min(length, inputs[0]![axis + 2]!)));
  } else if (operator === 'globalAveragePool') depth = elementCount(inputs[0]!.slice(2));
  return boundsOfSums(kernelCase, operands, depth);
}

function expectedOf(kernelCase: KernelCase): Expected {
  const { site, values } = kernelCase;
  const operands = values.map((value, index) => {
    const tensor: Tensor | undefined = value ?? site.tensors[index];
    return tensor && toReference(tensor);
  });
  const output = operatorOf(site.node).reference(site.node, operands)[0]!.data;
  return { output, bounds: boundsOf(kernelCase, operands, output) };
}

function firstOutside(found: Float32Array, { output, bounds }: Expected): string | undefined {
  for (let index = 0; index < output.length; index++) {
    const error = Math.abs(found[index]! - output[index]!);
    if (!(error <= bounds[index]!))
      return `element ${index}: ${found[index]}, expected ${output[index]} ± ${bounds[index]}`;
  }
  return undefined;
}

const casesByKernel = new Map<Kernel, KernelCase[]>(kernels.map((kernel) => [kernel, []]));
for (const kernelCase of kernelCases) {
  for (const kernel of acceptingKernels(kernelCase.site)) casesByKernel.get(kernel)!.push(kernelCase);
}
for (const kernel of Object.values(conversions)) casesByKernel.get(kernel)!.push(...layoutCases);
const expectations = new Map<KernelCase, Expected>();

describe.each([...casesByKernel])('$name', (kernel, cases) => {
  test('has at least five cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(5);
  });

  test.each(ALL_BUILDS)('%s build', (build) => {
    for (const kernelCase of cases) {
      const { site, values, name } = kernelCase;
      const expected = expectations.get(kernelCase) ?? expectedOf(kernelCase);
      expectations.set(kernelCase, expected);
      const whole = runKernel(kernel, site, values, build, 1);
      expect(firstOutside(whole.output, expected), name).toBeUndefined();
      const padded = kernel.outputLayout === 'nhwc';
      expect(!padded || paddingIsZero(whole.stored, site.outputs[0]!), `${name}: padding channels`).toBe(true);
      for (const run of [whole, runKernel(kernel, site, values, build, 2), runKernel(kernel, site, values, build, 3)]) {
        expect(run.guardsIntact, `${name}: guards`).toBe(true);
        expect(run.inputsIntact, `${name}: inputs`).toBe(true);
        expect(Buffer.from(run.stored.buffer).equals(Buffer.from(whole.stored.buffer)), `${name}: slices`).toBe(true);
      }
    }
  });
});

test('every case is accepted by a kernel', () => {
  for (const { name, site } of kernelCases) expect(acceptingKernels(site).length, name).toBeGreaterThan(0);
});
