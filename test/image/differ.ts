/**
 * `npm run differ -- jpeg|png [--runs N] [--seed S]`: damaged and odd files through this package's decoder and through
 * another: djpeg (Debian's libjpeg-turbo-progs), and Pillow (python3-pil) with libpng (netpbm). Both must accept or refuse the same files and give
 * the same pixels. Files that only we refuse are counted by the rule that refuses them; exit 1 at any other difference.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { ImageError } from '../../src/errors.js';
import { decodeImage } from '../../src/image/decode.js';
import type { RgbImage } from '../../src/image/image.js';
import { type Answer, type Judge, jpegJudge, pngJudge } from './judges.js';
import { jpegFiles, pngFiles } from './oddFiles.js';

const DEFAULT_RUNS = 20_000;
/** Pixels that a file may have: enough for every seed file, and little enough for a quick case. */
const PIXEL_LIMIT = 1 << 20;
/** Files that are looked at before their answers are counted. */
const BATCH = 64;
const KEPT_IN = 'build/differ';

const KINDS = {
  jpeg: { ending: 'jpg', files: jpegFiles, judge: jpegJudge },
  png: { ending: 'png', files: pngFiles, judge: pngJudge },
} as const;

/** What we say of a file. */
async function ask(bytes: Uint8Array): Promise<RgbImage | ImageError> {
  try {
    return await decodeImage(bytes, 'file', { pixelLimit: PIXEL_LIMIT, orientation: 'stored' });
  } catch (error) {
    if (error instanceof ImageError) return error;
    throw error;
  }
}

/** How two answers differ; `undefined` where they agree. */
function difference(ours: RgbImage | ImageError, theirs: Answer, judge: Judge): string | undefined {
  if (ours instanceof ImageError) {
    if ('refused' in theirs) return undefined;
    const rule = judge.stricter(ours, theirs);
    return rule ? `stricter: ${rule}` : `only we refuse: ${ours.code} ${ours.message}`;
  }
  if ('refused' in theirs) return `only we accept: ${theirs.refused}`;
  if (ours.width !== theirs.width || ours.height !== theirs.height) {
    return `sizes ${ours.width}×${ours.height} and ${theirs.width}×${theirs.height}`;
  }
  const pixel = ours.data.findIndex((byte, index) => byte !== theirs.data[index]);
  return pixel < 0 ? undefined : `pixels differ from byte ${pixel}: ${ours.data[pixel]} and ${theirs.data[pixel]}`;
}

/** Why a difference is none; `undefined` where it is one. */
async function excuseOf(found: string, bytes: Uint8Array, ours: RgbImage | ImageError, theirs: Answer, judge: Judge) {
  const { second } = judge;
  if (found.startsWith('stricter: ')) return found;
  const excuse = found.startsWith('pixels') ? await judge.senseless?.(bytes, theirs) : undefined;
  if (excuse || !second) return excuse;
  return difference(ours, await second.ask(bytes), judge)
    ? undefined
    : `the judge alone; ${second.name} agrees with us`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { runs: { type: 'string' }, seed: { type: 'string' } },
    allowPositionals: true,
  });
  const kind = KINDS[positionals[0] as keyof typeof KINDS];
  if (!kind) throw new Error('say which files to compare: jpeg or png');
  const runs = Number(values.runs ?? DEFAULT_RUNS);
  const seed = Number(values.seed ?? Date.now() & 0x7fffffff);
  console.log(`seed ${seed}`);
  const judge = await kind.judge();
  const files = fc.sample(await kind.files(), { numRuns: runs, seed });
  const counts = new Map<string, number>();
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  let wrong = 0;
  mkdirSync(KEPT_IN, { recursive: true });
  for (let begin = 0; begin < files.length; begin += BATCH) {
    const batch = files.slice(begin, begin + BATCH);
    const theirs = await judge.ask(batch.map(({ bytes }) => bytes));
    for (const [index, { bytes, label }] of batch.entries()) {
      const ours = await ask(bytes);
      const found = difference(ours, theirs[index]!, judge);
      const excuse = found ? await excuseOf(found, bytes, ours, theirs[index]!, judge) : undefined;
      if (excuse) count(excuse);
      else if (found === undefined) count(ours instanceof ImageError ? 'both refuse' : 'both accept, same pixels');
      else {
        wrong++;
        const path = `${KEPT_IN}/${seed}-${begin + index}.${kind.ending}`;
        writeFileSync(path, bytes);
        console.error(`✗ ${path} (${label}): ${found}`);
      }
    }
  }
  judge.close();
  for (const [name, number] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${number} ${name}`);
  console.log(`${files.length} files: ${wrong} differences`);
  return wrong > 0 ? 1 : 0;
}

process.exitCode = await main();
