/** Aligned crops of people who are not in LFW, from WebP files that stand one after another in a file. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import decodeWebp, { init } from '@jsquash/webp/decode.js';
import { checkImage, type RgbImage, toRgb } from '../../src/image/image.js';

const DECODER = '@jsquash/webp/codec/dec/webp_dec.wasm';

/** Where each file begins, and the last ends: whole numbers of 32 bits that NumPy wrote. */
function readOffsets(path: string): Uint32Array {
  const bytes = new Uint8Array(readFileSync(path));
  const view = new DataView(bytes.buffer);
  const begin = 10 + view.getUint16(8, true);
  const header = new TextDecoder('latin1').decode(bytes.subarray(10, begin));
  if (!/'descr': '<[iu]4'/.test(header))
    throw new Error(`${path}: holds ${header}; whole numbers of 32 bits are needed.`);
  return new Uint32Array(bytes.slice(begin).buffer);
}

/** So many crops, spread evenly over `faces.bin` of a folder. */
export async function readTrainingFaces(folder: string, count: number): Promise<RgbImage[]> {
  // The decoder makes its results of this class, which Node does not have.
  const names = globalThis as { ImageData?: unknown };
  names.ImageData ??= class {
    constructor(
      readonly data: Uint8ClampedArray,
      readonly width: number,
      readonly height: number,
    ) {}
  };
  await init(await WebAssembly.compile(readFileSync(createRequire(import.meta.url).resolve(DECODER))));
  const offsets = readOffsets(`${folder}/faces.idx.npy`);
  const bytes = readFileSync(`${folder}/faces.bin`);
  const files = offsets.length - 1;
  const images: RgbImage[] = [];
  for (let index = 0; index < count; index++) {
    const file = Math.floor(((index + 0.5) * files) / count);
    const webp = bytes.buffer.slice(bytes.byteOffset + offsets[file]!, bytes.byteOffset + offsets[file + 1]!);
    images.push(toRgb(checkImage(await decodeWebp(webp as ArrayBuffer), `${folder}/faces.bin, face ${file}`)));
  }
  return images;
}
