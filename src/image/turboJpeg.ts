/** The JPEG decoder libjpeg-turbo as WebAssembly, wherever its module comes from. */
import { UnavailableError } from '../errors.js';

/** Bytes of memory above which a decoder is not kept for the next image: WebAssembly memory never shrinks. */
const KEEP_BYTES = 2 ** 25;

/** TurboJPEG's numbers of pixel formats, and bytes a pixel. */
const FORMATS = { rgb: { format: 0, bytes: 3 }, cmyk: { format: 11, bytes: 4 } } as const;

/** TurboJPEG's flag that makes an error of every warning. */
const STOP_ON_WARNING = 8192;

/** What is to be decoded. */
export interface JpegTask {
  /** The file, in pieces. */
  readonly pieces: readonly Uint8Array[];
  /** Pixels of the result, of which the file may have a multiple: 1, 2, 4 or 8 times, rounded up. */
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel for `cmyk`, as the file has them; three otherwise. */
  readonly format: keyof typeof FORMATS;
}

/** What the module exports, of which its package's types say nothing. */
interface TurboJpeg {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(address: number): void;
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

/** Thrown out of the decoder where it would jump back to its caller: it cannot be used any more. */
class DecoderStopped extends Error {}

function stop(): never {
  throw new DecoderStopped();
}

/** The decoder never writes or reads a file; it asks for the environment once. */
const IMPORTS = {
  env: { setjmp: () => 0, longjmp: stop },
  wasi_snapshot_preview1: {
    environ_sizes_get: () => 0,
    environ_get: stop,
    proc_exit: stop,
    fd_close: stop,
    fd_seek: stop,
    fd_write: stop,
  },
};

function run(decoder: TurboJpeg, { pieces, width, height, format }: JpegTask): Uint8Array | undefined {
  const fileBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const rowBytes = width * FORMATS[format].bytes;
  const handle = decoder.tjInitDecompress();
  const file = decoder.malloc(fileBytes);
  const pixels = decoder.malloc(rowBytes * height);
  if (handle === 0 || file === 0 || pixels === 0) {
    const megabytes = Math.ceil((fileBytes + rowBytes * height) / 2 ** 20);
    throw new UnavailableError(
      'OUT_OF_MEMORY',
      `the JPEG decoder needs ${megabytes} MB, which this runtime does not give.`,
    );
  }
  let offset = file;
  const memory = new Uint8Array(decoder.memory.buffer);
  for (const piece of pieces) {
    memory.set(piece, offset);
    offset += piece.length;
  }
  const { format: number } = FORMATS[format];
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

/** A decoder that is started with the first file and started anew after large or damaged ones. */
export class TurboJpegDecoder {
  readonly #compile: () => Promise<WebAssembly.Module>;
  #compiled: Promise<WebAssembly.Module> | undefined;
  #idle: TurboJpeg | undefined;

  constructor(compile: () => Promise<WebAssembly.Module>) {
    this.#compile = compile;
  }

  /**
   * The pixels of a JPEG file; `undefined` where the decoder refuses it or warns of anything.
   * Throws UnavailableError DECODER_UNAVAILABLE where the decoder cannot be loaded.
   */
  async decode(task: JpegTask): Promise<Uint8Array | undefined> {
    const decoder = this.#idle ?? (await this.#start());
    this.#idle = undefined;
    try {
      const pixels = run(decoder, task);
      if (pixels && decoder.memory.buffer.byteLength <= KEEP_BYTES) this.#idle = decoder;
      return pixels;
    } catch (cause) {
      if (cause instanceof DecoderStopped || cause instanceof WebAssembly.RuntimeError) return undefined;
      throw cause;
    }
  }

  async #start(): Promise<TurboJpeg> {
    try {
      this.#compiled ??= this.#compile();
      const instance = await WebAssembly.instantiate(await this.#compiled, IMPORTS);
      return instance.exports as unknown as TurboJpeg;
    } catch (cause) {
      this.#compiled = undefined;
      throw new UnavailableError('DECODER_UNAVAILABLE', 'the JPEG decoder could not be started.', { cause });
    }
  }
}
