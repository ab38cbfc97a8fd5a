/** The JPEG decoder of browsers, without the turning and colour management that they do on their own. */
import { RuntimeError } from '../errors.js';
import type { DecodedJpeg } from './mozJpeg.js';

const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP15 = 0xef;

/** A copy in which Exif blocks and colour profiles have a marker that nobody reads. */
function hideMetadata(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(bytes);
  for (let at = 2; at + 4 <= copy.length && copy[at] === 0xff && copy[at + 1] !== START_OF_SCAN; ) {
    if (copy[at + 1] === 0xff) {
      at++;
      continue;
    }
    if (copy[at + 1] === APP1 || copy[at + 1] === APP2) copy[at + 1] = APP15;
    at += 2 + copy[at + 2]! * 256 + copy[at + 3]!;
  }
  return copy;
}

function draw(bitmap: ImageBitmap): DecodedJpeg {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new RuntimeError('DECODER_UNAVAILABLE', 'this browser draws on no canvas outside the page.');
  context.drawImage(bitmap, 0, 0);
  return { data: context.getImageData(0, 0, width, height).data, width, height, warnings: [] };
}

/**
 * Decodes a JPEG file to RGBA, its orientation not applied. Gives the browser's complaint in `warnings` where it gives
 * up. Throws RuntimeError DECODER_UNAVAILABLE where the browser cannot give pixels.
 */
export async function runJpegDecoder(
  bytes: Uint8Array,
): Promise<DecodedJpeg | { readonly warnings: readonly string[] }> {
  if (typeof createImageBitmap !== 'function' || typeof OffscreenCanvas !== 'function') {
    throw new RuntimeError('DECODER_UNAVAILABLE', 'this runtime has no JPEG decoder; give pixels instead.');
  }
  const file = new Blob([hideMetadata(bytes)], { type: 'image/jpeg' });
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  } catch (cause) {
    return { warnings: [`the browser stopped: ${String(cause)}`] };
  }
  try {
    return draw(bitmap);
  } finally {
    bitmap.close();
  }
}
