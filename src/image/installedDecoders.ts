/** The decoders of runtimes that say what they are only when the program runs: from installed packages, or the browser's. */
import { builtin } from '../builtin.js';
import type { AvifFile } from './avifFile.js';
import * as canvas from './canvasDecoders.js';
import { type RgbImage, toRgb } from './image.js';
import type { JpegHeader } from './jpegHeader.js';
import { decodeByTurbo } from './jpegPixels.js';
import type { JpegParts } from './jpegScans.js';
import { orientImage } from './orient.js';
import { decodeByLibWebp, undecodable } from './otherPixels.js';
import type { TurboJpeg } from './turboJpeg.js';
import { WasmDecoder } from './wasmDecoder.js';
import type { LibWebp, WebpFile } from './webpFile.js';

/** Compiles a decoder from an installed package. */
async function compileInstalled(path: string): Promise<WebAssembly.Module> {
  const { createRequire } = builtin('module')!;
  const { readFile } = builtin('fs/promises')!;
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve(path)));
}

/**
 * Caches, kept for the next file: starting a decoder takes as long as decoding a small photograph. What they give depends
 * on the bytes alone, and they drop what a large or refused file leaves behind.
 */
const jpeg = new WasmDecoder<TurboJpeg>('JPEG', () => compileInstalled('@cwasm/jpeg-turbo/jpeg-turbo.wasm'));
const webp = new WasmDecoder<LibWebp>('WebP', () => compileInstalled('@cwasm/webp/webp.wasm'));

function hasFiles(): boolean {
  return builtin('fs/promises') !== undefined;
}

/** As `decodeByTurbo` does. */
export async function decodeJpegPixels(file: JpegParts, header: JpegHeader, where: string): Promise<RgbImage> {
  return hasFiles() ? decodeByTurbo(jpeg, file, header, where) : canvas.decodeJpegPixels(file, header, where);
}

/** As `decodeByLibWebp` does. */
export async function decodeWebpPixels(file: WebpFile, where: string): Promise<RgbImage> {
  return hasFiles() ? decodeByLibWebp(webp, file, where) : canvas.decodeWebpPixels(file, where);
}

/** Decodes an AVIF file that was read, turned as it says. Throws ImageError CORRUPT_IMAGE, and as `runAvif` does. */
export async function decodeAvifPixels(bytes: Uint8Array, file: AvifFile, where: string): Promise<RgbImage> {
  if (!hasFiles()) return canvas.decodeAvifPixels(bytes, file, where);
  const { runAvif } = await import('./avifDecoder.js');
  const pixels = await runAvif(bytes);
  if (!pixels || pixels.width !== file.width || pixels.height !== file.height) throw undecodable('AVIF', where);
  const { data, width, height } = pixels;
  return orientImage(toRgb({ data, width, height, channels: 4 }), file.orientation);
}
