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

/** Values that have an offset, in order of it, as columns: a scan over thousands of them is a few microseconds. */
class Placed {
  #count = 0;
  /** First and last step. */
  readonly #begins: Int32Array;
  readonly #ends: Int32Array;
  /** Offsets of the first byte, and of the first free one after it. */
  readonly #offsets: Float64Array;
  readonly #nexts: Float64Array;

  constructor(capacity: number) {
    this.#begins = new Int32Array(capacity);
    this.#ends = new Int32Array(capacity);
    this.#offsets = new Float64Array(capacity);
    this.#nexts = new Float64Array(capacity);
  }

  /** The lowest offset that is free during a whole life. */
  lowestFree({ sizeBytes, begin, end }: Lifetime): number {
    let offset = 0;
    for (let index = 0; index < this.#count; index++) {
      if (this.#ends[index]! < begin || this.#begins[index]! > end) continue;
      if (offset + sizeBytes <= this.#offsets[index]!) break;
      offset = Math.max(offset, this.#nexts[index]!);
    }
    return offset;
  }

  add({ sizeBytes, begin, end }: Lifetime, offset: number): void {
    let at = this.#count++;
    for (; at > 0 && this.#offsets[at - 1]! > offset; at--);
    for (const column of [this.#begins, this.#ends, this.#offsets, this.#nexts]) {
      column.copyWithin(at + 1, at, this.#count - 1);
    }
    this.#begins[at] = begin;
    this.#ends[at] = end;
    this.#offsets[at] = offset;
    this.#nexts[at] = aligned(offset + sizeBytes);
  }
}

/**
 * Places the largest values first, each at the lowest offset that is free during its whole life
 * (greedy by size: Pisarchyk and Lee 2020, section 5).
 */
export function placeLifetimes(lifetimes: readonly Lifetime[]): Arena {
  const order = lifetimes.map((_, index) => index);
  order.sort((a, b) => lifetimes[b]!.sizeBytes - lifetimes[a]!.sizeBytes || a - b);
  const offsets = new Array<number>(lifetimes.length).fill(0);
  const placed = new Placed(lifetimes.length);
  let sizeBytes = 0;
  for (const index of order) {
    const life = lifetimes[index]!;
    const offset = placed.lowestFree(life);
    placed.add(life, offset);
    offsets[index] = offset;
    sizeBytes = Math.max(sizeBytes, offset + life.sizeBytes);
  }
  return { offsets, sizeBytes: aligned(sizeBytes) };
}
