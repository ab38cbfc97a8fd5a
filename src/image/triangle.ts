/** The triangle filter that resampling weighs pixels with, as wide as needed for nothing to alias (Pillow's BILINEAR). */

/**
 * Which source positions each output position is the weighted mean of: output i of `counts[i]` positions from `first[i]`
 * on, with the weights from i · `stride` on. The weights of an output sum to 1, or to less where positions outside the
 * source would weigh too.
 */
export interface Taps {
  readonly first: Int32Array;
  readonly counts: Int32Array;
  readonly stride: number;
  readonly weights: Float64Array;
}

/** Weights that an output takes at most, where outputs are `step` source pixels apart. */
export function tapStride(step: number): number {
  return Math.ceil(2 * Math.max(step, 1)) + 1;
}

/**
 * The filter from the positions `[begin, begin + extent)` of a source of `length` to `outputs` positions. Its
 * half-width is the larger of one source pixel and one output pixel. It sees nothing outside the region; what the
 * region holds outside the source counts as 0.
 */
export function triangleTaps(begin: number, extent: number, length: number, outputs: number): Taps {
  const step = extent / outputs;
  const reach = Math.max(step, 1);
  const stride = tapStride(step);
  const first = new Int32Array(outputs);
  const counts = new Int32Array(outputs);
  const weights = new Float64Array(outputs * stride);
  const least = Math.round(begin);
  const end = Math.max(least + 1, Math.round(begin + extent));
  for (let output = 0; output < outputs; output++) {
    const centre = begin + (output + 0.5) * step;
    const from = Math.max(least, Math.floor(centre - reach + 0.5));
    const to = Math.min(end, Math.max(from + 1, Math.floor(centre + reach + 0.5)));
    let sum = 0;
    for (let position = from; position < to; position++)
      sum += Math.max(0, 1 - Math.abs(position + 0.5 - centre) / reach);
    const inside = Math.max(0, Math.min(from, length));
    const count = Math.max(0, Math.min(to, length) - inside);
    for (let tap = 0; tap < count; tap++) {
      const height = Math.max(0, 1 - Math.abs(inside + tap + 0.5 - centre) / reach);
      weights[output * stride + tap] = height / sum;
    }
    first[output] = inside;
    counts[output] = count;
  }
  return { first, counts, stride, weights };
}
