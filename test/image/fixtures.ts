/** The fixtures of `fixtures/`, made by `fixtures/make.py` from a drawn pattern: files and the pixels that they hold. */
import { readdirSync, readFileSync } from 'node:fs';
import type { RgbImage } from '../../src/image/image.js';

const FOLDER = 'test/image/fixtures/';

/** Names of all fixtures with one of the endings. */
export function fixtureNames(ending: '.jpg' | '.png' | '.webp' | '.avif' | '.gif' | '.bmp'): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith(ending));
}

export function readFixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(`${FOLDER}${name}`));
}

/** The pixels of a fixture, from the PPM file beside it. */
export function expectedPixels(name: string): { data: Uint8Array; width: number; height: number; channels: 3 } {
  const bytes = readFixture(`${name.replace('-interlaced', '')}.ppm`);
  const headerEnd = bytes.indexOf(10) + 1;
  const [, width, height] = String.fromCharCode(...bytes.subarray(0, headerEnd))
    .split(' ')
    .map(Number);
  return { data: bytes.subarray(headerEnd), width: width!, height: height!, channels: 3 };
}

/** A pattern as Pillow's BILINEAR resizes it, whole and in crops, as `fixtures/resized.py` stored it; bytes in hexadecimal. */
export const resizedGolden: {
  readonly width: number;
  readonly height: number;
  readonly resized: readonly { readonly width: number; readonly height: number; readonly data: string }[];
  readonly crops: readonly {
    readonly box: readonly [left: number, top: number, right: number, bottom: number];
    readonly side: number;
    readonly data: string;
  }[];
} = JSON.parse(readFileSync(`${FOLDER}resized.json`, 'utf8'));

/** The pattern that `fixtures/resized.py` draws, at any size. */
export function picture(width = resizedGolden.width, height = resizedGolden.height): RgbImage {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    const [x, y, channel] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width), index % 3];
    const edge = x > 20 && y > 9 ? 90 : 0;
    return (x * 3 + y * (2 + channel * 3) + edge + ((x * 7919 + y * 104729) % 61)) % 256;
  });
  return { data, width, height, channels: 3 };
}
