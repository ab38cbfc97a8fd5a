/** `run`: networks of several inputs and outputs, every kind of input file, and what is refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/cli/run.js';
import { DATA_TYPES, TENSOR } from '../../src/formats/onnx/messages.js';
import { writeMessage } from '../../src/formats/onnx/protobuf.js';
import { parseSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';
import { floats, node, onnxFile, value } from '../formats/onnx/onnxFile.js';
import { type FailureDocument, repository, runCli, runJson, sample, temporaryFolder } from './cli.js';

const DEFAULT = join(repository, 'weights/mobilefacenet.safetensors');
const A = float32Tensor([1, 3], [-1, 2, 3]);
const B = float32Tensor([1, 3], [10, 20, 30]);

/** sum = relu(a) + b and scaled = 2 · b, with relu(a) inside. */
const NETWORK = onnxFile({
  inputs: [value('a', [1, 3]), value('b', [1, 3])],
  nodes: [
    node('Relu', ['a'], ['positive']),
    node('Add', ['positive', 'b'], ['sum']),
    node('Mul', ['b', 'two'], ['scaled']),
  ],
  tensors: [floats('two', [1], [2])],
  outputs: ['sum', 'scaled'],
});

function safetensors(tensors: Readonly<Record<string, Tensor>>): Uint8Array {
  const entries = Object.entries(tensors).map(([name, tensor]) => [name, { tensor, storage: 'float32' }] as const);
  return writeSafetensors(new Map(entries), new Map());
}

