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

/** One row with one query: four sums, so that the additions need not wait for each other; memory is read in its order. */
// @ts-ignore: decorator
@inline
function oneQuery(row: usize, rowBytes: usize, query: usize, output: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let a = row;
  let q = query;
  const end = row + rowBytes;
  const whole = row + (rowBytes & ~63);
  for (; a < whole; a += 64) {
    s0 = multiplyAdd(v128.load(q), v128.load(a), s0);
    s1 = multiplyAdd(v128.load(q, 16), v128.load(a, 16), s1);
    s2 = multiplyAdd(v128.load(q, 32), v128.load(a, 32), s2);
    s3 = multiplyAdd(v128.load(q, 48), v128.load(a, 48), s3);
    q += 64;
  }
  for (; a < end; a += VECTOR) {
    s0 = multiplyAdd(v128.load(q), v128.load(a), s0);
    q += VECTOR;
  }
  store<f32>(output, sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3))));
}

/** One row with four queries: each vector of the row is loaded once. */
// @ts-ignore: decorator
@inline
function fourQueries(row: usize, rowBytes: usize, query: usize, output: usize, outputBytes: usize): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let q0 = query;
  let q1 = q0 + rowBytes;
  let q2 = q1 + rowBytes;
  let q3 = q2 + rowBytes;
  const end = row + rowBytes;
  for (let a = row; a < end; a += VECTOR) {
    const x = v128.load(a);
    s0 = multiplyAdd(v128.load(q0), x, s0);
    s1 = multiplyAdd(v128.load(q1), x, s1);
    s2 = multiplyAdd(v128.load(q2), x, s2);
    s3 = multiplyAdd(v128.load(q3), x, s3);
    q0 += VECTOR;
    q1 += VECTOR;
    q2 += VECTOR;
    q3 += VECTOR;
  }
  store<f32>(output, sumLanes(s0));
  store<f32>(output + outputBytes, sumLanes(s1));
  store<f32>(output + 2 * outputBytes, sumLanes(s2));
  store<f32>(output + 3 * outputBytes, sumLanes(s3));
}

/** Four queries share a pass over the rows; fewer take a pass each. */
export function innerProducts(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<InnerProductsArguments>(pointer);
  check(args.vectors > 0 && end <= args.rows && args.queryCount > 0 && args.queryCount <= MOST_QUERIES);
  const rowBytes = <usize>args.vectors * VECTOR;
  const outputBytes = <usize>args.rows * F32;
  const queryCount = args.queryCount;
  const first = args.matrix + <usize>begin * rowBytes;
  const outputEnd = args.output + <usize>end * F32;
  let output = args.output + <usize>begin * F32;
  let row = first;
  if (queryCount == MOST_QUERIES) {
    for (; output < outputEnd; output += F32) {
      fourQueries(row, rowBytes, args.queries, output, outputBytes);
      row += rowBytes;
    }
    return;
  }
  for (let index = 0; index < queryCount; index++) {
    const query = args.queries + <usize>index * rowBytes;
    const shift = <usize>index * outputBytes;
    row = first;
    for (output = args.output + <usize>begin * F32; output < outputEnd; output += F32) {
      oneQuery(row, rowBytes, query, output + shift);
      row += rowBytes;
    }
  }
}
