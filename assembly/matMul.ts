/** Products of dense matrices, of as many as stand side by side, in tiles of rows and columns. */
import { loadPartial, storePartial } from './lanes';
import { check, F32, multiplyAdd, VECTOR } from './simd';

/**
 * Axes before the matrices are taken together to four; strides are elements from one matrix to the next along them, 0
 * where an operand is repeated. The parallel axis is tiles of four rows of all products.
 */
@unmanaged
export class MatMulArguments {
  a: usize;
  b: usize;
  output: usize;
  rows: i32;
  depth: i32;
  columns: i32;
  length1: i32;
  length2: i32;
  length3: i32;
  aStride0: i32;
  aStride1: i32;
  aStride2: i32;
  aStride3: i32;
  bStride0: i32;
  bStride1: i32;
  bStride2: i32;
  bStride3: i32;
}

/** `rows` (a literal, 4 or 1) of the product, eight columns where `isWide` (a literal), else `count` from 1 to 4. */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, isWide: bool, a: usize, aBytes: usize, b: usize, bBytes: usize, depth: i32, output: usize, count: i32,
): void {
  const zero = f32x4.splat(0);
  let s00 = zero, s01 = zero, s10 = zero, s11 = zero, s20 = zero, s21 = zero, s30 = zero, s31 = zero;
  for (const last = a + <usize>depth * F32; a < last; a += F32, b += bBytes) {
    const b0 = isWide ? v128.load(b) : loadPartial(b, count);
    const b1 = isWide ? v128.load(b, VECTOR) : b0;
    let value = v128.load32_splat(a);
    s00 = multiplyAdd(value, b0, s00);
    if (isWide) s01 = multiplyAdd(value, b1, s01);
    if (rows > 1) {
      value = v128.load32_splat(a + aBytes);
      s10 = multiplyAdd(value, b0, s10);
      if (isWide) s11 = multiplyAdd(value, b1, s11);
      value = v128.load32_splat(a + 2 * aBytes);
      s20 = multiplyAdd(value, b0, s20);
      if (isWide) s21 = multiplyAdd(value, b1, s21);
      value = v128.load32_splat(a + 3 * aBytes);
      s30 = multiplyAdd(value, b0, s30);
      if (isWide) s31 = multiplyAdd(value, b1, s31);
    }
  }
  if (isWide) {
    v128.store(output, s00);
    v128.store(output, s01, VECTOR);
    if (rows > 1) {
      v128.store(output + bBytes, s10);
      v128.store(output + bBytes, s11, VECTOR);
      v128.store(output + 2 * bBytes, s20);
      v128.store(output + 2 * bBytes, s21, VECTOR);
      v128.store(output + 3 * bBytes, s30);
      v128.store(output + 3 * bBytes, s31, VECTOR);
    }
  } else {
    storePartial(output, s00, count);
    if (rows > 1) {
      storePartial(output + bBytes, s10, count);
      storePartial(output + 2 * bBytes, s20, count);
      storePartial(output + 3 * bBytes, s30, count);
    }
  }
}

/** All columns of `rows` (a literal, 4 or 1) rows; a row of the output has as many bytes as one of b. */
// @ts-ignore: decorator
@inline
function strip(
  rows: i32, a: usize, aBytes: usize, b: usize, bBytes: usize, depth: i32, output: usize, columns: i32,
): void {
  let column = 0;
  for (; column + 8 <= columns; column += 8) {
    const at = <usize>column * F32;
    tile(rows, true, a, aBytes, b + at, bBytes, depth, output + at, 8);
  }
  for (; column < columns; column += 4) {
    const at = <usize>column * F32;
    tile(rows, false, a, aBytes, b + at, bBytes, depth, output + at, min(columns - column, 4));
  }
}

/** a · b. */
export function matMul(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<MatMulArguments>(pointer);
  const rows = args.rows, depth = args.depth, columns = args.columns;
  check(rows > 0 && depth > 0 && columns > 0 && args.length1 > 0 && args.length2 > 0 && args.length3 > 0);
  const aBytes = <usize>depth * F32, bBytes = <usize>columns * F32;
  const tiles = (rows + 3) >> 2;
  for (let unit = begin; unit < end; unit++) {
    const product = unit / tiles;
    const row = (unit - product * tiles) << 2;
    const row2 = product / args.length3, row1 = row2 / args.length2, place0 = row1 / args.length1;
    const place3 = product - row2 * args.length3, place2 = row2 - row1 * args.length2;
    const place1 = row1 - place0 * args.length1;
    const fromA = place0 * args.aStride0 + place1 * args.aStride1 + place2 * args.aStride2 + place3 * args.aStride3;
    const fromB = place0 * args.bStride0 + place1 * args.bStride1 + place2 * args.bStride2 + place3 * args.bStride3;
    let a = args.a + <usize>fromA * F32 + <usize>row * aBytes;
    const b = args.b + <usize>fromB * F32;
    let output = args.output + (<usize>product * <usize>rows + <usize>row) * bBytes;
    let left = min(rows - row, 4);
    if (left == 4) strip(4, a, aBytes, b, bBytes, depth, output, columns);
    else {
      for (; left > 0; left--, a += aBytes, output += bBytes) {
        strip(1, a, aBytes, b, bBytes, depth, output, columns);
      }
    }
  }
}
