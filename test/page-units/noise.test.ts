/** The noise that the benchmark calibrates on. */
import { describe, expect, it } from 'vitest';
import { noiseTensor } from '../../page/worker/noise.js';

describe('noise', () => {
  it('has the shape that was asked for, and is the same every time', () => {
    const noise = noiseTensor([1, 3, 112, 96]);
    expect([noise.shape, noise.data.length]).toEqual([[1, 3, 112, 96], 3 * 112 * 96]);
    expect(noiseTensor([1, 3, 112, 96])).toEqual(noise);
  });

  it('is uniform between −1 and 1', () => {
    const counts = new Array<number>(256).fill(0);
    for (const value of noiseTensor([1, 3, 112, 112]).data) counts[Math.floor((value + 1) * 128)]!++;
    expect(counts).toHaveLength(256);
    // 147 are expected in each, with a standard deviation of 12.
    expect(Math.min(...counts)).toBeGreaterThan(85);
    expect(Math.max(...counts)).toBeLessThan(210);
  });
});
