/** The ceiling that reading kernels are measured against: loads alone, from one end of a region to the other. */

/** Bytes of one turn of the loop. */
const TURN: usize = 128;

/** Reads `[begin, end)`, a multiple of 128 bytes, once and returns a value that depends on all of it. */
export function bandwidth(begin: usize, end: usize): i32 {
  let s0 = i32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let a = begin; a < end; a += TURN) {
    s0 = v128.xor(s0, v128.xor(v128.load(a), v128.load(a, 16)));
    s1 = v128.xor(s1, v128.xor(v128.load(a, 32), v128.load(a, 48)));
    s2 = v128.xor(s2, v128.xor(v128.load(a, 64), v128.load(a, 80)));
    s3 = v128.xor(s3, v128.xor(v128.load(a, 96), v128.load(a, 112)));
  }
  const all = v128.xor(v128.xor(s0, s1), v128.xor(s2, s3));
  return i32x4.extract_lane(all, 0) ^ i32x4.extract_lane(all, 1) ^ i32x4.extract_lane(all, 2) ^ i32x4.extract_lane(all, 3);
}
