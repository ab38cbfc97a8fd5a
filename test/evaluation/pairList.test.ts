/** Pair lists of both forms, what becomes of their folds, and lines that are refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldOf, parsePairList } from '../../src/evaluation/pairList.js';
import { codeOf } from '../formats/codeOf.js';

describe('parsePairList', () => {
  it('reads lines of two paths and a label, whatever separates them', () => {
    const text =
      '# comment\nimgs/0.jpg imgs/1.jpg 1\r\n\na b/c d.png\tb.png\tfalse\n./x.jpg, y z.jpg ,-1\n1 p.jpg q.jpg\n';
    expect(parsePairList(text, 'list.txt', 2)).toEqual({
      folds: 2,
      pairs: [
        { a: 'imgs/0.jpg', b: 'imgs/1.jpg', same: true, fold: 0 },
        { a: 'a b/c d.png', b: 'b.png', same: false, fold: 0 },
        { a: 'x.jpg', b: 'y z.jpg', same: false, fold: 1 },
        { a: 'p.jpg', b: 'q.jpg', same: true, fold: 1 },
      ],
    });
  });

  it('reads LFW’s form, which has folds of its own', () => {
    expect(parsePairList('1\t1\nAnn\t1\t4\nAnn\t1\tBea\t2\n', 'pairs.txt', 7)).toEqual({
      folds: 1,
      pairs: [
        { a: 'Ann/Ann_0001.jpg', b: 'Ann/Ann_0004.jpg', same: true, fold: 0 },
        { a: 'Ann/Ann_0001.jpg', b: 'Bea/Bea_0002.jpg', same: false, fold: 0 },
      ],
    });
  });

  it.each([
    ['PAIRS_FIELDS', 'a.jpg 1'],
    ['PAIRS_FIELDS', 'a.jpg b.jpg 1 2'],
    ['PAIRS_LABEL', 'a.jpg b.jpg c.jpg'],
    ['PAIRS_LABEL', 'a.jpg b.jpg 2'],
    ['PAIRS_NAME', '../a.jpg b.jpg 1'],
    ['PAIRS_NAME', 'a.jpg /etc/passwd 0'],
    ['PAIRS_NAME', 'a.jpg c\\b.jpg 0'],
    ['PAIRS_NAME', 'a//b.jpg b.jpg 0'],
    ['PAIRS_COUNT', ''],
    ['PAIRS_COUNT', 'a.jpg b.jpg 1'],
    ['PAIRS_COUNT', '2\t2\nAnn\t1\t2\n'],
  ])('%s: %j', async (code, text) => {
    expect(await codeOf(() => parsePairList(text, 'list.txt', 1 + Number(!text.includes('\\'))))).toBe(code);
  });
});

describe('foldOf', () => {
  it('cuts any number of pairs into neighbouring parts that differ by one at most, the longer ones first', () => {
    const counts = fc
      .integer({ min: 1, max: 12 })
      .chain((folds) => fc.tuple(fc.constant(folds), fc.integer({ min: folds, max: 60 })));
    const property = fc.property(counts, ([folds, count]) => {
      const found = Array.from({ length: count }, (_, index) => foldOf(index, count, folds));
      expect(found).toEqual(found.toSorted((a, b) => a - b));
      const sizes = Array.from({ length: folds }, (_, fold) => found.filter((other) => other === fold).length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      expect(sizes[0]! - sizes.at(-1)!).toBeLessThanOrEqual(1);
    });
    fc.assert(property, { numRuns: 200, seed: 41 });
  });
});
