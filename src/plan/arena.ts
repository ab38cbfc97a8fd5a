/** Lifetimes to offsets: values that are never alive together may share their bytes. */

/** A value's size and the steps during which it must be kept; both ends inclusive. */
export interface Lifetime {
  readonly sizeBytes: number;
  readonly begin: number;
  readonly end: number;
}

/** Offsets by position, and the bytes that hold them all. */
export interface Arena {
  readonly offsets: readonly number[];
  readonly sizeBytes: number;
}

/** Alignment of every offset: a cache line. */
export const ARENA_ALIGNMENT = 64;

function aligned(bytes: number): number {
  return Math.ceil(bytes / ARENA_ALIGNMENT) * ARENA_ALIGNMENT;
}

/**
 * Places the largest values first, each at the lowest offset that is free during its whole life
 * (greedy by size: Pisarchyk and Lee 2020, section 5).
 */
export function placeLifetimes(lifetimes: readonly Lifetime[]): Arena {
  const order = lifetimes.map((_, index) => index);
  order.sort((a, b) => lifetimes[b]!.sizeBytes - lifetimes[a]!.sizeBytes || a - b);
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const placed: number[] = [];
  let sizeBytes = 0;
  for (const index of order) {
    const life = lifetimes[index]!;
    let offset = 0;
    for (const other of placed) {
      const taken = lifetimes[other]!;
      if (taken.end < life.begin || taken.begin > life.end) continue;
      const begin = offsets[other]!;
      if (offset + life.sizeBytes <= begin) break;
      offset = Math.max(offset, aligned(begin + taken.sizeBytes));
    }
    offsets[index] = offset;
    sizeBytes = Math.max(sizeBytes, offset + life.sizeBytes);
    const position = placed.findIndex((other) => offsets[other]! > offset);
    placed.splice(position < 0 ? placed.length : position, 0, index);
  }
  return { offsets, sizeBytes: aligned(sizeBytes) };
}
