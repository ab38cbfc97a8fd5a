/** The JPEG decoder of browsers, without the turning and colour management that they do on their own. */
import { UnavailableError } from '../errors.js';
import { type RgbImage, toRgb } from './image.js';
import { corruptJpeg, type JpegHeader } from './jpegHeader.js';
import { type JpegParts, jpegPieces } from './jpegScans.js';

function draw(bitmap: ImageBitmap): RgbImage {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new UnavailableError('DECODER_UNAVAILABLE', 'this browser draws on no canvas outside the page.');
  context.drawImage(bitmap, 0, 0);
  return toRgb({ data: context.getImageData(0, 0, width, height).data, width, height, channels: 4 });
}

/**
 * Decodes a file that was read. Browsers give pixels for damaged files too and say nothing, so the code of all scans is
 * read before; what turns pixels or manages colours is no part of the file that they see.
 * Throws ImageError CORRUPT_IMAGE or TRUNCATED_IMAGE, and UnavailableError DECODER_UNAVAILABLE where the browser cannot give
 * pixels.
 */
export async function decodeJpegPixels(file: JpegParts, header: JpegHeader, where: string): Promise<RgbImage> {
  if (typeof createImageBitmap !== 'function' || typeof OffscreenCanvas !== 'function') {
    throw new UnavailableError('DECODER_UNAVAILABLE', 'this runtime has no JPEG decoder; give pixels instead.');
  }
  const { checkJpegCode } = await import('./jpegCode.js');
  const pieces = jpegPieces(checkJpegCode(file, header.progressive, where)) as Uint8Array<ArrayBuffer>[];
  let bitmap: ImageBitmap;
  try {
    const blob = new Blob(pieces, { type: 'image/jpeg' });
    bitmap = await createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  } catch {
    throw corruptJpeg(where, 'has tables or scans that the browser does not decode');
  }
  try {
    if (bitmap.width === header.width && bitmap.height === header.height) return draw(bitmap);
    throw corruptJpeg(where, `is ${bitmap.width}×${bitmap.height} pixels to the browser`);
  } finally {
    bitmap.close();
  }
}
