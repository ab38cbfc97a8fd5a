/** The first picture of a GIF file to RGB pixels. The decoders in JavaScript that are in use take missing pixels for nothing. */
import { ImageError } from '../errors.js';
import type { RgbImage } from './image.js';

const SCREEN_BYTES = 13;
const EXTENSION = 0x21;
const PICTURE = 0x2c;
const TRAILER = 0x3b;
const LARGEST_CODE_BITS = 12;
/** First rows and steps of the passes of interlaced pictures. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** Where a file's first picture stands, and what it is made of. */
export interface GifPicture {
  /** Pixels of the whole image, in which the picture may be smaller. */
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
  readonly interlaced: boolean;
  /** Three bytes a colour. */
  readonly palette: Uint8Array;
  /** The number of the colour behind the picture. */
  readonly background: number;
  readonly codeBits: number;
  readonly code: Uint8Array;
}

function truncated(where: string): ImageError {
  return new ImageError(
    'TRUNCATED_IMAGE',
    `${where}: GIF file ends before its first picture does; a complete file is needed.`,
  );
}

function corrupt(where: string, found: string): ImageError {
  return new ImageError('CORRUPT_IMAGE', `${where}: GIF file ${found}; it is damaged.`);
}

function paletteAt(bytes: Uint8Array, at: number, flags: number): Uint8Array {
  return (flags & 0x80) === 0 ? new Uint8Array(0) : bytes.subarray(at, at + 3 * (2 << (flags & 7)));
}

/** The content of the blocks from `at` on, and where they end. */
function readBlocks(bytes: Uint8Array, at: number): { content: Uint8Array; end: number } {
  const pieces: Uint8Array[] = [];
  let offset = at;
  for (let length = bytes[offset] ?? 0; length > 0; length = bytes[offset] ?? 0) {
    pieces.push(bytes.subarray(offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  const content = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let to = 0;
  for (const piece of pieces) {
    content.set(piece, to);
    to += piece.length;
  }
  return { content, end: offset + 1 };
}

/** Finds the first picture. Throws ImageError TRUNCATED_IMAGE or CORRUPT_IMAGE. `bytes` must begin as a GIF file does. */
export function readGif(bytes: Uint8Array, where: string): GifPicture {
  if (bytes.length < SCREEN_BYTES) throw truncated(where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height, flags] = [view.getUint16(6, true), view.getUint16(8, true), bytes[10]!];
  const shared = paletteAt(bytes, SCREEN_BYTES, flags);
  let at = SCREEN_BYTES + shared.length;
  while (bytes[at] === EXTENSION) at = readBlocks(bytes, at + 2).end;
  if (bytes[at] === TRAILER) throw corrupt(where, 'holds no picture');
  if (at + 11 > bytes.length) throw truncated(where);
  if (bytes[at] !== PICTURE)
    throw corrupt(where, `has 0x${bytes[at]!.toString(16)} at byte ${at} where a picture is due`);
  const own = paletteAt(bytes, at + 10, bytes[at + 9]!);
  const palette = own.length > 0 ? own : shared;
  const codeAt = at + 10 + own.length;
  const [left, top] = [view.getUint16(at + 1, true), view.getUint16(at + 3, true)];
  const [columns, rows] = [view.getUint16(at + 5, true), view.getUint16(at + 7, true)];
  const codeBits = bytes[codeAt] ?? 0;
  if (columns < 1 || rows < 1) throw corrupt(where, `claims a picture of ${columns}×${rows} pixels`);
  if (palette.length === 0) throw corrupt(where, 'has no palette');
  if (codeAt >= bytes.length) throw truncated(where);
  if (codeBits < 1 || codeBits >= LARGEST_CODE_BITS) throw corrupt(where, `has codes of ${codeBits} bits`);
  return {
    width: Math.max(width, left + columns),
    height: Math.max(height, top + rows),
    left,
    top,
    columns,
    rows,
    interlaced: (bytes[at + 9]! & 0x40) !== 0,
    palette,
    background: bytes[11]!,
    codeBits,
    code: readBlocks(bytes, codeAt + 1).content,
  };
}

/** Undoes the compression (LZW): one index a pixel. */
function expand({ codeBits, code, columns, rows }: GifPicture, where: string): Uint8Array {
  const clear = 1 << codeBits;
  const [prefixes, suffixes] = [new Uint16Array(1 << LARGEST_CODE_BITS), new Uint8Array(1 << LARGEST_CODE_BITS)];
  const lengths = new Uint16Array(1 << LARGEST_CODE_BITS).fill(1);
  for (let index = 0; index < clear; index++) suffixes[index] = index;
  const indices = new Uint8Array(columns * rows);
  let [bits, size, next, previous, word, held, at] = [codeBits + 1, 0, clear + 2, -1, 0, 0, 0];
  /** Writes a code's indices from the last to the first, and gives the first. */
  const write = (entry: number): number => {
    let walked = entry;
    for (let place = size + lengths[entry]! - 1; place >= size; place--, walked = prefixes[walked]!) {
      if (place < indices.length) indices[place] = suffixes[walked]!;
      if (place === size) break;
    }
    size += lengths[entry]!;
    return suffixes[walked]!;
  };
  while (size < indices.length) {
    for (; held < bits; held += 8) {
      if (at >= code.length) throw truncated(where);
      word |= code[at++]! << held;
    }
    const entry = word & ((1 << bits) - 1);
    word >>>= bits;
    held -= bits;
    if (entry === clear) {
      [bits, next, previous] = [codeBits + 1, clear + 2, -1];
      continue;
    }
    if (entry === clear + 1) throw truncated(where);
    if (entry > next || (entry === next && previous < 0)) throw corrupt(where, 'has a code that stands for nothing');
    if (previous >= 0 && next < 1 << LARGEST_CODE_BITS) {
      let first = entry === next ? previous : entry;
      while (first >= clear + 2) first = prefixes[first]!;
      [prefixes[next], suffixes[next], lengths[next]] = [previous, suffixes[first]!, lengths[previous]! + 1];
      next++;
      if (next === 1 << bits && bits < LARGEST_CODE_BITS) bits++;
    }
    write(entry);
    previous = entry;
  }
  return indices;
}

/** The rows of the picture in the order in which the file has them. */
function rowOrder({ rows, interlaced }: GifPicture): number[] {
  if (!interlaced) return Array.from({ length: rows }, (_, row) => row);
  return PASSES.flatMap(([first, step]) => {
    const count = Math.max(0, Math.ceil((rows - first) / step));
    return Array.from({ length: count }, (_, row) => first + row * step);
  });
}

/** Decodes the picture into its image; transparent pixels keep their colours. Throws ImageError TRUNCATED_IMAGE or CORRUPT_IMAGE. */
export function decodeGifPixels(picture: GifPicture, where: string): RgbImage {
  const { width, height, left, top, columns, palette, background } = picture;
  const indices = expand(picture, where);
  const data = new Uint8Array(width * height * 3);
  const colour = (index: number, channel: number) => palette[3 * index + channel] ?? 0;
  if (columns < width || picture.rows < height) {
    for (let to = 0; to < data.length; to++) data[to] = colour(background, to % 3);
  }
  for (const [order, row] of rowOrder(picture).entries()) {
    let to = ((top + row) * width + left) * 3;
    for (let from = order * columns; from < (order + 1) * columns; from++, to += 3) {
      for (let channel = 0; channel < 3; channel++) data[to + channel] = colour(indices[from]!, channel);
    }
  }
  return { data, width, height, channels: 3 };
}
