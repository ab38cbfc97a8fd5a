/** Thresholds at false-accept rates and their intervals: by hand, from tables, and by brute force. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operatingPoint, wilsonInterval } from '../../src/evaluation/operatingPoint.js';
import type { ScoredPair } from '../../src/evaluation/scoredPair.js';

function scored(same: readonly number[], different: readonly number[]): ScoredPair[] {
  return [
    ...same.map((score) => ({ score, same: true, fold: 0 })),
    ...different.map((score) => ({ score, same: false, fold: 0 })),
  ];
}

describe('wilsonInterval', () => {
  it.each([
    // Newcombe 1998, Table I: method 3, score without continuity correction.
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i is %f to %f', (successes, trials, low, high) => {
    const found = wilsonInterval(successes, trials);
    expect(found[0]).toBeCloseTo(low, 4);
    expect(found[1]).toBeCloseTo(high, 4);
    const mirrored = wilsonInterval(trials - successes, trials);
    expect(mirrored[0]).toBeCloseTo(1 - found[1], 12);
    expect(mirrored[1]).toBeCloseTo(1 - found[0], 12);
  });

  it('is everything where nothing was tried, and holds the share', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
    for (let successes = 0; successes <= 12; successes++) {
      const [low, high] = wilsonInterval(successes, 12);
      expect(low).toBeLessThanOrEqual(successes / 12);
      expect(high).toBeGreaterThanOrEqual(successes / 12);
      expect(low >= 0 && high <= 1).toBe(true);
    }
  });
});

describe('operatingPoint', () => {
  it('stands in the gap above the first pair that is refused, by hand', () => {
    const pairs = scored([0.95, 0.9, 0.85, 0.5], [0.875, 0.75, 0.25, 0]);
    expect(operatingPoint(pairs, 0.25)).toEqual({
      falseAcceptRate: 0.25,
      threshold: 0.8,
      falseAccepts: 1,
      differentPairs: 4,
      trueAcceptRate: 0.75,
      interval: wilsonInterval(3, 4),
    });
    expect(operatingPoint(pairs, 0).threshold).toBeCloseTo(0.8875, 12);
    expect(operatingPoint(pairs, 1)).toMatchObject({ threshold: 0, falseAccepts: 4, trueAcceptRate: 1 });
  });

  it('keeps the rate, accepts what it says, and no lower threshold keeps it', () => {
    const score = fc.integer({ min: -6, max: 6 }).map((n) => n / 4);
    const lists = fc.tuple(
      fc.array(score, { minLength: 1, maxLength: 20 }),
      fc.array(score, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(0, 0.1, 0.25, 0.5, 1),
    );
    const property = fc.property(lists, ([same, different, rate]) => {
      const point = operatingPoint(scored(same, different), rate);
      const from = (list: readonly number[], threshold: number) => list.filter((other) => other >= threshold).length;
      expect(from(different, point.threshold)).toBe(point.falseAccepts);
      expect(point.falseAccepts).toBeLessThanOrEqual(rate * different.length);
      expect(from(same, point.threshold) / same.length).toBe(point.trueAcceptRate);
      for (const lower of different.filter((other) => other < point.threshold)) {
        expect(from(different, lower)).toBeGreaterThan(rate * different.length);
      }
    });
    fc.assert(property, { numRuns: 500, seed: 51 });
  });
});
