/** A checked PNG file to RGB pixels: fast-png undoes compression and filters, samples become bytes here. */
import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import { ImageError } from '../errors.js';
import type { RgbImage } from './image.js';
import { corruptPng, inflatedBytes, type PngChunks, type PngHeader } from './pngHeader.js';

/** Bytes that one byte of a deflate stream can stand for at most. */
const LARGEST_INFLATION = 1032;

/** Bytes that a file may have behind its last row: encoders leave some. */
const ALLOWED_EXCESS = 1 << 16;

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

/** How many bytes a zlib stream inflates to, counted no further than just above `limit`; `error` where it breaks off. */
async function countInflated(
  pieces: readonly Uint8Array[],
  limit: number,
): Promise<{ readonly bytes: number; readonly error?: unknown }> {
  const source = new Blob([join(pieces)]).stream();
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { bytes };
      bytes += value.length;
      if (bytes > limit) {
        await reader.cancel().catch(() => {});
        return { bytes };
      }
    }
  } catch (error) {
    return { bytes, error };
  }
}

/** The decoder inflates whatever is there and takes missing rows for zeros: so the size is checked before. */
async function checkInflated(header: PngHeader, { compressed }: PngChunks, where: string): Promise<void> {
  const expected = inflatedBytes(header);
  const stored = compressed.reduce((sum, piece) => sum + piece.length, 0);
  if (stored * LARGEST_INFLATION < expected) {
    throw new ImageError(
      'TRUNCATED_IMAGE',
      `${where}: PNG file holds ${stored} compressed bytes, which cannot be ${header.width}×${header.height} pixels.`,
    );
  }
  const { bytes, error } = await countInflated(compressed, expected + ALLOWED_EXCESS);
  if (bytes > expected + ALLOWED_EXCESS)
    throw corruptPng(where, `inflates to more than the ${expected} bytes of its rows`);
  if (bytes >= expected) return;
  if (error) throw corruptPng(where, 'has pixels that cannot be inflated', { cause: error });
  throw new ImageError('TRUNCATED_IMAGE', `${where}: PNG file ends before its last row; a complete file is needed.`);
}

/** Pixels of one sample of at most 8 bits, through their palette; grey ones through a palette of greys. */
function unpackPixels(decoded: DecodedPng): Uint8Array {
  const largest = (1 << decoded.depth) - 1;
  const greys = Array.from({ length: largest + 1 }, (_, sample) => Array<number>(3).fill((sample * 255) / largest));
  return convertIndexedToRgb({ ...decoded, palette: decoded.palette ?? greys });
}

/** Pixels of whole bytes: 16-bit samples keep their high byte, grey is repeated, alpha is dropped. */
function selectSamples({ data, channels, depth }: DecodedPng, pixels: number): Uint8Array {
  const target = new Uint8Array(pixels * 3);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  const shift = depth - 8;
  for (let from = 0, to = 0; to < target.length; from += channels, to += 3) {
    target[to] = data[from]! >> shift;
    target[to + 1] = data[from + green]! >> shift;
    target[to + 2] = data[from + blue]! >> shift;
  }
  return target;
}

/**
 * Decodes the pixels of a file whose header and chunks were read. Alpha is dropped, gamma and colour profiles are not
 * applied. Throws ImageError TRUNCATED_IMAGE or CORRUPT_IMAGE.
 */
export async function decodePngPixels(header: PngHeader, chunks: PngChunks, where: string): Promise<RgbImage> {
  await checkInflated(header, chunks, where);
  const { width, height } = header;
  try {
    const decoded = decode(join(chunks.essential));
    const { palette, depth, channels } = decoded;
    const isIndexed = (header.colour === 3 && palette) || depth < 8;
    if (isIndexed) return { data: unpackPixels(decoded), width, height, channels: 3 };
    const isRgb8 = channels === 3 && decoded.data instanceof Uint8Array;
    const data = isRgb8 ? (decoded.data as Uint8Array) : selectSamples(decoded, width * height);
    return { data, width, height, channels: 3 };
  } catch (cause) {
    throw corruptPng(where, 'has pixels that cannot be decoded', { cause });
  }
}
