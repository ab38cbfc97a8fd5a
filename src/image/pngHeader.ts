/** The chunks of a PNG file: its header, palette and compressed pixels, checked before anything is inflated (PNG 1.2). */
import { ImageError } from '../errors.js';
import { type Orientation, readOrientation } from './exif.js';

/** Colour types of PNG, and how many samples a pixel has in each. */
export const SAMPLES = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;
export type ColourType = keyof typeof SAMPLES;
export const PALETTE_COLOUR: ColourType = 3;

/** The bit depths that each colour type allows. */
const DEPTHS: Readonly<Record<ColourType, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** The first chunk of a PNG file. */
export interface PngHeader {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  readonly colour: ColourType;
  readonly interlaced: boolean;
}

/** The chunks that matter for pixels. */
export interface PngChunks {
  /** Three bytes a colour; empty where the image has no palette. */
  readonly palette: Uint8Array;
  /** The zlib stream, in the pieces that the file holds it in. */
  readonly compressed: readonly Uint8Array[];
  /** The file without the chunks that no pixel depends on, in pieces. */
  readonly essential: readonly Uint8Array[];
  readonly orientation: Orientation;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_BYTES = 13;
/** Length, type and checksum around a chunk's content. */
const CHUNK_FRAME_BYTES = 12;

/** CRC-32 of each byte, reflected polynomial EDB88320. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** The CRC-32 that PNG and zip use, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let remainder = -1;
  for (let index = 0; index < bytes.length; index++) {
    remainder = CRC_TABLE[(remainder ^ bytes[index]!) & 255]! ^ (remainder >>> 8);
  }
  return ~remainder >>> 0;
}

/** True where the bytes begin as a PNG file does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

function truncated(where: string, found: string): ImageError {
  return new ImageError('TRUNCATED_IMAGE', `${where}: PNG file ${found}; a complete file is needed.`);
}

/** The error for a file whose content contradicts itself. */
export function corruptPng(where: string, found: string, options?: ErrorOptions): ImageError {
  return new ImageError('CORRUPT_IMAGE', `${where}: PNG file ${found}; it is damaged.`, options);
}

interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
  /** The chunk with its frame. */
  readonly whole: Uint8Array;
  /** Where the next chunk begins. */
  readonly endOffset: number;
}

function readChunk(bytes: Uint8Array, offset: number, where: string): Chunk {
  if (offset + CHUNK_FRAME_BYTES > bytes.length) throw truncated(where, `ends at byte ${bytes.length} without IEND`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(offset);
  const endOffset = offset + CHUNK_FRAME_BYTES + length;
  const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
  if (!/^[A-Za-z]{4}$/.test(type)) throw corruptPng(where, `has no chunk type at byte ${offset + 4}`);
  if (endOffset > bytes.length) {
    throw truncated(where, `has ${type} of ${length} bytes at byte ${offset}, but ends at ${bytes.length}`);
  }
  const optional = type[0]! >= 'a';
  if (!optional && crc32(bytes.subarray(offset + 4, endOffset - 4)) !== view.getUint32(endOffset - 4)) {
    throw corruptPng(where, `has ${type} at byte ${offset} whose checksum does not fit`);
  }
  const whole = bytes.subarray(offset, endOffset);
  return { type, content: bytes.subarray(offset + 8, endOffset - 4), whole, endOffset };
}

/**
 * Reads the header chunk. Throws ImageError TRUNCATED_IMAGE, CORRUPT_IMAGE or, for combinations that PNG does not
 * define or that are not decoded, UNSUPPORTED_IMAGE. `bytes` must satisfy `isPng`.
 */
export function readPngHeader(bytes: Uint8Array, where: string): PngHeader {
  const { type, content } = readChunk(bytes, SIGNATURE.length, where);
  if (type !== 'IHDR' || content.length !== HEADER_BYTES) {
    throw corruptPng(where, `begins with ${type} of ${content.length} bytes instead of IHDR`);
  }
  const view = new DataView(content.buffer, content.byteOffset, HEADER_BYTES);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colour, compression, filter, interlace] = content.subarray(8) as unknown as [number, ...number[]];
  if (width < 1 || height < 1 || width >= 2 ** 31 || height >= 2 ** 31) {
    throw corruptPng(where, `claims ${width}×${height} pixels`);
  }
  const known = Object.hasOwn(SAMPLES, colour!) && DEPTHS[colour as ColourType].includes(depth);
  if (!known || compression !== 0 || filter !== 0 || interlace! > 1) {
    throw new ImageError(
      'UNSUPPORTED_IMAGE',
      `${where}: PNG file has bit depth ${depth}, colour type ${colour}, compression ${compression}, filter ${filter}, ` +
        `interlacing ${interlace}; accepted are the combinations of PNG 1.2.`,
    );
  }
  if (interlace === 1 && depth < 8) {
    const accepted = 'interlaced files of 8 and 16, and others of any depth';
    throw new ImageError(
      'UNSUPPORTED_IMAGE',
      `${where}: PNG file is interlaced with ${depth} bits a sample; accepted are ${accepted}.`,
    );
  }
  return { width, height, depth, colour: colour as ColourType, interlaced: interlace === 1 };
}

