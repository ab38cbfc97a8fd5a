/** The JPEG decoder where modules are imported and bytes may not be compiled, as on Workers. */
import module from '@cwasm/jpeg-turbo/jpeg-turbo.wasm';
import type { RgbImage } from './image.js';
import type { JpegHeader } from './jpegHeader.js';
import { decodeWithTurbo } from './jpegPixels.js';
import type { JpegParts } from './jpegScans.js';
import { TurboJpegDecoder } from './turboJpeg.js';

/** A cache, as in `jpegDecoder.ts`. */
const decoder = new TurboJpegDecoder(async () => module);

/** As `decodeWithTurbo` does. */
export async function decodeJpegPixels(file: JpegParts, header: JpegHeader, where: string): Promise<RgbImage> {
  return decodeWithTurbo(decoder, file, header, where);
}
