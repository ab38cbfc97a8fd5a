/** Half-precision numbers as stored in files: IEEE 754 binary16 and bfloat16, widened to float32 and narrowed back. */

/** The largest finite float16. */
export const LARGEST_FLOAT16 = 65504;

/** Float16 exponents count from 15, float32 exponents from 127: the factor between equal exponent fields. */
const EXPONENT_SHIFT = 2 ** 112;

/** What is added to a normal number's exponent, in place, when the bits move from float16 to float32. */
const NORMAL_OFFSET = 0x38000000;

/** Widens float16 bit patterns; exact, subnormal numbers, infinities and NaN included. */
export function widenFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Int32Array(values.buffer);
  for (let index = 0; index < halves.length; index++) {
    const half = halves[index]!;
    const exponent = half & 0x7c00;
    const sign = (half & 0x8000) << 16;
    const magnitude = (half & 0x7fff) << 13;
    if (exponent === 0) {
      bits[index] = sign | magnitude;
      values[index] = values[index]! * EXPONENT_SHIFT;
    } else {
      bits[index] = sign | (exponent === 0x7c00 ? 0x7f800000 | magnitude : magnitude + NORMAL_OFFSET);
    }
  }
  return values;
}

/** Narrows to float16 bit patterns, to the nearest and to even on a tie; beyond 65504 by half a step or more is infinity. */
export function narrowFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const sum = new Float32Array(1);
  const sumBits = new Uint32Array(sum.buffer);
  for (let index = 0; index < values.length; index++) {
    const magnitude = bits[index]! & 0x7fffffff;
    let half: number;
    if (magnitude > 0x7f800000) {
      half = 0x7e00 | ((magnitude >>> 13) & 0x3ff);
    } else if (magnitude >= 0x477ff000) {
      half = 0x7c00;
    } else if (magnitude >= 0x38800000) {
      half = (magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13;
    } else {
      // A float32 between 0.5 and 1 has steps of 2⁻²⁴, as subnormal float16 numbers have: the addition rounds.
      sum[0] = Math.abs(values[index]!) + 0.5;
      half = sumBits[0]! - 0x3f000000;
    }
    halves[index] = half | ((bits[index]! >>> 16) & 0x8000);
  }
  return halves;
}

/** Widens bfloat16 bit patterns, the upper halves of float32 numbers; exact. */
export function widenBfloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index++) bits[index] = halves[index]! << 16;
  return new Float32Array(bits.buffer);
}
