/** The image shrinker against the plain resampling and against Pillow, on every build. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/image/image.js';
import { resizeRegion } from '../../src/image/resize.js';
import { ALL_BUILDS } from '../../src/kernels/kernel.js';
import { ImageShrinker } from '../../src/runtime/shrinker.js';
import { codeOf } from '../formats/codeOf.js';
import { picture, resizedGolden } from '../image/fixtures.js';
import { modules } from '../kernels/modules.js';

const MEMORY_BYTES = 64 * 1024 * 1024;

function differences(found: RgbImage, expected: Uint8Array): { largest: number; share: number } {
  expect(found.data.length).toBe(expected.length);
  const each = Array.from(expected, (value, index) => Math.abs(value - found.data[index]!));
  return { largest: Math.max(...each), share: each.filter((value) => value > 0).length / each.length };
}

describe.each(ALL_BUILDS)('ImageShrinker on the %s build', (build) => {
  let shrinker: ImageShrinker;
  const source = { furtherModule: async () => modules[build].further };
  beforeAll(async () => {
    shrinker = await ImageShrinker.create(source, MEMORY_BYTES);
  });
  afterAll(() => shrinker.dispose());

  it('equals Pillow but for the last bit of few bytes', () => {
    const image = picture();
    shrinker.load(image);
    const whole = { x: 0, y: 0, width: image.width, height: image.height };
    const copies = shrinker.shrink(whole, resizedGolden.resized);
    for (const [index, { width, height, data }] of resizedGolden.resized.entries()) {
      const copy = copies[index]!;
      expect([copy.width, copy.height]).toEqual([width, height]);
      const { largest, share } = differences(copy, Buffer.from(data, 'hex'));
      expect(largest).toBeLessThanOrEqual(1);
      expect(share).toBeLessThan(0.05);
    }
    for (const { box, side, data } of resizedGolden.crops) {
      const [x, y, right, bottom] = box;
      const region = { x, y, width: right - x, height: bottom - y };
      const [copy] = shrinker.shrink(region, [{ width: side, height: side }]);
      const { largest, share } = differences(copy!, Buffer.from(data, 'hex'));
      expect(largest).toBeLessThanOrEqual(1);
      expect(share).toBeLessThan(0.05);
    }
  });

  it('equals the plain resampling for any region and sizes', () => {
    const side = fc.integer({ min: 1, max: 90 });
    const start = fc.integer({ min: -40, max: 80 });
    const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(side, side, start, start, side, side, sizes, (columns, rows, x, y, width, height, list) => {
        const image = picture(columns, rows);
        shrinker.load(image);
        const region = { x, y, width, height };
        const copies = shrinker.shrink(
          region,
          list.map(([across, down]) => ({ width: across, height: down })),
        );
        for (const [index, [across, down]] of list.entries()) {
          const plain = resizeRegion(image, region, across, down);
          expect(differences(copies[index]!, Uint8Array.from(plain.data)).largest).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 12, numRuns: 250 },
    );
  });

  it('keeps the copies that it gave when it shrinks the next image', () => {
    shrinker.load(picture(640, 480));
    const sizes = [{ width: 192, height: 144 }];
    const [copy] = shrinker.shrink({ x: 0, y: 0, width: 640, height: 480 }, sizes);
    const plain = resizeRegion(picture(640, 480), { x: 0, y: 0, width: 640, height: 480 }, 192, 144);
    shrinker.load(picture(1000, 900));
    shrinker.shrink({ x: 0, y: 0, width: 1000, height: 900 }, [{ width: 500, height: 450 }]);
    const { largest, share } = differences(copy!, Uint8Array.from(plain.data));
    expect(largest).toBeLessThanOrEqual(1);
    expect(share).toBeLessThan(0.002);
  });

  it('makes more passes where filtered rows would take too much memory', () => {
    const image = picture(2000, 3000);
    shrinker.load(image);
    const region = { x: 0, y: 0, width: 2000, height: 3000 };
    const sizes = [2000, 1900, 1800, 300].map((width) => ({ width, height: 20 }));
    const copies = shrinker.shrink(region, sizes);
    expect(copies.map(({ width }) => width)).toEqual([2000, 1900, 1800, 300]);
    const plain = resizeRegion(image, region, 300, 20);
    expect(differences(copies[3]!, Uint8Array.from(plain.data)).largest).toBeLessThanOrEqual(1);
    expect(shrinker.memoryBytes).toBeLessThan(MEMORY_BYTES);
  });

  it('says, by code, when it has no image, no memory, or was disposed', async () => {
    const small = await ImageShrinker.create(source, 256 * 1024);
    const sizes = [{ width: 20, height: 20 }];
    const region = { x: 0, y: 0, width: 40, height: 40 };
    expect(await codeOf(() => small.shrink(region, sizes))).toBe('NO_IMAGE');
    expect(await codeOf(() => small.load(picture(400, 400)))).toBe('OUT_OF_MEMORY');
    expect(await codeOf(() => small.shrink(region, sizes))).toBe('NO_IMAGE');
    small.load(picture(40, 40));
    expect(small.shrink(region, sizes)).toHaveLength(1);
    small.dispose();
    expect(await codeOf(() => small.shrink(region, sizes))).toBe('DISPOSED');
    expect(await codeOf(() => small.load(picture(40, 40)))).toBe('DISPOSED');
  });
});
