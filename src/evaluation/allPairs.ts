/** All pairs of many pictures of known people, scored block by block: more of them than memory could hold. */
import type { Engine } from '../engine.js';
import { InputError } from '../errors.js';
import { type Embedding, normaliseEmbedding } from '../face/match.js';
import { VectorTable } from '../runtime/vectors.js';

/** A picture of a known person. */
export interface Portrait {
  readonly person: string;
  readonly embedding: Embedding;
}

/** How many pairs a set of portraits has. */
export interface PairCounts {
  readonly people: number;
  readonly samePairs: number;
  readonly differentPairs: number;
}

/** Scores of the portrait in row `row` with those in the rows from `first` on, all of its own person or none. */
export type PairVisit = (row: number, first: number, scores: Float32Array, same: boolean) => void;

/** Portraits that share a pass over the table. */
const ROWS_AT_ONCE = 4;

/** Counts the pairs of pictures by the names of the people that they show. */
export function countPairs(people: readonly string[]): PairCounts {
  const counts = new Map<string, number>();
  for (const person of people) counts.set(person, (counts.get(person) ?? 0) + 1);
  const samePairs = [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  return {
    people: counts.size,
    samePairs,
    differentPairs: (people.length * (people.length - 1)) / 2 - samePairs,
  };
}

/** Throws InputError ONE_CLASS where pairs of one kind are missing. */
export function checkPairCounts({ samePairs, differentPairs }: PairCounts): void {
  if (samePairs > 0 && differentPairs > 0) return;
  const found = `${samePairs} pairs of the same person and ${differentPairs} of different people`;
  throw new InputError('ONE_CLASS', `the pictures have ${found}; two people, and one with two pictures, are needed.`);
}

/** Unit embeddings in a table of their own, person after person, until it is disposed. */
export class PortraitTable {
  readonly counts: PairCounts;
  /** By row, ascending: the number of the person. */
  readonly personOf: Uint32Array;
  /** By row: the index of the portrait as it was given. */
  readonly portraitOf: Uint32Array;
  readonly #table: VectorTable;
  /** By person: the row after the last. */
  readonly #ends: Uint32Array;

  /** Throws InputError ONE_CLASS, ZERO_EMBEDDING or NOT_FINITE, ShapeError VECTOR_LENGTH, UnavailableError OUT_OF_MEMORY. */
  constructor(engine: Engine, portraits: readonly Portrait[]) {
    this.counts = countPairs(portraits.map(({ person }) => person));
    checkPairCounts(this.counts);
    const numbers = new Map<string, number>();
    for (const { person } of portraits) if (!numbers.has(person)) numbers.set(person, numbers.size);
    const numberOf = (portrait: number) => numbers.get(portraits[portrait]!.person)!;
    this.portraitOf = Uint32Array.from(
      portraits.map((_, index) => index).sort((a, b) => numberOf(a) - numberOf(b) || a - b),
    );
    this.personOf = this.portraitOf.map(numberOf);
    this.#ends = new Uint32Array(numbers.size);
    this.personOf.forEach((person, row) => {
      this.#ends[person] = row + 1;
    });
    this.#table = new VectorTable(engine, portraits[0]!.embedding.length);
    try {
      this.#table.reserve(portraits.length);
      for (const portrait of this.portraitOf) this.#table.push(normaliseEmbedding(portraits[portrait]!.embedding));
    } catch (error) {
      this.#table.dispose();
      throw error;
    }
  }

  /** Number of portraits. */
  get rows(): number {
    return this.personOf.length;
  }

  /** Visits each pair once. `onProgress` hears how many pairs are done. */
  visitPairs(visit: PairVisit, onProgress: (donePairs: number) => void = () => {}): void {
    const { rows } = this;
    for (let begin = 0; begin < rows; begin += ROWS_AT_ONCE) {
      const end = Math.min(rows, begin + ROWS_AT_ONCE);
      const queries = Array.from({ length: end - begin }, (_, index) => this.#table.at(begin + index));
      this.#table.scan(
        queries,
        (query, first, products) => {
          const row = begin + query;
          const [from, to] = [Math.max(first, row + 1), first + products.length];
          const middle = Math.min(to, Math.max(from, this.#ends[this.personOf[row]!]!));
          if (from < middle) visit(row, from, products.subarray(from - first, middle - first), true);
          if (middle < to) visit(row, middle, products.subarray(middle - first), false);
        },
        begin,
      );
      onProgress(end * rows - (end * (end + 1)) / 2);
    }
  }

  /** Gives the memory up. */
  [Symbol.dispose](): void {
    this.#table.dispose();
  }
}
