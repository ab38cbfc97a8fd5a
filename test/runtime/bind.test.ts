/** Binding and sharing: addresses are base plus offset, and lanes cover an extent exactly once. */
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Plan } from '../../src/plan/plan.js';
import { Barrier } from '../../src/runtime/barrier.js';
import { argumentBytes, bind } from '../../src/runtime/bind.js';
import { CONTROL } from '../../src/runtime/control.js';
import { counterBytes, programBytes, runProgram, runShared, share, writeProgram } from '../../src/runtime/run.js';

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

test('a program is the plan as words: kernel, extent and struct of each step', () => {
  const words = new Int32Array(16);
  writeProgram(
    plan,
    [100, 200],
    new Map([
      ['add', 3],
      ['clip', 5],
    ]),
    words,
    8,
  );
  expect(programBytes(plan)).toBe(28);
  expect([...words.subarray(2, 9)]).toEqual([2, 3, 7, 100, 5, 2, 200]);
});

test('a program runs alone from its first step to its last', () => {
  const { words, calls, kernels } = fakeProgram();
  runProgram(words, 0, kernels);
  expect(calls).toEqual(['add 100 [0, 7)', 'clip 200 [0, 2)']);
});

test.each([1, 2, 3])('%i lanes run every unit of every step exactly once, whoever comes late', (lanes) => {
  const { words, calls, kernels } = fakeProgram();
  const counters = 256;
  words.fill(0, counters / 4, (counters + counterBytes(2, lanes)) / 4);
  const barrier = new Barrier(words, 500, true);
  const last = Array.from({ length: lanes }, (_, lane) => {
    return runShared(words, 0, kernels, { lane, lanes, counters, barrier });
  });
  expect(last.filter(Boolean)).toHaveLength(1);
  const units = calls.flatMap((call) => {
    const [, name, , begin, end] = /^(\w+) (\d+) \[(\d+), (\d+)\)$/.exec(call)!;
    return Array.from({ length: Number(end) - Number(begin) }, (_, index) => `${name} ${Number(begin) + index}`);
  });
  const expected = [0, 1, 2, 3, 4, 5, 6].map((unit) => `add ${unit}`).concat('clip 0', 'clip 1');
  expect(units.toSorted()).toEqual(expected);
  expect(units.lastIndexOf('clip 1')).toBeGreaterThan(units.lastIndexOf('add 6'));
});

test('a run that was given up frees the lane that waits', () => {
  const words = new Int32Array(new SharedArrayBuffer(4 * 128));
  words[CONTROL.abort] = 1;
  expect(() => new Barrier(words, 0, true).await(100, 5)).toThrow(expect.objectContaining({ code: 'WORKER_LOST' }));
});

test('a lane that sleeps is freed by a run that is given up, and is no longer counted', async () => {
  const shared = new SharedArrayBuffer(4 * 128);
  const words = new Int32Array(shared);
  const giveUp = `const { workerData } = require('node:worker_threads');
    const words = new Int32Array(workerData);
    while (Atomics.load(words, ${CONTROL.sleepers}) === 0);
    Atomics.store(words, ${CONTROL.abort}, 1);`;
  const worker = new Worker(giveUp, { eval: true, workerData: shared });
  expect(() => new Barrier(words, 0, true).await(100, 5)).toThrow(expect.objectContaining({ code: 'WORKER_LOST' }));
  expect(words[CONTROL.sleepers]).toBe(0);
  await worker.terminate();
});

/** The plan above as a program at address 0, with kernels that write down their calls. */
function fakeProgram() {
  const words = new Int32Array(new SharedArrayBuffer(4 * 1024));
  const calls: string[] = [];
  const kernel = (name: string) => (args: number, begin: number, end: number) => {
    calls.push(`${name} ${args} [${begin}, ${end})`);
  };
  const indexes = new Map([
    ['add', 0],
    ['clip', 1],
  ]);
  writeProgram(plan, [100, 200], indexes, words, 0);
  return { words, calls, kernels: [kernel('add'), kernel('clip')] };
}
