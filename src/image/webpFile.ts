/** WebP files: their size, orientation and first picture, found before anything is decoded (RFC 9649). */
import { ImageError } from '../errors.js';
import { type Orientation, readOrientation } from './exif.js';
import type { DecoderExports } from './wasmDecoder.js';
import { allocate } from './wasmDecoder.js';

const CHUNK_FRAME_BYTES = 8;
/** Bytes of an animation's frame before its chunks. */
const FRAME_HEADER_BYTES = 16;
const EXIF_SIGNATURE = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** A file of one picture. */
export interface WebpFile {
  /** The picture alone, as a file of its own. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
}

function truncated(where: string, found: string): ImageError {
  return new ImageError('TRUNCATED_IMAGE', `${where}: WebP file ${found}; a complete file is needed.`);
}

function corrupt(where: string, found: string): ImageError {
  return new ImageError('CORRUPT_IMAGE', `${where}: WebP file ${found}; it is damaged.`);
}

/** The chunks from `begin` on; the last may be cut, which is an error where it holds the picture. */
function* readChunks(bytes: Uint8Array, begin: number): Generator<Chunk & { readonly cut: boolean }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = begin; offset + CHUNK_FRAME_BYTES <= bytes.length; ) {
    const type = String.fromCharCode(...bytes.subarray(offset, offset + 4));
    const length = view.getUint32(offset + 4, true);
    const from = offset + CHUNK_FRAME_BYTES;
    yield { type, content: bytes.subarray(from, from + length), cut: from + length > bytes.length };
    offset = from + length + (length & 1);
  }
}

/** The size in a lossy picture's key frame, or a lossless picture's header. */
function sizeOf({ type, content }: Chunk, where: string): { width: number; height: number } {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  if (type === 'VP8L') {
    if (content.length < 5 || content[0] !== 0x2f) throw corrupt(where, 'has no header of a lossless picture');
    const bits = view.getUint32(1, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  const isKeyFrame = content.length >= 10 && (content[0]! & 1) === 0 && content[3] === 0x9d && content[4] === 1;
  if (!isKeyFrame) throw corrupt(where, 'has no header of a lossy picture');
  return { width: view.getUint16(6, true) & 0x3fff, height: view.getUint16(8, true) & 0x3fff };
}

/** A file of nothing but the picture; its alpha is left out, for it is dropped. */
function wrap({ type, content }: Chunk): Uint8Array<ArrayBuffer> {
  const padded = content.length + (content.length & 1);
  const bytes = new Uint8Array(20 + padded);
  const view = new DataView(bytes.buffer);
  const text = (at: number, characters: string) => bytes.set(new TextEncoder().encode(characters), at);
  text(0, 'RIFF');
  view.setUint32(4, 12 + padded, true);
  text(8, 'WEBP');
  text(12, type);
  view.setUint32(16, content.length, true);
  bytes.set(content, 20);
  return bytes;
}

function exifOrientation(content: Uint8Array): Orientation {
  const signed = EXIF_SIGNATURE.every((byte, index) => content[index] === byte);
  return readOrientation(signed ? content.subarray(EXIF_SIGNATURE.length) : content);
}

/**
 * Finds a file's picture, of an animation the first. Throws ImageError TRUNCATED_IMAGE or CORRUPT_IMAGE.
 * `bytes` must begin as a WebP file does.
 */
export function readWebp(bytes: Uint8Array, where: string): WebpFile {
  let picture: Chunk | undefined;
  let orientation: Orientation = 1;
  for (const chunk of readChunks(bytes, 12)) {
    if (chunk.type === 'EXIF') orientation = exifOrientation(chunk.content);
    if (picture) continue;
    const inside = chunk.type === 'ANMF' ? [...readChunks(chunk.content, FRAME_HEADER_BYTES)] : [chunk];
    const found = inside.find(({ type }) => type === 'VP8 ' || type === 'VP8L');
    if (found?.cut || (found && chunk.cut)) throw truncated(where, `ends at byte ${bytes.length} inside its picture`);
    picture = found;
  }
  if (!picture) throw truncated(where, 'holds no picture');
  const size = sizeOf(picture, where);
  if (size.width < 1 || size.height < 1) throw corrupt(where, `claims ${size.width}×${size.height} pixels`);
  return { bytes: wrap(picture), ...size, orientation };
}

/** libwebp: the function that is used. */
export interface LibWebp extends DecoderExports {
  /** The address of the pixels, 0 for none; width and height are written as 32-bit numbers. */
  WebPDecodeRGBA(file: number, fileBytes: number, width: number, height: number): number;
}

/** The RGBA pixels of a file; `undefined` where the decoder refuses it or finds another size. */
export function runLibWebp(decoder: LibWebp, { bytes, width, height }: WebpFile): Uint8Array | undefined {
  const file = allocate(decoder, bytes.length);
  const size = allocate(decoder, 8);
  new Uint8Array(decoder.memory.buffer).set(bytes, file);
  const pixels = decoder.WebPDecodeRGBA(file, bytes.length, size, size + 4);
  const view = new DataView(decoder.memory.buffer);
  const fits = view.getUint32(size, true) === width && view.getUint32(size + 4, true) === height;
  const isDecoded = pixels !== 0 && fits;
  const result = isDecoded ? new Uint8Array(decoder.memory.buffer, pixels, width * height * 4).slice() : undefined;
  for (const address of [file, size, pixels]) decoder.free(address);
  return result;
}
