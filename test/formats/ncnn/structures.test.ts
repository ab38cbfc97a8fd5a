/** Published networks as ncnn structures: imported with random weights, counted, planned and run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countMultiplyAdds } from '../../../src/build/infer.js';
import { Engine } from '../../../src/engine.js';
import { importModel } from '../../../src/formats/index.js';
import { importNcnn } from '../../../src/formats/ncnn/importNcnn.js';
import type { Graph } from '../../../src/graph/types.js';
import { seededValues } from '../../golden/goldenCase.js';
import { codeOf } from '../codeOf.js';
import { param } from './files.js';
import { STRUCTURES } from './structures.js';

const SIZE = { height: 224, width: 224 };
const WHERE = { param: 'net.param', bin: '' };

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

/** Imports a structure with random weights; files without an input size are for 224×224. */
function imported(text: string, seed = 1): Graph {
  const given = /^Input data 0 1 data$/m.test(text) ? { inputSize: SIZE } : {};
  const { graphs, card } = importNcnn(text, undefined, WHERE, { ...given, randomWeights: seed });
  expect(card.use).toMatch(/^Random weights/);
  return graphs.get('embed')!;
}

/** What a softmax at the end reads: random sums saturate it. */
function beforeSoftmax({ nodes, outputs }: Graph): readonly string[] {
  const last = nodes.at(-1)!;
  return last.operator === 'softmax' ? [last.inputs[0]!] : outputs;
}

describe('structures without weights', () => {
  it.each(STRUCTURES)('$name has the multiply-adds that are published, and runs', async ({ text, millions }) => {
    const graph = imported(text());
    const counted = countMultiplyAdds(graph) / 1e6;
    expect(counted).toBeGreaterThan(20);
    if (millions > 0) expect(Math.abs(counted / millions - 1)).toBeLessThan(0.025);
    using network = await engine.compile(graph, { outputs: beforeSoftmax(graph) });
    const outputs = network.run({ data: seededValues('data', graph.inputs[0]!.shape) });
    for (const { data } of Object.values(outputs)) {
      expect(data.every(Number.isFinite)).toBe(true);
      expect(new Set(data).size).toBeGreaterThan(data.length / 4);
    }
  });

  it('have the same bits for one seed, and others for another', () => {
    const weights = (seed: number) => [...imported(STRUCTURES.at(-1)!.text(), seed).tensors.values()];
    const [first, again, other] = [weights(7), weights(7), weights(8)];
    expect(again.map(({ data }) => data[0])).toEqual(first.map(({ data }) => data[0]));
    expect(other.map(({ data }) => data[0])).not.toEqual(first.map(({ data }) => data[0]));
    expect(again.at(-1)!.data).toEqual(first.at(-1)!.data);
  });

  it('are refused without a seed, and where they ask for too many weights', async () => {
    const bytes = new TextEncoder().encode(STRUCTURES[0]!.text());
    expect(await codeOf(() => importModel([{ name: 'net.param', bytes }]))).toBe('NO_WEIGHTS');
    expect((await importModel([{ name: 'net.param', bytes }], { randomWeights: 1 })).format).toBe('ncnn');
    const huge = param('Input data 0 1 data 0=1 1=1 2=16384', 'InnerProduct fc 1 1 data out 0=16384 2=268435456');
    expect(await codeOf(() => importNcnn(huge, undefined, WHERE, { randomWeights: 1 }))).toBe('TOO_LARGE');
  });
});
