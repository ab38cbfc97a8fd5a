/** Odd and damaged picture files for comparisons between decoders. */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { damageJpeg, damageKinds, damagePng, edits, splitJpeg } from './damage.js';
import { fixtureNames, picture, readFixture } from './fixtures.js';

/** A file, and how it came about. */
export interface OddFile {
  readonly bytes: Uint8Array;
  readonly label: string;
}

interface SeedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const SAMPLINGS = ['1x1', '2x1', '1x2', '2x2', '4x1', '1x4', '4x2'];
const CODINGS = [[], ['-optimize'], ['-progressive'], ['-restart', '3B'], ['-restart', '1']];

/** Files of every sampling and coding that cjpeg writes, of two sizes. */
function writtenByCjpeg(): SeedFile[] {
  return [
    [23, 17],
    [64, 40],
  ].flatMap(([width, height]) => {
    const pixels = picture(width, height).data;
    const ppm = Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), new Uint8Array(pixels)]);
    const write = (...options: string[]) => ({
      name: `cjpeg ${width}×${height} ${options.join(' ')}`,
      bytes: new Uint8Array(execFileSync('cjpeg', options, { input: ppm })),
    });
    const coded = CODINGS.flatMap((coding) => [
      write('-grayscale', ...coding),
      write('-rgb', ...coding),
      ...SAMPLINGS.map((sampling) => write('-sample', sampling, ...coding)),
    ]);
    return [...coded, write('-arithmetic')];
  });
}

const within = fc.nat(1 << 20);

/** Bytes put into a file where a marker begins, or cut off its end: what some programs leave, or lose. */
function oddJpeg(bytes: Uint8Array, kind: number, at: number, word: number): Uint8Array {
  const pieces = splitJpeg(bytes);
  const index = at % pieces.length;
  const junk = Uint8Array.from({ length: 1 + (word % 9) }, (_, place) => (word * (place + 3)) % 255);
  const marker = [0x01, 0xd0, 0xe5, 0xfe, 0xcc, 0xf0, 0x02, 0xdc][word % 8]!;
  const segment = marker < 0xe0 && marker > 1 && marker !== 0xcc && marker !== 0xdc ? [] : [0, 4, word & 255, 7];
  const adobe = [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, word % 5];
  const put = (...added: number[]) => pieces.splice(Math.max(1, index), 0, Uint8Array.from(added));
  const changes = [
    () => put(...junk),
    () => put(...(marker === 1 ? [0xff, 1] : [0xff, marker, ...segment])),
    () => put(...adobe),
    () => put(0xff, 0xff),
    () => pieces.splice(-1),
    () => put(0xff, 0),
  ];
  changes[kind % changes.length]!();
  return Uint8Array.from(Buffer.concat(pieces));
}

/** JPEG files: odd, damaged, or odd and then damaged. */
export async function jpegFiles(): Promise<fc.Arbitrary<OddFile>> {
  const fixtures = fixtureNames('.jpg')
    .filter((name) => !/cmyk|ycck/.test(name))
    .map((name) => ({ name, bytes: readFixture(name) }));
  const seeds = fc.constantFrom(...fixtures, ...writtenByCjpeg());
  const odd = fc.array(fc.tuple(within, within, within), { maxLength: 3 });
  const damage = fc.option(fc.tuple(damageKinds, edits));
  return fc.tuple(seeds, odd, damage).map(([{ name, bytes }, changes, damaged]) => {
    let file = bytes;
    for (const [kind, at, word] of changes) file = oddJpeg(file, kind, at, word);
    if (damaged) file = damageJpeg(file, damaged[0], damaged[1]);
    return { bytes: file, label: `${name} ${JSON.stringify(changes)} ${JSON.stringify(damaged)}` };
  });
}

/** PNG files: whole or damaged. */
export async function pngFiles(): Promise<fc.Arbitrary<OddFile>> {
  const seeds = fixtureNames('.png').map((name) => ({ name, bytes: readFixture(name) }));
  const damage = fc.option(fc.tuple(damageKinds, edits));
  return fc.tuple(fc.constantFrom(...seeds), damage).map(([{ name, bytes }, damaged]) => ({
    bytes: damaged ? damagePng(bytes, damaged[0], damaged[1]) : bytes,
    label: `${name} ${JSON.stringify(damaged)}`,
  }));
}
