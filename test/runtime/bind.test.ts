/** Binding and sharing: addresses are base plus offset, and lanes cover an extent exactly once. */
import { expect, test } from 'vitest';
import type { Plan } from '../../src/plan/plan.js';
import { argumentBytes, bind } from '../../src/runtime/bind.js';
import { runPlan, share } from '../../src/runtime/run.js';

const plan: Plan = {
  build: 'plain',
  inputs: [],
  outputs: [],
  values: [],
  arenaBytes: 64,
  scratchBytes: 64,
  steps: [
    {
      node: 'first',
      kernel: 'add',
      extent: 7,
      arguments: [
        { kind: 'address', value: { region: 'arena', offsetBytes: 64 } },
        { kind: 'address', value: { region: 'weights', offsetBytes: 128 } },
        { kind: 'address', value: null },
      ],
    },
    {
      node: 'second',
      kernel: 'clip',
      extent: 2,
      arguments: [
        { kind: 'address', value: { region: 'scratch', offsetBytes: 0 } },
        { kind: 'int32', value: -5 },
        { kind: 'float32', value: 0.5 },
      ],
    },
  ],
};

test('structs stand one after the other, offsets added to the bases of the lane', () => {
  const view = new DataView(new ArrayBuffer(64));
  expect(argumentBytes(plan)).toBe(24);
  expect(bind(plan, { arena: 1000, scratch: 2000, weights: 3000 }, 8, view)).toEqual([8, 20]);
  expect([8, 12, 16, 20, 24].map((at) => view.getInt32(at, true))).toEqual([1064, 3128, 0, 2000, -5]);
  expect(view.getFloat32(28, true)).toBe(0.5);
});

test.each([1, 2, 3, 4, 16])('%i lanes share every extent without gap or overlap', (lanes) => {
  for (let extent = 0; extent <= 40; extent++) {
    let next = 0;
    const lengths: number[] = [];
    for (let lane = 0; lane < lanes; lane++) {
      const [begin, end] = share(extent, lane, lanes);
      expect(begin).toBe(next);
      lengths.push(end - begin);
      next = end;
    }
    expect(next).toBe(extent);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
  }
});

test('each lane runs its own arguments over its own share, step by step', () => {
  const calls: string[] = [];
  const kernel = (name: string) => (args: number, begin: number, end: number) => {
    calls.push(`${name} ${args} [${begin}, ${end})`);
  };
  runPlan({
    plan,
    kernels: [kernel('add'), kernel('clip')],
    lanes: [
      [10, 20],
      [30, 40],
      [50, 60],
    ],
  });
  expect(calls).toEqual(['add 10 [0, 2)', 'add 30 [2, 4)', 'add 50 [4, 7)', 'clip 40 [0, 1)', 'clip 60 [1, 2)']);
});