/** First column and row, and steps, of each pass of an interlaced file (Adam7: PNG 1.2, section 2.6). */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes that the image's pixels inflate to: in each pass rows of whole bytes, a filter byte before each. */
export function inflatedBytes({ width, height, depth, colour, interlaced }: PngHeader): number {
  let total = 0;
  for (const [x, y, stepX, stepY] of interlaced ? PASSES : ([[0, 0, 1, 1]] as const)) {
    const columns = Math.ceil(Math.max(width - x, 0) / stepX);
    const rows = Math.ceil(Math.max(height - y, 0) / stepY);
    if (columns > 0) total += rows * (1 + Math.ceil((columns * SAMPLES[colour] * depth) / 8));
  }
  return total;
}

function checkPalette(palette: Uint8Array, header: PngHeader, where: string): void {
  if (palette.length === 0 || palette.length % 3 !== 0 || palette.length > 3 * 256) {
    throw corruptPng(where, `has a palette of ${palette.length} bytes`);
  }
  if (header.colour === 0 || header.colour === 4) throw corruptPng(where, 'is grey, yet has a palette');
}

/**
 * Collects the chunks after the header up to IEND. Checksums are compared in the chunks that pixels depend on.
 * Throws ImageError TRUNCATED_IMAGE, CORRUPT_IMAGE, or UNSUPPORTED_IMAGE for a critical chunk that PNG 1.2 lacks.
 */
export function readPngChunks(bytes: Uint8Array, header: PngHeader, where: string): PngChunks {
  const compressed: Uint8Array[] = [];
  let palette = new Uint8Array(0);
  let orientation: Orientation = 1;
  let previous = 'IHDR';
  let offset = readChunk(bytes, SIGNATURE.length, where).endOffset;
  const essential = [bytes.subarray(0, offset)];
  for (;;) {
    const { type, content, whole, endOffset } = readChunk(bytes, offset, where);
    offset = endOffset;
    if (type[0]! < 'a') essential.push(whole);
    if (type === 'IEND') break;
    if (type === 'IDAT') {
      if (compressed.length > 0 && previous !== 'IDAT') throw corruptPng(where, `has ${previous} between its pixels`);
      compressed.push(content);
    } else if (type === 'PLTE') {
      if (palette.length > 0 || compressed.length > 0) throw corruptPng(where, 'has a palette where none may stand');
      checkPalette(content, header, where);
      palette = content.slice();
    } else if (type === 'eXIf') {
      orientation = readOrientation(content);
    } else if (type[0]! < 'a') {
      const accepted = 'accepted are IHDR, PLTE, IDAT and IEND';
      throw new ImageError('UNSUPPORTED_IMAGE', `${where}: PNG file has the critical chunk ${type}; ${accepted}.`);
    }
    previous = type;
  }
  if (compressed.length === 0) throw truncated(where, 'has no pixels (no IDAT)');
  if (header.colour === PALETTE_COLOUR && palette.length === 0) throw corruptPng(where, 'has no palette');
  return { palette, compressed, essential, orientation };
}
