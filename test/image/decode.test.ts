/** Decoded pixels equal those of libjpeg-turbo and of the pattern that the fixtures were drawn from. */

import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import { crc32 } from '../../src/image/pngHeader.js';
import { codeOf } from '../formats/codeOf.js';
import { expectedPixels, fixtureNames, readFixture } from './fixtures.js';

const JPEGS = fixtureNames('.jpg');
const PNGS = fixtureNames('.png');

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** Writes a big-endian number over a copy of the bytes. */
function patched(bytes: Uint8Array, offset: number, value: number, size: 1 | 2 | 4): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  if (size === 4) view.setUint32(offset, value);
  else if (size === 2) view.setUint16(offset, value);
  else view.setUint8(offset, value);
  return copy;
}

/** Where a JPEG marker's segment begins. */
function markerAt(bytes: Uint8Array, marker: number): number {
  return bytes.findIndex((byte, index) => byte === 0xff && bytes[index + 1] === marker);
}

/** Where a PNG chunk begins, by type. */
function chunkAt(bytes: Uint8Array, type: string): number {
  return Buffer.from(bytes).indexOf(type) - 4;
}

/** Replaces the 4 checksum bytes of the chunk at `offset` by the right ones. */
function withChecksum(bytes: Uint8Array, offset: number): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset);
  return patched(bytes, offset + 8 + length, crc32(bytes.subarray(offset + 4, offset + 8 + length)), 4);
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = joined(new Uint8Array(4), text(type), content, new Uint8Array(4));
  return withChecksum(patched(bytes, 0, content.length, 4), 0);
}

/** An 8-bit RGB file of given rows, each with its filter byte. */
function rgbPng(width: number, height: number, rows: Uint8Array): Uint8Array {
  const header = patched(patched(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0), 0, width, 4), 4, height, 4);
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const pixels = chunk('IDAT', deflateSync(rows));
  return joined(signature, chunk('IHDR', header), pixels, chunk('IEND', new Uint8Array(0)));
}

describe('fixtures', () => {
  it('are all there', () => {
    expect(JPEGS.length).toBe(14);
    expect(PNGS.length).toBe(31);
  });

  it.each([...JPEGS, ...PNGS])('%s has the expected pixels', async (name) => {
    const { data, ...size } = await decodeImage(readFixture(name), name, { orientation: 'stored' });
    const { data: expected, ...expectedSize } = expectedPixels(name);
    expect(size).toEqual(expectedSize);
    expect(Buffer.from(data).equals(expected)).toBe(true);
  });

  it('differ between kinds, so that a comparison means something', () => {
    const distinct = new Set([...JPEGS, ...PNGS].map((name) => Buffer.from(expectedPixels(name).data).toString('hex')));
    expect(distinct.size).toBeGreaterThan(15);
  });
});

