/** The JPEG decoder where modules are imported and bytes may not be compiled, as on Workers. */
import module from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';
import { type DecodedJpeg, MozJpegDecoder } from './mozJpeg.js';

/** A cache, as in `jpegDecoder.ts`. */
const decoder = new MozJpegDecoder(async () => module);

/** As `MozJpegDecoder.decode` does. */
export async function runJpegDecoder(
  bytes: Uint8Array,
): Promise<DecodedJpeg | { readonly warnings: readonly string[] }> {
  return decoder.decode(bytes);
}
