/** Suppression against brute force, overlaps by hand, and boxes moved between the networks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, regress, squareBox } from '../../src/face/boxes.js';
import { keepBest, type OverlapMeasure, overlapOf, suppress } from '../../src/face/nms.js';

function box(x0: number, y0: number, x1: number, y1: number, score = 0.5): Candidate {
  return { x0, y0, x1, y1, score };
}

/** The share that two boxes of whole numbers have in common, by counting unit squares. */
function countedOverlap(a: Candidate, b: Candidate, measure: OverlapMeasure): number {
  const inside = ({ x0, y0, x1, y1 }: Candidate, x: number, y: number) => x >= x0 && x < x1 && y >= y0 && y < y1;
  let [first, second, both] = [0, 0, 0];
  for (let y = 0; y < 12; y++) {
    for (let x = 0; x < 12; x++) {
      const [inA, inB] = [inside(a, x, y), inside(b, x, y)];
      first += Number(inA);
      second += Number(inB);
      both += Number(inA && inB);
    }
  }
  if (both === 0) return 0;
  return both / (measure === 'union' ? first + second - both : Math.min(first, second));
}

/** A box is kept where no better box that is itself kept overlaps it: by that sentence, box by box. */
function bruteForce(boxes: readonly Candidate[], threshold: number, measure: OverlapMeasure): Set<Candidate> {
  const better = (a: number, b: number) => {
    return boxes[a]!.score > boxes[b]!.score || (boxes[a]!.score === boxes[b]!.score && a < b);
  };
  const isKept = (index: number): boolean =>
    !boxes.some((other, at) => {
      return (
        at !== index && better(at, index) && countedOverlap(other, boxes[index]!, measure) > threshold && isKept(at)
      );
    });
  return new Set(boxes.filter((_, index) => isKept(index)));
}

const corner = fc.integer({ min: 0, max: 8 });
const extent = fc.integer({ min: 1, max: 4 });
const boxes = fc.array(
  fc
    .tuple(corner, corner, extent, extent, fc.integer({ min: 0, max: 6 }))
    .map(([x, y, width, height, score]) => box(x, y, x + width, y + height, score / 6)),
  { maxLength: 9 },
);

describe('suppress', () => {
  it.each(['union', 'smaller'] as const)('keeps what brute force keeps, overlaps measured by %s', (measure) => {
    const threshold = fc.constantFrom(0, 0.21, 0.49, 0.7, 1);
    fc.assert(
      fc.property(boxes, threshold, (list, limit) => {
        const kept = suppress(list, limit, measure);
        expect(new Set(kept)).toEqual(bruteForce(list, limit, measure));
        expect(kept.map(({ score }) => score)).toEqual(kept.map(({ score }) => score).sort((a, b) => b - a));
      }),
      { seed: 12, numRuns: 400 },
    );
  });

  it('leaves its input alone and of equal scores the earlier', () => {
    const list = [box(0, 0, 4, 4), box(0, 0, 4, 5), box(8, 8, 9, 9, 0.9)];
    const copy = [...list];
    expect(suppress(list, 0.5, 'union')).toEqual([list[2], list[0]]);
    expect(list).toEqual(copy);
  });
});

describe('overlapOf', () => {
  it('is the share in common', () => {
    const [a, b] = [box(0, 0, 10, 10), box(5, 0, 15, 20)];
    expect(overlapOf(a, b, 'union')).toBeCloseTo(50 / 250, 12);
    expect(overlapOf(a, b, 'smaller')).toBeCloseTo(50 / 100, 12);
    expect(overlapOf(a, box(10, 0, 20, 10), 'union')).toBe(0);
    expect(overlapOf(a, box(3, 3, 3, 3), 'smaller')).toBe(0);
  });
});

describe('keepBest', () => {
  it('cuts long lists to the best and leaves short ones alone', () => {
    const list = [0.1, 0.9, 0.5, 0.7].map((score) => box(0, 0, 1, 1, score));
    expect(keepBest(list, 4)).toBe(list);
    expect(new Set(keepBest(list, 2).map(({ score }) => score))).toEqual(new Set([0.9, 0.7]));
  });
});

describe('boxes', () => {
  it('move by shares of their width and height', () => {
    expect(regress(box(10, 20, 30, 60), [0.1, -0.25, 0, 0.5])).toEqual(box(12, 10, 30, 80));
  });

  it('become squares about their centre', () => {
    expect(squareBox(box(10, 20, 20, 50))).toEqual(box(0, 20, 30, 50));
    expect(squareBox(box(0, 0, 7, 4))).toEqual(box(0, -1.5, 7, 5.5));
  });
});
