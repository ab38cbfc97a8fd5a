/** The triangle filter that resampling weighs pixels with, as wide as needed for nothing to alias (Pillow's BILINEAR). */

/** Which source positions an output position is the weighted mean of: those from `first` on, by their `weights`. */
export interface Taps {
  readonly first: number;
  /** Sum 1, less where positions outside the source would weigh too. */
  readonly weights: Float64Array;
}

/**
 * The filter from the positions `[begin, begin + extent)` of a source of `length` to `outputs` positions. Its
 * half-width is the larger of one source pixel and one output pixel. It sees nothing outside the region; what the
 * region holds outside the source counts as 0.
 */
export function triangleTaps(begin: number, extent: number, length: number, outputs: number): Taps[] {
  const step = extent / outputs;
  const reach = Math.max(step, 1);
  const least = Math.round(begin);
  const end = Math.max(least + 1, Math.round(begin + extent));
  return Array.from({ length: outputs }, (_, output) => {
    const centre = begin + (output + 0.5) * step;
    const from = Math.max(least, Math.floor(centre - reach + 0.5));
    const to = Math.min(end, Math.max(from + 1, Math.floor(centre + reach + 0.5)));
    const heights = Array.from({ length: to - from }, (_, tap) => {
      return Math.max(0, 1 - Math.abs(from + tap + 0.5 - centre) / reach);
    });
    const sum = heights.reduce((total, height) => total + height, 0);
    const first = Math.max(0, Math.min(from, length));
    const weights = heights.slice(first - from, Math.max(0, Math.min(to, length) - from));
    return { first, weights: Float64Array.from(weights, (height) => height / sum) };
  });
}
