/**
 * Property-test bodies for image files: JPEG and PNG files damaged by someone who knows the formats. A reader may refuse
 * them with an error of this package, or accept what is consistent. No test framework here, so that long runs can use
 * it from the command line.
 */
import fc from 'fast-check';
import { decodeImage } from '../../src/image/decode.js';
import { readOrientation } from '../../src/image/exif.js';
import { readJpegHeader } from '../../src/image/jpegHeader.js';
import { readJpegParts } from '../../src/image/jpegScans.js';
import { readPngChunks, readPngHeader } from '../../src/image/pngHeader.js';
import type { HostileCase, HostileSuite } from '../formats/hostile.js';
import { damageJpeg, damageKinds, damagePng, type Edit, edits } from './damage.js';
import { fixtureNames, readFixture } from './fixtures.js';

/** Pixels that hostile files may have: enough for every fixture, and little enough for a quick case. */
const PIXEL_LIMIT = 1 << 20;

function require(condition: boolean, what: string): void {
  if (!condition) throw new Error(`accepted although ${what}`);
}

function feedJpegHeader(bytes: Uint8Array): void {
  const { width, height, components, orientation } = readJpegHeader(bytes, 'hostile.jpg');
  require(width > 0 && height > 0 && width < 65536 && height < 65536, `its size is ${width}×${height}`);
  require([1, 3, 4].includes(components.length), `it has ${components.length} components`);
  require(orientation >= 1 && orientation <= 8, `its orientation is ${orientation}`);
  readJpegParts(bytes, readJpegHeader(bytes, 'hostile.jpg'), 'hostile.jpg');
}

function feedPngHeader(bytes: Uint8Array): void {
  const header = readPngHeader(bytes, 'hostile.png');
  require(header.width > 0 && header.height > 0, `its size is ${header.width}×${header.height}`);
  const { compressed, palette } = readPngChunks(bytes, header, 'hostile.png');
  const stored = compressed.reduce((sum, piece) => sum + piece.length, palette.length);
  require(stored < bytes.length, 'its chunks are longer than the file');
}

async function feedDecoder(bytes: Uint8Array): Promise<void> {
  const { data, width, height, channels } = await decodeImage(bytes, 'hostile', { pixelLimit: PIXEL_LIMIT });
  require(channels === 3 && data.length === width * height * 3, `it has ${data.length} bytes for ${width}×${height}`);
  require(width * height <= PIXEL_LIMIT, `it has ${width}×${height} pixels`);
}

function suite(
  name: string,
  ending: '.jpg' | '.png',
  damage: (file: Uint8Array, kind: string, list: readonly Edit[]) => Uint8Array,
  feed: (bytes: Uint8Array) => void | Promise<void>,
): HostileSuite {
  const files = fixtureNames(ending).map((file) => ({ file, bytes: readFixture(file) }));
  const cases = fc
    .tuple(fc.constantFrom(...files), damageKinds, edits)
    .map(([{ file, bytes }, kind, list]): HostileCase => {
      const damaged = damage(bytes, kind, list);
      return { label: `${file} ${kind} ${JSON.stringify(list)}`, feed: () => feed(damaged) };
    });
  return { name, cases };
}

/** EXIF blocks: nothing in them is an error, so that whatever they hold must give an orientation. */
const exifSuite: HostileSuite = {
  name: 'exif',
  cases: fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 40 })).map(([little, tail]) => ({
    label: `${little} ${tail}`,
    feed() {
      const start = little ? [0x49, 0x49, 42, 0, 8, 0, 0, 0] : [0x4d, 0x4d, 0, 42, 0, 0, 0, 8];
      const orientation = readOrientation(Uint8Array.from([...start, ...tail]));
      require(orientation >= 1 && orientation <= 8, `its orientation is ${orientation}`);
    },
  })),
};

/** All suites of image files: header readers by themselves, and whole files through the decoder. */
export const imageSuites: readonly HostileSuite[] = [
  suite('jpeg header', '.jpg', damageJpeg, feedJpegHeader),
  suite('png header', '.png', damagePng, feedPngHeader),
  suite('jpeg file', '.jpg', damageJpeg, feedDecoder),
  suite('png file', '.png', damagePng, feedDecoder),
  exifSuite,
];
