/** What `import` reports, and what `--verify` finds: the documents field by field. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referenceValues } from '../../src/build/reference.js';
import type { ImportDocument } from '../../src/cli/importReport.js';
import { importNative } from '../../src/formats/index.js';
import { importOnnx } from '../../src/formats/onnx/importOnnx.js';
import { DATA_TYPES, TENSOR } from '../../src/formats/onnx/messages.js';
import { writeMessage } from '../../src/formats/onnx/protobuf.js';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';
import { floats, node, onnxFile, value, weights } from '../formats/onnx/onnxFile.js';
import { seededValues } from '../golden/goldenCase.js';
import { type FailureDocument, lacksShared, runCli, runJson, sharedFile, temporaryFolder } from './cli.js';

/** Pixels' arithmetic, a convolution with batch normalisation and ReLU6, and a shuffle as PyTorch writes it. */
const NETWORK = onnxFile({
  inputs: [value('x', [1, 3, 6, 5])],
  nodes: [
    node('Sub', ['x', 'mean'], ['centred']),
    node('Conv', ['centred', 'w', 'b'], ['conv'], { pads: [1, 1, 1, 1] }),
    node('BatchNormalization', ['conv', 's', 'b', 'm', 'v'], ['norm']),
    node('Clip', ['norm', 'zero', 'six'], ['y']),
    node('Identity', ['norm'], ['z']),
  ],
  tensors: [
    floats('mean', [1], [127.5]),
    weights('w', [4, 3, 3, 3]),
    weights('b', [4]),
    weights('s', [4]),
    weights('m', [4]),
    floats('v', [4], [1, 2, 3, 4]),
    floats('zero', [], [0]),
    floats('six', [], [6]),
  ],
  outputs: ['y', 'z'],
});

function written(folder: string, bytes: Uint8Array = NETWORK, name = 'network.onnx'): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The file's own inputs, and what the file computes from them: (x − 127.5) is not in the imported graph. */
function stored(): { x: Tensor; y: Tensor; z: Tensor } {
  const x = float32Tensor(
    [1, 3, 6, 5],
    seededValues('x', [1, 3, 6, 5]).data.map((value) => 127.5 + 100 * value),
  );
  const { graphs } = importOnnx(NETWORK, 'network.onnx', {
    normalisation: { mean: [0, 0, 0], scale: [1, 1, 1] },
  });
  const values = referenceValues(graphs.get('embed')!, { x });
  const of = (name: string) => float32Tensor(values.get(name)!.shape, Float32Array.from(values.get(name)!.data));
  return { x, y: of('y'), z: of('z') };
}

function safetensors(tensors: Readonly<Record<string, Tensor>>): Uint8Array {
  const entries = Object.entries(tensors).map(([name, tensor]) => [name, { tensor, storage: 'float32' }] as const);
  return writeSafetensors(new Map(entries), new Map());
}

function pb({ shape, data }: Tensor): Uint8Array {
  return writeMessage(TENSOR, { dims: shape, dataType: DATA_TYPES.float, floatData: [...data] });
}

