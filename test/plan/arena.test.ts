/** The arena: live ranges never overlap, offsets are aligned, and memory is reused. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inferShapes } from '../../src/build/infer.js';
import { kernels } from '../../src/kernels/index.js';
import { mobileFaceNet } from '../../src/networks/mobileFaceNet.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { optimise } from '../../src/passes/index.js';
import { ARENA_ALIGNMENT, type Lifetime, placeLifetimes } from '../../src/plan/arena.js';
import { lower } from '../../src/plan/lower.js';
import { packGraph } from '../../src/plan/pack.js';

const lifetime = fc
  .record({ sizeBytes: fc.integer({ min: 1, max: 5000 }), begin: fc.integer({ min: -1, max: 20 }), length: fc.nat(8) })
  .map(({ sizeBytes, begin, length }): Lifetime => ({ sizeBytes, begin, end: begin + length }));

function overlaps(a: Lifetime, aOffset: number, b: Lifetime, bOffset: number): boolean {
  const together = a.begin <= b.end && b.begin <= a.end;
  return together && aOffset < bOffset + b.sizeBytes && bOffset < aOffset + a.sizeBytes;
}

test('values that are alive together never share bytes', () => {
  fc.assert(
    fc.property(fc.array(lifetime, { maxLength: 40 }), (lifetimes) => {
      const { offsets, sizeBytes } = placeLifetimes(lifetimes);
      lifetimes.forEach((a, i) => {
        expect(offsets[i]! % ARENA_ALIGNMENT).toBe(0);
        expect(offsets[i]! + a.sizeBytes).toBeLessThanOrEqual(sizeBytes);
        lifetimes.slice(0, i).forEach((b, j) => {
          expect(overlaps(a, offsets[i]!, b, offsets[j]!)).toBe(false);
        });
      });
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('a chain of values needs the room of its two largest neighbours', () => {
  const chain = [256, 1024, 512, 64].map((sizeBytes, step) => ({ sizeBytes, begin: step, end: step + 1 }));
  expect(placeLifetimes(chain).sizeBytes).toBe(1024 + 512);
});

test('MobileFaceNet: no two live values overlap, and the arena is its largest pair of neighbours', () => {
  const graph = optimise(mobileFaceNet(seededWeights(1)));
  const plan = lower(packGraph(graph, 'plain', kernels));
  for (const a of plan.values) {
    for (const b of plan.values) {
      if (a !== b) expect(overlaps(a, a.offsetBytes, b, b.offsetBytes), `${a.name} and ${b.name}`).toBe(false);
    }
  }
  // 56×56×64 (depthwise) and 56×56×128 (expansion) stand side by side; the arena needs nothing beyond them.
  const bytes = 4 * 56 * 56 * (64 + 128);
  expect(plan.arenaBytes).toBe(bytes);
  expect(inferShapes(graph).size).toBeGreaterThan(plan.values.length);
});
