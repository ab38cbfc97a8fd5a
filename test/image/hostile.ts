/**
 * Property-test bodies for image files: JPEG and PNG files damaged by someone who knows the formats. A reader may refuse
 * them with an error of this package, or accept what is consistent. No test framework here, so that long runs can use
 * it from the command line.
 */
import fc from 'fast-check';
import { decodeImage } from '../../src/image/decode.js';
import { readOrientation } from '../../src/image/exif.js';
import { readJpegHeader } from '../../src/image/jpegHeader.js';
import { checkJpegScans } from '../../src/image/jpegScans.js';
import { crc32, readPngChunks, readPngHeader } from '../../src/image/pngHeader.js';
import type { HostileCase, HostileSuite } from '../formats/hostile.js';
import { fixtureNames, readFixture } from './fixtures.js';

/** Pixels that hostile files may have: enough for every fixture, and little enough for a quick case. */
const PIXEL_LIMIT = 1 << 20;

/** A change somewhere in a file: where, which, and what goes there. All are reduced modulo what the file has. */
interface Edit {
  readonly at: number;
  readonly kind: number;
  readonly word: number;
}

const edits = fc.array(fc.record({ at: fc.nat(1 << 20), kind: fc.nat(1 << 10), word: fc.nat(1 << 20) }), {
  minLength: 1,
  maxLength: 4,
});

const INTERESTING_BYTES = [0, 1, 2, 8, 0x11, 0x7f, 0x80, 0xc0, 0xc2, 0xd0, 0xd9, 0xda, 0xff];

/** Overwrites, flips, cuts, removes and inserts bytes from `begin` on. */
function editBytes(bytes: Uint8Array, { at, kind, word }: Edit, begin = 0): Uint8Array {
  const index = begin + (at % Math.max(bytes.length - begin, 1));
  const value = INTERESTING_BYTES[word % INTERESTING_BYTES.length]!;
  const copy = Uint8Array.from(bytes);
  const changes = [
    () => copy.fill(value, index, index + 1),
    () => copy.fill(value, index, index + 2),
    () => copy.fill(value, index, index + 4),
    () => copy.map((byte, position) => (position === index ? byte ^ (1 << (word & 7)) : byte)),
    () => copy.slice(0, index),
    () => Uint8Array.from([...copy.subarray(0, index), ...copy.subarray(index + 1 + (word & 7))]),
    () => Uint8Array.from([...copy.subarray(0, index), value, ...copy.subarray(index)]),
  ];
  return changes[kind % changes.length]!();
}

/** Pieces of a file: a JPEG's from marker to marker, a PNG's chunks. */
type Pieces = Uint8Array[];

/** Removes, repeats, swaps and damages whole pieces. */
function editPieces(pieces: Pieces, edit: Edit, repair: (piece: Uint8Array) => Uint8Array): void {
  const { at, kind, word } = edit;
  const index = at % pieces.length;
  const other = word % pieces.length;
  const damaged = () => repair(editBytes(pieces[index]!, { at: word, kind: at, word: kind }, 4));
  const changes = [
    () => pieces.splice(index, 1, damaged()),
    () => pieces.splice(index, 1, damaged()),
    () => pieces.length > 1 && pieces.splice(index, 1),
    () => pieces.splice(index, 0, pieces[other]!),
    () => pieces.splice(index, 1, pieces[other]!),
    () => pieces.splice(index, 0, ...Array.from({ length: word % 30 }, () => pieces[other]!)),
    () => pieces.splice(Math.max(1, index)),
  ];
  changes[kind % changes.length]!();
}

function splitJpeg(bytes: Uint8Array): Pieces {
  const starts: number[] = [];
  for (let index = 0; index + 1 < bytes.length; index++) {
    const marker = bytes[index + 1]!;
    if (bytes[index] === 0xff && marker >= 0xc0 && marker !== 0xff) starts.push(index);
  }
  return starts.map((start, index) => bytes.slice(start, starts[index + 1]));
}

/** Gives a segment its true length again, where it has one. */
function repairSegment(segment: Uint8Array): Uint8Array {
  if (segment[1] === 0xda || segment[1]! >> 4 === 0xd || segment.length < 4) return segment;
  new DataView(segment.buffer).setUint16(2, segment.length - 2);
  return segment;
}

/** The signature together with IHDR, then each chunk. */
function splitPng(bytes: Uint8Array): Pieces {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const pieces: Pieces = [];
  for (let offset = 8; offset < bytes.length; ) {
    const end = offset + 12 + view.getUint32(offset);
    pieces.push(bytes.slice(offset, end));
    offset = end;
  }
  return pieces;
}

