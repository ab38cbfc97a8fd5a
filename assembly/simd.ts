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

/** The asserting build traps where a condition that the planner guarantees does not hold; the others skip the test. */
// @ts-ignore: decorator
@inline
export function check(condition: bool): void {
  if (!ASC_NO_ASSERT) assert(condition);
}
