/** Rows of float32 in a memory of their own, and their inner products with queries. */
import { ShapeError, UnavailableError } from '../errors.js';
import { innerProductsArguments } from '../kernels/coreArguments.js';
import { INNER_PRODUCTS, MOST_QUERIES, ROW_BLOCK } from '../kernels/innerProducts.js';
import { type Address, NO_BASES, orderArguments, writeArguments } from '../kernels/struct.js';
import { DEFAULT_MEMORY_BYTES, type MemoryRegion, RegionMemory } from './memory.js';
import { instantiate } from './module.js';
import type { KernelFunction } from './run.js';

/** Rows of one kernel call: their products stay in the cache until they are copied out. */
const BLOCK_ROWS = 4096;

/** Rows that the memory is made for at first. */
const FIRST_ROWS = 64;

/** How far the room for rows grows at a time. */
const GROWTH = 1.25;

/** Whose kernel a table computes with: an engine. */
export interface CoreKernels {
  readonly coreModule: WebAssembly.Module;
}

/** A vector's elements. */
export type Vector = ArrayLike<number>;

/** What a table holds until it is disposed. */
interface Storage {
  readonly memory: RegionMemory;
  readonly kernel: KernelFunction;
  readonly struct: MemoryRegion;
  readonly queries: MemoryRegion;
  readonly products: MemoryRegion;
  /** The last region of the memory, so that it grows in place. */
  matrix: MemoryRegion;
}

function createStorage(module: WebAssembly.Module, stride: number, maximumMemoryBytes: number): Storage {
  const memory = new RegionMemory(maximumMemoryBytes);
  return {
    memory,
    kernel: instantiate(module, memory.memory)[INNER_PRODUCTS]!,
    struct: memory.allocate(4 * innerProductsArguments.fields.length),
    queries: memory.allocate(4 * MOST_QUERIES * stride),
    products: memory.allocate(4 * MOST_QUERIES * BLOCK_ROWS),
    matrix: memory.allocate(4 * FIRST_ROWS * stride),
  };
}

/**
 * A table of vectors of one length. Its rows are numbered from 0 without gaps. The memory is the table's own: it grows
 * with the rows, never shrinks, and is free once the table is disposed and nothing refers to it.
 */
export class VectorTable {
  /** Elements of a vector. */
  readonly length: number;
  /** Elements of a row with its padding. */
  readonly #stride: number;
  #storage: Storage | undefined;
  #rows = 0;

  /**
   * An empty table in a memory of its own of at most `maximumMemoryBytes`, 512 MiB by default; it outlives the engine.
   * Throws UnavailableError NO_SHARED_MEMORY or DISPOSED, ShapeError VECTOR_LENGTH for a length that is no whole number from 1.
   */
  constructor(engine: CoreKernels, length: number, maximumMemoryBytes = DEFAULT_MEMORY_BYTES) {
    if (!Number.isSafeInteger(length) || length < 1) {
      throw new ShapeError('VECTOR_LENGTH', `a vector's length is ${length}; accepted are whole numbers from 1.`);
    }
    this.length = length;
    this.#stride = Math.ceil(length / ROW_BLOCK) * ROW_BLOCK;
    this.#storage = createStorage(engine.coreModule, this.#stride, maximumMemoryBytes);
  }

  /** Number of vectors. */
  get rows(): number {
    return this.#rows;
  }

  /** Bytes that the table's memory has grown to. */
  get memoryBytes(): number {
    return this.#storage?.memory.sizeBytes ?? 0;
  }