/** `numpy.save` of a float32 array. */
function npy({ shape, data }: Tensor): Uint8Array {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }\n`;
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data.buffer), 10 + header.length);
  return bytes;
}

/** A folder with the network and its inputs in files of every kind. */
function folderWithFiles(): (name: string) => string {
  const folder = temporaryFolder();
  const path = (name: string) => join(folder, name);
  writeFileSync(path('network.onnx'), NETWORK);
  writeFileSync(path('both.safetensors'), safetensors({ a: A, b: B }));
  writeFileSync(path('one.safetensors'), safetensors({ other: B }));
  writeFileSync(path('a.npy'), npy(A));
  writeFileSync(
    path('b.pb'),
    writeMessage(TENSOR, { dims: B.shape, dataType: DATA_TYPES.float, floatData: [...B.data] }),
  );
  return path;
}

describe('run', () => {
  it('describes every output, and stores them', async () => {
    const path = folderWithFiles();
    const out = path('outputs.safetensors');
    const args = ['--input', `a=${path('a.npy')}`, '--input', `b=${path('b.pb')}`, '--out', out];
    const { code, document } = await runJson<RunDocument>('run', path('network.onnx'), ...args);
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual(['model', 'graph', 'elapsedMs', 'inputs', 'outputs', 'out']);
    expect(document).toMatchObject({ model: 'network', graph: 'embed', out });
    expect(document.inputs).toEqual([
      { name: 'a', file: path('a.npy'), resizedFrom: null, shape: [1, 3] },
      { name: 'b', file: path('b.pb'), resizedFrom: null, shape: [1, 3] },
    ]);
    expect(document.outputs).toEqual([
      { name: 'sum', shape: [1, 3], min: 10, max: 33, mean: 65 / 3, nonFinite: 0, first: [10, 22, 33] },
      { name: 'scaled', shape: [1, 3], min: 20, max: 60, mean: 40, nonFinite: 0, first: [20, 40, 60] },
    ]);
    const { tensors } = parseSafetensors(readFileSync(out), out);
    expect([...tensors.get('sum')!.data]).toEqual([10, 22, 33]);
    expect([...tensors.keys()]).toEqual(['sum', 'scaled']);
  });

  it('takes all inputs from one safetensors file, and gives the chosen outputs alone', async () => {
    const path = folderWithFiles();
    const inputs = ['--input', path('both.safetensors')];
    const all = await runJson<RunDocument>('run', path('network.onnx'), ...inputs);
    expect(all.document.outputs.map(({ first }) => first)).toEqual([
      [10, 22, 33],
      [20, 40, 60],
    ]);
    const args = ['--input', `a=${path('a.npy')}`, '--output', 'positive'];
    const inner = await runJson<RunDocument>('run', path('network.onnx'), ...args);
    expect(inner.document.outputs).toMatchObject([{ name: 'positive', first: [0, 2, 3] }]);
    const single = ['--input', `b=${path('one.safetensors')}`, '--output', 'scaled'];
    expect((await runJson<RunDocument>('run', path('network.onnx'), ...single)).document.outputs).toMatchObject([
      { name: 'scaled', max: 60 },
    ]);
  });

  it('normalises an image as the card says, and says so where it resized it', async () => {
    const crop = await runJson<RunDocument>('run', DEFAULT, '--input', sample('aligned-a-1.png'));
    const raw = await runJson<{ embeddings: { embedding: number[] }[] }>('embed', sample('aligned-a-1.png'), '--raw');
    expect(crop.document.inputs).toMatchObject([{ name: 'input', shape: [1, 3, 112, 112], resizedFrom: null }]);
    expect(crop.document.outputs[0]!.first).toEqual(raw.document.embeddings[0]!.embedding.slice(0, 8));
    const photo = await runCli('run', DEFAULT, '--input', `input=${sample('person-a-1.jpg')}`);
    expect(photo.code).toBe(0);
    expect(photo.stdout).toMatch(/resized from \d+×\d+ pixels/);
    expect(photo.stdout).toMatch(/output embedding \[1, 128\]: min -?[\d.]+, max [\d.]+, mean -?[\d.]+\n/);
  });

  it.each<[string, string, (path: (name: string) => string) => string[], RegExp]>([
    ['an unknown input', 'UNKNOWN_INPUT', (path) => ['--input', `c=${path('a.npy')}`], /"c".*a, b/],
    ['a file that could be any input', 'UNKNOWN_INPUT', () => ['--input', sample('aligned-a-1.png')], /NAME=FILE/],
    [
      'an input twice',
      'DUPLICATE_INPUT',
      (path) => ['a.npy', 'a.npy'].flatMap((f) => ['--input', `a=${path(f)}`]),
      /"a"/,
    ],
    ['a missing input', 'MISSING_INPUT', (path) => ['--input', `a=${path('a.npy')}`], /b \[1, 3\]/],
    [
      'an image for an input that is none',
      'NOT_AN_IMAGE_INPUT',
      () => ['--input', `a=${sample('aligned-a-1.png')}`],
      /\[1, 3\]/,
    ],
    [
      'a file without the tensor',
      'MISSING_TENSOR',
      (path) => {
        writeFileSync(path('two.safetensors'), safetensors({ c: A, d: B }));
        return ['--input', `a=${path('two.safetensors')}`];
      },
      /c, d/,
    ],
    [
      'a tensor of another shape',
      'INPUT_SHAPE',
      (path) => {
        writeFileSync(path('long.npy'), npy(float32Tensor([1, 4], [1, 2, 3, 4])));
        return ['--input', `a=${path('long.npy')}`, '--output', 'positive'];
      },
      /\[1, 4\]/,
    ],
    [
      'an unknown output',
      'UNKNOWN_OUTPUT',
      (path) => ['--input', path('both.safetensors'), '--output', 'none'],
      /"none".*sum, scaled, positive/,
    ],
    ['an unknown graph', 'UNKNOWN_GRAPH', (path) => ['--input', path('both.safetensors'), '--graph', 'g'], /embed/],
    ['no input', 'USAGE', () => [], /--input/],
    [
      'an --out of no known format',
      'BAD_OPTION',
      (path) => ['--input', path('both.safetensors'), '--out', path('o.bin')],
      /safetensors/,
    ],
  ])('refuses %s: %s', async (_name, code, make, says) => {
    const path = folderWithFiles();
    const { code: exit, document } = await runJson<FailureDocument>('run', path('network.onnx'), ...make(path));
    expect({ exit, code: document.error.code }).toEqual({ exit: 2, code });
    expect(document.error.message).toMatch(says);
  });

  it('asks which graph of a detector is meant, and counts elements that are not finite', async () => {
    const detector = join(repository, 'weights/mtcnn.safetensors');
    const path = folderWithFiles();
    const asked = await runJson<FailureDocument>('run', detector, '--input', path('a.npy'));
    expect(asked.document.error).toMatchObject({
      code: 'UNKNOWN_GRAPH',
      message: expect.stringMatching(/pnet, rnet, onet/),
    });
    writeFileSync(path('holes.npy'), npy(float32Tensor([1, 3], [Number.NaN, Number.POSITIVE_INFINITY, 3])));
    const args = ['--input', `a=${path('holes.npy')}`, '--output', 'positive'];
    const { document } = await runJson<RunDocument>('run', path('network.onnx'), ...args);
    expect(document.outputs).toMatchObject([{ nonFinite: 2, min: 3, max: 3, first: [null, null, 3] }]);
  });
});
