/** What benchmarks make of their samples: medians, ratios, marks, aims and tables, on numbers whose results are known. */
import { describe, expect, it } from 'vitest';
import { type KernelRow, kernelsTable, markSlower } from '../../bench/kernels.js';
import { markdownTable, replaceSection } from '../../bench/markdown.js';
import { measureInterleaved, median, summarise } from '../../bench/measure.js';
import { pairedRatio, peersTable, relativeDifference } from '../../bench/peers.js';
import type { PeerRow } from '../../bench/peersDocument.js';
import { targetsOf } from '../../bench/targets.js';

describe('median', () => {
  it('is the middle, or the mean of the middle two', () => {
    expect(median([7])).toBe(7);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 100])).toBe(3);
  });
});

describe('summarise', () => {
  it('takes the quantiles of the samples in any order', () => {
    const samples = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
    expect(summarise(samples)).toEqual({ medianMs: 50.5, p95Ms: 96, leastMs: 1, samples: 100 });
  });
});

describe('measureInterleaved', () => {
  it('warms up and calls as often as asked, round by round', async () => {
    const calls: string[] = [];
    const task = (name: string) => ({ name, run: () => void calls.push(name), warmUps: 1, callsPerRound: 2 });
    const timings = await measureInterleaved([task('a'), task('b')], 2, 0);
    // The first call of a round is not counted: it meets the caches as another task left them.
    expect(calls.join('')).toBe('abaaabbbaaabbb');
    expect(timings.map(({ samples }) => samples)).toEqual([4, 4]);
  });
});

const KERNEL: KernelRow = {
  network: 'MobileFaceNet',
  layer: 'conv1',
  shapes: '',
  count: 1,
  kernel: 'chosen',
  chosen: true,
  madds: 1e6,
  medianMs: 1,
  gmaddsPerSecond: 1,
  shareOfPeak: 0.1,
  gigabytesPerSecond: 1,
  memoryBound: false,
  slow: true,
};

describe('markSlower', () => {
  const other = (kernel: string, medianMs: number) => ({ ...KERNEL, kernel, medianMs, chosen: false });

  it('names the fastest candidate from 5 % on', () => {
    const rows = markSlower([
      KERNEL,
      other('near', 0.96),
      { ...KERNEL, layer: 'conv2' },
      other('a', 0.9),
      other('b', 0.8),
    ]);
    expect(rows.map(({ slowerThan }) => slowerThan)).toEqual([undefined, undefined, 'b', undefined, undefined]);
  });

  it('does not mix layers of one name', () => {
    const rows = markSlower([KERNEL, { ...KERNEL, network: 'another', medianMs: 0.1 }]);
    expect(rows.map(({ slowerThan }) => slowerThan)).toEqual([undefined, undefined]);
  });

  it('is shown in the last column', () => {
    const [, row] = kernelsTable(markSlower([KERNEL, other('b', 0.5)]));
    expect(row!.at(-1)).toBe('below a fifth of the peak, b is faster');
  });
});

describe('relativeDifference', () => {
  it('is relative to the largest expected value', () => {
    expect(relativeDifference([1, -3.5], [1, -4])).toBeCloseTo(0.125, 12);
    expect(relativeDifference([2, 1], [2, 1])).toBe(0);
  });

  it('is infinite for other lengths and for what is no number', () => {
    expect(relativeDifference([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(relativeDifference([1, Number.NaN], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('pairedRatio', () => {
  it('compares within rounds, so that a slow round does not count', () => {
    expect(pairedRatio([10, 100, 11], [20, 200, 22])).toBe(0.5);
    expect(pairedRatio([10, 30, 20], [20, 20, 20])).toBe(1);
  });
});

function peer(engine: string, threads: number, medianMs: number, ratio: number, startMs = 100, peakMb = 80): PeerRow {
  return { engine, version: '1', threads, medianMs, ratio, maxDifference: 0, startMs, peakMb };
}

describe('targetsOf', () => {
  const rows = [
    peer('mobilefacenet', 1, 10, 1),
    peer('mobilefacenet plain', 1, 11, 0.91),
    peer('mobilefacenet', 2, 5, 1),
    peer('litert', 1, 13, 0.77),
    peer('onnxruntime-web', 1, 22, 0.45),
    peer('tfjs-wasm', 1, 18, 0.54, 200, 100),
  ];
  const document = { node: 'v24', rounds: 1, rows };

  it('judges each engine by its own aim', () => {
    const found = targetsOf(document, true).map(({ what, found: value, reached }) => [what, value, reached]);
    expect(found).toEqual([
      ['one thread, against litert', 0.77, false],
      ['one thread, against onnxruntime-web', 0.45, true],
      ['one thread, against tfjs-wasm', 0.54, true],
      ['one thread, plain SIMD, against onnxruntime-web', 0.5, true],
      ['two threads, times as fast as one', 2, true],
      ['start to first output, against tfjs-wasm', 0.5, true],
      ['peak memory of that, against tfjs-wasm', 0.8, false],
    ]);
  });

  it('judges int8 by the same build in float32, and by native code', () => {
    const int8 = (build: string, medianMs: number) => ({ ...peer(`mobilefacenet int8${build}`, 1, medianMs, 1) });
    const found = targetsOf(
      {
        ...document,
        rows: [
          { ...peer('mobilefacenet', 1, 10, 1), version: '1 relaxed' },
          { ...peer('mobilefacenet plain', 1, 12, 0.8), version: '1 plain' },
          { ...int8('', 7.2), version: '1 relaxed' },
          { ...int8(' plain', 6), version: '1 plain' },
          peer('onnxruntime-node', 1, 16, 0.6),
        ],
      },
      true,
    ).filter(({ what }) => what.includes('int8'));
    expect(found.map(({ found: value, limit, reached }) => [value, limit, reached])).toEqual([
      [0.72, 0.7, false],
      [0.5, 0.6, true],
      [0.45, 0.5, true],
    ]);
  });

  it('takes the fastest engine in WebAssembly for other networks', () => {
    const native = peer('onnxruntime-node', 1, 1, 10);
    const [target, ...others] = targetsOf({ ...document, rows: [...rows, native] }, false);
    expect(others).toEqual([]);
    expect(target).toMatchObject({ found: 0.77, limit: 0.85, reached: true });
    expect(target!.what).toContain('litert');
  });
});

describe('peersTable', () => {
  it('compares rows with joined vectors among themselves', () => {
    const rows = [
      peer('mobilefacenet', 1, 10, 1, 100),
      peer('mobilefacenet wide', 1, 6, 1, 50),
      peer('litert wide', 1, 8, 0.75, 200),
    ];
    const [head, , , wide] = peersTable({ node: 'v24', rounds: 1, rows });
    expect(wide![head!.indexOf('start, ms') + 1]).toBe('0.25');
  });
});

describe('markdown', () => {
  it('aligns the first column left, and keeps bars inside cells', () => {
    const table = markdownTable([
      ['a', 'b'],
      ['x | y', '1'],
    ]);
    expect(table).toBe('| a | b |\n| --- | ---: |\n| x \\| y | 1 |');
  });

  it('replaces one section and nothing else', () => {
    const file = 'a\n<!-- one -->\nold\n<!-- /one -->\nb\n<!-- two -->\n<!-- /two -->\n';
    expect(replaceSection(file, 'one', '\nnew\n')).toBe(file.replace('old', 'new'));
    expect(() => replaceSection(file, 'three', '')).toThrow(expect.objectContaining({ code: 'NO_SECTION' }));
  });
});
