/** The ceiling that kernels are measured against: multiply-adds on registers alone, as many as the build can do. */
import { multiplyAdd } from './simd';

/** Multiply-adds of one turn of the loop. */
export const MULTIPLY_ADDS_PER_TURN: i32 = 48;

/** Runs `turns` turns of twelve independent vectors and returns a value that depends on all of them. */
export function peak(turns: i32, factor: f32, term: f32): f32 {
  const a = f32x4.splat(factor);
  const b = f32x4.splat(term);
  let s0 = b, s1 = a, s2 = b, s3 = a, s4 = b, s5 = a, s6 = b, s7 = a, s8 = b, s9 = a, s10 = b, s11 = a;
  for (let turn = 0; turn < turns; turn++) {
    s0 = multiplyAdd(s0, a, b);
    s1 = multiplyAdd(s1, a, b);
    s2 = multiplyAdd(s2, a, b);
    s3 = multiplyAdd(s3, a, b);
    s4 = multiplyAdd(s4, a, b);
    s5 = multiplyAdd(s5, a, b);
    s6 = multiplyAdd(s6, a, b);
    s7 = multiplyAdd(s7, a, b);
    s8 = multiplyAdd(s8, a, b);
    s9 = multiplyAdd(s9, a, b);
    s10 = multiplyAdd(s10, a, b);
    s11 = multiplyAdd(s11, a, b);
  }
  const low = f32x4.add(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)), f32x4.add(s4, s5));
  const high = f32x4.add(f32x4.add(f32x4.add(s6, s7), f32x4.add(s8, s9)), f32x4.add(s10, s11));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}
