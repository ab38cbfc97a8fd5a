/** JPEG and PNG files to RGB pixels; whatever is no complete image is refused with a clear error. */
import { decodeJpegPixels } from '#jpeg';
import { ImageError } from '../errors.js';
import type { Orientation } from './exif.js';
import type { RgbImage } from './image.js';
import { isJpeg, readJpegHeader } from './jpegHeader.js';
import { readJpegParts } from './jpegScans.js';
import { orientImage } from './orient.js';
import { isPng, readPngChunks, readPngHeader } from './pngHeader.js';

/** Limits on what is decoded. */
export interface DecodeOptions {
  /**
   * Pixels (width · height) that an image may have; 50 million when absent. Decoding takes up to 12 bytes a pixel for
   * most files, up to 20 for progressive JPEG.
   */
  readonly pixelLimit?: number | undefined;
  /** `upright`, when absent, turns the image as its EXIF block says; `stored` leaves the pixels as they are. */
  readonly orientation?: 'upright' | 'stored' | undefined;
}

/** The pixel limit of `decodeImage` when the caller sets none. */
export const DEFAULT_PIXEL_LIMIT = 50_000_000;

/** How often a progressive file may pass over as many pixels as the limit allows. */
const PASSES_OVER_LIMIT = 16;

/** What files of other kinds begin with, from the byte at `offset`. */
const OTHER_FORMATS: readonly { readonly name: string; readonly offset: number; readonly text: string }[] = [
  { name: 'a GIF', offset: 0, text: 'GIF8' },
  { name: 'a WebP', offset: 8, text: 'WEBP' },
  { name: 'an AVIF', offset: 4, text: 'ftypavif' },
  { name: 'a HEIC', offset: 4, text: 'ftyphei' },
  { name: 'a HEIC', offset: 4, text: 'ftypmif1' },
  { name: 'a TIFF', offset: 0, text: 'II*\0' },
  { name: 'a TIFF', offset: 0, text: 'MM\0*' },
  { name: 'a BMP', offset: 0, text: 'BM' },
];

function notAnImage(bytes: Uint8Array, where: string): ImageError {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  const other = OTHER_FORMATS.find(({ offset, text }) => start.startsWith(text, offset));
  let found = other ? `is ${other.name} file` : 'is neither a JPEG nor a PNG file';
  if (bytes.length === 0) found = 'is empty';
  return new ImageError('NOT_AN_IMAGE', `${where} ${found}; accepted are JPEG and PNG.`);
}

function checkPixels(size: { width: number; height: number }, limit: number, where: string): void {
  if (size.width * size.height <= limit) return;
  throw new ImageError(
    'TOO_MANY_PIXELS',
    `${where}: has ${size.width}×${size.height} pixels; at most ${limit} in all are accepted.`,
  );
}

/** Pixels as stored, and how they are to be turned. */
interface StoredImage {
  readonly image: RgbImage;
  readonly orientation: Orientation;
}

async function decodeJpeg(bytes: Uint8Array, where: string, limit: number): Promise<StoredImage> {
  const header = readJpegHeader(bytes, where);
  checkPixels(header, limit, where);
  const file = readJpegParts(bytes, header, where);
  if (file.scans * header.width * header.height > PASSES_OVER_LIMIT * limit) {
    throw new ImageError(
      'TOO_MANY_SCANS',
      `${where}: JPEG file passes ${file.scans} times over ${header.width}×${header.height} pixels; at most ` +
        `${PASSES_OVER_LIMIT * limit} pixels are decoded in all.`,
    );
  }
  return { image: await decodeJpegPixels(file, header, where), orientation: header.orientation };
}

async function decodePng(bytes: Uint8Array, where: string, limit: number): Promise<StoredImage> {
  const header = readPngHeader(bytes, where);
  checkPixels(header, limit, where);
  const chunks = readPngChunks(bytes, header, where);
  // Loaded with the first PNG: who embeds raw pixels never pays for it.
  const { decodePngPixels } = await import('./pngPixels.js');
  return { image: await decodePngPixels(header, chunks, where), orientation: chunks.orientation };
}

/**
 * Decodes a JPEG or PNG file to RGB8. Grey, palette, CMYK, 16-bit, progressive and interlaced files are
 * accepted; alpha is dropped, colour profiles are not applied. An image that its camera stored turned or mirrored comes
 * out upright, as in browsers and from cv2.imread. `where` names the file in messages.
 * Throws ImageError NOT_AN_IMAGE, UNSUPPORTED_IMAGE (12 bits a sample, arithmetic coding …), TOO_MANY_PIXELS, TOO_MANY_SCANS,
 * TRUNCATED_IMAGE or CORRUPT_IMAGE, and UnavailableError DECODER_UNAVAILABLE where the JPEG decoder cannot be loaded.
 */
export async function decodeImage(bytes: Uint8Array, where: string, options: DecodeOptions = {}): Promise<RgbImage> {
  const limit = options.pixelLimit ?? DEFAULT_PIXEL_LIMIT;
  const decode = isJpeg(bytes) ? decodeJpeg : isPng(bytes) ? decodePng : undefined;
  if (!decode) throw notAnImage(bytes, where);
  const { image, orientation } = await decode(bytes, where, limit);
  return options.orientation === 'stored' ? image : orientImage(image, orientation);
}
