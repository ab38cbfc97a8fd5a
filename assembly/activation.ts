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

/**
 * Stores a panel of eight channels, or only its lower four where the output pixel has no more. Both halves take the
 * same path side by side, so that an engine which joins vectors in pairs can join these.
 */
// @ts-ignore: decorator
@inline
export function storePanel(
  output: usize, low: v128, high: v128, residual: usize, activation: i32, slopes: usize, both: bool,
): void {
  if (!both) {
    storeActivated(output, low, residual, activation, slopes);
    return;
  }
  if (residual) {
    low = f32x4.add(low, v128.load(output + residual));
    high = f32x4.add(high, v128.load(output + residual, VECTOR));
  }
  if (activation == PRELU) {
    const zero = f32x4.splat(0);
    low = multiplyAdd(f32x4.pmin(low, zero), v128.load(slopes), f32x4.pmax(low, zero));
    high = multiplyAdd(f32x4.pmin(high, zero), v128.load(slopes, VECTOR), f32x4.pmax(high, zero));
  } else if (activation) {
    const zero = f32x4.splat(0);
    low = f32x4.pmax(low, zero);
    high = f32x4.pmax(high, zero);
    if (activation == RELU6) {
      const six = f32x4.splat(6);
      low = f32x4.pmin(low, six);
      high = f32x4.pmin(high, six);
    }
  }
  v128.store(output, low);
  v128.store(output, high, VECTOR);
}
