/** Inner products of every row of a matrix with a few queries, limited by the bandwidth of the matrix. */
import { check, F32, multiplyAdd, VECTOR } from './simd';

/** Queries of one call at most. */
const MOST_QUERIES: i32 = 4;

/**
 * matrix: rows of `vectors` vectors of four; queries likewise, one after the other.
 * output[query][row], `rows` elements a query. The parallel axis is rows.
 */
@unmanaged
export class InnerProductsArguments {
  matrix: usize;
  queries: usize;
  output: usize;
  rows: i32;
  /** Vectors of four elements in a row. */
  vectors: i32;
  /** 1 to 4. */
  queryCount: i32;
}

/** The sum of the four lanes, always in this order. */
// @ts-ignore: decorator
@inline
function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Four neighbouring rows with one query: a vector of sums a row, so that no row's order of addition depends on others. */
// @ts-ignore: decorator
@inline
function fourRows(matrix: usize, rowBytes: usize, query: usize, output: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let a0 = matrix;
  let a1 = a0 + rowBytes;
  let a2 = a1 + rowBytes;
  let a3 = a2 + rowBytes;
  const end = query + rowBytes;
  for (let q = query; q < end; q += VECTOR) {
    const x = v128.load(q);
    s0 = multiplyAdd(x, v128.load(a0), s0);
    s1 = multiplyAdd(x, v128.load(a1), s1);
    s2 = multiplyAdd(x, v128.load(a2), s2);
    s3 = multiplyAdd(x, v128.load(a3), s3);
    a0 += VECTOR;
    a1 += VECTOR;
    a2 += VECTOR;
    a3 += VECTOR;
  }
  store<f32>(output, sumLanes(s0));
  store<f32>(output, sumLanes(s1), 4);
  store<f32>(output, sumLanes(s2), 8);
  store<f32>(output, sumLanes(s3), 12);
}

/** One row with `count` queries (a literal, 1 or 4), each vector of the row loaded once. */
// @ts-ignore: decorator
@inline
function oneRow(count: i32, row: usize, rowBytes: usize, query: usize, output: usize, outputBytes: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let q0 = query;
  let q1 = q0 + rowBytes;
  let q2 = q1 + rowBytes;
  let q3 = q2 + rowBytes;
  const end = row + rowBytes;
  for (let a = row; a < end; a += VECTOR) {
    const x = v128.load(a);
    s0 = multiplyAdd(v128.load(q0), x, s0);
    q0 += VECTOR;
    if (count > 1) {
      s1 = multiplyAdd(v128.load(q1), x, s1);
      s2 = multiplyAdd(v128.load(q2), x, s2);
      s3 = multiplyAdd(v128.load(q3), x, s3);
      q1 += VECTOR;
      q2 += VECTOR;
      q3 += VECTOR;
    }
  }
  store<f32>(output, sumLanes(s0));
  if (count > 1) {
    store<f32>(output + outputBytes, sumLanes(s1));
    store<f32>(output + 2 * outputBytes, sumLanes(s2));
    store<f32>(output + 3 * outputBytes, sumLanes(s3));
  }
}

/** Four queries share each pass over a row; fewer take a pass each, four rows at a time. */
export function innerProducts(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<InnerProductsArguments>(pointer);
  check(args.vectors > 0 && end <= args.rows && args.queryCount > 0 && args.queryCount <= MOST_QUERIES);
  const rowBytes = <usize>args.vectors * VECTOR;
  const outputBytes = <usize>args.rows * F32;
  const matrix = args.matrix;
  const queries = args.queries;
  if (args.queryCount == MOST_QUERIES) {
    for (let row = begin; row < end; row++) {
      const output = args.output + <usize>row * F32;
      oneRow(4, matrix + <usize>row * rowBytes, rowBytes, queries, output, outputBytes);
    }
    return;
  }
  for (let index = 0; index < args.queryCount; index++) {
    const query = queries + <usize>index * rowBytes;
    const outputs = args.output + <usize>index * outputBytes;
    let row = begin;
    for (; row + 4 <= end; row += 4) {
      fourRows(matrix + <usize>row * rowBytes, rowBytes, query, outputs + <usize>row * F32);
    }
    for (; row < end; row++) {
      oneRow(1, matrix + <usize>row * rowBytes, rowBytes, query, outputs + <usize>row * F32, outputBytes);
    }
  }
}
