/** Resampling against Pillow's, against plain sums by hand, and the fast way against the plain one. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/image/image.js';
import { resizeImage, resizeRegion } from '../../src/image/resize.js';
import { halveImage, ImageHalves, shrinkImage } from '../../src/image/shrink.js';
import { codeOf } from '../formats/codeOf.js';

interface Golden {
  readonly width: number;
  readonly height: number;
  readonly resized: readonly { readonly width: number; readonly height: number; readonly data: string }[];
  readonly crops: readonly { readonly box: [number, number, number, number]; side: number; data: string }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('fixtures/resized.json', import.meta.url), 'utf8'));

/** The pattern that `fixtures/resized.py` draws. */
function picture(width = golden.width, height = golden.height): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const [x, y, channel] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width), index % 3];
    const edge = x > 20 && y > 9 ? 90 : 0;
    return (x * 3 + y * (2 + channel * 3) + edge + ((x * 7919 + y * 104729) % 61)) % 256;
  });
  return { data, width, height, channels: 3 };
}

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
      expect(await codeOf(() => shrinkImage(picture(), [{ width: 4, height: side }]))).toBe('IMAGE_SIZE');
    }
    expect(await codeOf(() => shrinkImage(picture(), [{ width: 62, height: 4 }]))).toBe('IMAGE_SIZE');
  });
});

describe('shrinkImage', () => {
  it('gives what resizeImage gives, for any sizes at once', () => {
    const side = fc.integer({ min: 1, max: 70 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        side,
        side,
        fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 4 }),
        (width, height, shares) => {
          const image = picture(width, height);
          const sizes = shares.map(([across, down]) => ({
            width: Math.max(1, Math.round(across * width)),
            height: Math.max(1, Math.round(down * height)),
          }));
          const copies = shrinkImage(image, sizes);
          for (const [index, copy] of copies.entries()) {
            const plain = resizeImage(image, sizes[index]!.width, sizes[index]!.height);
            expect([copy.width, copy.height]).toEqual([plain.width, plain.height]);
            expect(differences(copy, Uint8Array.from(plain.data)).largest).toBeLessThanOrEqual(1);
          }
        },
      ),
      { seed: 12, numRuns: 150 },
    );
  });

  it('rounds alike nearly everywhere', () => {
    const image = picture(640, 480);
    const [copy] = shrinkImage(image, [{ width: 192, height: 144 }]);
    expect(differences(copy!, Uint8Array.from(resizeImage(image, 192, 144).data)).share).toBeLessThan(0.001);
  });
});

describe('halveImage', () => {
  it('takes means of 2×2, and of what there is at an odd edge', () => {
    const half = halveImage(grey([0, 4, 10, 8, 12, 20, 1, 3, 7], 3));
    expect([half.width, half.height]).toEqual([2, 2]);
    expect([...half.data.filter((_, index) => index % 3 === 0)]).toEqual([6, 15, 2, 7]);
  });

  it('is asked for as often as the reserve allows', () => {
    const halves = new ImageHalves(picture(64, 64));
    const sizes = [1, 3.9, 4, 7.9, 8, 1000].map((shrink) => halves.levelFor(shrink, 2).size);
    expect(sizes).toEqual([1, 1, 2, 2, 4, 64]);
    expect(halves.levelFor(8, 2).image.width).toBe(16);
    expect(halves.levelFor(8, 2).image).toBe(halves.levelFor(9, 2).image);
  });
});
