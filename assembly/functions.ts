/** Functions of four lanes that networks of this size call rarely: one call a vector, chosen while it runs. */
import { exponential, exponentialLessOne, logarithm } from './exponential';
import { multiplyAdd } from './simd';

/** Codes of `operation` after those with loops of their own; the order of UNARY_OPERATIONS in src/ops/unary.ts. */
const LEAKY_RELU: i32 = 5;
const CELU: i32 = 6;
const SELU: i32 = 7;
const THRESHOLDED_RELU: i32 = 8;
const SOFTPLUS: i32 = 9;
const SOFTSIGN: i32 = 10;
const SWISH: i32 = 11;
const ERF: i32 = 12;
const GELU: i32 = 13;
const GELU_TANH: i32 = 14;
const MISH: i32 = 15;
const EXPONENTIAL: i32 = 16;
const LOGARITHM: i32 = 17;
const SQUARE_ROOT: i32 = 18;
const ABSOLUTE: i32 = 19;
const NEGATIVE: i32 = 20;
const SIGN: i32 = 21;
const FLOOR: i32 = 22;
const CEILING: i32 = 23;
const ROUND: i32 = 24;
const TRUNCATE: i32 = 25;

/**
 * 1 − erf(x) for x ≥ 0 as t · e^−x² · p(t) with t = 1 / (1 + x / 2), p a polynomial of degree 8 fitted to
 * e^x² · erfc(x) / t from 0 to 9.5. The relative error is at most 2⁻²² + 2⁻²³ · x².
 */
// @ts-ignore: decorator
@inline
function complement(x: v128): v128 {
  const one = f32x4.splat(1);
  const t = f32x4.div(one, multiplyAdd(x, f32x4.splat(0.5), one));
  let p = f32x4.splat(-5.80145189e-2);
  p = multiplyAdd(p, t, f32x4.splat(2.79707024e-1));
  p = multiplyAdd(p, t, f32x4.splat(-4.77723728e-1));
  p = multiplyAdd(p, t, f32x4.splat(2.67946551e-1));
  p = multiplyAdd(p, t, f32x4.splat(-2.01650443e-2));
  p = multiplyAdd(p, t, f32x4.splat(2.00172073e-1));
  p = multiplyAdd(p, t, f32x4.splat(2.43684841e-1));
  p = multiplyAdd(p, t, f32x4.splat(2.82302576e-1));
  p = multiplyAdd(p, t, f32x4.splat(2.82090193e-1));
  return f32x4.mul(f32x4.mul(p, t), exponential(f32x4.neg(f32x4.mul(x, x))));
}

