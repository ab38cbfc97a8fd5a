/** `eval` on a benchmark set small enough to know every figure: the sample portraits in LFW's layout. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EvalDocument } from '../../src/cli/eval.js';
import { type FailureDocument, runCli, runJson, sample, temporaryFolder } from './cli.js';

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
    const keys = ['pairs', 'images', 'accuracy', 'std', 'threshold', 'auc', 'tarAtFar', 'elapsedMs'];
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