describe('the report of an import', () => {
  it('counts operators, passes, parameters and bytes, and names inputs and outputs', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'network.safetensors');
    const { code, document } = await runJson<ImportDocument>('import', written(folder), '--out', out);
    expect(code).toBe(0);
    expect(Object.keys(document)).toEqual([
      'out',
      'name',
      'format',
      'storage',
      'sourceBytes',
      'bytes',
      'sha256',
      'graphs',
      'verified',
    ]);
    expect(document).toMatchObject({ out, name: 'network', format: 'onnx', storage: 'float32', verified: null });
    expect(document.sourceBytes).toBe(NETWORK.length);
    expect(document.bytes).toBe(readFileSync(out).length);
    const [graph] = document.graphs;
    expect(Object.keys(graph!)).toEqual([
      ...['name', 'input', 'output', 'parameters', 'madds', 'arenaBytes', 'nodes'],
      ...['inputs', 'outputs', 'importedNodes', 'operators', 'passes'],
    ]);
    expect(graph).toMatchObject({
      inputs: [{ name: 'x', shape: [1, 3, 6, 5] }],
      outputs: [
        { name: 'y', shape: [1, 4, 6, 5] },
        { name: 'z', shape: [1, 4, 6, 5] },
      ],
      parameters: 4 * 27 + 4,
      madds: 4 * 27 * 30,
      operators: {
        source: { BatchNormalization: 1, Clip: 1, Conv: 1, Identity: 1, Sub: 1 },
        written: { clip: 1, convolution: 1 },
        run: { clip: 1, convolution: 1 },
      },
    });
    expect(graph!.passes.map(({ name }) => name)).toContain('foldBatchNorm');
    expect(graph!.passes.find(({ name }) => name === 'foldBatchNorm')).toEqual({
      name: 'foldBatchNorm',
      removed: 1,
      rewritten: 1,
    });
    expect((await importNative(readFileSync(out), out)).card.input!.normalisation.mean).toEqual([127.5, 127.5, 127.5]);
  });

  it('says the same in words', async () => {
    const folder = temporaryFolder();
    const { stdout } = await runCli('import', written(folder), '--out', join(folder, 'n.safetensors'));
    expect(stdout).toMatch(/read +1 BatchNormalization, 1 Clip, 1 Conv, 1 Identity, 1 Sub\n/);
    expect(stdout).toMatch(/written +1 clip, 1 convolution\n/);
    expect(stdout).toMatch(/passes .*foldBatchNorm \(1 node fewer, 1 changed\)/);
    expect(stdout).toMatch(/wrote +.*n\.safetensors \(.*float32; read were/);
  });

  it('names every operator that is not supported at once, also behind others', async () => {
    const folder = temporaryFolder();
    const bytes = onnxFile({
      nodes: [
        node('NonMaxSuppression', ['x'], ['a']),
        node('Relu', ['a'], ['b']),
        node('LSTM', ['b'], ['c']),
        node('Hardmax', ['x'], ['d']),
        node('Concat', ['c', 'd'], ['y'], { axis: 1 }),
      ],
    });
    const out = join(folder, 'out.safetensors');
    const { code, document } = await runJson<FailureDocument>('import', written(folder, bytes), '--out', out);
    expect({ code, error: document.error.code }).toEqual({ code: 2, error: 'UNSUPPORTED_OPERATOR' });
    for (const name of ['_a" (NonMaxSuppression', '_c" (LSTM', '_d" (Hardmax']) {
      expect(document.error.message).toContain(name);
    }
    expect(document.error.message).toContain('supported operators are');
    expect(document.error.message).not.toContain('_b" (Relu');
  });
});

