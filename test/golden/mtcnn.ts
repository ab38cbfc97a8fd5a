/** Golden outputs of the default detector's networks, computed in float64 by another implementation. */
import { existsSync, readFileSync } from 'node:fs';
import type { Tensors } from '../../src/engine.js';
import { parseSafetensors } from '../../src/formats/safetensors.js';
import type { Graph } from '../../src/graph/types.js';
import { onet, pnet, rnet } from '../../src/networks/mtcnn.js';
import { namedWeights } from '../../src/networks/weightSource.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';

/** The weights as they were trained. */
export const DETECTOR_WEIGHTS = '../shared/own/mtcnn-student.safetensors';
export const haveDetectorWeights = existsSync(DETECTOR_WEIGHTS);

/** One case a network stands here, three where the weights are. */
const ALL_CASES = '../shared/own/mtcnn-golden.json';
const STORED_CASES = 'test/golden/mtcnn.json';

/** Absolute: the stored outputs are rounded to six digits, and both sides are of the order of 1. */
export const DETECTOR_TOLERANCE = 3e-6;

const NETWORKS = { pnet, rnet, onet };

interface Output {
  readonly shape: number[];
  readonly data: number[];
}

/** An input by its formula, and what comes out. */
export interface DetectorCase {
  readonly net: keyof typeof NETWORKS;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly pixel_sum: number;
  readonly prob: Output;
  readonly box: Output;
  readonly points?: Output;
}

export const detectorCases: readonly DetectorCase[] = JSON.parse(
  readFileSync(existsSync(ALL_CASES) ? ALL_CASES : STORED_CASES, 'utf8'),
).cases;

/** The pixels of a case by the formula in its file, red, green and blue of a pixel together. */
function pixelsOf({ seed, width, height }: DetectorCase): number[] {
  return Array.from({ length: width * height * 3 }, (_, i) => {
    if (seed === 0) return (i * 7919) % 255;
    if (seed === 1) return Math.floor((i * i * 31 + i * 7) / 64) % 256;
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    const value = 5 * x + 9 * y + 40 * c + (x - Math.floor(width / 2)) * (y - Math.floor(height / 2));
    return ((value % 256) + 256) % 256;
  });
}

/** A case's input. Throws where the formula does not give the pixels that the case was computed with. */
export function detectorInput(golden: DetectorCase): Tensors {
  const { width, height } = golden;
  const pixels = pixelsOf(golden);
  const sum = pixels.reduce((total, value) => total + value, 0);
  if (sum !== golden.pixel_sum) throw new Error(`the pixels sum to ${sum}; ${golden.pixel_sum} is expected.`);
  const plane = width * height;
  const data = Array.from({ length: 3 * plane }, (_, index) => {
    return (pixels[(index % plane) * 3 + Math.floor(index / plane)]! - 127.5) / 128;
  });
  return { input: float32Tensor([1, 3, height, width], data) };
}

/** The network of a case with the trained weights. */
export function detectorGraph({ net }: DetectorCase): Graph {
  const { tensors } = parseSafetensors(new Uint8Array(readFileSync(DETECTOR_WEIGHTS)), DETECTOR_WEIGHTS);
  const own = [...tensors].filter(([name]) => name.startsWith(`${net}.`));
  return NETWORKS[net](namedWeights(new Map(own.map(([name, tensor]) => [name.slice(net.length + 1), tensor]))));
}

/** The largest absolute difference over all outputs; infinite where shapes differ. */
export function detectorDifference(
  { prob, box, points }: DetectorCase,
  found: Readonly<Record<string, Pick<Tensor, 'shape'> & { readonly data: ArrayLike<number> }>>,
): number {
  const expected = { probability: prob, regression: box, ...(points ? { landmarks: points } : {}) };
  const differences = Object.entries(expected).map(([name, { shape, data }]) => {
    if (found[name]?.shape.join() !== shape.join()) return Number.POSITIVE_INFINITY;
    return Math.max(...data.map((value, index) => Math.abs(found[name]!.data[index]! - value)));
  });
  return Math.max(...differences);
}
