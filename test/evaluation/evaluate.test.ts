/** The protocol's measures: cases computed by hand, and brute force over all thresholds on random scores. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyAt, areaUnderCurve, bestThreshold, evaluatePairs } from '../../src/evaluation/evaluate.js';
import { operatingPoint } from '../../src/evaluation/operatingPoint.js';
import type { ScoredPair } from '../../src/evaluation/scoredPair.js';
import { codeOf } from '../formats/codeOf.js';

function scored(same: readonly number[], different: readonly number[], fold = 0): ScoredPair[] {
  return [
    ...same.map((score) => ({ score, same: true, fold })),
    ...different.map((score) => ({ score, same: false, fold })),
  ];
}

/** Few distinct scores, so that ties are common. */
const pairs = fc
  .array(fc.record({ score: fc.integer({ min: -6, max: 6 }).map((n) => n / 4), same: fc.boolean(), fold: fc.nat(3) }), {
    minLength: 2,
    maxLength: 40,
  })
  .filter((list) => list.some(({ same }) => same) && list.some(({ same }) => !same));

describe('bestThreshold', () => {
  it('stands in the middle of the gap that separates the classes', () => {
    expect(bestThreshold(scored([0.9, 0.7], [0.3, 0.1]))).toEqual({ threshold: 0.5, accuracy: 1 });
  });

  it('is the highest of equally good ones', () => {
    const { threshold, accuracy } = bestThreshold(scored([0.75, 0.25], [0.5, 0]));
    expect([threshold, accuracy]).toEqual([0.625, 0.75]);
  });

  it('accepts all or none where that is best', () => {
    expect(bestThreshold(scored([0.2, 0.4], []))).toEqual({ threshold: 0.2, accuracy: 1 });
    const none = bestThreshold(scored([], [0.2, 0.4]));
    expect(none.accuracy).toBe(1);
    expect(none.threshold).toBeGreaterThan(0.4);
    expect(none.threshold).toBeLessThan(0.4000001);
  });

  it('separates scores that have no number between them', () => {
    const next = 0.5 + Number.EPSILON / 2;
    const list = scored([next], [0.5]);
    expect(bestThreshold(list)).toEqual({ threshold: next, accuracy: 1 });
    expect(accuracyAt(list, next)).toBe(1);
  });

  it('is not beaten by any threshold, and reaches the accuracy that it states', () => {
    const property = fc.property(pairs, (list) => {
      const { threshold, accuracy } = bestThreshold(list);
      expect(accuracyAt(list, threshold)).toBeCloseTo(accuracy, 12);
      for (let other = -2; other <= 2; other += 1 / 8) {
        const rival = accuracyAt(list, other);
        expect(rival).toBeLessThanOrEqual(accuracy + 1e-12);
        if (other > threshold && rival > accuracy - 1e-12)
          expect(list.every(({ score }) => score >= other === score >= threshold)).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 500, seed: 5 });
  });
});

describe('areaUnderCurve', () => {
  it('of known orders', () => {
    expect(areaUnderCurve(scored([3, 4], [1, 2]))).toBe(1);
    expect(areaUnderCurve(scored([1, 2], [3, 4]))).toBe(0);
    expect(areaUnderCurve(scored([1, 1], [1, 1]))).toBe(0.5);
    expect(areaUnderCurve(scored([2, 3], [1, 2]))).toBe(3.5 / 4);
  });

  it('is the share of ordered pairs, counted one by one', () => {
    const property = fc.property(pairs, (list) => {
      let sum = 0;
      const same = list.filter((pair) => pair.same);
      const different = list.filter((pair) => !pair.same);
      for (const a of same) for (const b of different) sum += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
      expect(areaUnderCurve(list)).toBeCloseTo(sum / (same.length * different.length), 12);
    });
    fc.assert(property, { numRuns: 500, seed: 6 });
  });
});

const trueAcceptRate = (pairs: readonly ScoredPair[], rate: number): number =>
  operatingPoint(pairs, rate).trueAcceptRate;

describe('trueAcceptRate', () => {
  const different = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0];
  const same = [0.95, 0.9, 0.85, 0.5];

  it('allows the whole number of false accepts below the rate', () => {
    const list = scored(same, different);
    expect(trueAcceptRate(list, 0)).toBe(1 / 4);
    expect(trueAcceptRate(list, 0.09)).toBe(1 / 4);
    expect(trueAcceptRate(list, 0.1)).toBe(3 / 4);
    expect(trueAcceptRate(list, 0.3)).toBe(3 / 4);
    expect(trueAcceptRate(list, 0.4)).toBe(3 / 4);
    expect(trueAcceptRate(list, 0.5)).toBe(1);
    expect(trueAcceptRate(list, 1)).toBe(1);
  });

  it('allows 3 of 3000 at 1e-3, whatever the product rounds to', () => {
    const many = Array.from({ length: 3000 }, (_, index) => -index);
    expect(trueAcceptRate(scored([-2.5], many), 0.001)).toBe(1);
    expect(trueAcceptRate(scored([-3], many), 0.001)).toBe(0);
  });

  it('is the best of all thresholds that keep the rate', () => {
    const property = fc.property(pairs, fc.constantFrom(0, 0.1, 0.25, 0.5), (list, rate) => {
      const share = (isSame: boolean, threshold: number) => {
        const group = list.filter((pair) => pair.same === isSame);
        return group.filter(({ score }) => score >= threshold).length / group.length;
      };
      const thresholds = [...list.flatMap(({ score }) => [score, score + 1e-9])];
      const allowed = thresholds.filter((threshold) => share(false, threshold) <= rate);
      const best = Math.max(0, ...allowed.map((threshold) => share(true, threshold)));
      expect(trueAcceptRate(list, rate)).toBeCloseTo(best, 12);
    });
    fc.assert(property, { numRuns: 500, seed: 8 });
  });
});

