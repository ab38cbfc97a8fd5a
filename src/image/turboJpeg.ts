/** libjpeg-turbo: the functions of its TurboJPEG interface that are used. */
import { allocate, type DecoderExports } from './wasmDecoder.js';

/** TurboJPEG's numbers of pixel formats, and bytes a pixel. */
const FORMATS = { rgb: { format: 0, bytes: 3 }, cmyk: { format: 11, bytes: 4 } } as const;

/** TurboJPEG's flag that makes an error of every warning. */
const STOP_ON_WARNING = 8192;

/** What is to be decoded. */
export interface JpegTask {
  /** The file, in pieces. */
  readonly pieces: readonly Uint8Array[];
  /** Pixels of the result: the file's, or a half, a quarter or an eighth of them, rounded up. */
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel for `cmyk`, as the file has them; three otherwise. */
  readonly format: keyof typeof FORMATS;
}

/** What the module exports, of which its package's types say nothing. */
export interface TurboJpeg extends DecoderExports {
  tjInitDecompress(): number;
  tjDestroy(handle: number): number;
  tjDecompress2(
    handle: number,
    file: number,
    fileBytes: number,
    pixels: number,
    width: number,
    rowBytes: number,
    height: number,
    format: number,
    flags: number,
  ): number;
}

/** The pixels of a JPEG file; `undefined` where the decoder refuses it or warns of anything. */
export function runTurbo(decoder: TurboJpeg, { pieces, width, height, format }: JpegTask): Uint8Array | undefined {
  const fileBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const rowBytes = width * FORMATS[format].bytes;
  const file = allocate(decoder, fileBytes);
  const pixels = allocate(decoder, rowBytes * height);
  const handle = decoder.tjInitDecompress();
  let offset = file;
  const memory = new Uint8Array(decoder.memory.buffer);
  for (const piece of pieces) {
    memory.set(piece, offset);
    offset += piece.length;
  }
  const number = FORMATS[format].format;
  const status = decoder.tjDecompress2(
    handle,
    file,
    fileBytes,
    pixels,
    width,
    rowBytes,
    height,
    number,
    STOP_ON_WARNING,
  );
  const result = status === 0 ? new Uint8Array(decoder.memory.buffer, pixels, rowBytes * height).slice() : undefined;
  decoder.free(pixels);
  decoder.free(file);
  decoder.tjDestroy(handle);
  return result;
}
