/**
 * Seeded weights: the same bits on every machine and in every language, for benchmarks and golden outputs.
 *
 * All arithmetic on `h` is of unsigned 32-bit integers that wrap around; the rest is IEEE float64, whose division and
 * square root are exact to the last bit everywhere.
 *
 *     h = 2166136261
 *     for each character of name:   h = (h xor code) · 16777619             FNV-1a
 *     start = h xor (seed · 2654435769)
 *     element i of the tensor, in row-major order:
 *         h = start + (i + 1) · 2654435769                                 Weyl sequence
 *         h = (h xor h >> 16) · 2246822507                                 MurmurHash3's finaliser
 *         h = (h xor h >> 13) · 3266489909
 *         h =  h xor h >> 16
 *         u = ((h >> 8) + 0.5) / 2²⁴                                       uniform in (0, 1)
 *     name ends in .weight:   √(6 / inputs of one output) · (2u − 1)       He et al. 2015, uniform form
 *     name ends in .prelu:    u / 2                                        around the usual 0.25
 *     otherwise (biases):     (2u − 1) / 10
 *     rounded to float32 once.
 */
import { elementCount, type Shape } from '../tensor/shape.js';
import { float32Tensor } from '../tensor/tensor.js';
import type { WeightSource } from './weightSource.js';

const GOLDEN_RATIO = 0x9e3779b9;

function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return hash;
}

/** Element `index` of the sequence that starts at `start`: uniform in (0, 1), 24 bits. */
function uniform(start: number, index: number): number {
  let hash = (start + Math.imul(index + 1, GOLDEN_RATIO)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return ((hash >>> 8) + 0.5) / 0x1000000;
}

function scaling(name: string, shape: Shape): (u: number) => number {
  if (name.endsWith('.prelu')) return (u) => u / 2;
  if (!name.endsWith('.weight')) return (u) => (2 * u - 1) / 10;
  const bound = Math.sqrt(6 / elementCount(shape.slice(1)));
  return (u) => bound * (2 * u - 1);
}

/** Weights that depend on seed, tensor name and shape alone, by the rule at the top of this file. */
export function seededWeights(seed = 1): WeightSource {
  return (name, shape) => {
    const start = hashName(name) ^ Math.imul(seed, GOLDEN_RATIO);
    const scale = scaling(name, shape);
    const data = new Float32Array(elementCount(shape));
    for (let index = 0; index < data.length; index++) data[index] = scale(uniform(start, index));
    return float32Tensor(shape, data);
  };
}
