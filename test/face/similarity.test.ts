/** The similarity fit against known transforms, and against least squares solved another way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CROP_SIZES, type Landmarks, type Point, templateFor } from '../../src/face/landmarks.js';
import { fitSimilarity, invertSimilarity } from '../../src/face/similarity.js';
import type { Similarity } from '../../src/image/warp.js';
import { codeOf } from '../formats/codeOf.js';

const TEMPLATE = templateFor({ width: 112, height: 112 });

function apply({ a, b, x, y }: Similarity, [u, v]: Point): Point {
  return [a * u - b * v + x, b * u + a * v + y];
}

/** Solves the normal equations of Σ |A·(a, b, x, y) − q|² by elimination: two rows of A a point. */
function solveNormalEquations(from: readonly Point[], to: readonly Point[]): number[] {
  const rows = from.flatMap(([u, v], index) => [
    { row: [u, -v, 1, 0], value: to[index]![0] },
    { row: [v, u, 0, 1], value: to[index]![1] },
  ]);
  const system = [0, 1, 2, 3].map((i) => [
    ...[0, 1, 2, 3].map((j) => rows.reduce((sum, { row }) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, { row, value }) => sum + row[i]! * value, 0),
  ]);
  for (let pivot = 0; pivot < 4; pivot++) {
    const best = system
      .slice(pivot)
      .reduce((most, row) => (Math.abs(row[pivot]!) > Math.abs(most[pivot]!) ? row : most));
    system.splice(system.indexOf(best), 1);
    system.splice(pivot, 0, best);
    for (const row of system) {
      if (row === best) continue;
      const factor = row[pivot]! / best[pivot]!;
      for (let column = pivot; column <= 4; column++) row[column] = row[column]! - factor * best[column]!;
    }
  }
  return system.map((row, index) => row[4]! / row[index]!);
}

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('fitSimilarity', () => {
  it('finds a transform that is there', () => {
    const cases = fc.tuple(number(0.05, 20), number(-3.14, 3.14), number(-900, 900), number(-900, 900));
    fc.assert(
      fc.property(cases, ([scale, angle, x, y]) => {
        const known = { a: scale * Math.cos(angle), b: scale * Math.sin(angle), x, y };
        const { transform, residual } = fitSimilarity(
          TEMPLATE,
          TEMPLATE.map((point) => apply(known, point)),
        );
        expect(residual).toBeLessThan(1e-9);
        for (const key of ['a', 'b', 'x', 'y'] as const) expect(transform[key]).toBeCloseTo(known[key], 8);
        const back = apply(invertSimilarity(known), apply(known, [3, 5]));
        expect(Math.hypot(back[0] - 3, back[1] - 5)).toBeLessThan(1e-9);
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  it('is the least-squares solution where points do not fit, with the residual that is left', () => {
    const noise = fc.array(number(-6, 6), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(noise, number(0.3, 3), (moves, scale) => {
        const from = TEMPLATE.map(
          ([x, y], index): Point => [scale * x + moves[2 * index]!, scale * y + moves[2 * index + 1]!],
        );
        if (scale < 0.8) return;
        const { transform, residual } = fitSimilarity(from, TEMPLATE);
        const expected = solveNormalEquations(from, TEMPLATE);
        const found = [transform.a, transform.b, transform.x, transform.y];
        for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 6);
        const left = from.map((point, index) => {
          const [x, y] = apply(transform, point);
          return (x - TEMPLATE[index]![0]) ** 2 + (y - TEMPLATE[index]![1]) ** 2;
        });
        expect(residual).toBeCloseTo(Math.sqrt(left.reduce((sum, value) => sum + value) / 5), 9);
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  it('refuses mirrored, degenerate and missing landmarks, by code', async () => {
    const refused = (points: readonly Point[]) => codeOf(() => fitSimilarity(points, TEMPLATE));
    expect(await refused(TEMPLATE)).toBe('accepted');
    expect(await refused(TEMPLATE.map(([x, y]): Point => [200 - x, y]))).toBe('MIRRORED_LANDMARKS');
    expect(await refused(TEMPLATE.map(([x, y]): Point => [x, -y]))).toBe('MIRRORED_LANDMARKS');
    const [left, right, nose, mouthLeft, mouthRight] = TEMPLATE;
    expect(await refused([right, left, nose, mouthRight, mouthLeft])).toBe('MIRRORED_LANDMARKS');
    expect(await refused(TEMPLATE.map((): Point => [50, 50]))).toBe('DEGENERATE_LANDMARKS');
    expect(await refused(TEMPLATE.map(([, y]): Point => [2 * y, y]))).toBe('DEGENERATE_LANDMARKS');
    expect(await refused(TEMPLATE.slice(1))).toBe('BAD_LANDMARKS');
    expect(await refused([[Number.NaN, 1], ...TEMPLATE.slice(1)])).toBe('BAD_LANDMARKS');
    expect(await refused([[Number.POSITIVE_INFINITY, 1], ...TEMPLATE.slice(1)])).toBe('BAD_LANDMARKS');
  });

  it('accepts a face that is turned upside down: that is no mirror image', async () => {
    const upsideDown = TEMPLATE.map(([x, y]): Point => [200 - x, 200 - y]);
    const { transform, residual } = fitSimilarity(upsideDown, TEMPLATE);
    expect(transform.a).toBeCloseTo(-1, 12);
    expect(residual).toBeLessThan(1e-9);
  });
});

describe('templateFor', () => {
  it('has the places that embedders are trained with', () => {
    expect(TEMPLATE[0]).toEqual([38.2946, 51.6963]);
    const narrow = templateFor({ width: 96, height: 112 });
    expect(narrow.flat()).toEqual(TEMPLATE.flatMap(([x, y]) => [x - 8, y]));
    const square = templateFor({ width: 96, height: 96 });
    expect(square.flat()).toEqual(TEMPLATE.flatMap(([x, y]) => [x - 8, y - 8]));
    expect(CROP_SIZES).toHaveLength(3);
  });

  it('guesses none for other sizes', async () => {
    expect(await codeOf(() => templateFor({ width: 128, height: 128 }))).toBe('CROP_SIZE');
    expect(await codeOf(() => templateFor({ width: 112, height: 96 }))).toBe('CROP_SIZE');
  });

  it('has five points', () => {
    const landmarks: Landmarks = TEMPLATE;
    expect(landmarks).toHaveLength(5);
  });
});
