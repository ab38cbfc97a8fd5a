/** The similarity transform that moves points onto others with the least squared error (Umeyama 1991), in the plane. */
import { type ErrorCode, InputError } from '../errors.js';
import type { Similarity } from '../image/warp.js';
import type { Point } from './landmarks.js';

/** A fitted transform and what it leaves. */
export interface SimilarityFit {
  readonly transform: Similarity;
  /** Root of the mean squared distance between the moved points and their targets, in the targets' pixels. */
  readonly residual: number;
}

/** Points within so many pixels of their centre, root mean square, are one place. */
const LEAST_SPREAD = 1e-3;

/** Points on a line: the second singular value of the covariance is below this share of the first. */
const LEAST_WIDTH = 0.02;

function centreOf(points: readonly Point[]): Point {
  const sum = points.reduce(([x, y], point) => [x + point[0], y + point[1]] as const, [0, 0] as Point);
  return [sum[0] / points.length, sum[1] / points.length];
}

function refuse(code: ErrorCode, found: string, accepted: string): never {
  throw new InputError(code, `landmarks ${found}; ${accepted}.`);
}

/** Refuses what no photograph of a face shows: covariance entries by (to, from). */
function checkCovariance(xx: number, xy: number, yx: number, yy: number): void {
  const determinant = xx * yy - xy * yx;
  const squares = xx * xx + xy * xy + yx * yx + yy * yy;
  const first = Math.sqrt((squares + Math.sqrt(Math.max(0, squares ** 2 - 4 * determinant ** 2))) / 2);
  if (Math.abs(determinant) < LEAST_WIDTH * first * first) {
    refuse('DEGENERATE_LANDMARKS', 'lie on a line', 'eyes, nose and corners of the mouth must span a face');
  }
  if (determinant < 0) {
    const order = 'left eye, right eye, nose, left and right corner of the mouth as the image shows them';
    refuse('MIRRORED_LANDMARKS', 'are mirrored', `accepted is the order ${order}`);
  }
}

/**
 * Fits the transform, in closed form: with p and q the points about their centres, the rotation and scale
 * (a, b) = (Σ p·q, Σ p × q) / Σ |p|². Throws InputError BAD_LANDMARKS for a number of points that differs or one that is
 * not finite, DEGENERATE_LANDMARKS for points in one place or on a line, MIRRORED_LANDMARKS where a reflection fits better.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): SimilarityFit {
  if (from.length !== to.length || !from.flat().every(Number.isFinite)) {
    refuse('BAD_LANDMARKS', `are ${JSON.stringify(from)}`, `accepted are ${to.length} points [x, y] of finite numbers`);
  }
  const [fromCentre, toCentre] = [centreOf(from), centreOf(to)];
  let [xx, xy, yx, yy, spread] = [0, 0, 0, 0, 0];
  for (const [index, [x, y]] of from.entries()) {
    const [px, py] = [x - fromCentre[0], y - fromCentre[1]];
    const [qx, qy] = [to[index]![0] - toCentre[0], to[index]![1] - toCentre[1]];
    xx += qx * px;
    xy += qx * py;
    yx += qy * px;
    yy += qy * py;
    spread += px * px + py * py;
  }
  if (!(Math.sqrt(spread / from.length) > LEAST_SPREAD)) {
    refuse('DEGENERATE_LANDMARKS', 'are all in one place', 'eyes, nose and corners of the mouth must span a face');
  }
  checkCovariance(xx, xy, yx, yy);
  const [a, b] = [(xx + yy) / spread, (yx - xy) / spread];
  const transform: Similarity = {
    a,
    b,
    x: toCentre[0] - a * fromCentre[0] + b * fromCentre[1],
    y: toCentre[1] - b * fromCentre[0] - a * fromCentre[1],
  };
  const squares = from.reduce((sum, [x, y], index) => {
    const [u, v] = to[index]!;
    return sum + (a * x - b * y + transform.x - u) ** 2 + (b * x + a * y + transform.y - v) ** 2;
  }, 0);
  return { transform, residual: Math.sqrt(squares / from.length) };
}

/** The transform that undoes one. */
export function invertSimilarity({ a, b, x, y }: Similarity): Similarity {
  const squares = a * a + b * b;
  const [ia, ib] = [a / squares, -b / squares];
  return { a: ia, b: ib, x: -ia * x + ib * y, y: -ib * x - ia * y };
}