/** Gives a chunk its true length and checksum again. */
function repairChunk(chunk: Uint8Array): Uint8Array {
  if (chunk.length < 12) return chunk;
  const view = new DataView(chunk.buffer);
  view.setUint32(0, chunk.length - 12);
  view.setUint32(chunk.length - 4, crc32(chunk.subarray(4, chunk.length - 4)));
  return chunk;
}

function damageJpeg(file: Uint8Array, kind: string, list: readonly Edit[]): Uint8Array {
  if (kind === 'bytes') return list.reduce((bytes, edit) => editBytes(bytes, edit), file);
  const pieces = splitJpeg(file);
  for (const edit of list) editPieces(pieces, edit, repairSegment);
  return Uint8Array.from(Buffer.concat(pieces));
}

function damagePng(file: Uint8Array, kind: string, list: readonly Edit[]): Uint8Array {
  if (kind === 'bytes') return list.reduce((bytes, edit) => editBytes(bytes, edit), file);
  const pieces = splitPng(file);
  for (const edit of list) editPieces(pieces, edit, repairChunk);
  return Uint8Array.from(Buffer.concat([file.subarray(0, 8), ...pieces]));
}

function require(condition: boolean, what: string): void {
  if (!condition) throw new Error(`accepted although ${what}`);
}

function feedJpegHeader(bytes: Uint8Array): void {
  const { width, height, components, orientation } = readJpegHeader(bytes, 'hostile.jpg');
  require(width > 0 && height > 0 && width < 65536 && height < 65536, `its size is ${width}×${height}`);
  require(components.length === 1 || components.length === 3, `it has ${components.length} components`);
  require(orientation >= 1 && orientation <= 8, `its orientation is ${orientation}`);
  checkJpegScans(bytes, readJpegHeader(bytes, 'hostile.jpg'), 'hostile.jpg');
}

function feedPngHeader(bytes: Uint8Array): void {
  const header = readPngHeader(bytes, 'hostile.png');
  require(header.width > 0 && header.height > 0, `its size is ${header.width}×${header.height}`);
  const { compressed, palette } = readPngChunks(bytes, header, 'hostile.png');
  const stored = compressed.reduce((sum, piece) => sum + piece.length, palette.length);
  require(stored < bytes.length, 'its chunks are longer than the file');
}

async function feedDecoder(bytes: Uint8Array): Promise<void> {
  const { data, width, height, channels } = await decodeImage(bytes, 'hostile', { pixelLimit: PIXEL_LIMIT });
  require(channels === 3 && data.length === width * height * 3, `it has ${data.length} bytes for ${width}×${height}`);
  require(width * height <= PIXEL_LIMIT, `it has ${width}×${height} pixels`);
}

function suite(
  name: string,
  ending: '.jpg' | '.png',
  damage: (file: Uint8Array, kind: string, list: readonly Edit[]) => Uint8Array,
  feed: (bytes: Uint8Array) => void | Promise<void>,
): HostileSuite {
  const files = fixtureNames(ending).map((file) => ({ file, bytes: readFixture(file) }));
  const kinds = fc.constantFrom('bytes', 'pieces');
  const cases = fc.tuple(fc.constantFrom(...files), kinds, edits).map(([{ file, bytes }, kind, list]): HostileCase => {
    const damaged = damage(bytes, kind, list);
    return { label: `${file} ${kind} ${JSON.stringify(list)}`, feed: () => feed(damaged) };
  });
  return { name, cases };
}

/** EXIF blocks: nothing in them is an error, so that whatever they hold must give an orientation. */
const exifSuite: HostileSuite = {
  name: 'exif',
  cases: fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 40 })).map(([little, tail]) => ({
    label: `${little} ${tail}`,
    feed() {
      const start = little ? [0x49, 0x49, 42, 0, 8, 0, 0, 0] : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
      const orientation = readOrientation(Uint8Array.from([...start, ...tail]));
      require(orientation >= 1 && orientation <= 8, `its orientation is ${orientation}`);
    },
  })),
};

/** All suites of image files: header readers by themselves, and whole files through the decoder. */
export const imageSuites: readonly HostileSuite[] = [
  suite('jpeg header', '.jpg', damageJpeg, feedJpegHeader),
  suite('png header', '.png', damagePng, feedPngHeader),
  suite('jpeg file', '.jpg', damageJpeg, feedDecoder),
  suite('png file', '.png', damagePng, feedDecoder),
  exifSuite,
];