  /** Appends a vector and gives its row. Throws ShapeError VECTOR_LENGTH, UnavailableError OUT_OF_MEMORY or DISPOSED. */
  push(vector: Vector): number {
    this.#check(vector);
    this.reserve(this.#rows + 1);
    this.#row(this.#rows).set(vector);
    return this.#rows++;
  }

  /** Makes room for so many vectors in all. Throws UnavailableError OUT_OF_MEMORY or DISPOSED; then nothing has changed. */
  reserve(rows: number): void {
    const storage = this.#requireStorage();
    const { memory, matrix } = storage;
    const neededBytes = 4 * rows * this.#stride;
    const roomBytes = matrix.end - matrix.begin;
    if (neededBytes <= roomBytes) return;
    memory.release(matrix);
    let failure: unknown;
    // Near the maximum the rows may fit although there is no room to grow into.
    for (const sizeBytes of [this.#rows === 0 ? neededBytes : roomBytes * GROWTH, neededBytes]) {
      try {
        storage.matrix = memory.allocate(Math.max(neededBytes, sizeBytes));
        return;
      } catch (error) {
        failure = error;
      }
    }
    storage.matrix = memory.allocate(roomBytes);
    throw failure;
  }

  /** The vector of a row, in new memory. Throws ShapeError VECTOR_ROW, UnavailableError DISPOSED. */
  at(row: number): Float32Array {
    this.#checkRow(row);
    return this.#row(row).slice(0, this.length);
  }

  /** Removes a row; the last one takes its place. Throws ShapeError VECTOR_ROW, UnavailableError DISPOSED. */
  remove(row: number): void {
    this.#checkRow(row);
    const last = this.#row(this.#rows - 1);
    this.#row(row).set(last);
    last.fill(0);
    this.#rows--;
  }

  /**
   * The inner products of each query with every row: by query, then by row. Four queries at a time share one pass over
   * the rows. Throws ShapeError VECTOR_LENGTH, UnavailableError DISPOSED.
   */
  innerProducts(queries: readonly Vector[]): Float32Array[] {
    const results = queries.map(() => new Float32Array(this.#rows));
    this.scan(queries, (query, firstRow, products) => results[query]!.set(products, firstRow));
    return results;
  }

  /**
   * Like `innerProducts`, but gives them in blocks of rows, from row `firstOfAll` on, each to be read before `visit` returns:
   * nothing is copied. `visit` must leave the table as it is.
   */
  scan(
    queries: readonly Vector[],
    visit: (query: number, firstRow: number, products: Float32Array) => void,
    firstOfAll = 0,
  ): void {
    const storage = this.#requireStorage();
    for (const query of queries) this.#check(query);
    for (let begin = 0; begin < queries.length; begin += MOST_QUERIES) {
      const count = Math.min(MOST_QUERIES, queries.length - begin);
      this.#placeQueries(storage, queries.slice(begin, begin + count));
      for (let first = firstOfAll; first < this.#rows; first += BLOCK_ROWS) {
        const rows = Math.min(BLOCK_ROWS, this.#rows - first);
        this.#writeArguments(storage, first, rows, count);
        storage.kernel(storage.struct.begin, 0, rows);
        for (let index = 0; index < count; index++) {
          const at = storage.products.begin / 4 + index * rows;
          visit(begin + index, first, storage.memory.floats.subarray(at, at + rows));
        }
      }
    }
  }

  /** Gives the memory up; the table refuses to work from here on. */
  dispose(): void {
    this.#storage = undefined;
    this.#rows = 0;
  }

  /** `dispose`, for a declaration with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #placeQueries({ memory, queries: region }: Storage, queries: readonly Vector[]): void {
    const { floats } = memory;
    for (const [index, query] of queries.entries()) {
      const begin = region.begin / 4 + index * this.#stride;
      floats.fill(0, begin, begin + this.#stride);
      floats.set(query, begin);
    }
  }

  #writeArguments(storage: Storage, first: number, rows: number, queryCount: number): void {
    const address = (offsetBytes: number): Address => ({ region: 'arena', offsetBytes });
    const fields = orderArguments(innerProductsArguments, {
      matrix: address(storage.matrix.begin + 4 * first * this.#stride),
      queries: address(storage.queries.begin),
      output: address(storage.products.begin),
      rows,
      vectors: this.#stride / ROW_BLOCK,
      queryCount,
    });
    writeArguments(fields, NO_BASES, storage.memory.view, storage.struct.begin);
  }

  #row(row: number): Float32Array {
    const { memory, matrix } = this.#requireStorage();
    const begin = matrix.begin / 4 + row * this.#stride;
    return memory.floats.subarray(begin, begin + this.#stride);
  }

  #checkRow(row: number): void {
    this.#requireStorage();
    if (Number.isInteger(row) && row >= 0 && row < this.#rows) return;
    throw new ShapeError('VECTOR_ROW', `row ${row} does not exist; the table has ${this.#rows} rows.`);
  }

  #check(vector: Vector): void {
    if (vector.length === this.length) return;
    throw new ShapeError('VECTOR_LENGTH', `a vector has ${vector.length} elements; this table's have ${this.length}.`);
  }

  #requireStorage(): Storage {
    if (this.#storage) return this.#storage;
    throw new UnavailableError('DISPOSED', 'the vector table was disposed; make a new one.');
  }
}
