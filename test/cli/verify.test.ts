/** `verify`: decisions, exit codes and the document. */
import { describe, expect, it } from 'vitest';
import type { InspectDocument } from '../../src/cli/inspect.js';
import type { VerifyDocument } from '../../src/cli/verify.js';
import { defaultThreshold, thresholdFor } from '../../src/model/chooseThreshold.js';
import { type FailureDocument, lacksShared, repository, runCli, runJson, sample, sharedFile } from './cli.js';

const SAME = [sample('aligned-a-1.png'), sample('aligned-a-2.png')] as const;
const DIFFERENT = [sample('aligned-a-1.png'), sample('aligned-b-1.png')] as const;

/** The card of the default weights. */
async function card(): Promise<InspectDocument['card']> {
  const { document } = await runJson<InspectDocument>('inspect', `${repository}/weights/mobilefacenet.safetensors`);
  return document.card;
}

describe('verify', () => {
  it('takes two crops of one person for the same, exit 0', async () => {
    const { code, document } = await runJson<VerifyDocument>('verify', ...SAME);
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual([
      'similarity',
      'same',
      'threshold',
      'thresholdSource',
      'falseAcceptRate',
      'calibratedOn',
      'probability',
      'undecided',
      'faces',
      'comparisons',
      'model',
      'weights',
      'elapsedMs',
    ]);
    const { thresholds } = await card();
    const threshold = defaultThreshold(thresholds)!.value;
    expect(document).toMatchObject({ same: true, threshold, model: 'mobilefacenet' });
    expect(document.similarity).toBeGreaterThan(0.6);
    expect(document.similarity).toBeLessThan(0.9);
    expect(document.elapsedMs).toBeGreaterThan(0);
  });

  it('takes crops of two people for different, exit 1', async () => {
    const { code, document } = await runJson<VerifyDocument>('verify', ...DIFFERENT);
    expect(code).toBe(1);
    expect(document.same).toBe(false);
    expect(document.similarity).toBeLessThan(document.threshold!);
  });

  it('decides by the threshold that it is given', async () => {
    const strict = await runJson<VerifyDocument>('verify', ...SAME, '--threshold', '0.99');
    expect(strict).toMatchObject({ code: 1, document: { same: false, threshold: 0.99 } });
    const lenient = await runJson<VerifyDocument>('verify', ...DIFFERENT, '--threshold', '-1');
    expect(lenient).toMatchObject({ code: 0, document: { same: true, threshold: -1 } });
  });

  it('takes the threshold for a false-accept rate from the card, and decides nothing by one that it has none for', async () => {
    const { thresholds } = await card();
    const lenient = await runJson<VerifyDocument>('verify', ...SAME, '--far', '1e-2');
    expect(lenient.document.threshold).toBe(thresholdFor(thresholds, 1e-2)!.value);
    const strict = await runJson<VerifyDocument>('verify', ...SAME, '--far', '2e-6');
    expect(strict.document.threshold).toBe(thresholdFor(thresholds, 2e-6)!.value);
    expect(strict.document.threshold!).toBeGreaterThan(lenient.document.threshold!);
    const none = await runJson<VerifyDocument>('verify', ...SAME, '--far', '1e-9');
    expect(none).toMatchObject({ code: 2, document: { same: null, threshold: null } });
    expect(none.document.undecided).toContain('only for the false-accept rates');
    const both = await runJson<FailureDocument>('verify', ...SAME, '--far', '1e-2', '--threshold', '0.5');
    expect([both.code, both.document.error.code]).toEqual([2, 'USAGE']);
  });

  it('finds an image identical to itself, with and without its mirror image', async () => {
    const [image] = SAME;
    const plain = await runJson<VerifyDocument>('verify', image, image);
    expect(plain.document.similarity).toBeCloseTo(1, 12);
    const [flipped, unflipped] = [await runJson('verify', ...SAME, '--flip'), await runJson('verify', ...SAME)] as {
      document: VerifyDocument;
    }[];
    expect(flipped!.document.similarity).toBeGreaterThan(unflipped!.document.similarity);
  });

  it('says in words what was decided, and on what ground', async () => {
    const same = await runCli('verify', ...SAME);
    expect(same).toMatchObject({ code: 0, stderr: '' });
    expect(same.stdout).toMatch(/^Same person\nsimilarity +0\.6/);
    expect(same.stdout).toContain('all pairs of 7,701 images of LFW');
    const different = await runCli('verify', ...DIFFERENT, '--threshold', '0.5');
    expect(different).toMatchObject({ code: 1, stderr: '' });
    expect(different.stdout).toMatch(/^Different people\n/);
    expect(different.stdout).toContain('0.500 (from --threshold)');
  });
});

describe.skipIf(lacksShared('models/mobilefacenet-y1'))('verify with a trained ncnn model of ../shared', () => {
  const model = ['--model', sharedFile('models/mobilefacenet-y1/mobilefacenet.param')] as const;
  const faces = [1, 4].map((number) => sharedFile(`faces/lfw-aligned-112/Abel_Pacheco/Abel_Pacheco_000${number}.jpg`));

  it('gives the known similarity, and no decision without a threshold', async () => {
    const { code, document } = await runJson<VerifyDocument>('verify', ...faces, ...model);
    expect(code).toBe(2);
    expect(document).toMatchObject({ same: null, threshold: null, model: 'mobilefacenet' });
    expect(Math.abs(document.similarity - 0.694)).toBeLessThanOrEqual(0.005);
  });

  it('says how to get a threshold', async () => {
    const { code, stdout } = await runCli('verify', ...faces, ...model);
    expect(code).toBe(2);
    expect(stdout).toContain('No decision');
    expect(stdout).toContain('--threshold T');
    expect(stdout).toContain('mobilefacenet eval --pairs');
  });
});
