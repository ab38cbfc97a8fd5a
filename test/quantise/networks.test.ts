/** Networks with seeded weights in int8 from end to end: which nodes stay float32, and the bits of the integer reference. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceValues } from '../../src/build/reference.js';
import { Engine } from '../../src/engine.js';
import type { Graph } from '../../src/graph/types.js';
import { mobileNetV1 } from '../../src/networks/mobileNetV1.js';
import { mobileNetV2 } from '../../src/networks/mobileNetV2.js';
import { onet, pnet, rnet } from '../../src/networks/mtcnn.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { shuffleNet } from '../../src/networks/shuffleNet.js';
import { quantiseGraph } from '../../src/passes/quantise.js';
import { calibrateGraph } from '../../src/quantise/calibrate.js';
import { memoryOf } from '../../src/quantise/report.js';
import type { Shape } from '../../src/tensor/shape.js';
import { seededTensor } from '../kernels/makeCase.js';

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.create({ build: 'plain' });
});

afterAll(() => engine.dispose());

/** The int8 form of a network calibrated on noise. */
async function quantise(graph: Graph, shape: Shape, images = 2): Promise<{ float32: Graph; int8: Graph }> {
  const inputs = Array.from({ length: images }, (_, image) => seededTensor(shape, 50 + image));
  const { graph: float32, statistics } = await calibrateGraph(engine, graph, inputs);
  return { float32, int8: quantiseGraph(float32, statistics) };
}

const onFloat32 = (graph: Graph): string[] =>
  graph.nodes
    .map(({ operator }) => operator)
    .filter((operator) => !operator.startsWith('quantised') && operator !== 'requantise');

/** Checked on images of `side`, which may be small where the network ends with a mean of any size. */
const TABLE_2 = [
  { name: 'MobileNetV1', build: () => mobileNetV1(seededWeights(1)), side: 40 },
  { name: 'MobileNetV2', build: () => mobileNetV2(seededWeights(1)), side: 48 },
  { name: 'MobileNetV2-GDConv', build: () => mobileNetV2(seededWeights(1), 'depthwise'), side: 112 },
  { name: 'ShuffleNet', build: () => shuffleNet(seededWeights(1)), side: 56 },
];

describe.each(TABLE_2)('$name', { timeout: 300_000 }, ({ build, side }) => {
  it('runs in int8 between its input and its output, in the bits of the integer reference', async () => {
    const { float32, int8 } = await quantise(build(), [1, 3, 112, 112]);
    expect(onFloat32(int8)).toEqual(['quantise', 'dequantise', 'flatten']);
    const input = seededTensor([1, 3, side, side], 90);
    using network = await engine.compile(int8);
    const found = network.run({ input }).embedding!.data;
    expect(found).toEqual(Float32Array.from(referenceValues(int8, { input }).get('embedding')!.data));
    expect(new Set(found).size).toBeGreaterThan(30);
    const [before, after] = [await memoryOf(engine, float32), await memoryOf(engine, int8)];
    expect(after.weightBytes / before.weightBytes).toBeLessThan(0.35);
    expect(after.arenaBytes / before.arenaBytes).toBeLessThan(0.5);
  });
});

const MTCNN = [
  { name: 'P-Net', build: () => pnet(seededWeights(1)), side: 24, outputs: ['dequantise', 'softmax', 'dequantise'] },
  {
    name: 'R-Net',
    build: () => rnet(seededWeights(1)),
    side: 24,
    outputs: ['dequantise', 'flatten', 'softmax', 'dequantise', 'flatten'],
  },
  {
    name: 'O-Net',
    build: () => onet(seededWeights(1)),
    side: 48,
    outputs: ['dequantise', 'flatten', 'softmax', 'dequantise', 'flatten', 'dequantise', 'flatten'],
  },
];

describe.each(MTCNN)('$name', { timeout: 120_000 }, ({ build, side, outputs }) => {
  it('leaves nothing but its softmax in float32, in the bits of the integer reference before it', async () => {
    const graph = build();
    const { int8 } = await quantise(graph, [1, 3, side, side]);
    expect(onFloat32(int8)).toEqual(['quantise', ...outputs]);
    const input = seededTensor([1, 3, side, side], 91);
    using network = await engine.compile(int8);
    const found = network.run({ input });
    const expected = referenceValues(int8, { input });
    for (const name of graph.outputs.filter((output) => output !== 'probability')) {
      expect(found[name]!.data).toEqual(Float32Array.from(expected.get(name)!.data));
    }
    for (const [index, value] of expected.get('probability')!.data.entries()) {
      expect(found.probability!.data[index]).toBeCloseTo(value, 6);
    }
  });
});
