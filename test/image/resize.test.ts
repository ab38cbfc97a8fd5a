/** Resampling against Pillow's, and against plain sums by hand. */
import { describe, expect, it } from 'vitest';
import { halveImage } from '../../src/image/halve.js';
import type { RgbImage } from '../../src/image/image.js';
import { resizeImage, resizeRegion } from '../../src/image/resize.js';
import { codeOf } from '../formats/codeOf.js';
import { resizedGolden as golden, picture } from './fixtures.js';

function grey(values: readonly number[], width: number): RgbImage {
  const data = Uint8Array.from(values.flatMap((value) => [value, value, value]));
  return { data, width, height: values.length / width, channels: 3 };
}

/** The largest difference, and the share of bytes that differ at all. */
function differences(found: RgbImage, expected: Uint8Array): { largest: number; share: number } {
  expect(found.data.length).toBe(expected.length);
  const each = Array.from(expected, (value, index) => Math.abs(value - found.data[index]!));
  return { largest: Math.max(...each), share: each.filter((value) => value > 0).length / each.length };
}

describe('resizeImage', () => {
  it.each(golden.resized)('equals Pillow at $width×$height but for the last bit of few bytes', (expected) => {
    const found = resizeImage(picture(), expected.width, expected.height);
    const { largest, share } = differences(found, Buffer.from(expected.data, 'hex'));
    expect(largest).toBeLessThanOrEqual(1);
    expect(share).toBeLessThan(0.02);
  });

  it.each(golden.crops)('equals Pillow for the crop $box at $side, black outside', ({ box, side, data }) => {
    const [x, y, right, bottom] = box;
    const found = resizeRegion(picture(), { x, y, width: right - x, height: bottom - y }, side, side);
    const { largest, share } = differences(found, Buffer.from(data, 'hex'));
    expect(largest).toBeLessThanOrEqual(1);
    expect(share).toBeLessThan(0.02);
  });

  it('weighs by a triangle as wide as two output pixels', () => {
    // Four to two: the heights are 3/4, 3/4, 1/4 from the near edge on, so the weights 3/7, 3/7, 1/7.
    const row = grey([70, 140, 210, 0], 4);
    expect([...resizeImage(row, 2, 1).data]).toEqual([120, 120, 120, 110, 110, 110]);
    expect([...resizeImage(grey([0, 100], 2), 4, 1).data.filter((_, index) => index % 3 === 0)]).toEqual([
      0, 25, 75, 100,
    ]);
  });

  it('refuses sizes that are none', async () => {
    for (const side of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await codeOf(() => resizeImage(picture(), side, 4))).toBe('IMAGE_SIZE');
    }
  });
});

describe('halveImage', () => {
  it('takes means of 2×2, and of what there is at an odd edge', () => {
    const half = halveImage(grey([0, 4, 10, 8, 12, 20, 1, 3, 7], 3));
    expect([half.width, half.height]).toEqual([2, 2]);
    expect([...half.data.filter((_, index) => index % 3 === 0)]).toEqual([6, 15, 2, 7]);
  });
});
