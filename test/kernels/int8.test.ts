/** Every int8 kernel × every build × every case × 1, 2 and 3 lanes: the bits of the operator's integer reference. */
import { describe, expect, test } from 'vitest';
import { acceptingKernels, kernels } from '../../src/kernels/index.js';
import { ALL_BUILDS, type Kernel } from '../../src/kernels/kernel.js';
import { referenceOf } from '../../src/ops/index.js';
import { toReference } from '../../src/tensor/tensor.js';
import { dequantisedCases } from './dequantisedCases.js';
import { int8ConversionCases, int8LayerCases } from './int8Cases.js';
import { int8OperatorCases } from './int8OperatorCases.js';
import type { KernelCase } from './makeCase.js';
import { relaxedDotIsRight } from './relaxedDot.js';
import { paddingIsZero, runKernel } from './runKernel.js';

const cases = [...int8LayerCases, ...int8ConversionCases, ...dequantisedCases, ...int8OperatorCases];
const int8Kernels = kernels.filter((kernel) => [kernel.layout, kernel.outputLayout].includes('nhwcInt8'));
const casesByKernel = new Map<Kernel, KernelCase[]>(int8Kernels.map((kernel) => [kernel, []]));
for (const kernelCase of cases) {
  for (const kernel of acceptingKernels(kernelCase.site)) casesByKernel.get(kernel)!.push(kernelCase);
}
const expectations = new Map<KernelCase, Float32Array>();

function expectedOf(kernelCase: KernelCase): Float32Array {
  const known = expectations.get(kernelCase);
  if (known) return known;
  const { site, values } = kernelCase;
  const operands = values.map((value, index) => value ?? site.tensors[index]);
  const [output] = referenceOf(
    site.node,
    operands.map((tensor) => tensor && toReference(tensor)),
  );
  const expected = Float32Array.from(output!.data);
  expectations.set(kernelCase, expected);
  return expected;
}

describe.each([...casesByKernel])('$name', (kernel, kernelCases) => {
  test('has at least four cases', () => {
    expect(kernelCases.length).toBeGreaterThanOrEqual(4);
  });

  const builds = ALL_BUILDS.filter(
    (build) => relaxedDotIsRight || !kernel.relaxedDot || (build !== 'relaxed' && build !== 'wide'),
  );
  test.each(builds)('%s build', (build) => {
    for (const kernelCase of kernelCases) {
      const { site, values, name } = kernelCase;
      const expected = expectedOf(kernelCase);
      for (const lanes of [1, 2, 3]) {
        const run = runKernel(kernel, site, values, build, lanes);
        expect(run.output, name).toEqual(expected);
        const padded = kernel.outputLayout === 'nhwc';
        expect(!padded || paddingIsZero(run.stored, site.outputs[0]!), `${name}: padding channels`).toBe(true);
        expect(run.guardsIntact, `${name}: guards`).toBe(true);
        expect(run.inputsIntact, `${name}: inputs`).toBe(true);
      }
    }
  });
});

test('the cases reach the whole range of outputs and saturate', () => {
  const all = int8LayerCases.flatMap((kernelCase) => [...expectedOf(kernelCase)]);
  const share = (value: number): number => all.filter((found) => found === value).length / all.length;
  expect(new Set(all).size).toBe(256);
  expect(share(127)).toBeLessThan(0.3);
  expect(share(-128)).toBeLessThan(0.4);
});

test('every operator case is accepted by a kernel, and those of each operator reach nearly every output', () => {
  const byOperator = new Map<string, Set<number>>();
  for (const kernelCase of int8OperatorCases) {
    const { operator } = kernelCase.site.node;
    expect(acceptingKernels(kernelCase.site).length, kernelCase.name).toBeGreaterThan(0);
    const outputs = byOperator.get(operator) ?? new Set();
    for (const value of expectedOf(kernelCase)) outputs.add(value);
    byOperator.set(operator, outputs);
  }
  expect(byOperator.size).toBe(8);
  for (const [operator, outputs] of byOperator) expect(outputs.size, operator).toBeGreaterThan(200);
});
