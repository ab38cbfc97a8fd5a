/** Damage to JPEG and PNG files, done by someone who knows the formats. */
import fc from 'fast-check';
import { crc32 } from '../../src/image/pngHeader.js';

/** A change somewhere in a file: where, which, and what goes there. All are reduced modulo what the file has. */
export interface Edit {
  readonly at: number;
  readonly kind: number;
  readonly word: number;
}

/** One to four changes. */
export const edits = fc.array(fc.record({ at: fc.nat(1 << 20), kind: fc.nat(1 << 10), word: fc.nat(1 << 20) }), {
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

export function splitJpeg(bytes: Uint8Array): Pieces {
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
export function splitPng(bytes: Uint8Array): Pieces {
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
export function repairChunk(chunk: Uint8Array): Uint8Array {
  if (chunk.length < 12) return chunk;
  const view = new DataView(chunk.buffer);
  view.setUint32(0, chunk.length - 12);
  view.setUint32(chunk.length - 4, crc32(chunk.subarray(4, chunk.length - 4)));
  return chunk;
}

/** How a file is changed. */
export const damageKinds = fc.constantFrom('bytes', 'pieces');

/** A JPEG file after changes of its `bytes`, or of whole `pieces` from marker to marker. */
export function damageJpeg(file: Uint8Array, kind: string, list: readonly Edit[]): Uint8Array {
  if (kind === 'bytes') return list.reduce((bytes, edit) => editBytes(bytes, edit), file);
  const pieces = splitJpeg(file);
  for (const edit of list) editPieces(pieces, edit, repairSegment);
  return Uint8Array.from(Buffer.concat(pieces));
}

/** A PNG file after changes of its `bytes`, or of whole `pieces`, its chunks with their checksums mended. */
export function damagePng(file: Uint8Array, kind: string, list: readonly Edit[]): Uint8Array {
  if (kind === 'bytes') return list.reduce((bytes, edit) => editBytes(bytes, edit), file);
  const pieces = splitPng(file);
  for (const edit of list) editPieces(pieces, edit, repairChunk);
  return Uint8Array.from(Buffer.concat([file.subarray(0, 8), ...pieces]));
}
