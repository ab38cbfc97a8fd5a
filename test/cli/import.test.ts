/** `import` and `inspect`: what is written, what is counted, what is refused. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportDocument } from '../../src/cli/importReport.js';
import type { InspectDocument } from '../../src/cli/inspect.js';
import type { VerifyDocument } from '../../src/cli/verify.js';
import { importNative } from '../../src/formats/index.js';
import { exportOnnx } from '../onnx/exportOnnx.js';
import {
  type FailureDocument,
  lacksShared,
  repository,
  runCli,
  runJson,
  sample,
  sharedFile,
  temporaryFolder,
} from './cli.js';

const DEFAULT = join(repository, 'weights/mobilefacenet.safetensors');
const FACES = [sample('aligned-a-1.png'), sample('aligned-a-2.png')] as const;

describe('inspect', () => {
  it("counts the paper's network in the default weights", async () => {
    const { code, document } = await runJson<InspectDocument>('inspect', DEFAULT);
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual(['name', 'format', 'graphs', 'card']);
    expect(document).toMatchObject({ name: 'mobilefacenet', format: 'native' });
    const [graph, ...others] = document.graphs;
    expect(others).toEqual([]);
    expect(Object.keys(graph!)).toEqual(['name', 'input', 'output', 'parameters', 'madds', 'arenaBytes', 'nodes']);
    expect(graph).toMatchObject({
      name: 'embed',
      input: { name: 'input', shape: [1, 3, 112, 112] },
      output: { name: 'embedding', shape: [1, 128] },
      parameters: 993_344,
      madds: 220_965_376,
      nodes: 50,
    });
    expect(graph!.arenaBytes).toBeGreaterThan(56 * 56 * 64 * 4);
    expect(document.card.licence).toContain('foamliu/MobileFaceNet');
    expect(document.card.thresholds).toHaveLength(5);
  });

  it('reads well', async () => {
    const { code, stdout, stderr } = await runCli('inspect', DEFAULT);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const text of ['993,344', '220,965,376', 'foamliu/MobileFaceNet']) expect(stdout).toContain(text);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('import', () => {
  it('writes a native file under another name that decides as its source', async () => {
    const out = join(temporaryFolder(), 'new', 'copy.safetensors');
    const { code, document } = await runJson<ImportDocument>('import', DEFAULT, '--out', out, '--name', 'copy');
    expect(code).toBe(0);
    expect(document).toMatchObject({ out, name: 'copy', format: 'native', storage: 'float32' });
    expect(document.bytes).toBe(readFileSync(out).length);
    expect(document.graphs[0]).toMatchObject({ name: 'embed', parameters: 993_344, importedNodes: 95, nodes: 50 });
    const copy = await runJson<VerifyDocument>('verify', ...FACES, '--model', out);
    const source = await runJson<VerifyDocument>('verify', ...FACES);
    expect(copy.document.model).toBe('copy');
    expect(copy.document.similarity).toBe(source.document.similarity);
  });

  it('halves the weights with --float16 and replaces an existing file with --force, leaving no other', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'half.safetensors');
    writeFileSync(out, 'in the way');
    const { document } = await runJson<ImportDocument>('import', DEFAULT, '--out', out, '--float16', '--force');
    expect(document.storage).toBe('float16');
    expect(document.bytes).toBeLessThan(2_100_000);
    expect(readdirSync(folder)).toEqual(['half.safetensors']);
    expect((await runJson<InspectDocument>('inspect', out)).document.graphs[0]!.parameters).toBe(993_344);
  });

  it('leaves an existing file alone where it fails', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'kept.safetensors');
    const damaged = join(folder, 'damaged.safetensors');
    writeFileSync(out, 'kept');
    writeFileSync(damaged, readFileSync(DEFAULT).subarray(0, 1_000_000));
    expect((await runCli('import', damaged, '--out', out)).code).toBe(2);
    expect(readFileSync(out, 'utf8')).toBe('kept');
    expect(readdirSync(folder).sort()).toEqual(['damaged.safetensors', 'kept.safetensors']);
  });

  it('refuses a name that says nothing of the format', async () => {
    const out = join(temporaryFolder(), 'model.bin');
    const { code, document } = await runJson<FailureDocument>('import', DEFAULT, '--out', out);
    expect({ code, error: document.error.code }).toEqual({ code: 2, error: 'BAD_OPTION' });
    expect(existsSync(out)).toBe(false);
  });

  it('says so where the file cannot be written', async () => {
    const inTheWay = join(temporaryFolder(), 'file');
    writeFileSync(inTheWay, '');
    const out = join(inTheWay, 'model.safetensors');
    const { code, document } = await runJson<FailureDocument>('import', DEFAULT, '--out', out);
    expect({ code, error: document.error.code }).toEqual({ code: 2, error: 'FILE_UNWRITABLE' });
  });
});

describe('import of an ONNX file', () => {
  const sides = [sample('aligned-a-1.png'), sample('aligned-a-2.png')];

  async function written(folder: string): Promise<string> {
    const path = join(folder, 'model.onnx');
    const { graphs } = await importNative(readFileSync(DEFAULT), DEFAULT);
    writeFileSync(path, exportOnnx(graphs.get('embed')!));
    return path;
  }

  it('fills the card and decides as the model that the file was made of', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'model.safetensors');
    const options = ['--normalise', '127.5/128', '--order', 'bgr', '--licence', 'MIT', '--threshold', '0.4'];
    const { code } = await runJson('import', await written(folder), '--out', out, ...options);
    expect(code).toBe(0);
    const { document } = await runJson<InspectDocument>('inspect', out);
    expect(document.graphs[0]).toMatchObject({ parameters: 993_344, madds: 220_965_376, nodes: 50 });
    expect(document.card).toMatchObject({
      name: 'model',
      input: {
        height: 112,
        width: 112,
        channelOrder: 'bgr',
        normalisation: { mean: [127.5, 127.5, 127.5], scale: [1 / 128, 1 / 128, 1 / 128] },
      },
      licence: 'MIT',
      thresholds: [{ value: 0.4, calibratedOn: 'not stated: given by hand at import' }],
    });
    expect(document.card.thresholds[0]).not.toHaveProperty('pairs');
    const same = join(folder, 'same.safetensors');
    const { card } = await importNative(readFileSync(DEFAULT), DEFAULT);
    const { mean, scale } = card.input!.normalisation;
    const divisors = scale.map((factor) => 1 / factor);
    await runJson('import', join(folder, 'model.onnx'), '--out', same, '--normalise', `${mean}/${divisors}`);
    const found = await runJson<VerifyDocument>('verify', ...sides, '--model', same, '--threshold', '0');
    const expected = await runJson<VerifyDocument>('verify', ...sides);
    expect(Math.abs(found.document.similarity - expected.document.similarity)).toBeLessThan(1e-5);
  });

  it('says in the card which data a threshold was measured on, and refuses such data without one', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'model.safetensors');
    const data = ['--threshold-data', 'own pairs, FAR 1e-3'];
    await runJson('import', DEFAULT, '--out', out, '--threshold', '0.4', ...data);
    const { document } = await runJson<InspectDocument>('inspect', out);
    expect(document.card.thresholds).toEqual([{ value: 0.4, calibratedOn: 'own pairs, FAR 1e-3' }]);
    const alone = await runJson<FailureDocument>('import', DEFAULT, '--out', out, ...data);
    expect({ code: alone.code, error: alone.document.error.code }).toEqual({ code: 2, error: 'BAD_OPTION' });
  });

  it.each([
    ['--normalise', '127.5'],
    ['--normalise', '1,2/3'],
    ['--normalise', '1/0'],
    ['--input-size', '1x2x3'],
  ])('refuses %s %s', async (option, text) => {
    const out = join(temporaryFolder(), 'model.safetensors');
    const { code, document } = await runJson<FailureDocument>('import', DEFAULT, '--out', out, option, text);
    expect({ code, error: document.error.code }).toEqual({ code: 2, error: 'BAD_OPTION' });
  });
});

describe.skipIf(lacksShared('models/mobilefacenet-y1'))('import of a trained ncnn model of ../shared', () => {
  const param = sharedFile('models/mobilefacenet-y1/mobilefacenet.param');
  const bin = sharedFile('models/mobilefacenet-y1/mobilefacenet.bin');

  it('counts parameters with batch normalisation folded', async () => {
    const { document } = await runJson<InspectDocument>('inspect', param);
    const graph = { input: { name: 'data', shape: [1, 3, 112, 112] }, output: { name: 'fc1', shape: [1, 128] } };
    expect(document.format).toBe('ncnn');
    expect(document.graphs[0]).toMatchObject({ ...graph, parameters: 993_344, madds: 220_965_376 });
  });

  it('keeps the embeddings: similarity moves by less than 1e-5, with float16 by less than 0.01', async () => {
    const folder = temporaryFolder();
    const faces = [1, 4].map((number) =>
      sharedFile(`faces/lfw-aligned-112/Abel_Pacheco/Abel_Pacheco_000${number}.jpg`),
    );
    const similarity = async (model: string) =>
      (await runJson<VerifyDocument>('verify', ...faces, '--model', model)).document.similarity;
    const [full, half] = [join(folder, 'full.safetensors'), join(folder, 'half.safetensors')];
    const imported = await runCli('import', param, '--out', full);
    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(imported.stdout).toContain('imported from 145 nodes, 50 batch normalisations folded');
    expect(imported.stdout).toContain('The card has no threshold');
    await runJson('import', param, bin, '--out', half, '--float16');
    const expected = await similarity(param);
    expect(Math.abs((await similarity(full)) - expected)).toBeLessThan(1e-5);
    expect(Math.abs((await similarity(half)) - expected)).toBeLessThan(0.01);
  });

  it('asks for the .bin that should lie beside the .param', async () => {
    const alone = join(temporaryFolder(), 'alone.param');
    copyFileSync(param, alone);
    const { code, document } = await runJson<FailureDocument>('inspect', alone);
    expect({ code, error: document.error.code }).toEqual({ code: 2, error: 'FILE_NOT_FOUND' });
    expect(document.error.message).toContain('alone.bin');
    expect(document.error.message).toContain('beside it');
  });
});
