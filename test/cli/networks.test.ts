/** `networks`: Table 2 as the paper prints it beside this engine's counts and times, in the shape that is promised. */
import { describe, expect, it } from 'vitest';
import type { NetworksDocument } from '../../src/cli/networks.js';
import { rankCorrelation } from '../../src/cli/rankCorrelation.js';
import { runCli, runJson } from './cli.js';

/** Network, input, parameters, multiply-adds; then the paper's parameters and milliseconds. */
const ROWS = [
  ['MobileNetV1', '112×112', 3_196_032, 567_716_352, 3_200_000, 60],
  ['ShuffleNet (1×, g=3)', '112×112', 892_488, 136_500_672, 830_000, 27],
  ['MobileNetV2', '112×112', 2_206_816, 299_494_272, 2_100_000, 49],
  ['MobileNetV2-GDConv', '112×112', 2_270_816, 299_556_992, 2_100_000, 50],
  ['MobileFaceNet', '112×112', 993_344, 220_965_376, 990_000, 24],
  ['MobileFaceNet (112×96)', '112×96', 989_760, 189_408_256, 990_000, 21],
  ['MobileFaceNet (96×96)', '96×96', 986_688, 162_359_296, 990_000, 18],
  ['MobileFaceNet-M', '112×112', 927_680, 220_899_840, 920_000, 24],
  ['MobileFaceNet-S', '112×112', 841_920, 217_669_760, 840_000, 23],
  ['MobileFaceNet (ReLU)', '112×112', 985_792, 220_965_376, 980_000, 23],
  ['MobileFaceNet (expansion factor ×2)', '112×112', 1_824_704, 431_403_520, 1_100_000, 27],
] as const;

describe('networks', () => {
  it('prints exactly the promised document', async () => {
    const { code, document } = await runJson<NetworksDocument>('networks');
    expect(code).toBe(0);
    expect(document).toEqual({
      rows: ROWS.map(([network, input, parameters, madds, paperParameters, speedMs]) => ({
        network,
        input,
        parameters,
        madds,
        medianMs: expect.any(Number),
        paper: { parameters: paperParameters, speedMs },
      })),
      rankCorrelation: expect.any(Number),
    });
    const times = document.rows.map(({ medianMs }) => medianMs);
    expect(times.every((medianMs) => medianMs > 0)).toBe(true);
    const papers = document.rows.map(({ paper }) => paper.speedMs);
    expect(document.rankCorrelation).toBeCloseTo(rankCorrelation(times, papers), 3);
  });

  it('prints a table for people', async () => {
    const { code, stdout, stderr } = await runCli('networks');
    expect([code, stderr]).toEqual([0, '']);
    for (const [network, , parameters] of ROWS) {
      const line = stdout.split('\n').find((text) => text.startsWith(`${network}  `));
      expect(line).toContain(parameters.toLocaleString('en-US'));
    }
    expect(stdout).toMatch(/rank correlation .*-?[01]\.\d\d/);
  });

  it('takes no argument', async () => {
    expect((await runCli('networks', 'MobileFaceNet')).code).toBe(2);
  });
});

describe('rankCorrelation', () => {
  it('is 1 for one order, −1 for the reverse, whatever the distances', () => {
    expect(rankCorrelation([1, 2, 3, 4], [10, 20, 21, 1000])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
  });

  it('is Spearman’s, computed by hand', () => {
    // Ranks 1 2 3 4 5 and 2 1 4 3 5: 1 − 6 · (1 + 1 + 1 + 1) / (5 · 24).
    expect(rankCorrelation([10, 20, 30, 40, 50], [2, 1, 4, 3, 5])).toBeCloseTo(0.8, 12);
  });

  it('gives equal values their mean rank', () => {
    // Ranks 1 2.5 2.5 4 and 1 2 3 4: covariance 4.5, variances 4.5 and 5.
    expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });
});
