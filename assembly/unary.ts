/** Operators that map each element by itself, whatever its channel. */
import { exponential, exponentialLessOne } from './exponential';
import { mapRarely } from './functions';
import { tailMask } from './lanes';
import { check, multiplyAdd, VECTOR } from './simd';

/** The codes of `operation`; the order of UNARY_OPERATIONS in src/ops/unary.ts. */
const TANH: i32 = 0;
const ELU: i32 = 1;
const HARD_SIGMOID: i32 = 2;
const HARD_SWISH: i32 = 3;
const RECIPROCAL: i32 = 4;
/** Stands for all codes from here on, which share one loop. */
const OTHERS: i32 = 5;
/** The last code. */
const LAST: i32 = 26;

/** The parallel axis is pixels of all images. */
@unmanaged
export class UnaryArguments {
  input: usize;
  output: usize;
  alpha: f32;
  beta: f32;
  /** Vectors of four channels in a pixel. */
  blocks: i32;
  /** Channels in the last vector, 1 to 4. */
  tail: i32;
  operation: i32;
}

/**
 * From |x| = 0.625 on by e^−2|x|, below by a polynomial in x² (Cephes, tanhf); the error is at most 2⁻²² of the result
 * and 2⁻²⁴. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
function tanh(x: v128): v128 {
  const one = f32x4.splat(1);
  const magnitude = f32x4.abs(x);
  const power = exponential(f32x4.mul(magnitude, f32x4.splat(-2)));
  const large = f32x4.div(f32x4.sub(one, power), f32x4.add(one, power));
  const signed = v128.or(large, v128.and(x, f32x4.splat(-0.0)));
  const square = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = multiplyAdd(p, square, f32x4.splat(2.06390887954e-2));
  p = multiplyAdd(p, square, f32x4.splat(-5.37397155531e-2));
  p = multiplyAdd(p, square, f32x4.splat(1.33314422036e-1));
  p = multiplyAdd(p, square, f32x4.splat(-3.33332819422e-1));
  const small = multiplyAdd(f32x4.mul(p, square), x, x);
  return v128.bitselect(small, signed, f32x4.lt(magnitude, f32x4.splat(0.625)));
}

/** min(max(alpha · x + beta, 0), 1); NaN stays NaN. */
// @ts-ignore: decorator
@inline
function hardSigmoid(x: v128, alpha: v128, beta: v128): v128 {
  return f32x4.min(f32x4.max(multiplyAdd(x, alpha, beta), f32x4.splat(0)), f32x4.splat(1));
}

// @ts-ignore: decorator
@inline
function map(x: v128, alpha: v128, beta: v128, operation: i32): v128 {
  if (operation == TANH) return tanh(x);
  if (operation == HARD_SIGMOID) return hardSigmoid(x, alpha, beta);
  if (operation == HARD_SWISH) return f32x4.mul(x, hardSigmoid(x, alpha, beta));
  if (operation == RECIPROCAL) return f32x4.div(f32x4.splat(1), x);
  const below = f32x4.mul(alpha, exponentialLessOne(x));
  return v128.bitselect(below, x, f32x4.lt(x, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function mapPixels(args: UnaryArguments, begin: i32, end: i32, operation: i32): void {
  const step = <usize>args.blocks * VECTOR;
  const last = step - VECTOR;
  const mask = tailMask(args.tail);
  const alpha = f32x4.splat(args.alpha);
  const beta = f32x4.splat(args.beta);
  for (let pixel = begin; pixel < end; pixel++) {
    const input = args.input + <usize>pixel * step;
    const output = args.output + <usize>pixel * step;
    for (let at: usize = 0; at < step; at += VECTOR) {
      const x = v128.load(input + at);
      const value = operation == OTHERS ? mapRarely(x, alpha, beta, args.operation) : map(x, alpha, beta, operation);
      v128.store(output + at, at == last ? v128.and(value, mask) : value);
    }
  }
}

/** One of UNARY_OPERATIONS for every element. */
export function unary(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<UnaryArguments>(pointer);
  check(args.blocks > 0 && args.tail >= 1 && args.tail <= 4 && args.operation >= TANH && args.operation <= LAST);
  if (args.operation == TANH) mapPixels(args, begin, end, TANH);
  else if (args.operation == ELU) mapPixels(args, begin, end, ELU);
  else if (args.operation == HARD_SIGMOID) mapPixels(args, begin, end, HARD_SIGMOID);
  else if (args.operation == HARD_SWISH) mapPixels(args, begin, end, HARD_SWISH);
  else if (args.operation == RECIPROCAL) mapPixels(args, begin, end, RECIPROCAL);
  else mapPixels(args, begin, end, OTHERS);
}
