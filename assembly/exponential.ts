/** e^x, e^x − 1 and the logarithm in four lanes. */
import { multiplyAdd } from './simd';

/** Below this the result, less than 2⁻¹²⁵, is given as 0. */
const LEAST: f32 = -87.33;

/** From here on the result stays 2.4 · 10³⁸, so that it is finite. */
const MOST: f32 = 88.37;

/** (e^r − 1 − r) / r² for |r| ≤ ln 2 / 2 by a polynomial of degree 5 (Cephes, expf). */
// @ts-ignore: decorator
@inline
function secondOrder(r: v128): v128 {
  let p = f32x4.splat(1.9875691500e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  return multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
}

/**
 * e^x = 2ⁿ · e^r with n = round(x / ln 2) and |r| ≤ ln 2 / 2, e^r by a polynomial of degree 7.
 * The relative error is at most 2⁻²² from LEAST to MOST. NaN stays NaN.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const bounded = f32x4.min(f32x4.max(x, f32x4.splat(LEAST)), f32x4.splat(MOST));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504088896341)));
  // ln 2 in two parts; n times the first is exact.
  let r = f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  const p = f32x4.add(multiplyAdd(secondOrder(r), f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, f32x4.splat(LEAST)));
}

/** e^x − 1: near 0, where the difference would cancel, by the polynomial. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function exponentialLessOne(x: v128): v128 {
  const near = multiplyAdd(secondOrder(x), f32x4.mul(x, x), x);
  return v128.bitselect(near, f32x4.sub(exponential(x), f32x4.splat(1)), f32x4.lt(f32x4.abs(x), f32x4.splat(0.34)));
}

/** Least normal number. */
const LEAST_NORMAL: f32 = 1.17549435e-38;

/**
 * ln x = e · ln 2 + ln m with x = 2ᵉ · m and √½ ≤ m < √2, ln m by a polynomial of degree 9 (Cephes, logf). The error is
 * at most 2⁻²³ of the result and 2⁻²⁴. Below 0 and for NaN it is NaN, at 0 −∞, at ∞ ∞.
 */
// @ts-ignore: decorator
@inline
export function logarithm(x: v128): v128 {
  const tiny = f32x4.lt(x, f32x4.splat(LEAST_NORMAL));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  let exponent = i32x4.sub(i32x4.shr_u(scaled, 23), v128.bitselect(i32x4.splat(149), i32x4.splat(126), tiny));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  exponent = i32x4.add(exponent, small);
  m = f32x4.sub(f32x4.add(m, v128.and(m, small)), f32x4.splat(1));
  const e = f32x4.convert_i32x4_s(exponent);
  const square = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = multiplyAdd(p, m, f32x4.splat(-1.1514610310e-1));
  p = multiplyAdd(p, m, f32x4.splat(1.1676998740e-1));
  p = multiplyAdd(p, m, f32x4.splat(-1.2420140846e-1));
  p = multiplyAdd(p, m, f32x4.splat(1.4249322787e-1));
  p = multiplyAdd(p, m, f32x4.splat(-1.6668057665e-1));
  p = multiplyAdd(p, m, f32x4.splat(2.0000714765e-1));
  p = multiplyAdd(p, m, f32x4.splat(-2.4999993993e-1));
  p = multiplyAdd(p, m, f32x4.splat(3.3333331174e-1));
  p = multiplyAdd(f32x4.mul(p, m), square, f32x4.mul(e, f32x4.splat(-2.12194440e-4)));
  p = multiplyAdd(f32x4.splat(-0.5), square, p);
  const normal = multiplyAdd(e, f32x4.splat(0.693359375), f32x4.add(m, p));
  const zero = v128.bitselect(f32x4.splat(-Infinity), normal, f32x4.eq(x, f32x4.splat(0)));
  const ends = v128.bitselect(x, zero, f32x4.eq(x, f32x4.splat(Infinity)));
  return v128.bitselect(ends, f32x4.splat(NaN), f32x4.ge(x, f32x4.splat(0)));
}
