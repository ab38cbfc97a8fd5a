/** Models and images of the face tests, read from their files. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../src/engine.js';
import { createDetector, type Detector } from '../../src/face/detect.js';
import { importModel } from '../../src/formats/index.js';
import { decodeImage } from '../../src/image/decode.js';
import type { RgbImage } from '../../src/image/image.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A path below what stands beside the repository on some machines; tests that use it skip where it is absent. */
export function sharedPath(path: string): string {
  return `${root}../shared/${path}`;
}

export function lacksShared(path: string): boolean {
  return !existsSync(sharedPath(path));
}

/** A path below the repository. */
export function ownPath(path: string): string {
  return `${root}${path}`;
}

export function readBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

export function readImage(path: string): Promise<RgbImage> {
  return decodeImage(readBytes(path), path);
}

/** A detector from the files of a model; the default one where none are named. */
export async function loadDetector(engine: Engine, ...paths: string[]): Promise<Detector> {
  const names = paths.length > 0 ? paths : [ownPath('weights/mtcnn.safetensors')];
  return createDetector(engine, await importModel(names.map((name) => ({ name, bytes: readBytes(name) }))));
}

/** An even grey image. */
export function evenImage(width: number, height: number): RgbImage {
  return { data: new Uint8Array(width * height * 3).fill(128), width, height, channels: 3 };
}

/** Copies `part` into `image` with its upper left corner at (x, y). */
export function paste(image: RgbImage, part: RgbImage, x: number, y: number): void {
  for (let row = 0; row < part.height; row++) {
    const begin = row * part.width * 3;
    image.data.set(part.data.subarray(begin, begin + part.width * 3), ((y + row) * image.width + x) * 3);
  }
}
