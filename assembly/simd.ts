/** Vector operations that differ between builds, and the sizes that all kernels share. */

/** Bytes of one float32. */
export const F32: usize = 4;

/** Bytes of one vector of four float32. */
export const VECTOR: usize = 16;

/** Bytes of one row of a packed weight panel: eight output channels. */
export const PANEL: usize = 32;

/** a · b + c in four lanes, fused where the build has relaxed SIMD and the processor fuses. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * In each of four lanes c plus the products of four bytes of `a` with those of `b`, which must be 0 to 127: the same in
 * every build then, since no two products leave 16 bits.
 */
// @ts-ignore: decorator
@inline
export function dotAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, c);
  const low = i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_low_i8x16_s(a, b));
  const high = i32x4.extadd_pairwise_i16x8_s(i16x8.extmul_high_i8x16_s(a, b));
  const sum = i32x4.add(v128.shuffle<i32>(low, high, 0, 2, 4, 6), v128.shuffle<i32>(low, high, 1, 3, 5, 7));
  return i32x4.add(sum, c);
}

/**
 * The same in three instructions, of which two are one on processors that have no product like `dotAdd`'s; `ones` is eight
 * times 1.
 */
// @ts-ignore: decorator
@inline
export function dotAddPairs(a: v128, b: v128, ones: v128, c: v128): v128 {
  if (!ASC_FEATURE_RELAXED_SIMD) return dotAdd(a, b, c);
  return i32x4.add(c, i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(a, b), ones));
}

/** The asserting build traps where a condition that the planner guarantees does not hold; the others skip the test. */
// @ts-ignore: decorator
@inline
export function check(condition: bool): void {
  if (!ASC_NO_ASSERT) assert(condition);
}
