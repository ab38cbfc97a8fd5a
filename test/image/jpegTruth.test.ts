/** A JPEG file is what its segments say, to the header's reader and to the decoder: nothing hidden, nothing lost in silence. */
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/image/decode.js';
import { checkJpegCode } from '../../src/image/jpegCode.js';
import { readJpegHeader } from '../../src/image/jpegHeader.js';
import { jpegPieces, readJpegParts } from '../../src/image/jpegScans.js';
import { codeOf } from '../formats/codeOf.js';
import { damageJpeg } from './damage.js';
import { expectedPixels, fixtureNames, readFixture } from './fixtures.js';

const JPEGS = fixtureNames('.jpg');
const END = Uint8Array.of(0xff, 0xd9);

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** Where each marker of the kind begins. */
function markersAt(bytes: Uint8Array, isWanted: (marker: number) => boolean): number[] {
  return [...bytes.keys()].filter((at) => bytes[at] === 0xff && isWanted(bytes[at + 1] ?? 0));
}

/** The file with bytes put in at the places, the last first. */
function withBytes(bytes: Uint8Array, places: readonly number[], added: Uint8Array): Uint8Array {
  return [...places].reverse().reduce((file, at) => joined(file.slice(0, at), added, file.slice(at)), bytes);
}

const isSegment = (marker: number) => marker > 0xbf && marker !== 0xff && marker !== 0xd8 && !isRestart(marker);
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;

async function pixelsOf(bytes: Uint8Array): Promise<Buffer> {
  return Buffer.from((await decodeImage(bytes, 'file.jpg', { orientation: 'stored' })).data);
}

/** The file as the decoder gets it after the code of its scans was read. */
function checked(bytes: Uint8Array): Buffer {
  const header = readJpegHeader(bytes, 'file.jpg');
  return Buffer.concat(
    jpegPieces(checkJpegCode(readJpegParts(bytes, header, 'file.jpg'), header.progressive, 'file.jpg')),
  );
}

function unchecked(bytes: Uint8Array): Buffer {
  return Buffer.concat(jpegPieces(readJpegParts(bytes, readJpegHeader(bytes, 'file.jpg'), 'file.jpg')));
}

describe.each(JPEGS)('%s', (name) => {
  const bytes = readFixture(name);
  const { data: expected } = expectedPixels(name);
  const same = async (file: Uint8Array) => expect((await pixelsOf(file)).equals(expected)).toBe(true);

  it('has whole scans without a surplus byte', () => {
    expect(checked(bytes).equals(unchecked(bytes))).toBe(true);
  });

  it('keeps its pixels with zeros before every marker, in every scan but the last too', async () => {
    const places = markersAt(bytes, isSegment);
    await same(withBytes(bytes, places, new Uint8Array(4)));
    await same(withBytes(bytes, places.slice(1), Uint8Array.of(0xff)));
    await same(withBytes(bytes, places.slice(-1), Uint8Array.of(7, 0xff, 0, 1)));
    expect(checked(withBytes(bytes, places, new Uint8Array(4))).equals(unchecked(bytes))).toBe(true);
  });

  it('keeps its pixels with markers that stand alone, and with zeros before restart markers', async () => {
    await same(withBytes(bytes, markersAt(bytes, isSegment), Uint8Array.of(0xff, 0x01)));
    await same(withBytes(bytes, markersAt(bytes, isRestart), new Uint8Array(20)));
  });

  it('keeps its pixels without its end marker, and is refused where its code ends early', async () => {
    await same(bytes.slice(0, -2));
    await same(bytes.slice(0, -1));
    const lengths = Array.from({ length: 40 }, (_, index) => Math.floor((bytes.length * (index + 1)) / 41));
    for (const length of [...lengths, bytes.length - 12]) {
      if (bytes.length - length < 8) continue;
      expect(await codeOf(() => decodeImage(bytes.slice(0, length), name)), `${length}`).toMatch(/TRUNCATED|NOT_AN/);
      expect(await codeOf(() => decodeImage(joined(bytes.slice(0, length), END), name)), `${length}`).not.toBe(
        'accepted',
      );
    }
  });

  it('is damaged to the code’s reader wherever it is to the decoder', async () => {
    for (let at = 0; at < 60; at++) {
      const edit = { at: at * 7919, kind: 3, word: at };
      const damaged = damageJpeg(bytes, 'bytes', [edit]);
      const byReader = await codeOf(async () => checked(damaged));
      if (byReader === 'accepted') continue;
      // libjpeg-turbo takes some bits for a code in silence, where it reads many bytes at once.
      const byDecoder = await codeOf(() => pixelsOf(damaged));
      if (byDecoder === 'accepted') expect(byReader).toBe('CORRUPT_IMAGE');
      else expect(byDecoder).toBe(byReader);
    }
  });
});

describe('a JPEG file', () => {
  const jpeg = readFixture('baseline-420.jpg');
  const scan = markersAt(jpeg, (marker) => marker === 0xda)[0]!;
  const frame = markersAt(jpeg, (marker) => marker === 0xc0)[0]!;

  it('has the size of the frame that the decoder sees, whatever a lone marker seems to hide', async () => {
    const large = jpeg.slice(2);
    large.set([0x3e, 0x80, 0x3e, 0x80], frame - 2 + 5);
    const hidden = joined(jpeg.slice(0, 2), Uint8Array.of(0xff, 1, 1, 2), large, jpeg.slice(2));
    expect(await codeOf(() => decodeImage(hidden, 'hidden', { pixelLimit: 1e6 }))).toBe('TOO_MANY_PIXELS');
    const between = joined(jpeg.slice(0, 2), Uint8Array.of(0xff, 0, 1, 2), jpeg.slice(2));
    expect(await codeOf(() => decodeImage(between, 'between'))).toBe('CORRUPT_IMAGE');
  });

  it('is refused where its scan is cut, whatever harmless oddity stands before', async () => {
    const cut = joined(jpeg.slice(0, -60), END);
    const adobe = Uint8Array.of(0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 9);
    for (const oddity of [Uint8Array.of(0, 0, 0), Uint8Array.of(0xff, 1), adobe]) {
      expect((await pixelsOf(withBytes(jpeg, [scan], oddity))).equals(await pixelsOf(jpeg))).toBe(true);
      expect(await codeOf(() => pixelsOf(withBytes(cut, [scan], oddity)))).toBe('CORRUPT_IMAGE');
    }
  });

  it('is refused where a later scan is cut behind surplus bytes in an earlier one', async () => {
    const file = readFixture('progressive-444.jpg');
    const scans = markersAt(file, (marker) => marker === 0xda);
    const last = scans.at(-1)!;
    const cut = joined(withBytes(file.slice(0, last + 40), [scans[1]!], new Uint8Array(3)), END);
    expect(await codeOf(() => pixelsOf(cut))).toBe('CORRUPT_IMAGE');
  });

  it('may leave out the standard’s Huffman tables, as frames of video do', async () => {
    const tables = markersAt(jpeg, (marker) => marker === 0xc4);
    const without = tables.reduceRight((file, at) => {
      const length = file[at + 2]! * 256 + file[at + 3]!;
      return joined(file.slice(0, at), file.slice(at + 2 + length));
    }, jpeg);
    expect(without.length).toBeLessThan(jpeg.length - 400);
    expect((await pixelsOf(without)).equals(await pixelsOf(jpeg))).toBe(true);
    expect(() => checked(without)).not.toThrow();
  });
});
