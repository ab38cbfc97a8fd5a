/** The decoders of browsers, without the turning and colour management that they do on their own. */
import { UnavailableError } from '../errors.js';
import type { AvifFile } from './avifFile.js';
import { type RgbImage, toRgb } from './image.js';
import { corruptJpeg, type JpegHeader } from './jpegHeader.js';
import { type JpegParts, jpegPieces } from './jpegScans.js';
import { undecodable } from './otherPixels.js';
import type { WebpFile } from './webpFile.js';

function draw(bitmap: ImageBitmap): RgbImage {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new UnavailableError('DECODER_UNAVAILABLE', 'this browser draws on no canvas outside the page.');
  context.drawImage(bitmap, 0, 0);
  return toRgb({ data: context.getImageData(0, 0, width, height).data, width, height, channels: 4 });
}

/**
 * The browser's pixels of a file of a known size; `undefined` where it gives none, or of another size.
 * Throws UnavailableError DECODER_UNAVAILABLE where there is no browser.
 */
async function decodeBlob(file: Blob, width: number, height: number): Promise<RgbImage | undefined> {
  if (typeof createImageBitmap !== 'function' || typeof OffscreenCanvas !== 'function') {
    throw new UnavailableError(
      'DECODER_UNAVAILABLE',
      'this runtime has no decoder for this file; give pixels instead.',
    );
  }
  const options: ImageBitmapOptions = { premultiplyAlpha: 'none', colorSpaceConversion: 'none' };
  const bitmap = await createImageBitmap(file, options).catch(() => undefined);
  if (!bitmap) return undefined;
  try {
    return bitmap.width === width && bitmap.height === height ? draw(bitmap) : undefined;
  } finally {
    bitmap.close();
  }
}

/**
 * Decodes a JPEG file that was read. Browsers give pixels for damaged files too and say nothing, so the code of all scans
 * is read before; what turns pixels or manages colours is no part of the file that they see.
 * Throws ImageError CORRUPT_IMAGE or TRUNCATED_IMAGE, and as `decodeBlob` does.
 */
export async function decodeJpegPixels(file: JpegParts, header: JpegHeader, where: string): Promise<RgbImage> {
  const { checkJpegCode } = await import('./jpegCode.js');
  const pieces = jpegPieces(checkJpegCode(file, header.progressive, where)) as Uint8Array<ArrayBuffer>[];
  // In one piece: Firefox decodes no blob of several.
  const whole = await new Blob(pieces).arrayBuffer();
  const image = await decodeBlob(new Blob([whole], { type: 'image/jpeg' }), header.width, header.height);
  if (!image) throw corruptJpeg(where, 'has tables or scans that the browser does not decode');
  return image;
}

/** Decodes a WebP file that was read. Throws ImageError CORRUPT_IMAGE, and as `decodeBlob` does. */
export async function decodeWebpPixels({ bytes, width, height }: WebpFile, where: string): Promise<RgbImage> {
  const image = await decodeBlob(new Blob([bytes], { type: 'image/webp' }), width, height);
  if (!image) throw undecodable('WebP', where);
  return image;
}

/** Decodes an AVIF file that was read; browsers turn it themselves. Throws as `decodeWebpPixels` does. */
export async function decodeAvifPixels(bytes: Uint8Array, file: AvifFile, where: string): Promise<RgbImage> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/avif' });
  const [width, height] = file.orientation >= 5 ? [file.height, file.width] : [file.width, file.height];
  const image = await decodeBlob(blob, width, height);
  if (!image) throw undecodable('AVIF', where);
  return image;
}
