/** What the header readers find before anything is decoded. */
import { describe, expect, it } from 'vitest';
import { readOrientation } from '../../src/image/exif.js';
import { readJpegHeader } from '../../src/image/jpegHeader.js';
import { readJpegParts } from '../../src/image/jpegScans.js';
import { crc32, inflatedBytes, readPngChunks, readPngHeader } from '../../src/image/pngHeader.js';
import { readFixture } from './fixtures.js';

describe('readJpegHeader', () => {
  it('finds size, coding, sampling and orientation', () => {
    const found = ['baseline-420', 'baseline-422', 'progressive-444', 'grey-progressive', 'orientation-6'].map(
      (name) => {
        const { width, height, progressive, components, orientation } = readJpegHeader(
          readFixture(`${name}.jpg`),
          name,
        );
        const [first] = components;
        const sampling = `${first!.horizontal}×${first!.vertical} of ${components.length}`;
        return [width, height, progressive, sampling, orientation];
      },
    );
    expect(found).toEqual([
      [37, 21, false, '2×2 of 3', 1],
      [37, 21, false, '2×1 of 3', 1],
      [37, 21, true, '1×1 of 3', 1],
      [37, 21, true, '1×1 of 1', 1],
      [37, 21, false, '2×2 of 3', 6],
    ]);
  });

  it('counts the scans', () => {
    const scans = ['baseline-420', 'progressive-420', 'grey-progressive'].map((name) => {
      const bytes = readFixture(`${name}.jpg`);
      return readJpegParts(bytes, readJpegHeader(bytes, name), name).scans;
    });
    expect(scans).toEqual([1, 10, 6]);
  });
});

describe('readPngHeader', () => {
  it('finds size, depth, colour type and interlacing', () => {
    const headers = ['grey-1', 'palette-4', 'rgba-16-interlaced'].map((name) => {
      return readPngHeader(readFixture(`${name}.png`), name);
    });
    const size = { width: 37, height: 21 };
    expect(headers).toEqual([
      { ...size, depth: 1, colour: 0, interlaced: false },
      { ...size, depth: 4, colour: 3, interlaced: false },
      { ...size, depth: 16, colour: 6, interlaced: true },
    ]);
  });

  it('collects the pixels’ pieces and the palette', () => {
    const bytes = readFixture('palette-8-interlaced.png');
    const { palette, compressed } = readPngChunks(bytes, readPngHeader(bytes, 'file'), 'file');
    expect(palette.length).toBe(768);
    expect(compressed.length).toBe(3);
  });

  it('knows how much a file inflates to', () => {
    const header = { width: 3, height: 2, depth: 2, colour: 0, interlaced: false } as const;
    expect(inflatedBytes(header)).toBe(2 * (1 + 1));
    expect(inflatedBytes({ ...header, width: 5, colour: 6, depth: 16 })).toBe(2 * (1 + 40));
    expect(inflatedBytes({ ...header, width: 1, height: 1, interlaced: true })).toBe(2);
    expect(inflatedBytes({ ...header, width: 8, height: 8, depth: 8, interlaced: true })).toBe(64 + 15);
  });

  it('computes the CRC-32 of the standard’s check value', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});

describe('readOrientation', () => {
  const little = (value: number) => [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, value, 0, 0, 0];
  const big = (value: number) => [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0];

  it('reads both byte orders', () => {
    for (const value of [1, 2, 3, 4, 5, 6, 7, 8]) {
      expect(readOrientation(Uint8Array.from(little(value)))).toBe(value);
      expect(readOrientation(Uint8Array.from(big(value)))).toBe(value);
    }
  });

  it('is 1 for what is cut, unknown or out of range', () => {
    const full = Uint8Array.from(little(6));
    for (let length = 0; length < full.length; length++) expect(readOrientation(full.subarray(0, length))).toBe(1);
    for (const value of [0, 9, 255]) expect(readOrientation(Uint8Array.from(little(value)))).toBe(1);
    const far = full.slice();
    far.fill(0xff, 4, 8);
    expect(readOrientation(far)).toBe(1);
  });
});
