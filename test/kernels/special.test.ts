/** Numbers that are none: NaN goes through every kernel that could lose it, and infinities and extremes stay in order. */
import { describe, expect, it } from 'vitest';
import { acceptingKernels } from '../../src/kernels/index.js';
import { ALL_BUILDS, type Build } from '../../src/kernels/kernel.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { makeCase } from './makeCase.js';
import { runKernel } from './runKernel.js';

/** Runs an operator's kernel on an image of one row and three channels. */
function run(build: Build, operator: string, attributes: Record<string, unknown>, data: number[]): number[] {
  const shape = [1, 3, 1, data.length / 3];
  const { site } = makeCase(operator, { operator, attributes: attributes as never, shapes: [shape], constant: [] });
  const [kernel] = acceptingKernels(site);
  return [...runKernel(kernel!, site, [float32Tensor(shape, data)], build, 1).output];
}

const window = { kernel: [1, 2], stride: [1, 1], padding: [0, 0, 0, 0], rounding: 'down' };

describe.each(ALL_BUILDS)('%s build', (build) => {
  it('keeps NaN wherever it stands in a window', () => {
    const rows = [Number.NaN, 1, 2, 1, Number.NaN, 2, 1, 2, 3];
    const pooled = run(build, 'maxPool', window, rows);
    expect(pooled).toEqual([Number.NaN, 2, Number.NaN, Number.NaN, 2, 3]);
    const means = run(build, 'averagePool', { ...window, countPadding: false }, rows);
    expect(means).toEqual([Number.NaN, 1.5, Number.NaN, Number.NaN, 1.5, 2.5]);
    expect(run(build, 'globalAveragePool', {}, rows)).toEqual([Number.NaN, Number.NaN, 2]);
  });

  it('pools infinities and signed zeros', () => {
    const rows = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0, 5, Number.POSITIVE_INFINITY];
    const pooled = run(build, 'maxPool', window, rows);
    expect(pooled).toEqual([Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY]);
  });

  it('sigmoid ends at 0 and 1 and keeps NaN', () => {
    const far = [Number.NEGATIVE_INFINITY, -1000, Number.NaN, 0, 1000, Number.POSITIVE_INFINITY];
    const output = run(build, 'sigmoid', {}, far);
    expect(output[0]).toBeLessThan(2 ** -125);
    expect(output[1]).toBeLessThan(2 ** -125);
    expect(output.slice(2)).toEqual([Number.NaN, 0.5, 1, 1]);
  });

  it('softmax gives all to a far larger value, and NaN to all beside a NaN', () => {
    const alone = run(build, 'softmax', { axis: 1 }, [-1000, 1000, 0]);
    expect(alone).toEqual([0, 1, 0]);
    expect(run(build, 'softmax', { axis: 1 }, [1, Number.NaN, 0])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(run(build, 'softmax', { axis: 3 }, [1, Number.NaN, 0, 0, 1000, -1000])).toEqual([
      Number.NaN,
      Number.NaN,
      0.5,
      0.5,
      1,
      0,
    ]);
  });
});