/** Below 1 by a polynomial in x², fitted to erf(x) / x; above by the complement. */
// @ts-ignore: decorator
@inline
function erf(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let p = f32x4.splat(7.88249712e-5);
  p = multiplyAdd(p, square, f32x4.splat(-8.01885499e-4));
  p = multiplyAdd(p, square, f32x4.splat(5.18931194e-3));
  p = multiplyAdd(p, square, f32x4.splat(-2.68543288e-2));
  p = multiplyAdd(p, square, f32x4.splat(1.12835975e-1));
  p = multiplyAdd(p, square, f32x4.splat(-3.76126269e-1));
  p = multiplyAdd(p, square, f32x4.splat(1.12837917));
  const large = f32x4.sub(f32x4.splat(1), complement(magnitude));
  const signed = v128.or(large, v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(f32x4.mul(p, x), signed, f32x4.lt(magnitude, f32x4.splat(1)));
}

/** x · (1 + erf(x / √2)) / 2, which is |x| · erfc(|x| / √2) / 2 away from max(x, 0). */
// @ts-ignore: decorator
@inline
function gelu(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const half = complement(f32x4.mul(magnitude, f32x4.splat(0.70710678)));
  const away = f32x4.mul(f32x4.mul(magnitude, f32x4.splat(0.5)), half);
  return f32x4.sub(f32x4.max(x, f32x4.splat(0)), away);
}

/** ln(1 + x) for x ≥ 0: ln(w) · x / (w − 1) with w = 1 + x rounded, so that the rounding cancels. */
// @ts-ignore: decorator
@inline
function logarithmOfOneMore(x: v128): v128 {
  const one = f32x4.splat(1);
  const w = f32x4.add(x, one);
  const rounded = f32x4.sub(w, one);
  const quotient = f32x4.div(f32x4.mul(logarithm(w), x), rounded);
  return v128.bitselect(x, quotient, f32x4.eq(rounded, f32x4.splat(0)));
}

/** x / (1 + e^−y). */
// @ts-ignore: decorator
@inline
function gated(x: v128, y: v128): v128 {
  return f32x4.div(x, f32x4.add(f32x4.splat(1), exponential(f32x4.neg(y))));
}

/** x · tanh(ln(1 + eˣ)) = x · n / (n + 2) with n = eˣ · (eˣ + 2), and x where that is all. */
// @ts-ignore: decorator
@inline
function mish(x: v128): v128 {
  const two = f32x4.splat(2);
  const e = exponential(f32x4.min(x, f32x4.splat(20)));
  const n = f32x4.mul(e, f32x4.add(e, two));
  return f32x4.mul(x, f32x4.div(n, f32x4.add(n, two)));
}

/** 1, −1 or 0; NaN stays NaN. */
// @ts-ignore: decorator
@inline
function sign(x: v128): v128 {
  const zero = f32x4.splat(0);
  const unit = v128.or(f32x4.splat(1), v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(unit, x, v128.or(f32x4.lt(x, zero), f32x4.gt(x, zero)));
}

/** The operations that have no loop of their own. */
// @ts-ignore: decorator
@inline
export function mapRarely(x: v128, alpha: v128, beta: v128, operation: i32): v128 {
  const zero = f32x4.splat(0);
  const isBelow = f32x4.lt(x, zero);
  switch (operation) {
    case LEAKY_RELU: return v128.bitselect(f32x4.mul(x, alpha), x, isBelow);
    case CELU: return v128.bitselect(f32x4.mul(alpha, exponentialLessOne(f32x4.div(x, alpha))), x, isBelow);
    case SELU: return f32x4.mul(beta, v128.bitselect(f32x4.mul(alpha, exponentialLessOne(x)), x, isBelow));
    case THRESHOLDED_RELU: return v128.bitselect(zero, x, f32x4.le(x, alpha));
    case SOFTPLUS:
      return f32x4.add(f32x4.max(x, zero), logarithmOfOneMore(exponential(f32x4.neg(f32x4.abs(x)))));
    case SOFTSIGN: return f32x4.div(x, f32x4.add(f32x4.splat(1), f32x4.abs(x)));
    case SWISH: return gated(x, f32x4.mul(alpha, x));
    case ERF: return erf(x);
    case GELU: return gelu(x);
    case GELU_TANH: {
      const cubic = multiplyAdd(f32x4.mul(f32x4.mul(x, x), x), f32x4.splat(0.044715), x);
      return gated(x, f32x4.mul(cubic, f32x4.splat(1.5957691216)));
    }
    case MISH: return mish(x);
    case EXPONENTIAL: return exponential(x);
    case LOGARITHM: return logarithm(x);
    case SQUARE_ROOT: return f32x4.sqrt(x);
    case ABSOLUTE: return f32x4.abs(x);
    case NEGATIVE: return f32x4.neg(x);
    case SIGN: return sign(x);
    case FLOOR: return f32x4.floor(x);
    case CEILING: return f32x4.ceil(x);
    case ROUND: return f32x4.nearest(x);
    case TRUNCATE: return f32x4.trunc(x);
    default: return v128.and(f32x4.splat(1), f32x4.ne(x, zero));
  }
}

/**
 * aᵇ = ±e^(b · ln|a|), the sign that of an odd whole power of a negative number; NaN for other powers of one. The
 * relative error is at most 2⁻²¹ · (1 + |b · ln|a||). a⁰ and 1ᵇ are 1.
 */
// @ts-ignore: decorator
@inline
export function power(a: v128, b: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1);
  const size = exponential(f32x4.mul(b, logarithm(f32x4.abs(a))));
  const half = f32x4.mul(b, f32x4.splat(0.5));
  const isWhole = f32x4.eq(b, f32x4.nearest(b));
  const isOdd = v128.and(isWhole, f32x4.ne(half, f32x4.nearest(half)));
  const signed = v128.or(size, v128.and(v128.and(a, f32x4.splat(-0.0)), isOdd));
  const real = v128.bitselect(signed, f32x4.splat(NaN), v128.or(f32x4.ge(a, zero), isWhole));
  return v128.bitselect(one, real, v128.or(f32x4.eq(b, zero), f32x4.eq(a, one)));
}
