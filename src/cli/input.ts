/** What arguments name: a file, or standard input where they say `-`. */
import { joinPieces } from '../files/bounded.js';
import { readInputFile } from '../files/local.js';
import { decodeImage } from '../image/decode.js';
import type { RgbImage } from '../image/image.js';

/** The bytes that an argument names. Throws as `readInputFile` does. */
export async function readNamed(path: string, hint?: string): Promise<Uint8Array> {
  return path === '-' ? joinPieces(process.stdin, undefined, { where: 'standard input' }) : readInputFile(path, hint);
}

/** The image that an argument names. Throws as `readNamed` and `decodeImage` do. */
export async function readNamedImage(path: string): Promise<RgbImage> {
  return decodeImage(await readNamed(path, 'the path of an image is needed'), path);
}
