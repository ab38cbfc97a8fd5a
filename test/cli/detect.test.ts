/** `detect`, `align`, and the commands that look for faces themselves: documents, files, exit codes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AlignDocument, AlignEntry } from '../../src/cli/align.js';
import type { DetectDocument, DetectEntry, FailureEntry } from '../../src/cli/detect.js';
import type { EvalDocument } from '../../src/cli/eval.js';
import type { ImportDocument } from '../../src/cli/importReport.js';
import type { VerifyDocument } from '../../src/cli/verify.js';
import { decodeImage } from '../../src/image/decode.js';
import { lacksShared, runCli, runJson, sample, sharedFile, temporaryFolder } from './cli.js';

const GROUP = sample('group.jpg');

describe('detect', () => {
  it('gives an entry an image, in order, the largest face first', async () => {
    const images = [sample('person-b-1.jpg'), GROUP];
    const { code, document } = await runJson<DetectDocument>('detect', ...images);
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual(['images']);
    const [person, group] = document.images as [DetectEntry, DetectEntry];
    expect(document.images.map(({ image }) => image)).toEqual(images);
    expect(Object.keys(group)).toEqual(['image', 'width', 'height', 'elapsedMs', 'faces']);
    expect([group.width, group.height]).toEqual([960, 640]);
    expect([person.faces.length, group.faces.length]).toEqual([1, 5]);
    const areas = group.faces.map(({ box }) => box.width * box.height);
    expect(areas).toEqual([...areas].sort((a, b) => b - a));
    for (const face of group.faces) {
      expect(Object.keys(face)).toEqual(['score', 'box', 'landmarks']);
      expect(Object.keys(face.box)).toEqual(['x', 'y', 'width', 'height']);
      expect(face.landmarks!.map((point) => point.length)).toEqual([2, 2, 2, 2, 2]);
    }
  });

  it('puts an error in the place of an image that fails, and exits with 2', async () => {
    const folder = temporaryFolder();
    const cut = join(folder, 'cut.jpg');
    writeFileSync(cut, readFileSync(GROUP).subarray(0, 20_000));
    const { code, document } = await runJson<DetectDocument>('detect', cut, sample('person-a-1.jpg'), 'absent.jpg');
    expect(code).toBe(2);
    const [first, second, third] = document.images as [FailureEntry, DetectEntry, FailureEntry];
    expect(first.error.code).toBe('TRUNCATED_IMAGE');
    expect(first.error.message).toContain('cut.jpg');
    expect(second.faces).toHaveLength(1);
    expect(third).toMatchObject({ image: 'absent.jpg', error: { code: 'FILE_NOT_FOUND' } });
  });

  it('draws what it found', async () => {
    const out = join(temporaryFolder(), 'drawn.png');
    const { document } = await runJson<DetectDocument>('detect', GROUP, '--draw', out);
    const [entry] = document.images as [DetectEntry];
    const drawn = await decodeImage(new Uint8Array(readFileSync(out)), out);
    const plain = await decodeImage(new Uint8Array(readFileSync(GROUP)), GROUP);
    expect([drawn.width, drawn.height]).toEqual([960, 640]);
    const differs = (x: number, y: number) => {
      const at = (Math.round(y) * 960 + Math.round(x)) * 3;
      return [0, 1, 2].some((channel) => drawn.data[at + channel] !== plain.data[at + channel]);
    };
    for (const { box, landmarks } of entry.faces) {
      expect(differs(box.x + box.width / 2, box.y)).toBe(true);
      expect(differs(box.x + box.width, box.y + box.height / 2)).toBe(true);
      for (const [x, y] of landmarks!) expect(differs(x, y)).toBe(true);
      expect(differs(box.x + box.width / 2, box.y + 0.2 * box.height)).toBe(false);
    }
    const { code } = await runJson('detect', GROUP, GROUP, '--draw', out);
    expect(code).toBe(2);
  });

  it('finds fewer faces where only large ones are looked for', async () => {
    const { document } = await runJson<DetectDocument>('detect', GROUP, '--min-face', '250');
    expect((document.images[0] as DetectEntry).faces.length).toBeLessThan(5);
    const bad = await runCli('detect', GROUP, '--min-face', '3');
    expect(bad).toMatchObject({ code: 2, stdout: '' });
    expect(bad.stderr).toContain('BAD_NUMBER');
  });

  it('takes folders and patterns', async () => {
    const folder = temporaryFolder();
    for (const name of ['below', '[odd]']) mkdirSync(join(folder, name));
    for (const name of ['b.jpg', 'a.jpeg', 'below/c.jpg', '[odd]/d(1).jpg'])
      writeFileSync(join(folder, name), readFileSync(sample('person-c-1.jpg')));
    writeFileSync(join(folder, 'notes.txt'), 'no image');
    const names = async (...args: string[]) => {
      const { document } = await runJson<DetectDocument>('detect', ...args);
      return document.images.map(({ image }) => image.slice(folder.length + 1));
    };
    expect(await names(folder)).toEqual(['[odd]/d(1).jpg', 'a.jpeg', 'b.jpg', 'below/c.jpg']);
    expect(await names(`${folder}/*.jpg`)).toEqual(['b.jpg']);
    expect(await names(`${folder}/**/*.jpg`)).toEqual(['[odd]/d(1).jpg', 'b.jpg', 'below/c.jpg']);
    expect(await names(`${folder}/{a,b}.*`, `${folder}/[!a-z]*/*`)).toEqual(['a.jpeg', 'b.jpg', '[odd]/d(1).jpg']);
    expect(await names(`${folder}/\\[odd\\]/*.jpg`)).toEqual(['[odd]/d(1).jpg']);
    expect(await names(`${folder}/[odd]/d(1).jpg`)).toEqual(['[odd]/d(1).jpg']);
    expect((await runJson<{ error: { code: string } }>('detect', `${folder}/*.png`)).document.error.code).toBe(
      'NO_IMAGES',
    );
  });

  it('says in words how many faces there are', async () => {
    const { stdout, stderr } = await runCli('detect', GROUP);
    expect(stderr).toBe('');
    expect(stdout).toContain('group.jpg: 960×640, 5 faces, ');
    expect(stdout.trimEnd().split('\n')).toHaveLength(6);
  });
});

describe('align', () => {
  it('writes crops that verify as their photographs do', async () => {
    const out = join(temporaryFolder(), 'crops');
    const photographs = [sample('person-a-1.jpg'), sample('person-a-2.jpg')];
    const { code, document } = await runJson<AlignDocument>('align', ...photographs, '--out', out);
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['person-a-1.png', 'person-a-2.png']);
    const entries = document.images as AlignEntry[];
    for (const entry of entries) {
      expect(Object.keys(entry)).toEqual(['image', 'out', 'quality', 'reasons']);
      expect(existsSync(entry.out)).toBe(true);
      expect(entry.quality).toBeGreaterThan(0.5);
      expect(entry.reasons).toEqual([]);
    }
    const crops = await runJson<VerifyDocument>('verify', ...entries.map((entry) => entry.out));
    const whole = await runJson<VerifyDocument>('verify', ...photographs);
    expect(crops.document.similarity).toBeCloseTo(whole.document.similarity, 9);
    expect(whole).toMatchObject({ code: 0, document: { same: true } });
  });

  it('keeps the layout of a folder, and refuses two crops of one name', async () => {
    const [folder, out] = [temporaryFolder(), temporaryFolder()];
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'x.jpg'), readFileSync(sample('person-c-1.jpg')));
    }
    await runJson('align', folder, '--out', out);
    expect([existsSync(join(out, 'a/x.png')), existsSync(join(out, 'b/x.png'))]).toEqual([true, true]);
    const { code, document } = await runJson<{ error: { code: string } }>(
      'align',
      join(folder, 'a/x.jpg'),
      join(folder, 'b/x.jpg'),
      '--out',
      out,
    );
    expect({ code, error: document.error.code }).toEqual({ code: 2, error: 'BAD_OPTION' });
  });
});

describe('verify and embed on photographs', () => {
  it('decide from pixels, exit 0 and 1', async () => {
    const same = await runJson<VerifyDocument>('verify', sample('person-b-1.jpg'), sample('person-b-2.jpg'));
    expect(same).toMatchObject({ code: 0, document: { same: true } });
    const different = await runCli('verify', sample('person-a-1.jpg'), sample('person-b-1.jpg'));
    expect(different.code).toBe(1);
    expect(different.stdout).toMatch(/^Different people\n/);
    expect(different.stdout).toMatch(/first face +\d+×\d+ pixels at \(\d+, \d+\), score 1\.00/);
  });

  it('say which of several faces was taken', async () => {
    const { stdout } = await runCli('verify', GROUP, sample('person-a-1.jpg'));
    expect(stdout).toMatch(/first face .*, the largest one of 5\nsecond face .*, score 1\.00\n/);
    const central = await runCli('verify', GROUP, sample('person-a-1.jpg'), '--face', 'central');
    expect(central.stdout).toMatch(/first face .*, the central one of 5\n/);
  });

  it('take a crop for one unless --detect is given', async () => {
    const crops = [sample('aligned-a-1.png'), sample('aligned-b-1.png')] as const;
    const taken = await runJson<VerifyDocument>('verify', ...crops);
    const detected = await runJson<VerifyDocument>('verify', ...crops, '--detect');
    expect(detected.document.similarity).not.toBe(taken.document.similarity);
    expect(detected.document.same).toBe(false);
  });

  it('say where no face is found', async () => {
    const drawn = join(temporaryFolder(), 'none.png');
    writeFileSync(drawn, readFileSync(new URL('../image/fixtures/rgb-8.png', import.meta.url)));
    const { code, document } = await runJson<{ error: { code: string; message: string } }>('embed', drawn);
    expect({ code, error: document.error.code }).toEqual({ code: 2, error: 'NO_FACE' });
    expect(document.error.message).toMatch(/none\.png: no face is found .* smaller minimum face/);
  });
});

describe.skipIf(lacksShared('models/mtcnn') || lacksShared('faces/lfw-250'))(
  'with models and photographs of ../shared',
  () => {
    it('import joins three ncnn pairs into a detector that eval --detect takes', async () => {
      const folder = temporaryFolder();
      const out = join(folder, 'detector.safetensors');
      const params = [3, 1, 2].map((stage) => sharedFile(`models/mtcnn/det${stage}.param`));
      const imported = await runJson<ImportDocument>('import', ...params, '--out', out, '--float16');
      expect(imported.code).toBe(0);
      expect(imported.document.graphs.map(({ name }) => name)).toEqual(['pnet', 'rnet', 'onet']);
      expect(imported.document.graphs.map(({ parameters }) => parameters)).toEqual([6_632, 100_178, 389_040]);
      const pairs = join(folder, 'pairs.txt');
      const lines = readFileSync(sharedFile('faces/pairs.txt'), 'utf8').split('\n');
      writeFileSync(pairs, ['6', ...lines.slice(1, 7), ...lines.slice(301, 307)].join('\n'));
      const model = ['--model', sharedFile('models/mobilefacenet-y1/mobilefacenet.param')];
      for (const detector of [[], ['--detector', out]]) {
        const args = ['--pairs', pairs, '--images', sharedFile('faces/lfw-250'), '--detect', ...model, ...detector];
        const { code, document } = await runJson<EvalDocument>('eval', ...args);
        expect(code).toBe(0);
        expect(document).toMatchObject({ pairs: 12, undetected: 0, accuracy: 1 });
      }
    });
  },
);
