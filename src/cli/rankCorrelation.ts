/** Spearman's rank correlation: whether two lists of numbers put the same things in the same order. */

/** Ranks from 1; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** 1 for the same order, −1 for the opposite one. The lists are as long as each other, and neither is of equal values. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [ranksA, ranksB] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length + 1) / 2;
  const sum = (x: readonly number[], y: readonly number[]) =>
    x.reduce((total, rank, index) => total + (rank - mean) * (y[index]! - mean), 0);
  return sum(ranksA, ranksB) / Math.sqrt(sum(ranksA, ranksA) * sum(ranksB, ranksB));
}
