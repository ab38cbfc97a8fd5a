/** Seeded weights in the place of a `.bin`: for what a structure computes and how fast, not for what it was trained for. */

import { ModelError } from '../../errors.js';
import { countParameter } from './parameters.js';
import { describeLayer, type ParamLayer } from './parseParam.js';
import type { LayerWeights, StoredWeights } from './readWeights.js';

/** Elements that a file may ask for in all. */
export const MOST_RANDOM_ELEMENTS = 2 ** 27;

/** The 32-bit generator of Numerical Recipes, its upper 24 bits as a number in (0, 1). */
class Sequence {
  #state: number;

  constructor(seed: number) {
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
  }

  next(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) | 0;
    return ((this.#state >>> 8) + 0.5) / 0x1000000;
  }
}

/**
 * Uniform numbers that keep values of ordinary size through many layers: weights within √(6 / inputs of one output) (He
 * et al. 2015), scales and variances from 0.5 to 1.5, slopes from 0 to 0.5, all else within 0.1 of 0. The same seed gives
 * the same bits everywhere.
 */
export class RandomWeights implements LayerWeights {
  readonly #sequence: Sequence;
  #elements = 0;

  constructor(seed: number) {
    this.#sequence = new Sequence(seed);
  }

  plain(count: number, layer: ParamLayer, what: string): Float32Array {
    if (what === 'variances' || what === 'scales' || (what === 'slopes' && layer.type === 'BatchNorm')) {
      return this.#fill(count, layer, 0.5, 1.5);
    }
    return what === 'slopes' ? this.#fill(count, layer, 0, 0.5) : this.#fill(count, layer, -0.1, 0.1);
  }

  tagged(count: number, layer: ParamLayer): Float32Array {
    const bound = Math.sqrt((6 * countParameter(layer, 0)) / count);
    return this.#fill(count, layer, -bound, bound);
  }

  quantised(count: number, layer: ParamLayer): StoredWeights {
    return { data: this.#fill(count, layer, -127, 127).map(Math.round), isWhole: true };
  }

  /** Of weights whole numbers to 127, and of values to 4, as trained ones would have. */
  scales(count: number, layer: ParamLayer, what: string): Float32Array {
    if (what !== 'weight scales') return this.#fill(count, layer, 30, 34);
    const weights = countParameter(layer, layer.type === 'InnerProduct' ? 2 : 6);
    const scale = 127 / Math.sqrt((6 * countParameter(layer, 0)) / weights);
    return this.#fill(count, layer, scale, 1.1 * scale);
  }

  end(): void {}

  #fill(count: number, layer: ParamLayer, least: number, most: number): Float32Array {
    this.#elements += count;
    if (this.#elements > MOST_RANDOM_ELEMENTS) {
      const found = `${count} elements exceed the ${MOST_RANDOM_ELEMENTS} random weights that are made`;
      throw new ModelError('TOO_LARGE', `${describeLayer(layer)}: ${found}.`);
    }
    const data = new Float32Array(count);
    for (let index = 0; index < count; index++) data[index] = least + (most - least) * this.#sequence.next();
    return data;
  }
}
