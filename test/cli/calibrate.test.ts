/** `calibrate` and `identify` on the sample portraits: few, yet enough for a lenient rate. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CalibrateDocument } from '../../src/cli/calibrate.js';
import type { IdentifyDocument } from '../../src/cli/identify.js';
import type { InspectDocument } from '../../src/cli/inspect.js';
import type { VerifyDocument } from '../../src/cli/verify.js';
import { type FailureDocument, repository, runCli, runJson, sample, temporaryFolder } from './cli.js';

const PEOPLE = ['a', 'b', 'c', 'd', 'e'];
const IMAGES = PEOPLE.flatMap((person) => [1, 2].map((number) => `aligned-${person}-${number}.png`));
const DEFAULT_MODEL = join(repository, 'weights/mobilefacenet.safetensors');

/** All 45 pairs of the portraits: 5 of one person, 40 of two. */
function allPairs(): string {
  const lines: string[] = [];
  for (const [index, a] of IMAGES.entries()) {
    for (const b of IMAGES.slice(index + 1)) lines.push(`${a} ${b} ${a[8] === b[8] ? 1 : 0}`);
  }
  return lines.join('\n');
}

function setUp(): { readonly folder: string; readonly model: string; readonly options: string[] } {
  const folder = temporaryFolder();
  const model = join(folder, 'model.safetensors');
  copyFileSync(DEFAULT_MODEL, model);
  const pairs = join(folder, 'portraits.txt');
  writeFileSync(pairs, allPairs());
  return { folder, model, options: ['--pairs', pairs, '--images', sample('')] };
}

