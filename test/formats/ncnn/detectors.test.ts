/**
 * MTCNN's published `.param` files: imported with their own weights, and with ours, whose outputs an independent float64
 * implementation computed; both run on the kernels.
 */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceValues } from '../../../src/build/reference.js';
import { Engine } from '../../../src/engine.js';
import { importNcnn } from '../../../src/formats/ncnn/importNcnn.js';
import { type ParamLayer, parseParam } from '../../../src/formats/ncnn/parseParam.js';
import { parseSafetensors } from '../../../src/formats/safetensors.js';
import type { Graph } from '../../../src/graph/types.js';
import { elementCount } from '../../../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../../../src/tensor/tensor.js';
import { graphOf, tag } from './files.js';

const FILES = '../shared/models/mtcnn';
const WEIGHTS = '../shared/own/mtcnn-student.safetensors';
const GOLDEN = '../shared/own/mtcnn-golden.json';

/** The file of each network, its outputs as the golden file names them, and its size. */
const NETWORKS = {
  pnet: { file: 'det1', outputs: { prob1: 'prob', 'conv4-2': 'box' } },
  rnet: { file: 'det2', outputs: { prob1: 'prob', 'conv5-2': 'box' } },
  onet: { file: 'det3', outputs: { prob1: 'prob', 'conv6-2': 'box', 'conv6-3': 'points' } },
} as const;

type NetworkName = keyof typeof NETWORKS;

interface Output {
  readonly shape: number[];
  readonly data: number[];
}

interface GoldenCase {
  readonly net: NetworkName;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly prob: Output;
  readonly box: Output;
  readonly points?: Output;
}

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

/** Channels first, as the golden file's formula says. */
function imageOf({ seed, width, height }: GoldenCase): Tensor {
  const plane = width * height;
  const data = Array.from({ length: 3 * plane }, (_, index) => {
    const i = (index % plane) * 3 + Math.floor(index / plane);
    const [x, y, c] = [(index % plane) % width, Math.floor((index % plane) / width), Math.floor(index / plane)];
    const turned = 5 * x + 9 * y + 40 * c + (x - Math.floor(width / 2)) * (y - Math.floor(height / 2));
    const values = [(i * 7919) % 255, Math.floor((i * i * 31 + i * 7) / 64) % 256, ((turned % 256) + 256) % 256];
    return (values[seed]! - 127.5) / 128;
  });
  return float32Tensor([1, 3, height, width], data);
}

function paramOf(network: NetworkName): string {
  return readFileSync(`${FILES}/${NETWORKS[network].file}.param`, 'utf8');
}

/** Our weights in the order of the layers, as a `.bin` stores them. */
function ownWeights(network: NetworkName, layers: readonly ParamLayer[]): Uint8Array {
  const { tensors } = parseSafetensors(new Uint8Array(readFileSync(WEIGHTS)), WEIGHTS);
  const bytes = (name: string) => new Uint8Array(tensors.get(`${network}.${name}`)!.data.slice().buffer);
  const parts = layers.flatMap(({ type, name }) => {
    const own = name.toLowerCase();
    if (type === 'PReLU') return [bytes(`${own}.weight`)];
    if (type !== 'Convolution' && type !== 'InnerProduct') return [];
    return [tag(0), bytes(`${own}.weight`), bytes(`${own}.bias`)];
  });
  return new Uint8Array(Buffer.concat(parts));
}

function importOwn(network: NetworkName): Graph {
  const param = paramOf(network);
  const weights = ownWeights(network, parseParam(param, network));
  return graphOf(importNcnn(param, weights, { param: `${network}.param`, bin: `${network}.bin` }));
}

function largestError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Math.max(...Array.from(expected, (value, index) => Math.abs(found[index]! - value)));
}

describe.skipIf(!existsSync(FILES))(`${FILES} with its own weights`, () => {
  it.each([
    ['pnet', [1, 3, 12, 12]],
    ['pnet', [1, 3, 37, 50]],
    ['rnet', [1, 3, 24, 24]],
    ['rnet', [5, 3, 24, 24]],
    ['onet', [2, 3, 48, 48]],
  ] as const)('%s imports and runs on %j', async (network, shape) => {
    const { file, outputs } = NETWORKS[network];
    const weights = new Uint8Array(readFileSync(`${FILES}/${file}.bin`));
    const graph = graphOf(importNcnn(paramOf(network), weights, { param: `${file}.param`, bin: `${file}.bin` }));
    expect([...graph.outputs].sort()).toEqual(Object.keys(outputs).sort());
    const data = Float32Array.from(
      { length: elementCount(shape) },
      (_, index) => (((index * 7919) % 255) - 127.5) / 128,
    );
    const input = { [graph.inputs[0]!.name]: float32Tensor(shape, data) };
    const expected = referenceValues(graph, input);
    const compiled = await engine.compile(graph);
    for (const [name, { shape: found, data: values }] of Object.entries(compiled.run(input))) {
      expect(found).toEqual(expected.get(name)!.shape);
      expect(largestError(values, expected.get(name)!.data)).toBeLessThan(2e-5);
    }
    compiled.dispose();
  });
});

describe.skipIf(!existsSync(FILES) || !existsSync(GOLDEN))(`${FILES} with our weights, as in ${GOLDEN}`, () => {
  const cases: GoldenCase[] = existsSync(GOLDEN) ? JSON.parse(readFileSync(GOLDEN, 'utf8')).cases : [];

  it.each(cases)('$net, input $seed of $width×$height', async (golden) => {
    const graph = importOwn(golden.net);
    const compiled = await engine.compile(graph);
    const outputs = compiled.run({ [graph.inputs[0]!.name]: imageOf(golden) });
    for (const [name, key] of Object.entries(NETWORKS[golden.net].outputs)) {
      const expected = golden[key]!;
      expect(outputs[name]!.shape).toEqual(expected.shape);
      expect(largestError(outputs[name]!.data, expected.data)).toBeLessThan(2e-5);
    }
    compiled.dispose();
  });
});
