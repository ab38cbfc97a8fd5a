/** Picture files to RGB pixels; whatever is no complete image is refused with a clear error. */
import { decodeAvifPixels, decodeJpegPixels, decodeWebpPixels } from '#decoders';
import { ImageError } from '../errors.js';
import type { Orientation } from './exif.js';
import type { RgbImage } from './image.js';
import { readJpegHeader } from './jpegHeader.js';
import { readJpegParts } from './jpegScans.js';
import { orientImage } from './orient.js';
import { type PictureFormat, pictureFormat } from './pictureFormats.js';
import { readPngChunks, readPngHeader } from './pngHeader.js';

/** Limits on what is decoded. */
export interface DecodeOptions {
  /**
   * Pixels (width · height) that an image may have; 100 million when absent. Besides the file, decoding takes 6 bytes a
   * pixel for JPEG, up to 12 where it is progressive, 3 for PNG, GIF and BMP, 11 for WebP and AVIF, and 3 more where the
   * image is turned.
   */
  readonly pixelLimit?: number | undefined;
  /** `upright`, when absent, turns the image as its EXIF block says; `stored` leaves the pixels as they are. */
  readonly orientation?: 'upright' | 'stored' | undefined;
}

/** The pixel limit of `decodeImage` when the caller sets none. */
export const DEFAULT_PIXEL_LIMIT = 100_000_000;

/** How often a progressive file may pass over as many pixels as the limit allows. */
const PASSES_OVER_LIMIT = 16;

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

async function decodeWebp(bytes: Uint8Array, where: string, limit: number): Promise<StoredImage> {
  const { readWebp } = await import('./webpFile.js');
  const file = readWebp(bytes, where);
  checkPixels(file, limit, where);
  return { image: await decodeWebpPixels(file, where), orientation: file.orientation };
}

async function decodeAvif(bytes: Uint8Array, where: string, limit: number): Promise<StoredImage> {
  const { readAvif } = await import('./avifFile.js');
  const file = readAvif(bytes, where);
  checkPixels(file, limit, where);
  return { image: await decodeAvifPixels(bytes, file, where), orientation: 1 };
}

async function decodeGif(bytes: Uint8Array, where: string, limit: number): Promise<StoredImage> {
  const { decodeGifPixels, readGif } = await import('./gif.js');
  const picture = readGif(bytes, where);
  checkPixels(picture, limit, where);
  return { image: decodeGifPixels(picture, where), orientation: 1 };
}

async function decodeBmp(bytes: Uint8Array, where: string, limit: number): Promise<StoredImage> {
  const { decodeBmpPixels, readBmpHeader } = await import('./bmp.js');
  const header = readBmpHeader(bytes, where);
  checkPixels(header, limit, where);
  return { image: decodeBmpPixels(header, where), orientation: 1 };
}

/** Each loads what it needs when a file needs it. */
const DECODERS: Readonly<Record<PictureFormat, typeof decodeJpeg>> = {
  jpeg: decodeJpeg,
  png: decodePng,
  webp: decodeWebp,
  avif: decodeAvif,
  gif: decodeGif,
  bmp: decodeBmp,
};

/**
 * Decodes a JPEG, PNG, WebP, AVIF, GIF or BMP file to RGB8, of an animation the first picture. Grey, palette, CMYK, 16-bit,
 * progressive and interlaced files are accepted; alpha is dropped, colour profiles are not applied. An image that its camera
 * stored turned or mirrored comes out upright, as in browsers and from cv2.imread. `where` names the file in messages.
 * AVIF needs the package @jsquash/avif where there is no browser.
 * Throws ImageError NOT_AN_IMAGE, UNSUPPORTED_IMAGE (12 bits a sample, arithmetic coding …), TOO_MANY_PIXELS,
 * TOO_MANY_SCANS, TRUNCATED_IMAGE or CORRUPT_IMAGE, and UnavailableError DECODER_UNAVAILABLE where a decoder cannot be
 * loaded.
 */
export async function decodeImage(bytes: Uint8Array, where: string, options: DecodeOptions = {}): Promise<RgbImage> {
  const limit = options.pixelLimit ?? DEFAULT_PIXEL_LIMIT;
  const { image, orientation } = await DECODERS[pictureFormat(bytes, where)](bytes, where, limit);
  return options.orientation === 'stored' ? image : orientImage(image, orientation);
}
