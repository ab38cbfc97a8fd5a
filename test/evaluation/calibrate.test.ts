/** Calibration: rates that pairs support, thresholds that keep them, and the logistic fit against closed forms. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrate, fitProbability } from '../../src/evaluation/calibrate.js';
import type { ScoredPair } from '../../src/evaluation/scoredPair.js';
import { codeOf } from '../formats/codeOf.js';

function scored(same: readonly number[], different: readonly number[]): ScoredPair[] {
  return [
    ...same.map((score) => ({ score, same: true, fold: 0 })),
    ...different.map((score) => ({ score, same: false, fold: 0 })),
  ];
}

/** Scores spread over [0, 1) below and [0.5, 1.5) above, without order. */
function spread(count: number, from: number): number[] {
  return Array.from({ length: count }, (_, index) => from + ((index * 7919) % count) / count);
}

describe('calibrate', () => {
  const pairs = scored(spread(500, 0.2), spread(3000, -0.5));

  it('gives a threshold for each rate, with the pairs that it rests on', () => {
    const { thresholds, probability } = calibrate(pairs, [0.1, 0.01], 'our pairs');
    expect(thresholds.map(({ pairs: count, falseAcceptRate }) => [count, falseAcceptRate])).toEqual([
      [3000, 0.1],
      [3000, 0.01],
    ]);
    expect(thresholds[0]!.value).toBeCloseTo(0.4, 2);
    expect(thresholds[1]!.value).toBeCloseTo(0.49, 2);
    expect(thresholds[0]!.calibratedOn).toBe(
      'our pairs: lowest threshold that accepts at most 0.1 of different people',
    );
    expect(thresholds[0]!.trueAcceptRate).toBeCloseTo(0.8, 2);
    expect(thresholds[0]!.trueAcceptRate).toBeLessThan(thresholds[0]!.trueAcceptInterval![1]);
    expect(thresholds[0]!.falseAccepts).toBe(0.1 * thresholds[0]!.pairs!);
    expect(probability).toMatchObject({
      pairs: 3500,
      calibratedOn: 'our pairs: logistic regression, both classes weighted alike',
    });
  });

  it.each([
    [0.0098, 'RATE_UNSUPPORTED'],
    [0.0099, 'accepted'],
    [1e-6, 'RATE_UNSUPPORTED'],
    [0.01, 'accepted'],
    [1, 'accepted'],
    [0, 'BAD_RATE'],
    [1.5, 'BAD_RATE'],
    [Number.NaN, 'BAD_RATE'],
  ])('a rate of %d on 3000 pairs of different people is %s', async (rate, code) => {
    expect(await codeOf(() => calibrate(pairs, [rate], 'x'))).toBe(code);
  });

  it('says what would be needed', () => {
    expect(() => calibrate(pairs, [0.1, 1e-3], 'x')).toThrow(
      'a false-accept rate of 0.001 on 3000 pairs of different people lets expect 3 false accepts; 30 are needed: ' +
        '30000 such pairs, or a rate of 0.01 and higher.',
    );
  });

  it('refuses scores that say nothing', async () => {
    expect(await codeOf(() => calibrate(scored([1], []), [0.1], 'x'))).toBe('ONE_CLASS');
    expect(await codeOf(() => calibrate(scored([Number.NaN], [1]), [1], 'x'))).toBe('NOT_FINITE');
    expect(await codeOf(() => fitProbability(scored([0.1, 0.2], [0.3, 0.4])))).toBe('NO_RELATION');
    expect(await codeOf(() => fitProbability(scored([0.5], [0.5])))).toBe('NO_RELATION');
  });
});

describe('fitProbability', () => {
  it('meets the shares where scores have two values alone: there the fit is exact', () => {
    const pairs = scored([...Array(30).fill(1), ...Array(10).fill(0)], [...Array(5).fill(1), ...Array(15).fill(0)]);
    const { slope, offset } = fitProbability(pairs);
    // By class weights of a half and Platt's targets, the probability at each score is that of its weighted targets.
    const [positive, negative] = [41 / 42, 1 / 22];
    const at = (same: number, different: number) =>
      ((same / 40) * positive + (different / 20) * negative) / (same / 40 + different / 20);
    const logit = (share: number) => Math.log(share / (1 - share));
    expect(offset).toBeCloseTo(logit(at(10, 15)), 5);
    expect(slope + offset).toBeCloseTo(logit(at(30, 5)), 5);
  });

  it('finds the minimum: no step in any direction lowers the loss', () => {
    const score = fc.double({ min: -1, max: 1, noNaN: true });
    const lists = fc.tuple(
      fc.array(score, { minLength: 3, maxLength: 30 }),
      fc.array(score, { minLength: 3, maxLength: 30 }),
    );
    let fitted = 0;
    const property = fc.property(lists, ([above, different]) => {
      const same = above.map((value) => value * 0.5 + 0.5);
      const pairs = scored(
        same,
        different.map((value) => value * 0.7 - 0.3),
      );
      let fit: { slope: number; offset: number };
      try {
        fit = fitProbability(pairs);
      } catch {
        return;
      }
      fitted++;
      const loss = (slope: number, offset: number) => {
        let sum = 0;
        for (const pair of pairs) {
          const probability = 1 / (1 + Math.exp(-(slope * pair.score + offset)));
          const count = pair.same ? same.length : different.length;
          const target = pair.same ? (count + 1) / (count + 2) : 1 / (count + 2);
          sum -= (target * Math.log(probability) + (1 - target) * Math.log(1 - probability)) / (2 * count);
        }
        return sum;
      };
      const least = loss(fit.slope, fit.offset);
      for (const [a, b] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
        [1, -1],
        [-1, 1],
      ] as const) {
        const step = 0.01 * Math.max(1, Math.abs(fit.slope));
        expect(loss(fit.slope + a * step, fit.offset + b * step)).toBeGreaterThan(least - 1e-9);
      }
    });
    fc.assert(property, { numRuns: 200, seed: 61 });
    expect(fitted).toBeGreaterThan(150);
  });

  it('stays finite where the scores separate the classes', () => {
    const { slope, offset } = fitProbability(scored([0.9, 0.8, 0.7], [0.1, 0, -0.1]));
    expect(Number.isFinite(slope) && slope > 1 && slope < 100).toBe(true);
    expect(-offset / slope).toBeCloseTo(0.4, 2);
  });
});