describe('calibrate', () => {
  it('writes thresholds and a probability into the card, and leaves the weights', async () => {
    const { model, options } = setUp();
    const { code, document } = await runJson<CalibrateDocument>('calibrate', model, ...options, '--far', '0.75', '0.9');
    expect(code).toBe(0);
    const keys = ['model', 'sha256', 'pairs', 'images', 'thresholds', 'probability', 'elapsedMs'];
    expect(Object.keys(document)).toEqual(keys);
    expect(document).toMatchObject({ model, pairs: 45, images: 10 });
    expect(document.thresholds.map(({ pairs, falseAcceptRate }) => [pairs, falseAcceptRate])).toEqual([
      [40, 0.75],
      [40, 0.9],
    ]);
    expect(document.thresholds[0]!.calibratedOn).toMatch(/^portraits\.txt: lowest threshold/);
    expect(document.probability.slope).toBeGreaterThan(0);

    const { card } = (await runJson<InspectDocument>('inspect', model)).document;
    const before = (await runJson<InspectDocument>('inspect', DEFAULT_MODEL)).document.card;
    expect(card).toEqual({ ...before, thresholds: document.thresholds, probability: document.probability });
    const size = readFileSync(model).length;
    expect(Math.abs(size - readFileSync(DEFAULT_MODEL).length)).toBeLessThan(4096);

    const pair = [sample('aligned-a-1.png'), sample('aligned-a-2.png')];
    const verified = await runJson<VerifyDocument>('verify', ...pair, '--model', model);
    expect(verified.document.threshold).toBe(document.thresholds[0]!.value);
  });

  it('writes another file where one is named, and says how it calls the data', async () => {
    const { folder, model, options } = setUp();
    const out = join(folder, 'out.safetensors');
    const more = ['--far', '0.8', '--out', out, '--data', 'ten portraits'];
    const { stdout } = await runCli('calibrate', model, ...options, ...more);
    expect(stdout).toContain(out);
    expect(readFileSync(model).equals(readFileSync(DEFAULT_MODEL))).toBe(true);
    const { card } = (await runJson<InspectDocument>('inspect', out)).document;
    expect(card.thresholds[0]!.calibratedOn).toMatch(/^ten portraits: /);
  });

  it('refuses a rate that the pairs cannot support, and leaves the file', async () => {
    const { model, options } = setUp();
    const { code, document } = await runJson<FailureDocument>('calibrate', model, ...options, '--far', '0.5');
    expect([code, document.error.code]).toEqual([2, 'RATE_UNSUPPORTED']);
    expect(document.error.message).toContain('60 such pairs, or a rate of 0.75 and higher');
    expect(readFileSync(model).equals(readFileSync(DEFAULT_MODEL))).toBe(true);
  });

  it('compares all pairs of a folder with a folder for each person, as the list of them does', async () => {
    const { folder, model, options } = setUp();
    const people = join(folder, 'people');
    for (const image of IMAGES) {
      mkdirSync(join(people, image[8]!), { recursive: true });
      copyFileSync(sample(image), join(people, image[8]!, image));
    }
    const rates = ['--far', '0.75', '0.9'];
    const out = ['--out', join(folder, 'listed.safetensors')];
    const listed = (await runJson<CalibrateDocument>('calibrate', model, ...options, ...rates, ...out)).document;
    writeFileSync(join(folder, 'people.csv'), 'person,half\na,first\nb,first\nc,second\nd,second\ne,second\n');
    const more = ['--images', people, ...rates, '--groups', join(folder, 'people.csv')];
    const { document } = await runJson<CalibrateDocument>('calibrate', model, ...more);
    expect(document).toMatchObject({ pairs: 45, images: 10, people: 5 });
    for (const [index, threshold] of document.thresholds.entries()) {
      const { value, falseAccepts, trueAcceptRate, samePairs } = listed.thresholds[index]!;
      expect(threshold).toMatchObject({ falseAccepts, trueAcceptRate, samePairs, pairs: 40 });
      expect(threshold.value).toBeCloseTo(value, 6);
      expect(threshold.calibratedOn).toMatch(/^people: lowest threshold/);
    }
    expect(document.groups!.map(({ threshold }) => threshold)).toEqual(document.thresholds.map(({ value }) => value));
    expect(document.groups![0]!.rates).toMatchObject([
      { attribute: 'half', group: 'first', samePairs: 2, differentPairs: 4 },
      { attribute: 'half', group: 'second', samePairs: 3, differentPairs: 12 },
    ]);
    const { stdout } = await runCli('calibrate', model, ...more.slice(0, -1), 'measured');
    expect(stdout).toContain('45 of 10 images of 5 people');
    expect(stdout).toMatch(/^sharpness: /m);
  });

  it.each([
    ['NO_PERSON', () => ['--images', sample('')]],
    ['NO_IMAGES', () => ['--images', temporaryFolder()]],
    ['BAD_OPTION', () => []],
  ])('without a list, %s', async (code, options) => {
    const { model } = setUp();
    const { document } = await runJson<FailureDocument>('calibrate', model, ...options(), '--far', '0.75');
    expect(document.error.code).toBe(code);
  });

  it.each([
    ['USAGE', []],
    ['BAD_NUMBER', ['--far', '2']],
    ['BAD_RATE', ['--far', '0']],
  ])('%s: %j', async (code, more) => {
    const { model, options } = setUp();
    const { document } = await runJson<FailureDocument>('calibrate', model, ...options, ...more);
    expect(document.error.code).toBe(code);
  });
});

describe('identify', () => {
  it('finds people among distractors', async () => {
    const folder = temporaryFolder();
    for (const person of PEOPLE) {
      const target = join(folder, person === 'e' ? 'others' : 'probes', person);
      mkdirSync(target, { recursive: true });
      for (const number of [1, 2])
        copyFileSync(sample(`aligned-${person}-${number}.png`), join(target, `${number}.png`));
    }
    const options = ['--probes', join(folder, 'probes'), '--distractors', join(folder, 'others'), '--far', '0.1'];
    const { code, document } = await runJson<IdentifyDocument>('identify', ...options);
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual([
      'probes',
      'people',
      'distractors',
      'genuinePairs',
      'impostorPairs',
      'rank1',
      'rank1Interval',
      'operatingPoints',
      'model',
      'elapsedMs',
    ]);
    expect(document).toMatchObject({
      probes: 8,
      people: 4,
      distractors: 2,
      genuinePairs: 8,
      impostorPairs: 16,
      rank1: 1,
    });
    expect(document.operatingPoints).toMatchObject([
      { falseAcceptRate: 0.1, trueAcceptRate: 1, expectedFalseAccepts: 1.6 },
    ]);
    const { stdout } = await runCli('identify', ...options);
    expect(stdout).toContain('8 images of 4 people: 8 searches');
    expect(stdout).toContain('too few impostor pairs to rely on');
  });
});
