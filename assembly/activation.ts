/** The inline epilogue of the convolutions: residual and activation of one vector of sums, then the store. */
import { multiplyAdd, VECTOR } from './simd';

/** The codes of `activation` in the argument structs; the order of ACTIVATIONS in src/ops/activation.ts. */
export const RELU: i32 = 1;
export const RELU6: i32 = 2;
export const PRELU: i32 = 3;

/** Applies an activation; `slopes` points to the four slopes of these lanes and is read for PReLU alone. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function activate(value: v128, activation: i32, slopes: usize): v128 {
  if (activation == 0) return value;
  const zero = f32x4.splat(0);
  const positive = f32x4.pmax(value, zero);
  if (activation == PRELU) return multiplyAdd(f32x4.pmin(value, zero), v128.load(slopes), positive);
  if (activation == RELU6) return f32x4.pmin(positive, f32x4.splat(6));
  return positive;
}

/**
 * Adds the residual where there is one (its address is `output + residual`, residual being a distance in bytes and 0
 * where absent), applies the activation and stores four channels.
 */
// @ts-ignore: decorator
@inline
export function storeActivated(output: usize, value: v128, residual: usize, activation: i32, slopes: usize): void {
  const total = residual ? f32x4.add(value, v128.load(output + residual)) : value;
  v128.store(output, activate(total, activation, slopes));
}

/** Stores a panel of eight channels, or only its lower four where the output pixel has no more. */
// @ts-ignore: decorator
@inline
export function storePanel(
  output: usize, low: v128, high: v128, residual: usize, activation: i32, slopes: usize, both: bool,
): void {
  storeActivated(output, low, residual, activation, slopes);
  if (both) storeActivated(output + VECTOR, high, residual, activation, slopes + VECTOR);
}
