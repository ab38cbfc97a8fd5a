import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LARGEST_FLOAT16, narrowFloat16, widenBfloat16, widenFloat16 } from '../../src/tensor/float16.js';

/** IEEE 754 binary16 by its definition. */
function float16ByDefinition(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const everyHalf = Uint16Array.from({ length: 65536 }, (_, half) => half);

/** The nearest float16 of a positive number by search, the even one on a tie. */
function nearestHalf(value: number): number {
  let below = 0;
  let above = 0x7c00;
  const at = (half: number) => (half === 0x7c00 ? 65536 : float16ByDefinition(half));
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (at(middle) <= value) below = middle;
    else above = middle;
  }
  const difference = value - at(below) - (at(above) - value);
  if (difference === 0) return below % 2 === 0 ? below : above;
  return difference < 0 ? below : above;
}

describe('float16', () => {
  it('widens every bit pattern as the standard defines it', () => {
    const widened = widenFloat16(everyHalf);
    for (const half of everyHalf) {
      if (!Object.is(widened[half], float16ByDefinition(half))) {
        expect({ half, value: widened[half] }).toEqual({ half, value: float16ByDefinition(half) });
      }
    }
    expect(widened[0x7bff]).toBe(LARGEST_FLOAT16);
  });

  it('narrows every widened number back to its bits', () => {
    const numbers = everyHalf.filter((half) => !Number.isNaN(float16ByDefinition(half)));
    expect(narrowFloat16(widenFloat16(numbers))).toEqual(numbers);
    expect(narrowFloat16(Float32Array.of(Number.NaN))[0]! & 0x7e00).toBe(0x7e00);
  });

  it('rounds to the nearest, to even on a tie', () => {
    const halfway = everyHalf
      .subarray(0, 0x7bff)
      .map((half) => half)
      .reduce<number[]>((values, half) => {
        values.push((float16ByDefinition(half) + float16ByDefinition(half + 1)) / 2);
        return values;
      }, []);
    const narrowed = narrowFloat16(Float32Array.from(halfway));
    for (const [half, result] of narrowed.entries()) {
      if (result !== (half % 2 === 0 ? half : half + 1)) expect({ half, result }).toEqual({ half, result: 'even' });
    }
    expect([...narrowFloat16(Float32Array.of(65519.996, 65520, -1e30, 2 ** -25, 2 ** -149))]).toEqual([
      0x7bff, 0x7c00, 0xfc00, 0, 0,
    ]);
  });

  it('agrees with a search for the nearest on any number', () => {
    fc.assert(
      fc.property(fc.float({ min: 0, max: 65500, noNaN: true }), (value) => {
        const [positive, negative] = narrowFloat16(Float32Array.of(value, -value));
        expect(positive).toBe(nearestHalf(value));
        expect(negative).toBe(nearestHalf(value) | 0x8000);
      }),
      { seed: 16, numRuns: 500 },
    );
  });
});

describe('bfloat16', () => {
  it('widens by putting zeros below', () => {
    expect([...widenBfloat16(Uint16Array.of(0x3f80, 0xc0a0, 0x0001, 0x7f80))]).toEqual([
      1,
      -5,
      2 ** -133,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
