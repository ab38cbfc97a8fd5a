/** The MegaFace measure (Kemelmacher-Shlizerman et al. 2016): probes found among distractors, and verified at low FAR. */
import type { Engine } from '../engine.js';
import { InputError } from '../errors.js';
import { type Embedding, normaliseEmbedding } from '../face/match.js';
import { VectorTable } from '../runtime/vectors.js';
import { allowedAccepts, type Interval, wilsonInterval } from './operatingPoint.js';

/** A photograph of a known person. */
export interface Probe {
  readonly person: string;
  readonly embedding: Embedding;
}

/** What is wanted of an identification, and who hears of it. */
export interface IdentificationOptions {
  /** False-accept rates that true-accept rates are wanted for; 1e-6 alone where absent. */
  readonly falseAcceptRates?: readonly number[] | undefined;
  /** Hears of each probe that is done, with their number. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The true-accept rate at one false-accept rate. */
export interface IdentificationPoint {
  readonly falseAcceptRate: number;
  /** Pairs score above it to be accepted. */
  readonly threshold: number;
  readonly trueAcceptRate: number;
  /** Wilson, 95 %. */
  readonly interval: Interval;
  /** False accepts that the rate lets expect on the impostor pairs; below 30 the figure rests on chance. */
  readonly expectedFalseAccepts: number;
}

/** How well people are found among distractors: the MegaFace measure, and the counts that it rests on. */
export interface Identification {
  readonly probes: number;
  readonly people: number;
  readonly distractors: number;
  /** Ordered pairs of two photographs of one person. */
  readonly genuinePairs: number;
  /** Pairs of a probe and a distractor. */
  readonly impostorPairs: number;
  /** Share of genuine pairs (probe, mate) in which the mate is more like the probe than every distractor is. */
  readonly rank1: number;
  /** Wilson, 95 %. */
  readonly rank1Interval: Interval;
  readonly operatingPoints: readonly IdentificationPoint[];
}

/** Probes that share a pass over the distractors. */
const PROBES_AT_ONCE = 4;

/** The highest of many numbers, as many as asked for; the lowest of them is known at once. */
class Highest {
  readonly #heap: Float64Array;
  #count = 0;

  constructor(size: number) {
    this.#heap = new Float64Array(size);
  }