describe('evaluatePairs', () => {
  it('decides each fold at the threshold of the others', () => {
    const list = [...scored([0.9, 0.8], [0.2, 0], 0), ...scored([0.9, 0.4], [0.3, 0.1], 1)];
    const { folds, accuracy, std, threshold, auc } = evaluatePairs(list);
    expect(folds).toEqual([
      { threshold: expect.closeTo(0.35, 12), accuracy: 1 },
      { threshold: 0.5, accuracy: 0.75 },
    ]);
    expect(accuracy).toBe(0.875);
    expect(std).toBe(0.125);
    expect(threshold).toBeCloseTo(0.35, 12);
    expect(auc).toBe(1);
  });

  it('decides a single fold by itself', () => {
    const { accuracy, std, tarAtFar } = evaluatePairs(scored([0.9, 0.5], [0.2, 0.1], 7));
    expect([accuracy, std]).toEqual([1, 0]);
    expect(tarAtFar).toEqual({ '1e-1': 1, '1e-2': 1, '1e-3': 1 });
  });

  it('agrees with the protocol written out', () => {
    const property = fc.property(pairs, (list) => {
      const numbers = [...new Set(list.map(({ fold }) => fold))];
      const accuracies = numbers.map((fold) => {
        const others = list.filter((pair) => pair.fold !== fold);
        const { threshold } = bestThreshold(others.length > 0 ? others : list);
        return accuracyAt(
          list.filter((pair) => pair.fold === fold),
          threshold,
        );
      });
      const mean = accuracies.reduce((sum, value) => sum + value, 0) / numbers.length;
      const squares = accuracies.reduce((sum, value) => sum + value * value, 0) / numbers.length;
      const { accuracy, std } = evaluatePairs(list);
      expect(accuracy).toBeCloseTo(mean, 12);
      expect(std ** 2).toBeCloseTo(squares - mean * mean, 12);
    });
    fc.assert(property, { numRuns: 200, seed: 9 });
  });

  it('refuses one class alone and scores that are no numbers', async () => {
    expect(await codeOf(() => evaluatePairs([]))).toBe('ONE_CLASS');
    expect(await codeOf(() => evaluatePairs(scored([1, 2], [])))).toBe('ONE_CLASS');
    expect(await codeOf(() => evaluatePairs(scored([Number.NaN], [1])))).toBe('NOT_FINITE');
  });
});
