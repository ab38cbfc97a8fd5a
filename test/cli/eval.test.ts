/** `eval` on a benchmark set small enough to know every figure: the sample portraits in LFW's layout. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvalDocument } from '../../src/cli/eval.js';
import { type FailureDocument, lacksShared, runCli, runJson, sample, sharedFile, temporaryFolder } from './cli.js';

const PEOPLE = ['a', 'b', 'e'];

/** Three people with two images each; two folds of a same and a different pair. All but one pair are easy. */
function benchmark(pairs: string): { readonly images: string; readonly options: string[] } {
  const folder = temporaryFolder();
  const images = join(folder, 'images');
  for (const person of PEOPLE) {
    mkdirSync(join(images, person), { recursive: true });
    for (const number of [1, 2]) {
      copyFileSync(sample(`aligned-${person}-${number}.png`), join(images, person, `${person}_000${number}.png`));
    }
  }
  writeFileSync(join(folder, 'pairs.txt'), pairs);
  return { images, options: ['--pairs', join(folder, 'pairs.txt'), '--images', images] };
}

const PAIRS = '2\t1\na\t1\t2\na\t1\tb\t1\nb\t1\t2\nb\t2\te\t1\n';

describe('eval', () => {
  it('gives the figures of a set that the weights tell apart', async () => {
    const { options } = benchmark(PAIRS);
    const { code, document } = await runJson<EvalDocument>('eval', ...options);
    expect(code).toBe(0);
    const keys = ['pairs', 'images', 'accuracy', 'std', 'threshold', 'auc', 'tarAtFar', 'tarIntervals', 'elapsedMs'];
    expect(Object.keys(document)).toEqual(keys);
    expect(Object.keys(document.tarAtFar)).toEqual(['1e-1', '1e-2', '1e-3']);
    const tarAtFar = { '1e-1': 1, '1e-2': 1, '1e-3': 1 };
    expect(document).toMatchObject({ pairs: 4, images: 5, accuracy: 1, std: 0, auc: 1, tarAtFar });
    expect(document.threshold).toBeGreaterThan(0.2);
    expect(document.threshold).toBeLessThan(0.75);
    expect(document.elapsedMs).toBeGreaterThan(0);
  });

  it('counts a pair that cannot be told apart: one of the two decisions on the same images is wrong', async () => {
    const { options, images } = benchmark(PAIRS);
    copyFileSync(join(images, 'a', 'a_0002.png'), join(images, 'b', 'b_0001.png'));
    const { document } = await runJson<EvalDocument>('eval', ...options, '--flip');
    expect(document.accuracy).toBeLessThanOrEqual(0.75);
    expect(document.auc).toBeLessThan(1);
    expect(document.tarAtFar['1e-3']).toBeLessThan(1);
  });

  it('gives points at further rates, with intervals', async () => {
    const { options } = benchmark(PAIRS);
    const { document } = await runJson<EvalDocument>('eval', ...options, '--far', '0.5', '0');
    expect(document.tarIntervals['1e-1'].map((share) => Number(share.toFixed(4)))).toEqual([0.3424, 1]);
    expect(document.points).toMatchObject([
      { falseAcceptRate: 0.5, falseAccepts: 1, differentPairs: 2, trueAcceptRate: 1 },
      { falseAcceptRate: 0, falseAccepts: 0, differentPairs: 2, trueAcceptRate: 1 },
    ]);
  });

  it('tells the rates of groups, at the threshold of the card', async () => {
    const { images, options } = benchmark(PAIRS);
    const table = join(images, '..', 'groups.csv');
    writeFileSync(table, 'image,half\na/a_0001.jpg,x\na/a_0002.jpg,x\nb/b_0001.jpg,x\nb/b_0002.jpg,y\n');
    const { document } = await runJson<EvalDocument>('eval', ...options, '--groups', table);
    expect(document.groups!.threshold).toBeGreaterThan(0.15);
    expect(document.groups!.rates).toMatchObject([
      { attribute: 'half', group: 'x', samePairs: 1, differentPairs: 1, falseAccepts: 0, trueAccepts: 1 },
      { attribute: 'half', group: 'y', samePairs: 0, differentPairs: 0 },
    ]);
    writeFileSync(table, 'image,half\nother.jpg,x\n');
    const failed = await runJson<FailureDocument>('eval', ...options, '--groups', table);
    expect(failed.document.error.code).toBe('NO_ATTRIBUTES');
  });

  it('takes lists of paths, and insightface’s lists with their images inside', async () => {
    const { options, images } = benchmark('a/a_0001.png a/a_0002.png 1\na/a_0001.png b/b_0001.png 0\n');
    const byPath = await runJson<EvalDocument>('eval', ...options, '--folds', '1');
    expect(byPath.document).toMatchObject({ pairs: 2, images: 3, accuracy: 1 });
    const files = ['a/a_0001.png', 'a/a_0002.png', 'a/a_0001.png', 'b/b_0001.png'].map((path) =>
      readFileSync(join(images, path)),
    );
    const length = (count: number) => [count & 255, (count >> 8) & 255, (count >> 16) & 255, 0];
    const strings = files.map((file) => Buffer.concat([Uint8Array.of(0x42, ...length(file.length)), file]));
    const pickle = Buffer.concat([
      Buffer.from('\x80\x03](', 'latin1'),
      ...strings,
      Buffer.from('e](\x88\x89e\x86.', 'latin1'),
    ]);
    const list = join(images, 'list.bin');
    writeFileSync(list, pickle);
    const byBin = await runJson<EvalDocument>('eval', '--pairs', list, '--folds', '1');
    expect(byBin.document).toMatchObject({ pairs: 2, images: 4, accuracy: 1, auc: 1 });
    expect(byBin.document.threshold).toBeCloseTo(byPath.document.threshold, 12);
    const cut = join(images, 'cut.bin');
    writeFileSync(cut, pickle.subarray(0, 5000));
    expect((await runJson<FailureDocument>('eval', '--pairs', cut)).document.error.code).toBe('PICKLE_TRUNCATED');
  });

  it('takes the folders of CFP’s protocol', async () => {
    const folder = temporaryFolder();
    const images = join(folder, 'Data', 'Images');
    const protocol = join(folder, 'Protocol');
    for (const [index, person] of PEOPLE.entries()) {
      for (const [pose, number] of [
        ['frontal', 1],
        ['profile', 2],
      ] as const) {
        mkdirSync(join(images, `00${index + 1}`, pose), { recursive: true });
        const target = join(images, `00${index + 1}`, pose, '01.png');
        copyFileSync(sample(`aligned-${person}-${number}.png`), target);
      }
    }
    for (const [split, fold] of ['FF', 'FP'].flatMap((split) => ['01', '02'].map((fold) => [split, fold] as const))) {
      mkdirSync(join(protocol, 'Split', split, fold), { recursive: true });
      writeFileSync(join(protocol, 'Split', split, fold, 'same.txt'), split === 'FF' ? '1,1\n' : '1,1\n2,2\n');
      writeFileSync(join(protocol, 'Split', split, fold, 'diff.txt'), fold === '01' ? '1,2\n' : '3,1\n');
    }
    for (const [letter, pose] of ['frontal', 'profile'].map((pose) => [pose[0]!.toUpperCase(), pose] as const)) {
      const lines = PEOPLE.map((_, index) => `${index + 1} ../Data/Images/00${index + 1}/${pose}/01.jpg\n`);
      writeFileSync(join(protocol, `Pair_list_${letter}.txt`), lines.join(''));
    }
    const at = (...parts: string[]) => ['--pairs', join(protocol, ...parts), '--images', images];
    const profiles = await runJson<EvalDocument>('eval', ...at('Split', 'FP'));
    expect(profiles).toMatchObject({ code: 0, document: { pairs: 6, images: 5, accuracy: 1, std: 0 } });
    const fronts = await runJson<EvalDocument>('eval', ...at('Split', 'FF'));
    expect(fronts.document).toMatchObject({ pairs: 4, images: 3, accuracy: 1 });
    const other = await runJson<FailureDocument>('eval', ...at('Split'));
    expect(other.document.error.code).toBe('PAIRS_FOLDER');
    rmSync(join(protocol, 'Split', 'FP', '02', 'diff.txt'));
    const missing = await runJson<FailureDocument>('eval', ...at('Split', 'FP'));
    expect(missing.document.error).toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: expect.stringContaining('diff.txt'),
    });
  });

  it('writes a page that needs nothing else, and the pictures by themselves', async () => {
    const { options, images } = benchmark(PAIRS);
    copyFileSync(join(images, 'a', 'a_0002.png'), join(images, 'b', 'b_0001.png'));
    const folder = join(images, 'out');
    const page = join(folder, 'report.html');
    const { code, stdout } = await runCli('eval', ...options, '--report', page, '--charts', folder);
    expect(code).toBe(0);
    expect(stdout).toContain(page);
    expect(readdirSync(folder).sort()).toEqual(['report.html', 'roc.svg', 'similarities.svg']);
    const html = readFileSync(page, 'utf8');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html.match(/<svg /g)?.length).toBe(3);
    expect(html).toContain('data:image/png;base64,iVBOR');
    expect(html).not.toMatch(/(src|href)="(?!data:)|url\(|<script|@import/);
    expect(html).toContain('prefers-color-scheme: dark');
    expect(readFileSync(join(folder, 'roc.svg'), 'utf8')).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  });

  it('asks for the images’ folder where the list does not hold them', async () => {
    const { options } = benchmark(PAIRS);
    const { document } = await runJson<FailureDocument>('eval', ...options.slice(0, 2));
    expect([document.error.code, document.error.message]).toEqual(['BAD_OPTION', expect.stringContaining('--images')]);
  });

  it('reads well', async () => {
    const { options } = benchmark(PAIRS);
    const { code, stdout, stderr } = await runCli('eval', ...options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('1.0000 ± 0.0000 over 2 folds');
    expect(stdout).toContain('4 of 5 images');
  });

  it('lists the images that are missing before it embeds any', async () => {
    const { options, images } = benchmark(PAIRS);
    rmSync(join(images, 'a', 'a_0002.png'));
    rmSync(join(images, 'e'), { recursive: true });
    const { code, document } = await runJson<FailureDocument>('eval', ...options);
    expect(code).toBe(2);
    expect(document.error.code).toBe('IMAGES_MISSING');
    expect(document.error.message).toContain('2 of the 5 images');
    expect(document.error.message).toContain('a/a_0002.jpg, e/e_0001.jpg');
  });

  it('names the line of a pair list that is wrong', async () => {
    const { options } = benchmark('1\t1\na\t1\t2\na\tone\tb\t1\n');
    const { code, document } = await runJson<FailureDocument>('eval', ...options);
    expect(code).toBe(2);
    expect(document.error.code).toBe('PAIRS_NUMBER');
    expect(document.error.message).toContain('line 3');
  });
});

describe.skipIf(lacksShared('faces/pairs.txt'))('a public MobileFaceNet on LFW’s first fold (needs ../shared)', () => {
  it('reaches what is published for all folds, within what 600 pairs can say', async () => {
    const folder = temporaryFolder();
    const [, ...lines] = readFileSync(sharedFile('faces/pairs.txt'), 'utf8').split('\n');
    const pairs = join(folder, 'fold1.txt');
    writeFileSync(pairs, ['1\t300', ...lines.slice(0, 600)].join('\n'));
    const model = sharedFile('models/mobilefacenet-y1/mobilefacenet.param');
    const images = sharedFile('faces/lfw-aligned-112');
    const { document } = await runJson<EvalDocument>('eval', '--pairs', pairs, '--images', images, '--model', model);
    expect(document).toMatchObject({ pairs: 600, images: 807 });
    // Published: 0.9935; three standard errors of 600 pairs are 0.0098.
    expect(document.accuracy).toBeGreaterThan(0.9837);
    expect(document.auc).toBeGreaterThan(0.998);
    const [low, high] = document.tarIntervals['1e-2'];
    expect(low).toBeLessThan(0.9937);
    expect(high).toBeGreaterThan(0.9937);
  });
});
