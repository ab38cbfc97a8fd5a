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
  /** Three bytes a colour; empty where there is none that is of use. */
  readonly palette: Uint8Array;
  /** The zlib stream, in the pieces that the file holds it in. */
  readonly compressed: readonly Uint8Array[];
  /** Whether the file ends inside them. */
  readonly cut: boolean;
  readonly orientation: Orientation;
}

export const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
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

/** The error for a file that ends before its last row. */
export function truncatedPng(where: string, found: string): ImageError {
  return new ImageError('TRUNCATED_IMAGE', `${where}: PNG file ${found}; a complete file is needed.`);
}

/** The error for a file whose content contradicts itself. */
export function corruptPng(where: string, found: string, options?: ErrorOptions): ImageError {
  return new ImageError('CORRUPT_IMAGE', `${where}: PNG file ${found}; it is damaged.`, options);
}

interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
  /** Whether the file ends before the chunk does; then `content` is what is there, its checksum unknown. */
  readonly cut: boolean;
  /** Where the next chunk begins. */
  readonly endOffset: number;
}

/** Reads a chunk of whose frame the file has at least the first bytes. */
function readChunk(bytes: Uint8Array, offset: number, where: string): Chunk {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(offset);
  const endOffset = offset + CHUNK_FRAME_BYTES + length;
  const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
  if (!/^[A-Za-z]{4}$/.test(type)) throw corruptPng(where, `has no chunk type at byte ${offset + 4}`);
  const cut = endOffset > bytes.length;
  const optional = type[0]! >= 'a';
  if (!cut && !optional && crc32(bytes.subarray(offset + 4, endOffset - 4)) !== view.getUint32(endOffset - 4)) {
    throw corruptPng(where, `has ${type} at byte ${offset} whose checksum does not fit`);
  }
  return { type, content: bytes.subarray(offset + 8, Math.min(endOffset - 4, bytes.length)), cut, endOffset };
}

/**
 * Reads the header chunk. Throws ImageError TRUNCATED_IMAGE, CORRUPT_IMAGE or, for combinations that PNG does not
 * define, UNSUPPORTED_IMAGE. `bytes` must begin as a PNG file does.
 */
export function readPngHeader(bytes: Uint8Array, where: string): PngHeader {
  if (bytes.length < PNG_SIGNATURE.length + CHUNK_FRAME_BYTES + HEADER_BYTES) {
    throw truncatedPng(where, `ends at byte ${bytes.length} inside its header`);
  }
  const { type, content } = readChunk(bytes, PNG_SIGNATURE.length, where);
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
  return { width, height, depth, colour: colour as ColourType, interlaced: interlace === 1 };
}

/** First column and row, and steps, of a pass over an image. */
export type PngPass = readonly [x: number, y: number, stepX: number, stepY: number];

/** The passes of an interlaced file (Adam7: PNG 1.2, section 2.6). */
const ADAM7: readonly PngPass[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

/** A pass with its pixels in a row, its rows, and the bytes of a row without the filter's. */
export interface PngPassSize {
  readonly pass: PngPass;
  readonly columns: number;
  readonly rows: number;
  readonly rowBytes: number;
}

/** The passes of a file that have pixels. */
export function passesOf({ width, height, depth, colour, interlaced }: PngHeader): PngPassSize[] {
  return (interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const))
    .map((pass) => {
      const [x, y, stepX, stepY] = pass;
      const columns = Math.ceil(Math.max(width - x, 0) / stepX);
      const rows = Math.ceil(Math.max(height - y, 0) / stepY);
      return { pass, columns, rows, rowBytes: Math.ceil((columns * SAMPLES[colour] * depth) / 8) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Bytes that the image's pixels inflate to: in each pass rows of whole bytes, a filter byte before each. */
export function inflatedBytes(header: PngHeader): number {
  return passesOf(header).reduce((total, { rows, rowBytes }) => total + rows * (1 + rowBytes), 0);
}

/** What the file holds of its palette; nothing where it is of no use, as in grey files. */
function readPalette(palette: Uint8Array, { colour }: PngHeader, where: string): Uint8Array {
  if (palette.length % 3 === 0 && palette.length <= 3 * 256) return palette;
  if (colour !== PALETTE_COLOUR) return new Uint8Array(0);
  throw corruptPng(where, `has a palette of ${palette.length} bytes`);
}

/**
 * Collects the chunks after the header up to IEND, or to where the file ends: whether the rows are whole is seen when they
 * are inflated. As libpng does, it takes the first run of IDAT and one palette before it. Checksums are compared in the
 * chunks that pixels depend on.
 * Throws ImageError TRUNCATED_IMAGE where nothing is left of the pixels, CORRUPT_IMAGE, or UNSUPPORTED_IMAGE for a critical
 * chunk that PNG 1.2 lacks.
 */
export function readPngChunks(bytes: Uint8Array, header: PngHeader, where: string): PngChunks {
  const compressed: Uint8Array[] = [];
  let palette: Uint8Array | undefined;
  let orientation: Orientation = 1;
  let previous = 'IHDR';
  let found = readChunk(bytes, PNG_SIGNATURE.length, where);
  while (!found.cut && previous !== 'IEND') {
    if (found.endOffset + CHUNK_FRAME_BYTES > bytes.length) break;
    found = readChunk(bytes, found.endOffset, where);
    const { type, content, cut } = found;
    if (cut && type !== 'IDAT') break;
    if (type === 'IDAT') {
      if (compressed.length === 0 || previous === 'IDAT') compressed.push(content);
    } else if (type === 'PLTE') {
      if (palette) throw corruptPng(where, 'has two palettes');
      if (compressed.length === 0) palette = readPalette(content, header, where);
    } else if (type === 'eXIf') {
      orientation = readOrientation(content);
    } else if (type[0]! < 'a' && type !== 'IEND') {
      const accepted = 'accepted are IHDR, PLTE, IDAT and IEND';
      throw new ImageError('UNSUPPORTED_IMAGE', `${where}: PNG file has the critical chunk ${type}; ${accepted}.`);
    }
    previous = type;
  }
  if (compressed.length === 0) throw truncatedPng(where, 'has no pixels (no IDAT)');
  if (header.colour === PALETTE_COLOUR && !palette?.length) throw corruptPng(where, 'has no palette');
  const cut = previous === 'IDAT';
  return { palette: palette ?? new Uint8Array(0), compressed, cut, orientation };
}
