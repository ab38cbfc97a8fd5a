/** Every kernel × every build × every case it accepts × 1, 2 and 3 lanes, against the operator's float64 reference. */
import { describe, expect, test } from 'vitest';
import { acceptingKernels, kernels } from '../../src/kernels/index.js';
import { ALL_BUILDS, type Kernel } from '../../src/kernels/kernel.js';
import { conversions } from '../../src/kernels/layout.js';
import { kernelCases } from './cases.js';
import { type Expected, expectedOf, firstOutside } from './expected.js';
import type { KernelCase } from './makeCase.js';
import { layoutCases } from './operatorCases.js';
import { paddingIsZero, runKernel } from './runKernel.js';
import { expectedOfKernel } from './winogradBounds.js';

const casesByKernel = new Map<Kernel, KernelCase[]>(
  kernels
    .filter(({ layout, outputLayout }) => layout !== 'nhwcInt8' && outputLayout !== 'nhwcInt8')
    .map((kernel) => [kernel, []]),
);
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
      const reference = expectations.get(kernelCase) ?? expectedOf(kernelCase);
      expectations.set(kernelCase, reference);
      const expected = expectedOfKernel(kernel.name, kernelCase, reference);
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
