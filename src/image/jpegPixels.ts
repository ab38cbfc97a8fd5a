/** The parts of a JPEG file to RGB pixels, by libjpeg-turbo. */
import type { RgbImage } from './image.js';
import { corruptJpeg, type JpegHeader } from './jpegHeader.js';
import { type JpegParts, jpegPieces } from './jpegScans.js';
import { runTurbo, type TurboJpeg } from './turboJpeg.js';
import type { WasmDecoder } from './wasmDecoder.js';

/** A byte times another, in 255ths, rounded. */
function scaled(value: number, factor: number): number {
  const product = value * factor + 128;
  return (product + (product >> 8)) >> 8;
}

/** Inks as Adobe's programs store them, 255 for none, as browsers and Pillow take them for light. */
function lightOfInks(inks: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((inks.length / 4) * 3);
  for (let from = 0, to = 0; from < inks.length; from += 4, to += 3) {
    const black = inks[from + 3]!;
    rgb[to] = scaled(inks[from]!, black);
    rgb[to + 1] = scaled(inks[from + 1]!, black);
    rgb[to + 2] = scaled(inks[from + 2]!, black);
  }
  return rgb;
}

/**
 * Decodes a file that was read. The decoder refuses at its first warning: only then is the code of all scans read here,
 * so that surplus bytes, which lose no pixel, are cut off, and damage is told in a sentence.
 * Throws ImageError CORRUPT_IMAGE or TRUNCATED_IMAGE, and as the decoder does.
 */
export async function decodeByTurbo(
  decoder: WasmDecoder<TurboJpeg>,
  file: JpegParts,
  { width, height, progressive, components }: JpegHeader,
  where: string,
): Promise<RgbImage> {
  const format = components.length === 4 ? 'cmyk' : 'rgb';
  const decode = (parts: JpegParts) =>
    decoder.run((turbo) => runTurbo(turbo, { pieces: jpegPieces(parts), width, height, format }));
  let pixels = await decode(file);
  if (!pixels) {
    const { checkJpegCode } = await import('./jpegCode.js');
    pixels = await decode(checkJpegCode(file, progressive, where));
  }
  if (!pixels) throw corruptJpeg(where, 'has tables or scans that libjpeg-turbo does not decode');
  return { data: format === 'cmyk' ? lightOfInks(pixels) : pixels, width, height, channels: 3 };
}
