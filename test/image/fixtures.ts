/** The fixtures of `fixtures/`, made by `fixtures/make.py` from a drawn pattern: files and the pixels that they hold. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = 'test/image/fixtures/';

/** Names of all fixtures with one of the endings. */
export function fixtureNames(ending: '.jpg' | '.png'): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith(ending));
}

/** True for the fixtures that are whole and sound, yet of a kind that is refused: CMYK, interlaced below 8 bits. */
export function isUnsupported(name: string): boolean {
  return /^(cmyk|(grey|palette)-[124]-interlaced)\./.test(name);
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
