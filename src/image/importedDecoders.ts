/** The decoders where modules are imported and bytes may not be compiled, as on Workers. */
import jpegModule from '@cwasm/jpeg-turbo/jpeg-turbo.wasm';
import webpModule from '@cwasm/webp/webp.wasm';
import { UnavailableError } from '../errors.js';
import type { RgbImage } from './image.js';
import type { JpegHeader } from './jpegHeader.js';
import { decodeByTurbo } from './jpegPixels.js';
import type { JpegParts } from './jpegScans.js';
import { decodeByLibWebp } from './otherPixels.js';
import type { TurboJpeg } from './turboJpeg.js';
import { WasmDecoder } from './wasmDecoder.js';
import type { LibWebp, WebpFile } from './webpFile.js';

/** Caches, as in `installedDecoders.ts`. */
const jpeg = new WasmDecoder<TurboJpeg>('JPEG', async () => jpegModule);
const webp = new WasmDecoder<LibWebp>('WebP', async () => webpModule);

/** As `decodeByTurbo` does. */
export async function decodeJpegPixels(file: JpegParts, header: JpegHeader, where: string): Promise<RgbImage> {
  return decodeByTurbo(jpeg, file, header, where);
}

/** As `decodeByLibWebp` does. */
export async function decodeWebpPixels(file: WebpFile, where: string): Promise<RgbImage> {
  return decodeByLibWebp(webp, file, where);
}

/** Throws UnavailableError DECODER_UNAVAILABLE: the decoder is larger than many Workers may be. */
export async function decodeAvifPixels(): Promise<RgbImage> {
  throw new UnavailableError('DECODER_UNAVAILABLE', 'Workers have no AVIF decoder; give JPEG, PNG or WebP instead.');
}
