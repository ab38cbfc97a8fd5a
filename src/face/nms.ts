/** Non-maximum suppression: of boxes that overlap too much, the one with the highest score stays. */
import { boxArea, type Candidate } from './boxes.js';

/** What the intersection of two boxes is divided by: their union, or the smaller of the two. */
export type OverlapMeasure = 'union' | 'smaller';

/** The share that two boxes have in common, 0 to 1; 0 where either is empty. */
export function overlapOf(a: Candidate, b: Candidate, measure: OverlapMeasure): number {
  const width = Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
  const height = Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0);
  if (width <= 0 || height <= 0) return 0;
  const common = width * height;
  const [first, second] = [boxArea(a), boxArea(b)];
  return common / (measure === 'union' ? first + second - common : Math.min(first, second));
}

/**
 * The boxes that no box kept before them overlaps by more than `threshold`, in descending order of score; of equal
 * scores the earlier comes first. Greedy: the best stays, then the best of those left that it leaves.
 */
export function suppress<C extends Candidate>(
  candidates: readonly C[],
  threshold: number,
  measure: OverlapMeasure,
): C[] {
  const kept: C[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((better) => overlapOf(better, candidate, measure) <= threshold)) kept.push(candidate);
  }
  return kept;
}

/** The `most` boxes with the highest scores, or all of them, in any order. */
export function keepBest<C extends Candidate>(candidates: readonly C[], most: number): readonly C[] {
  if (candidates.length <= most) return candidates;
  return candidates.toSorted((a, b) => b.score - a.score).slice(0, most);
}
