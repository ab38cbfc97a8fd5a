/** Warping: transforms whose result is known exactly, black surroundings, and no aliasing. */
import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/image/image.js';
import { type Similarity, warpImage } from '../../src/image/warp.js';

function drawn(width: number, height: number, value: (x: number, y: number) => number): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    return value(Math.floor(index / 3) % width, Math.floor(index / 3 / width)) + (index % 3);
  });
  return { data, width, height, channels: 3 };
}

function redOf({ data, width }: RgbImage, x: number, y: number): number {
  return data[(y * width + x) * 3]!;
}

/** The transform of `scale` and a turn in degrees that keeps a point where it is. */
function about(x: number, y: number, scale: number, degrees: number): Similarity {
  const [a, b] = [scale * Math.cos((degrees * Math.PI) / 180), scale * Math.sin((degrees * Math.PI) / 180)];
  return { a, b, x: x - a * x + b * y, y: y - b * x - a * y };
}

const pattern = drawn(40, 30, (x, y) => (x * 5 + y * 3 + ((x * y) % 7)) % 250);

describe('warpImage', () => {
  it('keeps an image as it is, and moves it by whole pixels', () => {
    expect(warpImage(pattern, { a: 1, b: 0, x: 0, y: 0 }, 40, 30).data).toEqual(pattern.data);
    const moved = warpImage(pattern, { a: 1, b: 0, x: 7, y: 4 }, 20, 20);
    for (const [x, y] of [
      [0, 0],
      [19, 0],
      [3, 17],
    ] as const) {
      expect(redOf(moved, x, y)).toBe(redOf(pattern, x + 7, y + 4));
    }
  });

  it('turns by a right angle without loss', () => {
    const turned = warpImage(pattern, { a: 0, b: 1, x: 29, y: 0 }, 30, 30);
    for (let y = 0; y < 30; y++)
      for (let x = 0; x < 30; x++) expect(redOf(turned, x, y)).toBe(redOf(pattern, 29 - y, x));
  });

  it('is bilinear between pixels', () => {
    const ramp = drawn(10, 10, (x, y) => x * 20 + y * 4);
    const between = warpImage(ramp, { a: 1, b: 0, x: 0.25, y: 0.5 }, 8, 8);
    expect(redOf(between, 3, 2)).toBe(3 * 20 + 5 + 2 * 4 + 2);
  });

  it('is black outside', () => {
    const white = drawn(10, 10, () => 250);
    const beside = warpImage(white, { a: 1, b: 0, x: -5, y: 0 }, 10, 10);
    expect([redOf(beside, 3, 5), redOf(beside, 4, 5), redOf(beside, 5, 5)]).toEqual([0, 0, 250]);
    expect(Math.max(...warpImage(white, { a: 1, b: 0, x: 100, y: 0 }, 10, 10).data)).toBe(0);
    expect(Math.max(...warpImage(white, { a: 3, b: 0, x: -500, y: 40 }, 10, 10).data)).toBe(0);
  });

  it.each([1, 1.3, 1.9, 2, 3.3, 5, 8.4, 20])('keeps an even surface and the place of an edge at %d×', (scale) => {
    const side = 400;
    const edge = drawn(side, side, (x) => (x < side / 2 ? 40 : 200));
    const small = warpImage(edge, about(side / 2 - 0.5, side / 2 - 0.5, scale, 0), side, side);
    const reach = Math.floor(side / 2 / scale) - 3;
    expect(redOf(small, side / 2 - 1 - reach, 200)).toBe(40);
    expect(redOf(small, side / 2 + reach, 200)).toBe(200);
    // The edge lies between the two middle pixels, so they are as far from its two sides as each other.
    const [left, right] = [redOf(small, side / 2 - 1, 200), redOf(small, side / 2, 200)];
    expect(Math.abs(left - 40 - (200 - right))).toBeLessThanOrEqual(1);
  });

  it.each([
    [2, 0],
    [2.7, 30],
    [4, 10],
    [6.5, 45],
    [16, 0],
  ])('leaves of single-pixel stripes little but their mean at %d×, turned by %d°', (scale, degrees) => {
    const stripes = drawn(600, 600, (x) => (x % 2 === 0 ? 0 : 240));
    const [x, y] = [300.3, 299.6];
    const { data } = warpImage(stripes, about(x, y, scale, degrees), 600, 600);
    const values = [];
    const reach = Math.floor(200 / scale);
    for (let v = 300 - reach; v < 300 + reach; v++)
      for (let u = 300 - reach; u < 300 + reach; u++) values.push(data[(v * 600 + u) * 3]!);
    expect(Math.min(...values)).toBeGreaterThan(110);
    expect(Math.max(...values)).toBeLessThan(130);
  });
});
