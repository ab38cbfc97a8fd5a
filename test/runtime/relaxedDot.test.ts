/** The trial of the relaxed dot product of bytes: passed by what is right, failed by what is not, and heeded. */
import { describe, expect, it } from 'vitest';
import { kernels } from '../../src/kernels/index.js';
import { RegionMemory } from '../../src/runtime/memory.js';
import { loadKernels } from '../../src/runtime/module.js';
import { probeRelaxedDot } from '../../src/runtime/relaxedDot.js';
import type { KernelFunction } from '../../src/runtime/run.js';
import { freshRelaxed, instantiateKernel, modules, type SetModules } from '../kernels/modules.js';
import { relaxedDotIsRight } from '../kernels/relaxedDot.js';

const COLUMNS = [8, 16] as const;

function kernelOf(sets: SetModules, columns: 8 | 16): [KernelFunction, WebAssembly.Memory] {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  return [instantiateKernel(sets, `convolutionInt7x${columns}`, memory), memory];
}

describe.each(COLUMNS)('with %i channels at a time', (columns) => {
  it('passes kernels without the instruction', () => {
    const [kernel, memory] = kernelOf(modules.plain, columns);
    expect(probeRelaxedDot(kernel, columns, memory, 2)).toBe(true);
  });

  // One runtime computes other sums before it optimises a function, and right ones after.
  it('says of this runtime what the instruction alone says', () => {
    const [kernel, memory] = kernelOf(freshRelaxed(200 + columns), columns);
    expect(probeRelaxedDot(kernel, columns, memory, 2)).toBe(relaxedDotIsRight);
  });

  it.each([0, 100, 215])('sees output %i that is off by one, the first time and later', (place) => {
    for (const firstWrong of [0, 100]) {
      const [kernel, memory] = kernelOf(modules.plain, columns);
      const bytes = new Int8Array(memory.buffer);
      let calls = 0;
      const faulty: KernelFunction = (struct, begin, end) => {
        kernel(struct, begin, end);
        const output = new Int32Array(memory.buffer)[struct / 4 + 5]!;
        if (calls++ >= firstWrong) bytes[output + place]!++;
      };
      expect(probeRelaxedDot(faulty, columns, memory, 20)).toBe(false);
    }
  });
});

it('leaves out the kernels that fail it', async () => {
  const { core, further } = freshRelaxed(220);
  const binaries = { core: { relaxed: core }, further: { relaxed: further } };
  const loaded = await loadKernels(binaries, new RegionMemory(1 << 20).memory, ['relaxed']);
  await loaded.load('further');
  const left = kernels.filter((kernel) => relaxedDotIsRight || !kernel.relaxedDot);
  expect(await loaded.trusted(kernels)).toEqual(left);
  expect(kernels.filter(({ relaxedDot }) => relaxedDot)).toHaveLength(3);
});
