/** MTCNN's networks give what an independent float64 implementation gave for the same trained weights. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countParameters, inferShapes } from '../../src/build/infer.js';
import { referenceValues } from '../../src/build/reference.js';
import { parseSafetensors } from '../../src/formats/safetensors.js';
import { onet, pnet, rnet } from '../../src/networks/mtcnn.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { namedWeights } from '../../src/networks/weightSource.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';

const WEIGHTS = '../shared/own/mtcnn-student.safetensors';
const GOLDEN = '../shared/own/mtcnn-golden.json';
const NETWORKS = { pnet, rnet, onet };

interface Output {
  readonly shape: number[];
  readonly data: number[];
}

interface Case {
  readonly net: keyof typeof NETWORKS;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly pixel_sum: number;
  readonly prob: Output;
  readonly box: Output;
  readonly points?: Output;
}

/** The pixels of a case by the formula in its file, red, green and blue of a pixel together. */
function pixelsOf({ seed, width, height }: Case): number[] {
  return Array.from({ length: width * height * 3 }, (_, i) => {
    if (seed === 0) return (i * 7919) % 255;
    if (seed === 1) return Math.floor((i * i * 31 + i * 7) / 64) % 256;
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    const value = 5 * x + 9 * y + 40 * c + (x - Math.floor(width / 2)) * (y - Math.floor(height / 2));
    return ((value % 256) + 256) % 256;
  });
}

function inputOf(pixels: readonly number[], width: number, height: number): Tensor {
  const plane = width * height;
  const data = Array.from({ length: 3 * plane }, (_, index) => {
    return (pixels[(index % plane) * 3 + Math.floor(index / plane)]! - 127.5) / 128;
  });
  return float32Tensor([1, 3, height, width], data);
}

describe('MTCNN', () => {
  it.each([
    ['pnet', 6_632, { probability: [1, 2, 1, 1], regression: [1, 4, 1, 1] }],
    ['rnet', 100_178, { probability: [1, 2], regression: [1, 4] }],
    ['onet', 389_040, { probability: [1, 2], regression: [1, 4], landmarks: [1, 10] }],
  ] as const)('%s has %d parameters', (name, parameters, outputs) => {
    const graph = NETWORKS[name](seededWeights());
    expect(countParameters(graph)).toBe(parameters);
    const shapes = inferShapes(graph);
    expect(Object.fromEntries(graph.outputs.map((output) => [output, shapes.get(output)]))).toEqual(outputs);
  });

  describe.skipIf(!existsSync(GOLDEN) || !existsSync(WEIGHTS))(`with ${WEIGHTS} as in ${GOLDEN}`, () => {
    const cases: Case[] = existsSync(GOLDEN) ? JSON.parse(readFileSync(GOLDEN, 'utf8')).cases : [];

    it.each(cases)('$net, input $seed of $width×$height', (golden) => {
      const { tensors } = parseSafetensors(new Uint8Array(readFileSync(WEIGHTS)), WEIGHTS);
      const prefix = `${golden.net}.`;
      const own = [...tensors].filter(([name]) => name.startsWith(prefix));
      const weights = new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
      const graph = NETWORKS[golden.net](namedWeights(weights));
      const pixels = pixelsOf(golden);
      expect(pixels.reduce((sum, value) => sum + value, 0)).toBe(golden.pixel_sum);
      const values = referenceValues(graph, { input: inputOf(pixels, golden.width, golden.height) });
      const expected = { probability: golden.prob, regression: golden.box, landmarks: golden.points };
      for (const name of graph.outputs as (keyof typeof expected)[]) {
        const { shape, data } = values.get(name)!;
        expect(shape).toEqual(expected[name]!.shape);
        const errors = expected[name]!.data.map((value, index) => Math.abs(data[index]! - value));
        expect(Math.max(...errors)).toBeLessThan(2e-6);
      }
    });
  });
});
