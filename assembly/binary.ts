/** Arithmetic of two values that repeat along the axes in which the other is longer. */
import { power } from './functions';
import { tailMask } from './lanes';
import { check, VECTOR } from './simd';

/** The codes of `operation`; the order of BINARY_OPERATIONS in src/ops/binary.ts. */
const ADD: i32 = 0;
const SUBTRACT: i32 = 1;
const MULTIPLY: i32 = 2;
const DIVIDE: i32 = 3;
const POWER: i32 = 4;
const LEAST: i32 = 5;
const GREATEST: i32 = 6;
const PRELU: i32 = 7;

/**
 * The parallel axis is rows of all images of the output. An operand's steps are bytes, and 0 along an axis that it
 * repeats; `aSplat` and `bSplat` are 1 where it has one channel for all of the output's.
 */
@unmanaged
export class BinaryArguments {
  a: usize;
  b: usize;
  output: usize;
  height: i32;
  width: i32;
  /** Vectors of four channels in a pixel of the output. */
  blocks: i32;
  /** Channels in the last vector, 1 to 4. */
  tail: i32;
  aImage: i32;
  aRow: i32;
  aPixel: i32;
  aSplat: i32;
  bImage: i32;
  bRow: i32;
  bPixel: i32;
  bSplat: i32;
  operation: i32;
}

// @ts-ignore: decorator
@inline
function combine(a: v128, b: v128, operation: i32): v128 {
  if (operation == ADD) return f32x4.add(a, b);
  if (operation == SUBTRACT) return f32x4.sub(a, b);
  if (operation == MULTIPLY) return f32x4.mul(a, b);
  if (operation == DIVIDE) return f32x4.div(a, b);
  if (operation == LEAST) return f32x4.min(a, b);
  if (operation == GREATEST) return f32x4.max(a, b);
  if (operation == PRELU) return v128.bitselect(f32x4.mul(a, b), a, f32x4.lt(a, f32x4.splat(0)));
  return power(a, b);
}

// @ts-ignore: decorator
@inline
function combineRows(args: BinaryArguments, begin: i32, end: i32, operation: i32): void {
  const height = args.height, width = args.width;
  const step = <usize>args.blocks * VECTOR;
  const last = step - VECTOR;
  const mask = tailMask(args.tail);
  const aPixel = <usize>args.aPixel, bPixel = <usize>args.bPixel;
  const aSplat = args.aSplat != 0, bSplat = args.bSplat != 0;
  let output = args.output + <usize>begin * <usize>width * step;
  for (let row = begin; row < end; row++) {
    const image = row / height;
    const inner = row - image * height;
    let a = args.a + <usize>image * <usize>args.aImage + <usize>inner * <usize>args.aRow;
    let b = args.b + <usize>image * <usize>args.bImage + <usize>inner * <usize>args.bRow;
    for (let column = 0; column < width; column++) {
      for (let at: usize = 0; at < step; at += VECTOR) {
        const x = aSplat ? v128.load32_splat(a) : v128.load(a + at);
        const y = bSplat ? v128.load32_splat(b) : v128.load(b + at);
        const value = combine(x, y, operation);
        v128.store(output + at, at == last ? v128.and(value, mask) : value);
      }
      a += aPixel;
      b += bPixel;
      output += step;
    }
  }
}

/** One of BINARY_OPERATIONS for every pair; those after division share one loop. */
export function binary(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<BinaryArguments>(pointer);
  check(args.blocks > 0 && args.tail >= 1 && args.tail <= 4 && args.operation >= ADD && args.operation <= PRELU);
  if (args.operation == ADD) combineRows(args, begin, end, ADD);
  else if (args.operation == SUBTRACT) combineRows(args, begin, end, SUBTRACT);
  else if (args.operation == MULTIPLY) combineRows(args, begin, end, MULTIPLY);
  else if (args.operation == DIVIDE) combineRows(args, begin, end, DIVIDE);
  else combineRows(args, begin, end, args.operation);
}