  offer(value: number): void {
    const heap = this.#heap;
    if (this.#count < heap.length) {
      heap[this.#count] = value;
      this.#rise(this.#count++);
    } else if (heap.length > 0 && value > heap[0]!) {
      heap[0] = value;
      this.#sink();
    }
  }

  /** From the highest down. */
  sorted(): Float64Array {
    return this.#heap.slice(0, this.#count).sort().reverse();
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }

  #rise(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (this.#heap[parent]! <= this.#heap[index]!) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      if (left >= this.#count) return;
      const right = left + 1;
      const least = right < this.#count && this.#heap[right]! < this.#heap[left]! ? right : left;
      if (this.#heap[index]! <= this.#heap[least]!) return;
      this.#swap(index, least);
      index = least;
    }
  }
}

/** Most impostor scores that are kept for the operating points. */
const MOST_KEPT = 2 ** 26;

function checkSets(probes: readonly Probe[], distractors: readonly Embedding[], genuinePairs: number): void {
  if (genuinePairs > 0 && distractors.length > 0) return;
  const found = `${probes.length} probes with ${genuinePairs} pairs of the same person and ${distractors.length} distractors`;
  throw new InputError(
    'TOO_FEW_PROBES',
    `identification has ${found}; at least one person with two probes, and one distractor, are needed.`,
  );
}

/** Similarities of the probes to each other, and the highest to any distractor. */
interface Scores {
  /** Of genuine pairs. */
  readonly genuine: readonly number[];
  readonly firstRanks: number;
  /** The highest scores of impostor pairs, from the highest down. */
  readonly impostors: Float64Array;
}

function scoreProbes(
  engine: Engine,
  probes: readonly Probe[],
  distractors: readonly Embedding[],
  kept: number,
  onProgress: IdentificationOptions['onProgress'],
): Scores {
  const units = probes.map(({ embedding }) => normaliseEmbedding(embedding));
  using others = new VectorTable(engine, units[0]!.length);
  others.reserve(distractors.length);
  for (const distractor of distractors) others.push(normaliseEmbedding(distractor));
  using mates = new VectorTable(engine, units[0]!.length);
  for (const unit of units) mates.push(unit);
  const highest = new Highest(kept);
  const genuine: number[] = [];
  let firstRanks = 0;
  for (let begin = 0; begin < probes.length; begin += PROBES_AT_ONCE) {
    const queries = units.slice(begin, begin + PROBES_AT_ONCE);
    const most = queries.map(() => Number.NEGATIVE_INFINITY);
    others.scan(queries, (query, _, products) => {
      for (const product of products) {
        highest.offer(product);
        if (product > most[query]!) most[query] = product;
      }
    });
    const similarities = mates.innerProducts(queries);
    for (const [query, row] of similarities.entries()) {
      for (const [mate, similarity] of row.entries()) {
        if (mate === begin + query || probes[mate]!.person !== probes[begin + query]!.person) continue;
        genuine.push(similarity);
        if (similarity > most[query]!) firstRanks++;
      }
    }
    onProgress?.(Math.min(probes.length, begin + PROBES_AT_ONCE), probes.length);
  }
  return { genuine, firstRanks, impostors: highest.sorted() };
}

/**
 * Measures identification and verification against distractors. For each ordered pair of two probes of one person, the
 * first is searched for in a gallery of the second and all distractors; ties with a distractor count against it.
 * The false-accept rate is that over all pairs of a probe and a distractor.
 * Throws InputError TOO_FEW_PROBES, TOO_MANY_SCORES, ZERO_EMBEDDING or NOT_FINITE, ShapeError VECTOR_LENGTH,
 * UnavailableError OUT_OF_MEMORY.
 */
export function evaluateIdentification(
  engine: Engine,
  probes: readonly Probe[],
  distractors: readonly Embedding[],
  options: IdentificationOptions = {},
): Identification {
  const { falseAcceptRates: rates = [1e-6], onProgress } = options;
  const counts = new Map<string, number>();
  for (const { person } of probes) counts.set(person, (counts.get(person) ?? 0) + 1);
  const genuinePairs = [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
  checkSets(probes, distractors, genuinePairs);
  const impostorPairs = probes.length * distractors.length;
  const kept = Math.max(0, ...rates.map((rate) => allowedAccepts(rate, impostorPairs))) + 1;
  if (kept > MOST_KEPT) {
    throw new InputError(
      'TOO_MANY_SCORES',
      `the false-accept rates ${rates.join(', ')} need the ${kept} highest scores; at most ${MOST_KEPT} are kept.`,
    );
  }
  const { genuine, firstRanks, impostors } = scoreProbes(engine, probes, distractors, kept, onProgress);
  return {
    probes: probes.length,
    people: counts.size,
    distractors: distractors.length,
    genuinePairs,
    impostorPairs,
    rank1: firstRanks / genuinePairs,
    rank1Interval: wilsonInterval(firstRanks, genuinePairs),
    operatingPoints: rates.map((rate) => {
      const threshold = impostors[allowedAccepts(rate, impostorPairs)] ?? Number.NEGATIVE_INFINITY;
      const accepted = genuine.filter((score) => score > threshold).length;
      return {
        falseAcceptRate: rate,
        threshold: Math.max(-1, threshold),
        trueAcceptRate: accepted / genuinePairs,
        interval: wilsonInterval(accepted, genuinePairs),
        expectedFalseAccepts: rate * impostorPairs,
      };
    }),
  };
}