describe('decodeImage', () => {
  it('decodes several files at once', async () => {
    const images = await Promise.all(
      JPEGS.map((name) => decodeImage(readFixture(name), name, { orientation: 'stored' })),
    );
    for (const [index, name] of JPEGS.entries()) {
      expect(Buffer.from(images[index]!.data).equals(expectedPixels(name).data)).toBe(true);
    }
  });

  it('reads views into larger buffers, and does not change them', async () => {
    for (const name of ['baseline-420.jpg', 'rgb-8-interlaced.png']) {
      const file = readFixture(name);
      const buffer = joined(new Uint8Array(5), file, new Uint8Array(3));
      const before = buffer.slice();
      const { data } = await decodeImage(buffer.subarray(5, 5 + file.length), name);
      expect(Buffer.from(data).equals(expectedPixels(name).data)).toBe(true);
      expect(buffer).toEqual(before);
    }
  });

  it('still decodes after the decoder has given up on a file', async () => {
    const broken = readFixture('baseline-444.jpg');
    broken.fill(0xff, markerAt(broken, 0xc4) + 5, markerAt(broken, 0xc4) + 21);
    expect(await codeOf(() => decodeImage(broken, 'broken.jpg'))).toBe('CORRUPT_IMAGE');
    const { data } = await decodeImage(readFixture('baseline-444.jpg'), 'fine.jpg');
    expect(Buffer.from(data).equals(expectedPixels('baseline-444.jpg').data)).toBe(true);
  });

  it('drops what follows the last row, and chunks that no pixel depends on, however damaged', async () => {
    const png = rgbPng(2, 1, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 0, 9, 9, 9, 9, 9, 9));
    const profile = chunk('iCCP', text('name\0\0no zlib stream'));
    const { data } = await decodeImage(joined(png.slice(0, 33), profile, png.slice(33)), 'made.png');
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('reads what libpng reads: no end, more than the rows, palettes of no use or too short', async () => {
    const png = readFixture('rgb-8.png');
    const same = async (name: string, file: Uint8Array) =>
      expect(Buffer.from((await decodeImage(file, name)).data).equals(expectedPixels(name).data)).toBe(true);
    await same('rgb-8.png', png.slice(0, -12));
    await same('rgb-8.png', png.slice(0, -18));
    const grey = readFixture('grey-4-interlaced.png');
    const palette = chunk('PLTE', new Uint8Array(6));
    await same('grey-4-interlaced.png', joined(grey.slice(0, 33), palette, grey.slice(33)));
    await same('rgb-8.png', joined(png.slice(0, -12), palette, png.slice(-12)));
    const long = await decodeImage(rgbPng(1, 1, new Uint8Array(1_000_000)), 'long.png');
    expect([...long.data]).toEqual([0, 0, 0]);
    const indexed = readFixture('palette-8.png');
    const begin = chunkAt(indexed, 'PLTE');
    const short = joined(indexed.slice(0, begin), palette, indexed.slice(begin + 12 + 768));
    expect([...(await decodeImage(short, 'short.png')).data].every((byte) => byte === 0)).toBe(true);
  });

  it('gives every prefix of a PNG its pixels, or refuses it', async () => {
    for (const name of PNGS) {
      const bytes = readFixture(name);
      for (let length = 8; length < bytes.length; length += bytes.length - length > 60 ? 29 : 1) {
        const decoded = decodeImage(bytes.slice(0, length), name).then(({ data }) => Buffer.from(data));
        const pixels = await decoded.catch((error) => error.code);
        if (typeof pixels === 'string') expect(pixels, `${name} of ${length} bytes`).toBe('TRUNCATED_IMAGE');
        else expect(pixels.equals(expectedPixels(name).data)).toBe(true);
      }
    }
  });

  it('undoes every filter of any rows, as a second formulation of the filters does', async () => {
    const sizes = { width: fc.integer({ min: 1, max: 9 }), height: fc.integer({ min: 1, max: 7 }) };
    const property = fc.asyncProperty(fc.record({ ...sizes, seed: fc.nat() }), async ({ width, height, seed }) => {
      const rowBytes = 3 * width;
      const pixels = Uint8Array.from({ length: rowBytes * height }, (_, index) => ((seed + index) * 2654435761) >>> 24);
      const at = (y: number, x: number) => (y < 0 || x < 0 ? 0 : pixels[y * rowBytes + x]!);
      const rows = Array.from({ length: height }, (_, y) => {
        const kind = (seed + y) % 5;
        const bytes = Array.from({ length: rowBytes }, (_, x) => {
          const [left, up, corner] = [at(y, x - 3), at(y - 1, x), at(y - 1, x - 3)];
          const estimate = left + up - corner;
          const nearest = [left, up, corner].sort((a, b) => Math.abs(estimate - a) - Math.abs(estimate - b))[0]!;
          return at(y, x) - [0, left, up, Math.floor((left + up) / 2), nearest][kind]!;
        });
        return [kind, ...bytes];
      });
      const { data } = await decodeImage(rgbPng(width, height, Uint8Array.from(rows.flat())), 'made.png');
      expect(data).toEqual(pixels);
    });
    await fc.assert(property, { numRuns: 200, seed: 7 });
  });
});

describe('refusals', () => {
  const jpeg = readFixture('baseline-420.jpg');
  const progressive = readFixture('progressive-444.jpg');
  const png = readFixture('rgb-8.png');
  const frame = markerAt(jpeg, 0xc0);
  const pixels = chunkAt(png, 'IDAT');
  const end = png.length - 12;

  const cases: readonly [string, string, Uint8Array][] = [
    ['an empty file', 'NOT_AN_IMAGE', new Uint8Array(0)],
    ['a text file named .jpg', 'NOT_AN_IMAGE', text('This is no picture.\n')],
    ['a WebP file without a picture', 'TRUNCATED_IMAGE', text('RIFF\0\0\0\0WEBPVP8 ')],
    ['a JPEG of two bytes', 'NOT_AN_IMAGE', jpeg.slice(0, 2)],
    ['a JPEG cut in its header', 'TRUNCATED_IMAGE', jpeg.slice(0, frame + 6)],
    ['a JPEG cut in the middle', 'TRUNCATED_IMAGE', jpeg.slice(0, markerAt(jpeg, 0xda) + 200)],
    ['a JPEG cut near its end', 'TRUNCATED_IMAGE', jpeg.slice(0, -12)],
    ['a cut JPEG with an end marker', 'CORRUPT_IMAGE', joined(jpeg.slice(0, -60), Uint8Array.of(0xff, 0xd9))],
    ['a JPEG that claims 7000×7000', 'TRUNCATED_IMAGE', patched(jpeg, frame + 5, 0x1b581b58, 4)],
    ['a JPEG that claims 20000×20000', 'TOO_MANY_PIXELS', patched(jpeg, frame + 5, 0x4e204e20, 4)],
    ['a JPEG of no height', 'UNSUPPORTED_IMAGE', patched(jpeg, frame + 5, 0, 2)],
    ['a JPEG of 12 bits', 'UNSUPPORTED_IMAGE', patched(jpeg, frame + 4, 12, 1)],
    ['a JPEG in arithmetic coding', 'UNSUPPORTED_IMAGE', patched(jpeg, frame + 1, 0xc9, 1)],
    ['a lossless JPEG', 'UNSUPPORTED_IMAGE', patched(jpeg, frame + 1, 0xc3, 1)],
    [
      'a JPEG of two frames',
      'CORRUPT_IMAGE',
      joined(jpeg.slice(0, frame), jpeg.slice(frame, frame + 19), jpeg.slice(frame)),
    ],
    ['a JPEG with pixels alone', 'CORRUPT_IMAGE', joined(jpeg.slice(0, 2), jpeg.slice(markerAt(jpeg, 0xda)))],
    ['a progressive JPEG cut between scans', 'TRUNCATED_IMAGE', withoutLastScan(progressive)],
    ['a progressive JPEG with a scan too many', 'CORRUPT_IMAGE', withLastScanTwice(progressive)],
    ['a PNG cut in its header', 'TRUNCATED_IMAGE', png.slice(0, 20)],
    ['a PNG cut in the middle', 'TRUNCATED_IMAGE', png.slice(0, 400)],
    ['a PNG with a wrong sum of its pixels', 'CORRUPT_IMAGE', withChecksum(patched(png, end - 6, 0x1234, 2), pixels)],
    ['a PNG without pixels', 'TRUNCATED_IMAGE', joined(png.slice(0, pixels), png.slice(end))],
    ['a PNG with a wrong checksum', 'CORRUPT_IMAGE', patched(png, pixels + 40, png[pixels + 40]! ^ 1, 1)],
    ['a PNG with broken compression', 'CORRUPT_IMAGE', withChecksum(patched(png, pixels + 8, 0x1234, 2), pixels)],
    ['a PNG with filter 9', 'CORRUPT_IMAGE', rgbPng(1, 1, Uint8Array.of(9, 1, 2, 3))],
    ['a PNG with too few rows', 'TRUNCATED_IMAGE', rgbPng(1, 2, Uint8Array.of(0, 1, 2, 3))],
    ['a PNG of no width', 'CORRUPT_IMAGE', withChecksum(patched(png, 16, 0, 4), 8)],
    ['a PNG that claims 7000×7000', 'TRUNCATED_IMAGE', rgbPng(7000, 7000, Uint8Array.of(0, 1, 2, 3))],
    ['a PNG that claims 2³¹−1 rows', 'TOO_MANY_PIXELS', withChecksum(patched(png, 20, 0x7fffffff, 4), 8)],
    ['a PNG of 3 bits', 'UNSUPPORTED_IMAGE', withChecksum(patched(png, 24, 3, 1), 8)],
    ['a PNG of colour type 5', 'UNSUPPORTED_IMAGE', withChecksum(patched(png, 25, 5, 1), 8)],
    ['a PNG of an unknown critical chunk', 'UNSUPPORTED_IMAGE', withChunk(png, chunk('CgBI', Uint8Array.of(1)))],
    [
      'a PNG of two palettes',
      'CORRUPT_IMAGE',
      withChunk(withChunk(png, chunk('PLTE', new Uint8Array(3))), chunk('PLTE', new Uint8Array(3))),
    ],
    ['a palette PNG without palette', 'CORRUPT_IMAGE', withChecksum(patched(readFixture('grey-8.png'), 25, 3, 1), 8)],
  ];

  function withChunk(bytes: Uint8Array, added: Uint8Array): Uint8Array {
    const offset = chunkAt(bytes, 'IDAT');
    return joined(bytes.slice(0, offset), added, bytes.slice(offset));
  }

  function lastScan(bytes: Uint8Array): number {
    return Buffer.from(bytes).lastIndexOf(Uint8Array.of(0xff, 0xda));
  }

  function withoutLastScan(bytes: Uint8Array): Uint8Array {
    return joined(bytes.slice(0, lastScan(bytes)), Uint8Array.of(0xff, 0xd9));
  }

  function withLastScanTwice(bytes: Uint8Array): Uint8Array {
    return joined(bytes.slice(0, -2), bytes.slice(lastScan(bytes)));
  }

  it.each(cases)('%s is %s', async (_, code, bytes) => {
    expect(await codeOf(() => decodeImage(bytes, 'image'))).toBe(code);
  });

  it('name the file in one sentence', async () => {
    await expect(decodeImage(text('x'), 'photos/a.jpg')).rejects.toThrow(
      'photos/a.jpg is no picture; accepted are JPEG, PNG, WebP, AVIF, GIF and BMP.',
    );
  });

  it('follow the caller’s pixel limit', async () => {
    const limits = [37 * 21 - 1, 37 * 21];
    for (const file of [jpeg, png]) {
      const codes = await Promise.all(
        limits.map((pixelLimit) => codeOf(() => decodeImage(file, 'image', { pixelLimit }))),
      );
      expect(codes).toEqual(['TOO_MANY_PIXELS', 'accepted']);
    }
  });

  it('include progressive files that pass too often over their pixels', async () => {
    const segment = (marker: number, ...content: number[]) => [0xff, marker, 0, content.length + 2, ...content];
    const scan = (first: number) => [...segment(0xda, 1, 1, 0, first, first, 0), 0x55];
    const scans = Array.from({ length: 64 }, (_, coefficient) => scan(coefficient)).flat();
    const frame = segment(0xc2, 8, 0, 1, 0, 1, 1, 1, 0x11, 0);
    const file = Uint8Array.of(0xff, 0xd8, ...frame, ...scans, 0xff, 0xd9);
    expect(await codeOf(() => decodeImage(file, 'image', { pixelLimit: 3 }))).toBe('TOO_MANY_SCANS');
    expect(await codeOf(() => decodeImage(file, 'image', { pixelLimit: 4 }))).toBe('CORRUPT_IMAGE');
  });
});
