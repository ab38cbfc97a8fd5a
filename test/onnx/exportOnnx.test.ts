/** What exportOnnx writes, node by node; that it computes the same is what the golden outputs show. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { type GraphMessage, MODEL, type ModelMessage } from '../../src/formats/onnx/messages.js';
import { readMessage } from '../../src/formats/onnx/protobuf.js';
import type { Graph } from '../../src/graph/types.js';
import { table2 } from '../../src/networks/index.js';
import { pnet } from '../../src/networks/mtcnn.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { operators } from '../../src/ops/index.js';
import { optimise } from '../../src/passes/index.js';
import { elementCount } from '../../src/tensor/shape.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { exportOnnx } from './exportOnnx.js';
import { operatorExports } from './operatorExports.js';

const CONFORMANCE = '../shared/onnx-conformance';
const FOAMLIU = '../shared/models/onnx/mobilefacenet-foamliu.onnx';

const zeros = (_name: string, shape: readonly number[]) => float32Tensor(shape);

function read(bytes: Uint8Array): ModelMessage {
  return readMessage(MODEL, bytes, 'file');
}

function histogram({ node = [] }: GraphMessage): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { opType = '' } of node) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
}

/** Every input of every node is defined before it, and every name once. */
function checkNames({ input = [], initializer = [], node = [], output = [] }: GraphMessage): void {
  const defined = new Set(['']);
  const define = (name: string) => {
    expect(defined.has(name)).toBe(false);
    defined.add(name);
  };
  for (const { name } of [...input, ...initializer]) define(name!);
  for (const { input: reads = [], output: makes = [] } of node) {
    for (const name of reads) expect(defined.has(name)).toBe(true);
    for (const name of makes) define(name);
  }
  for (const { name } of output) expect(defined.has(name!)).toBe(true);
}

describe('exportOnnx', () => {
  it('knows every operator on float32 values', () => {
    const float32 = operators.filter(({ int8Inputs = [], int8Output }) => int8Inputs.length === 0 && !int8Output);
    expect(Object.keys(operatorExports).sort()).toEqual(float32.map(({ name }) => name).sort());
  });

  it.each(table2)('names every value of $network once', ({ build }) => {
    const graph = build(zeros);
    for (const version of [graph, optimise(graph)]) {
      const written = read(exportOnnx(version)).graph!;
      checkNames(written);
      expect(written.input).toEqual([
        {
          name: 'input',
          type: {
            tensorType: { elemType: 1, shape: { dim: graph.inputs[0]!.shape.map((dimValue) => ({ dimValue })) } },
          },
        },
      ]);
      expect(written.output!.map(({ name }) => name)).toEqual(['embedding']);
    }
  });

  it('writes fused activations and residuals as nodes of their own', () => {
    const { build } = table2.find(({ network }) => network === 'MobileFaceNet')!;
    const plain = histogram(read(exportOnnx(build(zeros))).graph!);
    expect(plain).toEqual({ Conv: 49, PRelu: 33, Add: 12, Flatten: 1, Gemm: 1 });
    expect(histogram(read(exportOnnx(optimise(build(zeros)))).graph!)).toEqual(plain);
  });

  it('writes tensors bit by bit under their names', () => {
    const graph = pnet(seededWeights());
    const { initializer = [] } = read(exportOnnx(graph)).graph!;
    const written = initializer.find(({ name }) => name === 'conv2.weight')!;
    expect(written.dims).toEqual([16, 10, 3, 3]);
    expect(new Float32Array(written.rawData!.slice().buffer)).toEqual(graph.tensors.get('conv2.weight')!.data);
  });

  it('writes other input shapes where asked, and refuses those that do not fit', () => {
    const graph = pnet(zeros);
    const { output } = read(exportOnnx(graph, { inputShapes: { input: [2, 3, 20, 30] }, name: 'pnet' })).graph!;
    const shapes = output!.map(({ type }) => type!.tensorType!.shape!.dim!.map(({ dimValue }) => dimValue));
    expect(shapes).toEqual([
      [2, 2, 5, 10],
      [2, 4, 5, 10],
    ]);
    expect(() => exportOnnx(graph, { inputShapes: { input: [1, 4, 20, 30] } })).toThrow(
      expect.objectContaining({ code: 'INPUT_SHAPE' }),
    );
  });

  it('asks for the operator set that a pooling rounded up needs, and for no newer one otherwise', () => {
    expect(read(exportOnnx(pnet(zeros))).opsetImport).toEqual([{ domain: '', version: 22 }]);
    expect(read(exportOnnx(table2[0]!.build(zeros))).opsetImport).toEqual([{ domain: '', version: 18 }]);
  });

  it('reshapes slopes that are computed, and leaves out tensors that nobody reads', () => {
    const builder = new GraphBuilder();
    const input = builder.input('input', [1, 3, 4, 4]);
    const slopes = builder.input('slopes', [3]);
    builder.tensor('unused', float32Tensor([7]));
    const graph: Graph = builder.build([builder.node('output', 'prelu', [input, slopes])]);
    const written = read(exportOnnx(graph)).graph!;
    checkNames(written);
    expect(histogram(written)).toEqual({ Reshape: 1, PRelu: 1 });
    expect(written.initializer!.some(({ name }) => name === 'unused')).toBe(false);
  });
});

describe.skipIf(!existsSync(CONFORMANCE))(`the messages of other writers (${CONFORMANCE})`, () => {
  it.each(existsSync(CONFORMANCE) ? readdirSync(CONFORMANCE) : [])('%s', (name) => {
    const { graph, opsetImport } = read(readFileSync(`${CONFORMANCE}/${name}/model.onnx`));
    expect(opsetImport!.length).toBeGreaterThan(0);
    expect(graph!.node!.length).toBeGreaterThan(0);
    checkNames({ ...graph!, initializer: [] });
  });

  it('reads the tensors of a whole network', () => {
    const { graph } = read(readFileSync(FOAMLIU));
    for (const { dims = [], rawData, floatData, int64Data } of graph!.initializer!) {
      const stored = rawData ? rawData.length / 4 : (floatData ?? int64Data)!.length;
      expect(stored).toBe(elementCount(dims));
    }
    expect(histogram(graph!).Conv).toBeGreaterThan(40);
  });
});
