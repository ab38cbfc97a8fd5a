/**
 * Order statistics of more scores than memory holds, exactly, in two rounds of counting: float32 numbers have the order
 * of their bits, so the first round counts by the high bits, and the second by the low ones where it matters.
 */
import type { Cut } from './operatingPoint.js';

const LOW_BITS = 14;
const LOW_COUNT = 2 ** LOW_BITS;
const LOW_MASK = LOW_COUNT - 1;
const BINS = 2 ** (32 - LOW_BITS);

/** A number that stands to others as the float32 with these bits does. */
function orderOf(bits: number): number {
  return (bits ^ ((bits >> 31) | 0x80000000)) >>> 0;
}

/** The float32 of an order. */
function scoreOf(order: number): number {
  const word = new DataView(new ArrayBuffer(4));
  word.setUint32(0, order >= 0x80000000 ? order ^ 0x80000000 : ~order);
  return word.getFloat32(0);
}

function bitsOf(scores: Float32Array): Int32Array {
  return new Int32Array(scores.buffer, scores.byteOffset, scores.length);
}

/** Scores of one class that lie close together. */
export interface ScoreBin {
  readonly count: number;
  readonly mean: number;
}

/** Counts and sums of one class by bin. */
class ClassCounts {
  readonly counts = new Float64Array(BINS);
  readonly sums = new Float64Array(BINS);

  bins(): ScoreBin[] {
    const bins: ScoreBin[] = [];
    this.counts.forEach((count, bin) => {
      if (count > 0) bins.push({ count, mean: this.sums[bin]! / count });
    });
    return bins;
  }
}

/** Where a cut between refused and accepted scores lies: in which bin, and how many of it are accepted. */
interface Place {
  readonly bin: number;
  readonly accepted: number;
}

/** The first round: scores of both classes by their high bits. */
export class ScoreCounts {
  readonly same = new ClassCounts();
  readonly different = new ClassCounts();
  /** By bin: the lowest order of either class. */
  readonly #least = new Uint32Array(BINS).fill(0xffffffff);

  add(scores: Float32Array, isSame: boolean): void {
    const { counts, sums } = isSame ? this.same : this.different;
    const bits = bitsOf(scores);
    const least = this.#least;
    for (let index = 0; index < bits.length; index++) {
      const order = orderOf(bits[index]!);
      const bin = order >>> LOW_BITS;
      counts[bin]!++;
      sums[bin]! += scores[index]!;
      if (order < least[bin]!) least[bin] = order;
    }
  }

  /** Where the cut lies that accepts at most so many scores of different people; undefined where it accepts all. */
  place(accepted: number): Place | undefined {
    let left = accepted;
    for (let bin = BINS - 1; bin >= 0; bin--) {
      const count = this.different.counts[bin]!;
      if (count > left) return { bin, accepted: left };
      left -= count;
    }
    return undefined;
  }

  /** The lowest score of either class in the bins from one on; infinite where there is none. */
  leastFrom(first: number): number {
    for (let bin = first; bin < BINS; bin++) if (this.#least[bin] !== 0xffffffff) return scoreOf(this.#least[bin]!);
    return Number.POSITIVE_INFINITY;
  }
}

/** The second round: the low bits of the scores in the bins that cuts lie in. */
export class ScoreCuts {
  readonly #first: ScoreCounts;
  readonly #places: readonly (Place | undefined)[];
  /** By bin: 1 + its number among those that are counted, or 0. */
  readonly #numbers = new Uint16Array(BINS);
  readonly #different: Float64Array[] = [];
  readonly #seen: Uint8Array[] = [];

  /** Cuts that accept at most so many scores of different people each. */
  constructor(first: ScoreCounts, accepted: readonly number[]) {
    this.#first = first;
    this.#places = accepted.map((count) => first.place(count));
    for (const place of this.#places) {
      if (!place || this.#numbers[place.bin] !== 0) continue;
      this.#numbers[place.bin] = this.#different.push(new Float64Array(LOW_COUNT));
      this.#seen.push(new Uint8Array(LOW_COUNT));
    }
  }

  add(scores: Float32Array, isSame: boolean): void {
    const bits = bitsOf(scores);
    const numbers = this.#numbers;
    for (let index = 0; index < bits.length; index++) {
      const order = orderOf(bits[index]!);
      const number = numbers[order >>> LOW_BITS]!;
      if (number === 0) continue;
      this.#seen[number - 1]![order & LOW_MASK] = 1;
      if (!isSame) this.#different[number - 1]![order & LOW_MASK]!++;
    }
  }

  /** The cuts, in the order in which they were asked for. */
  cuts(): Cut[] {
    return this.#places.map((place) => {
      if (!place) return { refused: Number.NEGATIVE_INFINITY, next: this.#first.leastFrom(0) };
      const number = this.#numbers[place.bin]! - 1;
      const different = this.#different[number]!;
      let low = LOW_MASK;
      for (let left = place.accepted; different[low]! <= left; low--) left -= different[low]!;
      const seen = this.#seen[number]!.indexOf(1, low + 1);
      const valueAt = (lowBits: number) => scoreOf(place.bin * LOW_COUNT + lowBits);
      return { refused: valueAt(low), next: seen < 0 ? this.#first.leastFrom(place.bin + 1) : valueAt(seen) };
    });
  }
}
