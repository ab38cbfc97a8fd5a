/** The JPEG decoder of runtimes that say what they are only when the program runs: mozjpeg from disk, or the browser's. */
import { runJpegDecoder as runCanvas } from './canvasJpeg.js';
import { type DecodedJpeg, MozJpegDecoder } from './mozJpeg.js';

const JPEG_WASM = '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';

/** Compiles the decoder from the installed package. */
async function compileFromDisk(): Promise<WebAssembly.Module> {
  const builtin = globalThis.process.getBuiltinModule;
  const { createRequire } = builtin('node:module');
  const { readFile } = builtin('node:fs/promises');
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve(JPEG_WASM)));
}

/**
 * A cache, kept for the next file: starting a decoder takes as long as decoding a small photograph. What it gives depends
 * on the bytes alone, and it drops what a large or refused file leaves behind.
 */
const decoder = new MozJpegDecoder(compileFromDisk);

/** As `MozJpegDecoder.decode` does. */
export async function runJpegDecoder(
  bytes: Uint8Array,
): Promise<DecodedJpeg | { readonly warnings: readonly string[] }> {
  const hasFiles = globalThis.process?.getBuiltinModule !== undefined;
  return hasFiles ? decoder.decode(bytes) : runCanvas(bytes);
}
