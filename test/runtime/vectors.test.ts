/** Tables of vectors against float64, through every build, and what they refuse. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { ALL_BUILDS } from '../../src/kernels/kernel.js';
import { VectorTable } from '../../src/runtime/vectors.js';
import { codeOf } from '../formats/codeOf.js';
import { modules } from '../kernels/modules.js';

const MEMORY_BYTES = 1 << 24;
const UNIT_ROUNDOFF = 2 ** -24;

/** Numbers in [-1, 1) from an integer generator. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

function vector(length: number, next: () => number): Float32Array {
  return Float32Array.from({ length }, next);
}

/** The product in float64, and the largest error of float32 sums in any order. */
function expected(a: Float32Array, b: Float32Array): { product: number; bound: number } {
  let product = 0;
  let magnitude = 0;
  for (let index = 0; index < a.length; index++) {
    product += a[index]! * b[index]!;
    magnitude += Math.abs(a[index]! * b[index]!);
  }
  return { product, bound: (a.length + 2) * UNIT_ROUNDOFF * magnitude };
}

describe.each(ALL_BUILDS)('the %s build', (build) => {
  it('multiplies rows with queries: every remainder of rows, elements and queries', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 37 }),
      fc.integer({ min: 0, max: 21 }),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(),
      (length, rows, queryCount, seed) => {
        const next = seeded(seed);
        using table = new VectorTable({ coreModule: modules[build].core }, length, MEMORY_BYTES);
        const matrix = Array.from({ length: rows }, () => vector(length, next));
        const queries = Array.from({ length: queryCount }, () => vector(length, next));
        expect(matrix.map((row) => table.push(row))).toEqual(matrix.map((_, row) => row));
        const products = table.innerProducts(queries);
        expect(products.map((found) => found.length)).toEqual(queries.map(() => rows));
        for (const [index, query] of queries.entries()) {
          for (const [row, values] of matrix.entries()) {
            const { product, bound } = expected(values, query);
            expect(Math.abs(products[index]![row]! - product)).toBeLessThanOrEqual(bound);
          }
        }
      },
    );
    fc.assert(property, { numRuns: 60, seed: 21 });
  });
});

describe('VectorTable', () => {
  const create = (length = 6, maximumBytes = MEMORY_BYTES) =>
    new VectorTable({ coreModule: modules.plain.core }, length, maximumBytes);

  it('keeps its rows while it grows over blocks, and takes the last row for a removed one', () => {
    const next = seeded(3);
    using table = create();
    const rows = Array.from({ length: 9001 }, () => vector(6, next));
    for (const row of rows) table.push(row);
    for (const index of [9000, 0, 4096]) {
      table.remove(index);
      const last = rows.pop()!;
      if (index < rows.length) rows[index] = last;
    }
    expect(table.rows).toBe(8998);
    const query = vector(6, next);
    const [products] = table.innerProducts([query]);
    for (const [index, row] of rows.entries()) {
      expect(table.at(index)).toEqual(row);
      const { product, bound } = expected(row, query);
      expect(Math.abs(products![index]! - product)).toBeLessThanOrEqual(bound);
    }
  });

  it('stays as it is where its memory is full', async () => {
    using table = create(128, 4 * 65536);
    let code = '';
    while (code === '') {
      await codeOf(() => table.push(new Float32Array(128).fill(table.rows))).then((found) => {
        if (found !== 'accepted') code = found;
      });
    }
    expect(code).toBe('OUT_OF_MEMORY');
    // All but the kernel's argument struct, queries, products and the memory's first bytes are rows.
    expect(table.rows).toBeGreaterThan((4 * 65536 - 4 * 4 * 4096 - 4 * 4 * 128 - 4096) / 512);
    expect(table.memoryBytes).toBeLessThanOrEqual(4 * 65536);
    expect(table.at(table.rows - 1)[127]).toBe(table.rows - 1);
    expect(table.innerProducts([new Float32Array(128).fill(1)])[0]![3]).toBe(384);
  });

  it('gives products block by block, each row once', () => {
    using table = create(4);
    for (let row = 0; row < 5000; row++) table.push([row, 0, 0, 0]);
    const seen: [number, number, number][] = [];
    table.scan(
      [
        [1, 0, 0, 0],
        [-2, 0, 0, 0],
      ],
      (query, firstRow, products) => {
        seen.push([query, firstRow, products.length]);
        const factor = query === 0 ? 1 : -2;
        expect(products.every((product, index) => product === factor * (firstRow + index))).toBe(true);
      },
    );
    expect(seen.filter(([query]) => query === 1).map(([, ...block]) => block)).toEqual([
      [0, 4096],
      [4096, 904],
    ]);
    expect(seen.length).toBe(4);
  });

  it('refuses vectors of another length, rows that are not there, and work after dispose', async () => {
    const table = create();
    expect(await codeOf(() => table.push([1, 2]))).toBe('VECTOR_LENGTH');
    expect(await codeOf(() => table.innerProducts([new Float32Array(7)]))).toBe('VECTOR_LENGTH');
    expect(await codeOf(() => table.at(0))).toBe('VECTOR_ROW');
    expect(await codeOf(() => table.remove(-1))).toBe('VECTOR_ROW');
    for (const length of [0, 1.5, Number.NaN]) expect(await codeOf(() => create(length))).toBe('VECTOR_LENGTH');
    table.push(new Float32Array(6));
    table.dispose();
    expect([table.rows, table.memoryBytes]).toEqual([0, 0]);
    for (const action of [() => table.push(new Float32Array(6)), () => table.innerProducts([]), () => table.at(0)]) {
      expect(await codeOf(action)).toBe('DISPOSED');
    }
  });

  it('comes from an engine, in a memory of its own', async () => {
    using engine = await Engine.create();
    const before = engine.memoryBytes;
    using table = new VectorTable(engine, 128);
    table.reserve(10_000);
    expect(table.memoryBytes).toBeGreaterThan(10_000 * 512);
    expect(engine.memoryBytes).toBe(before);
    engine.dispose();
    expect(await codeOf(() => new VectorTable(engine, 128))).toBe('DISPOSED');
    expect(table.push(new Float32Array(128))).toBe(0);
  });
});
