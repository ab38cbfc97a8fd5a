/** Vectors of which only some lanes are used. */
import { F32 } from './simd';

/** Lanes below `count` all ones, the others zero. */
// @ts-ignore: decorator
@inline
export function tailMask(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/** Loads `count` floats, 1 or more, and reads no further; lanes from `count` on are zero. */
// @ts-ignore: decorator
@inline
export function loadPartial(pointer: usize, count: i32): v128 {
  if (count >= 4) return v128.load(pointer);
  let value = v128.load32_zero(pointer);
  if (count > 1) value = v128.load_lane<f32>(pointer + F32, value, 1);
  if (count > 2) value = v128.load_lane<f32>(pointer + 2 * F32, value, 2);
  return value;
}

/** Stores the first `count` lanes, 1 or more, and writes no further. */
// @ts-ignore: decorator
@inline
export function storePartial(pointer: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(pointer, value);
    return;
  }
  v128.store_lane<f32>(pointer, value, 0);
  if (count > 1) v128.store_lane<f32>(pointer + F32, value, 1);
  if (count > 2) v128.store_lane<f32>(pointer + 2 * F32, value, 2);
}
