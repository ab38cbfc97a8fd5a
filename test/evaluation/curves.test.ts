/** Curves: by hand, and against areas and counts that need no curve. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogram, rocCurve } from '../../src/evaluation/curves.js';
import { areaUnderCurve } from '../../src/evaluation/evaluate.js';

const pairs = fc
  .array(
    fc.record({ score: fc.integer({ min: -4, max: 4 }).map((n) => n / 4), same: fc.boolean(), fold: fc.constant(0) }),
    {
      minLength: 2,
      maxLength: 40,
    },
  )
  .filter((list) => list.some(({ same }) => same) && list.some(({ same }) => !same));

describe('rocCurve', () => {
  it('has the corners that a hand draws', () => {
    const list = [0.9, 0.8, 0.7, 0.6].map((score, index) => ({ score, same: index !== 2, fold: 0 }));
    expect(rocCurve(list).map(({ falseAcceptRate, trueAcceptRate }) => [falseAcceptRate, trueAcceptRate])).toEqual([
      [0, 0],
      [0, 2 / 3],
      [1, 2 / 3],
      [1, 1],
    ]);
  });

  it('encloses the area that ranks give, each corner being what its threshold accepts', () => {
    const property = fc.property(pairs, (list) => {
      const points = rocCurve(list);
      let area = 0;
      for (const [index, point] of points.entries()) {
        const before = points[index - 1];
        if (before) {
          const width = point.falseAcceptRate - before.falseAcceptRate;
          area += (width * (point.trueAcceptRate + before.trueAcceptRate)) / 2;
        }
        const accepted = (same: boolean) => {
          const group = list.filter((pair) => pair.same === same);
          return group.filter(({ score }) => score >= point.threshold).length / group.length;
        };
        expect([point.falseAcceptRate, point.trueAcceptRate]).toEqual([accepted(false), accepted(true)]);
      }
      expect(area).toBeCloseTo(areaUnderCurve(list), 12);
    });
    fc.assert(property, { numRuns: 300, seed: 71 });
  });
});

describe('histogram', () => {
  it('counts each pair once, those outside in the outermost bins', () => {
    const list = [-2, -1, -0.5, 0, 0.49, 0.5, 1, 3].map((score, index) => ({ score, same: index % 2 === 0, fold: 0 }));
    expect(histogram(list, -1, 1, 4)).toEqual({ low: -1, width: 0.5, same: [1, 1, 1, 1], different: [1, 0, 1, 2] });
  });
});
