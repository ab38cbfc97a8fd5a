/** WebP, AVIF, GIF and BMP files give the pixels that other decoders give, and their damaged copies none. */
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import { isPictureName } from '../../src/image/pictureFormats.js';
import { codeOf } from '../formats/codeOf.js';
import { expectedPixels, fixtureNames, readFixture } from './fixtures.js';

const FILES = (['.webp', '.avif', '.gif', '.bmp'] as const).flatMap(fixtureNames);
/** Levels by which floating-point colours of a lossless AVIF may be off. */
const AVIF_ROUNDING = 2;

describe.each(FILES)('%s', (name) => {
  const bytes = readFixture(name);
  const { data: expected, width, height } = expectedPixels(name);

  it('has the expected pixels', async () => {
    const image = await decodeImage(bytes, name, { orientation: 'stored' });
    expect([image.width, image.height]).toEqual([width, height]);
    const largest = expected.reduce((most, byte, at) => Math.max(most, Math.abs(byte - image.data[at]!)), 0);
    expect(largest).toBeLessThanOrEqual(name.endsWith('.avif') ? AVIF_ROUNDING : 0);
  });

  it('is refused beyond the limit', async () => {
    const codes = [width * height - 1, width * height].map((pixelLimit) =>
      codeOf(() => decodeImage(bytes, name, { pixelLimit })),
    );
    expect(await Promise.all(codes)).toEqual(['TOO_MANY_PIXELS', 'accepted']);
  });

  it('is refused where it is cut inside its first picture', async () => {
    // Behind the first picture stand more, or what no pixel depends on.
    const whole = bytes.length * ({ animated: 0.25, turned: 0.5 }[name.split('.')[0]!] ?? 1);
    for (const share of [0.05, 0.2, 0.5, 0.9]) {
      const cut = bytes.slice(0, Math.max(8, Math.floor(whole * share)));
      expect(await codeOf(() => decodeImage(cut, name)), `${share}`).toMatch(
        /TRUNCATED_IMAGE|CORRUPT_IMAGE|NOT_AN_IMAGE/,
      );
    }
  });

  it('is refused or gives pixels of its size, whatever byte is changed', async () => {
    for (let at = 0; at < bytes.length; at += name.endsWith('.avif') ? 61 : 7) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 8);
      const outcome = await decodeImage(damaged, name, { pixelLimit: 1 << 16 }).catch((error) => error.code);
      if (typeof outcome === 'string') expect(outcome).toMatch(/_IMAGE$|TOO_MANY_PIXELS/);
      else expect(outcome.data.length).toBe(outcome.width * outcome.height * 3);
    }
  });
});

describe('files of other formats', () => {
  const text = (content: string) => Uint8Array.from(content, (character) => character.charCodeAt(0));

  it('turn as their EXIF blocks say', async () => {
    const upright = await decodeImage(readFixture('turned.webp'), 'turned.webp');
    expect([upright.width, upright.height]).toEqual([21, 37]);
  });

  it.each([
    ['HEIC', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', /HEIC file.*Most Compatible/],
    ['TIFF', 'II*\0\x08\0\0\0', /TIFF file.*save it as JPEG or PNG/],
    ['JPEG XL', '\xff\x0a\0\0', /JPEG XL file.*save it as/],
    ['text', 'hello', /is no picture; accepted are JPEG, PNG, WebP, AVIF, GIF and BMP\.$/],
  ])('%s is named with the way out', async (_, content, message) => {
    await expect(decodeImage(text(content), 'a file')).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
    await expect(decodeImage(text(content), 'a file')).rejects.toThrow(message);
  });

  it('are told by their names', () => {
    expect(['a.JFIF', 'b.webp', 'c.avif', 'd.jpeg'].every(isPictureName)).toBe(true);
    expect(['a.txt', 'jpg', 'b.heic'].some(isPictureName)).toBe(false);
  });
});
