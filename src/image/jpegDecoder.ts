/** The JPEG decoder of runtimes that say what they are only when the program runs: libjpeg-turbo from disk, or the browser's. */
import { builtin } from '../builtin.js';
import { decodeJpegPixels as decodeOnCanvas } from './canvasJpeg.js';
import type { RgbImage } from './image.js';
import type { JpegHeader } from './jpegHeader.js';
import { decodeWithTurbo } from './jpegPixels.js';
import type { JpegParts } from './jpegScans.js';
import { TurboJpegDecoder } from './turboJpeg.js';

const JPEG_WASM = '@cwasm/jpeg-turbo/jpeg-turbo.wasm';

/** Compiles the decoder from the installed package. */
async function compileFromDisk(): Promise<WebAssembly.Module> {
  const { createRequire } = builtin('module')!;
  const { readFile } = builtin('fs/promises')!;
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve(JPEG_WASM)));
}

/**
 * A cache, kept for the next file: starting a decoder takes as long as decoding a small photograph. What it gives depends
 * on the bytes alone, and it drops what a large or refused file leaves behind.
 */
const decoder = new TurboJpegDecoder(compileFromDisk);

/** As `decodeWithTurbo` does. */
export async function decodeJpegPixels(file: JpegParts, header: JpegHeader, where: string): Promise<RgbImage> {
  const hasFiles = builtin('fs/promises') !== undefined;
  return hasFiles ? decodeWithTurbo(decoder, file, header, where) : decodeOnCanvas(file, header, where);
}
