/** WebP and AVIF files that were read to RGB pixels, by decoders that are WebAssembly. */
import { ImageError } from '../errors.js';
import { type RgbImage, toRgb } from './image.js';
import type { WasmDecoder } from './wasmDecoder.js';
import { type LibWebp, runLibWebp, type WebpFile } from './webpFile.js';

/** The error for a file whose pixels a decoder does not give. */
export function undecodable(kind: 'WebP' | 'AVIF', where: string): ImageError {
  return new ImageError('CORRUPT_IMAGE', `${where}: ${kind} file has a picture that cannot be decoded; it is damaged.`);
}

/** Decodes a WebP file that was read. Throws ImageError CORRUPT_IMAGE, and as the decoder does. */
export async function decodeByLibWebp(decoder: WasmDecoder<LibWebp>, file: WebpFile, where: string): Promise<RgbImage> {
  const data = await decoder.run((libwebp) => runLibWebp(libwebp, file));
  if (!data) throw undecodable('WebP', where);
  return toRgb({ data, width: file.width, height: file.height, channels: 4 });
}
