/** Dense values reduced along some of their axes: sums, means, norms, products, extremes, log of sums of powers. */
import { exponential, logarithm } from './exponential';
import { storePartial } from './lanes';
import { check, F32, multiplyAdd } from './simd';

/** The codes of `operation`; the order of REDUCE_OPERATIONS in src/ops/reduce.ts. */
const SUM: i32 = 0;
const MEAN: i32 = 1;
const SQUARES: i32 = 2;
const L1: i32 = 3;
const L2: i32 = 4;
const LOG_SUM: i32 = 5;
const PRODUCT: i32 = 6;
const LARGEST: i32 = 7;
const SMALLEST: i32 = 8;
const LOG_SUM_OF_POWERS: i32 = 9;
/** Σ e^(x − shift). */
const POWERS: i32 = 10;

/**
 * Axes that stay are taken together to three, and so are those that are reduced; strides are elements of the input. The
 * parallel axis is rows of the innermost axis that stays, four outputs at a time.
 */
@unmanaged
export class ReduceArguments {
  input: usize;
  output: usize;
  length1: i32;
  length2: i32;
  stride0: i32;
  stride1: i32;
  stride2: i32;
  reduced0: i32;
  reduced1: i32;
  reduced2: i32;
  step0: i32;
  step1: i32;
  step2: i32;
  operation: i32;
}

/** One element for each of four outputs; those from `count` on are the first again. */
// @ts-ignore: decorator
@inline
function loadStrided(from: usize, step: usize, count: i32): v128 {
  if (step == F32 && count == 4) return v128.load(from);
  let four = v128.load32_splat(from);
  if (count > 1) four = v128.load_lane<f32>(from + step, four, 1);
  if (count > 2) four = v128.load_lane<f32>(from + 2 * step, four, 2);
  return count > 3 ? v128.load_lane<f32>(from + 3 * step, four, 3) : four;
}

// @ts-ignore: decorator
@inline
function combine(total: v128, x: v128, shift: v128, operation: i32): v128 {
  if (operation == SQUARES) return multiplyAdd(x, x, total);
  if (operation == L1) return f32x4.add(total, f32x4.abs(x));
  if (operation == PRODUCT) return f32x4.mul(total, x);
  if (operation == LARGEST) return f32x4.max(total, x);
  if (operation == SMALLEST) return f32x4.min(total, x);
  if (operation == POWERS) return f32x4.add(total, exponential(f32x4.sub(x, shift)));
  return f32x4.add(total, x);
}

/** All elements of four outputs. */
// @ts-ignore: decorator
@inline
function gather(args: ReduceArguments, from: usize, count: i32, first: f32, shift: v128, operation: i32): v128 {
  const stride = <usize>(args.stride2 * <i32>F32);
  const step0 = <usize>args.step0 * F32, step1 = <usize>args.step1 * F32, step2 = <usize>args.step2 * F32;
  let total = f32x4.splat(first);
  for (let outer = args.reduced0; outer > 0; outer--, from += step0) {
    let middle = from;
    for (let rows = args.reduced1; rows > 0; rows--, middle += step1) {
      let at = middle;
      for (let rest = args.reduced2; rest > 0; rest--, at += step2) {
        total = combine(total, loadStrided(at, stride, count), shift, operation);
      }
    }
  }
  return total;
}

/** ln Σ eˣ = m + ln Σ e^(x − m) with the largest m, or 0 where that is infinite. */
// @ts-ignore: decorator
@inline
function logSumOfPowers(args: ReduceArguments, from: usize, count: i32): v128 {
  const most = gather(args, from, count, -Infinity, f32x4.splat(0), LARGEST);
  const shift = v128.bitselect(f32x4.splat(0), most, f32x4.eq(f32x4.abs(most), f32x4.splat(Infinity)));
  const log = logarithm(gather(args, from, count, 0, shift, POWERS));
  return v128.bitselect(most, f32x4.add(shift, log), f32x4.eq(most, f32x4.splat(Infinity)));
}

// @ts-ignore: decorator
@inline
function reduceFour(args: ReduceArguments, from: usize, count: i32, operation: i32): v128 {
  const none = f32x4.splat(0);
  switch (operation) {
    case SQUARES: return gather(args, from, count, 0, none, SQUARES);
    case L1: return gather(args, from, count, 0, none, L1);
    case L2: return f32x4.sqrt(gather(args, from, count, 0, none, SQUARES));
    case PRODUCT: return gather(args, from, count, 1, none, PRODUCT);
    case LARGEST: return gather(args, from, count, -Infinity, none, LARGEST);
    case SMALLEST: return gather(args, from, count, Infinity, none, SMALLEST);
    case LOG_SUM_OF_POWERS: return logSumOfPowers(args, from, count);
  }
  const sum = gather(args, from, count, 0, none, SUM);
  if (operation == LOG_SUM) return logarithm(sum);
  const elements = <f32>args.reduced0 * <f32>args.reduced1 * <f32>args.reduced2;
  return operation == MEAN ? f32x4.div(sum, f32x4.splat(elements)) : sum;
}

/** Four outputs of a row at a time. */
export function reduce(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ReduceArguments>(pointer);
  const length1 = args.length1, length2 = args.length2;
  check(length1 > 0 && length2 > 0 && args.operation >= SUM && args.operation <= LOG_SUM_OF_POWERS);
  const fours = (length2 + 3) >> 2;
  for (let unit = begin; unit < end; unit++) {
    const row = unit / fours;
    const outer = row / length1;
    const place = (unit - row * fours) << 2;
    const offset = outer * args.stride0 + (row - outer * length1) * args.stride1 + place * args.stride2;
    const count = min(length2 - place, 4);
    const value = reduceFour(args, args.input + <usize>offset * F32, count, args.operation);
    storePartial(args.output + (<usize>row * <usize>length2 + <usize>place) * F32, value, count);
  }
}
