/** Orientation: a letter that looks different in all eight, and files that carry one. */
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import type { Orientation } from '../../src/image/exif.js';
import type { RgbImage } from '../../src/image/image.js';
import { orientImage } from '../../src/image/orient.js';
import { expectedPixels, readFixture } from './fixtures.js';

/** An image of one character a pixel, its code in all three channels. */
function drawn(...rows: string[]): RgbImage {
  const data = Uint8Array.from(rows.join('').replace(/./g, '$&$&$&'), (character) => character.charCodeAt(0));
  return { data, width: rows[0]!.length, height: rows.length, channels: 3 };
}

const UPRIGHT = drawn('FFF', 'F..', 'FF.', 'F..');

/** What a camera stores of `UPRIGHT` for each orientation, as the EXIF standard draws it. */
const STORED: Readonly<Record<Orientation, RgbImage>> = {
  1: UPRIGHT,
  2: drawn('FFF', '..F', '.FF', '..F'),
  3: drawn('..F', '.FF', '..F', 'FFF'),
  4: drawn('F..', 'FF.', 'F..', 'FFF'),
  5: drawn('FFFF', 'F.F.', 'F...'),
  6: drawn('F...', 'F.F.', 'FFFF'),
  7: drawn('...F', '.F.F', 'FFFF'),
  8: drawn('FFFF', '.F.F', '...F'),
};

describe('orientImage', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('puts orientation %i upright', (orientation) => {
    expect(orientImage(STORED[orientation], orientation)).toEqual(UPRIGHT);
  });

  it('is applied to what a camera stored turned, unless the stored pixels are asked for', async () => {
    const stored = expectedPixels('orientation-6.jpg');
    const upright = await decodeImage(readFixture('orientation-6.jpg'), 'orientation-6.jpg');
    expect([upright.width, upright.height]).toEqual([stored.height, stored.width]);
    const corner = [...upright.data.subarray((upright.width - 1) * 3, upright.width * 3)];
    expect(corner).toEqual([...stored.data.subarray(0, 3)]);
    const same = await decodeImage(readFixture('orientation-6.jpg'), 'orientation-6.jpg', { orientation: 'stored' });
    expect(same.width).toBe(stored.width);
  });
});
