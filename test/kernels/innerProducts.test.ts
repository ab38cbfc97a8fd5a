/** The inner products by the kernels' contract: guards, NaN before, inputs untouched, slices alike to the last bit. */
import { describe, expect, it } from 'vitest';
import { innerProductsArguments } from '../../src/kernels/coreArguments.js';
import { INNER_PRODUCTS } from '../../src/kernels/innerProducts.js';
import { ALL_BUILDS, type Build } from '../../src/kernels/kernel.js';
import { orderArguments } from '../../src/kernels/struct.js';
import { share } from '../../src/runtime/run.js';
import { instantiate } from './modules.js';

const STRUCT = 1024;
const MATRIX = 2048;
const GUARD = 0xa5;
const GUARD_BYTES = 256;
const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });

interface Case {
  readonly rows: number;
  readonly vectors: number;
  readonly queryCount: number;
}

/** Runs one case over so many slices and gives the outputs, with what else the memory tells. */
function run(build: Build, { rows, vectors, queryCount }: Case, lanes: number) {
  const queries = MATRIX + 16 * rows * vectors + GUARD_BYTES;
  const output = queries + 16 * queryCount * vectors + GUARD_BYTES;
  const outputBytes = 4 * rows * queryCount;
  const bytes = new Uint8Array(memory.buffer).fill(GUARD);
  const floats = new Float32Array(memory.buffer);
  const fill = (begin: number, count: number) => {
    for (let index = 0; index < count; index++) floats[begin / 4 + index] = Math.sin(begin + index * 1.7);
  };
  fill(MATRIX, 4 * rows * vectors);
  fill(queries, 4 * queryCount * vectors);
  floats.fill(Number.NaN, output / 4, (output + outputBytes) / 4);
  const address = (offsetBytes: number) => ({ region: 'arena', offsetBytes }) as const;
  const places = { matrix: address(MATRIX), queries: address(queries), output: address(output) };
  const fields = orderArguments(innerProductsArguments, { ...places, rows, vectors, queryCount });
  const view = new DataView(memory.buffer);
  for (const [index, { kind, value }] of fields.entries()) {
    view.setUint32(STRUCT + 4 * index, kind === 'address' ? value!.offsetBytes : value, true);
  }
  const before = bytes.slice();
  const kernel = instantiate(build, memory)[INNER_PRODUCTS]!;
  for (let lane = 0; lane < lanes; lane++) {
    const [begin, end] = share(rows, lane, lanes);
    if (begin < end) kernel(STRUCT, begin, end);
  }
  const products = floats.slice(output / 4, (output + outputBytes) / 4);
  before.set(bytes.subarray(output, output + outputBytes), output);
  const restIntact = Buffer.from(before).equals(Buffer.from(bytes));
  const at = (begin: number, row: number) =>
    floats.slice(begin / 4 + 4 * row * vectors, begin / 4 + 4 * (row + 1) * vectors);
  const expected = Array.from({ length: rows * queryCount }, (_, index) => {
    const a = at(MATRIX, index % rows);
    const b = at(queries, Math.floor(index / rows));
    let [product, magnitude] = [0, 0];
    for (const [element, value] of a.entries()) {
      product += value * b[element]!;
      magnitude += Math.abs(value * b[element]!);
    }
    return { product, bound: (4 * vectors + 2) * 2 ** -24 * magnitude };
  });
  return { products, restIntact, expected };
}

const cases: readonly Case[] = [1, 2, 3, 4, 5, 7, 8, 13].flatMap((rows) =>
  [1, 2, 32].flatMap((vectors) => [1, 2, 3, 4].map((queryCount) => ({ rows, vectors, queryCount }))),
);

describe.each(ALL_BUILDS)('innerProducts, %s build', (build) => {
  it(`computes ${cases.length} cases, whole and in slices`, () => {
    for (const item of cases) {
      const whole = run(build, item, 1);
      const where = JSON.stringify(item);
      for (const [index, { product, bound }] of whole.expected.entries()) {
        expect(Math.abs(whole.products[index]! - product), where).toBeLessThanOrEqual(bound);
      }
      for (const sliced of [whole, run(build, item, 2), run(build, item, 3)]) {
        expect(sliced.restIntact, where).toBe(true);
        expect(sliced.products, where).toEqual(whole.products);
      }
    }
  });
});

it('the asserting build refuses what the table never asks for', () => {
  expect(() => run('checked', { rows: 1, vectors: 1, queryCount: 5 }, 1)).toThrow(WebAssembly.RuntimeError);
});
