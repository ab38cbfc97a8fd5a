/** Every kernel × every build × every case it accepts × 1, 2 and 3 lanes, against the operator's float64 reference. */
import { describe, expect, test } from 'vitest';
import { acceptingKernels, kernels } from '../../src/kernels/index.js';
import { ALL_BUILDS, type Kernel } from '../../src/kernels/kernel.js';
import { operatorOf } from '../../src/ops/index.js';
import { elementCount } from '../../src/tensor/shape.js';
import { type ReferenceTensor, type Tensor, toReference } from '../../src/tensor/tensor.js';
import { type KernelCase, kernelCases } from './cases.js';
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

/** (K + 2 + epilogue operations) · 2⁻²⁴ · (Σ|w·x| + |bias| + |residual|), an element at a time. */
function expectedOf({ site, values }: KernelCase): Expected {
  const { node } = site;
  const operator = operatorOf(node);
  const operands = values.map((value, index) => {
    const tensor: Tensor | undefined = value ?? site.tensors[index];
    return tensor && toReference(tensor);
  });
  const output = operator.reference(node, operands)[0]!.data;
  const isLayer = node.operator === 'convolution' || node.operator === 'fullyConnected';
  const depth = isLayer ? elementCount(site.inputs[1]!.slice(1)) : 1;
  const plain = isLayer ? { ...node, attributes: { ...node.attributes, activation: 'none' } } : node;
  const magnitudes = operands.map((operand, index) => (isLayer && index === 3 ? undefined : magnitude(operand)));
  const sums =
    node.operator === 'clip' ? operands[0]!.data.map(Math.abs) : operator.reference(plain, magnitudes)[0]!.data;
  const factor = (depth + 2 + EPILOGUE_OPERATIONS) * UNIT_ROUNDOFF;
  return { output, bounds: sums.map((sum) => factor * sum) };
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
      expect(paddingIsZero(whole.stored, site.outputs[0]!), `${name}: padding channels`).toBe(true);
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