describe('import --verify', () => {
  it('passes on stored tensors by name, which are those of the file and not of the normalised input', async () => {
    const folder = temporaryFolder();
    const reference = written(folder, safetensors(stored()), 'reference.safetensors');
    const out = join(folder, 'n.safetensors');
    const { code, document } = await runJson<ImportDocument>(
      ...(['import', written(folder), '--out', out, '--verify', reference] as const),
    );
    expect(code).toBe(0);
    expect(existsSync(out)).toBe(true);
    const { verified } = document;
    expect(Object.keys(verified!)).toEqual(['reference', 'tolerance', 'passed', 'outputs']);
    expect(verified).toMatchObject({ reference, tolerance: 1e-3, passed: true });
    expect(verified!.outputs.map(({ name }) => name)).toEqual(['y', 'z']);
    expect(Object.keys(verified!.outputs[0]!)).toEqual([
      ...['set', 'name', 'shape', 'expectedShape', 'largestAbsolute', 'largestRelative', 'passed'],
    ]);
    for (const output of verified!.outputs) {
      expect(output).toMatchObject({ set: 'reference.safetensors', shape: [1, 4, 6, 5], passed: true });
      expect(output.largestRelative).toBeGreaterThan(0);
      expect(output.largestRelative).toBeLessThan(1e-5);
    }
  });

  it('passes on data sets of .pb files, one folder or several', async () => {
    const folder = temporaryFolder();
    const { x, y, z } = stored();
    for (const set of ['test_data_set_0', 'test_data_set_1']) {
      mkdirSync(join(folder, set));
      for (const [name, tensor] of Object.entries({ input_0: x, output_0: y, output_1: z })) {
        writeFileSync(join(folder, set, `${name}.pb`), pb(tensor));
      }
    }
    const args = ['import', written(folder), '--out', join(folder, 'n.safetensors'), '--verify'] as const;
    const all = await runJson<ImportDocument>(...args, folder);
    expect(all.code).toBe(0);
    expect(all.document.verified!.outputs.map(({ set, name }) => `${set} ${name}`)).toEqual([
      ...['test_data_set_0 y', 'test_data_set_0 z', 'test_data_set_1 y', 'test_data_set_1 z'],
    ]);
    const one = await runJson<ImportDocument>(...args, join(folder, 'test_data_set_1'));
    expect(one.document.verified!.outputs).toHaveLength(2);
  });

  it('writes nothing and exits with 1 where an output differs in value, shape or finiteness', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'n.safetensors');
    const { x, y, z } = stored();
    const moved = float32Tensor(
      y.shape,
      y.data.map((value, index) => (index === 7 ? value + 0.5 : value)),
    );
    const flat = float32Tensor([1, 120], z.data);
    const holed = float32Tensor(
      y.shape,
      y.data.map((value, index) => (index === 3 ? Number.NaN : value)),
    );
    const verify = async (tensors: Readonly<Record<string, Tensor>>, ...options: string[]) => {
      const reference = written(folder, safetensors(tensors), 'reference.safetensors');
      return runJson<ImportDocument>('import', written(folder), '--out', out, '--verify', reference, ...options);
    };
    const value = await verify({ x, y: moved });
    expect({ code: value.code, out: value.document.out }).toEqual({ code: 1, out: null });
    expect(existsSync(out)).toBe(false);
    const [output] = value.document.verified!.outputs;
    expect(output!.largestAbsolute).toBeCloseTo(0.5, 3);
    expect(output!.largestRelative).toBeCloseTo(0.5 / Math.max(...moved.data), 3);
    const shape = await verify({ x, z: flat });
    expect(shape.document.verified!.outputs[0]).toMatchObject({ expectedShape: [1, 120], largestAbsolute: null });
    expect(shape.code).toBe(1);
    const hole = await verify({ x, y: holed });
    expect(hole.code).toBe(1);
    expect(hole.document.verified!.outputs[0]).toMatchObject({ largestAbsolute: null, passed: false });
    expect((await verify({ x, y: moved }, '--tolerance', '0.5')).code).toBe(0);
  });

  it.each<[string, (tensors: ReturnType<typeof stored>) => Record<string, Tensor>, RegExp]>([
    ['an unknown tensor', (tensors) => ({ ...tensors, w: tensors.x }), /unknown tensors w/],
    ['no input', ({ y }) => ({ y }), /lacks the inputs x/],
    ['no output', ({ x }) => ({ x }), /has no output/],
  ])('refuses a reference with %s', async (_name, make, says) => {
    const folder = temporaryFolder();
    const reference = written(folder, safetensors(make(stored())), 'reference.safetensors');
    const out = join(folder, 'n.safetensors');
    const args = ['import', written(folder), '--out', out, '--verify', reference] as const;
    const { code, document } = await runJson<FailureDocument>(...args);
    expect({ code, error: document.error.code }).toEqual({ code: 2, error: 'BAD_REFERENCE' });
    expect(document.error.message).toMatch(says);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a folder without data sets, and a file that holds no tensors', async () => {
    const folder = temporaryFolder();
    const args = ['import', written(folder), '--out', join(folder, 'n.safetensors'), '--verify'] as const;
    expect((await runJson<FailureDocument>(...args, folder)).document.error.code).toBe('BAD_REFERENCE');
    const text = written(folder, new Uint8Array(9), 'reference.txt');
    expect((await runJson<FailureDocument>(...args, text)).document.error.code).toBe('TENSOR_FILE');
  });
});

const CASE = 'onnx-conformance/test_Conv2d_groups';

describe.skipIf(lacksShared('onnx-conformance'))(
  `import --verify on a case of the ONNX project (needs ${CASE})`,
  () => {
    it('passes', async () => {
      const out = join(temporaryFolder(), 'case.safetensors');
      const [model, reference] = [sharedFile(`${CASE}/model.onnx`), sharedFile(CASE)];
      const { code, document } = await runJson<ImportDocument>('import', model, '--out', out, '--verify', reference);
      expect({ code, passed: document.verified?.passed }).toEqual({ code: 0, passed: true });
    });
  },
);
