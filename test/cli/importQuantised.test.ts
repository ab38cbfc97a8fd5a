/** `import` and `inspect` of quantised files: what is written and run, and that --verify holds it to stored outputs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImportDocument } from '../../src/cli/importReport.js';
import type { InspectDocument } from '../../src/cli/inspect.js';
import { writeSafetensors } from '../../src/formats/safetensors.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { filesOf } from '../formats/ncnn/int8Layers.js';
import { inputsOf } from '../golden/goldenCase.js';
import { readOutputs } from '../golden/outputs.js';
import { quantisedCases } from '../golden/quantisedCases.js';
import { runJson, temporaryFolder } from './cli.js';

const block = quantisedCases.find(({ name }) => name === 'QDQ: a residual block')!;
const outputs = readOutputs(new URL('../../', import.meta.url), 'quantised').get(block.name)!;

function store(path: string, tensors: Readonly<Record<string, Tensor>>): void {
  const stored = Object.entries(tensors).map(([name, tensor]) => [name, { tensor, storage: 'float32' }] as const);
  writeFileSync(path, writeSafetensors(new Map(stored), new Map()));
}

describe('a quantised ONNX file', () => {
  it.each([
    ['onnxruntime’s outputs', 1, 0],
    ['others', 1.5, 1],
  ])('is held to %s', async (_name, factor, expected) => {
    const folder = temporaryFolder();
    const [file, reference, out] = ['net.onnx', 'reference.safetensors', 'out.safetensors'].map((name) =>
      join(folder, name),
    );
    writeFileSync(file!, block.onnx!());
    const changed = Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [
        name,
        { ...tensor, data: tensor.data.map((value) => factor * value) },
      ]),
    );
    store(reference!, { ...inputsOf(await block.graph()), ...changed });
    const { code, document } = await runJson<ImportDocument>(
      ...(['import', file!, '--out', out!, '--verify', reference!, '--tolerance', '0.03'] as const),
    );
    expect(code).toBe(expected);
    expect(document.graphs[0]!.operators.written).toMatchObject({ dequantisedConvolution: 3 });
    expect(document.graphs[0]!.operators.run).toMatchObject({ quantisedConvolution: 3, quantisedAddition: 1 });
  });
});

describe('an ncnn pair of int8', () => {
  it('is inspected as it runs', async () => {
    const folder = temporaryFolder();
    const { param, bin } = filesOf(
      [{ type: 'Convolution', term: 102, outputs: 8, kernel: 3, pad: 1, inputScale: 60, outputScale: 60 }],
      { shape: [3, 8, 8], data: [] },
    );
    writeFileSync(join(folder, 'net.param'), param);
    writeFileSync(join(folder, 'net.bin'), bin);
    const { code, document } = await runJson<InspectDocument>('inspect', join(folder, 'net.param'));
    expect(code).toBe(0);
    expect(document.graphs[0]).toMatchObject({ madds: 8 * 8 * 8 * 27, nodes: 3 });
    expect(document.graphs[0]!.arenaBytes).toBeGreaterThan(0);
  });
});
