/** Noise, the same every time: something to calibrate random weights on. */
import { float32Tensor, type Tensor } from '../../src/index.js';

/** Elements uniformly between −1 and 1, as of normalised pixels. */
export function noiseTensor(shape: readonly number[]): Tensor {
  const tensor = float32Tensor(shape);
  let state = 1;
  for (let at = 0; at < tensor.data.length; at++) {
    // The generator of Numerical Recipes (2nd edition, section 7.1).
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    tensor.data[at] = (2 * state) / 2 ** 32 - 1;
  }
  return tensor;
}
