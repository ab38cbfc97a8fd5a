/** The page's views: what they say for a state, without a browser. */
import { describe, expect, it } from 'vitest';
import type { Actions } from '../../page/actions.js';
import { comparisonOf } from '../../page/comparison.js';
import { initialState, type Slot, type State, withSlot } from '../../page/state.js';
import { tabAfter, viewApp } from '../../page/view/app.js';
import { relativeRows, viewBenchmark } from '../../page/view/benchmark.js';
import { threadChoices, viewEngine } from '../../page/view/engine.js';
import { viewFindings, viewOverlay } from '../../page/view/findings.js';
import { viewGallery } from '../../page/view/gallery.js';
import { textOf, type ViewNode } from '../../page/view/node.js';
import { placeOf, viewResult } from '../../page/view/result.js';
import type { Analysis, BenchmarkRow } from '../../page/worker/messages.js';
import type { Face, ModelCard } from '../../src/index.js';

const WEIGHTS = 'a'.repeat(64);

/** Sizes of the page's own weights. */
const BYTES = { float32: 2_056_464, int8: 1_090_000 };

const noActions = new Proxy({}, { get: () => () => {} }) as Actions;

function faceAt(x: number): Face {
  const points = [10, 20, 30, 40, 50].map((place) => [x + place, place] as const);
  return {
    score: 0.98,
    box: { x, y: 5, width: 60, height: 80 },
    landmarks: points as unknown as Required<Face>['landmarks'],
  };
}

function analysis(embedding: readonly number[], change: Partial<Analysis> = {}): Analysis {
  return {
    width: 200,
    height: 100,
    faces: [faceAt(10)],
    chosen: 0,
    crop: new Blob(),
    quality: {
      value: 0.8,
      reasons: [],
      score: 0.98,
      eyeDistance: 40,
      sharpness: 0.01,
      residual: 0.05,
      visible: 1,
      roll: 0,
      yaw: 0,
    },
    embedding: { embedding: Float32Array.from(embedding), weights: WEIGHTS },
    timings: { decodeMs: 1, detectMs: 2, alignMs: 3, embedMs: 4 },
    ...change,
  };
}

function readySlot(found: Analysis): Slot & { kind: 'ready' } {
  const picture = { name: 'a.jpg', file: new Blob(), url: 'blob:a', face: 0 };
  return { kind: 'ready', picture, analysis: found, cropUrl: 'blob:crop' };
}

function stateWith(first: Analysis, second: Analysis, card: Partial<ModelCard> = {}): State {
  const threshold = { value: 0.5, calibratedOn: 'some pairs', pairs: 10 };
  const full: ModelCard = { name: 'weights', sha256: WEIGHTS, thresholds: [threshold], accuracy: [], ...card };
  const model = {
    card: full,
    weights: WEIGHTS,
    detector: 'detector',
    build: 'plain',
    threads: 1,
    warnings: [],
  } as const;
  const state: State = { ...initialState(4, BYTES), model: { kind: 'ready', model, isDefault: true } };
  return withSlot(withSlot(state, 'first', readySlot(first)), 'second', readySlot(second));
}

function all(node: ViewNode, tag: string): ViewNode[] {
  const below = node.children.flatMap((child) => (typeof child === 'string' ? [] : all(child, tag)));
  return node.tag === tag ? [node, ...below] : below;
}

const close = stateWith(analysis([3, 4]), analysis([4, 3]));
const apart = stateWith(analysis([1, 0]), analysis([-1, 1]));

describe('comparison', () => {
  it('is the cosine, decided by the threshold of the card', () => {
    expect(comparisonOf(close)).toMatchObject({
      threshold: 0.5,
      same: true,
      calibratedOn: 'some pairs',
      elapsedMs: 20,
    });
    expect(comparisonOf(close)?.similarity).toBeCloseTo(24 / 25, 6);
    expect(comparisonOf(apart)?.same).toBe(false);
  });

  it('has a probability only where the card has one, and no decision without a threshold', () => {
    const probability = { slope: 2, offset: 0, calibratedOn: 'some pairs', pairs: 10 };
    const [a, b] = [analysis([1, 0]), analysis([1, 0])];
    expect(comparisonOf(stateWith(a, b, { probability }))?.probability).toBeCloseTo(1 / (1 + Math.exp(-2)), 9);
    expect(comparisonOf(close)?.probability).toBeNull();
    expect(comparisonOf(stateWith(a, b, { thresholds: [] }))?.same).toBeNull();
  });

  it('is absent for embeddings of other weights, and while a picture is missing', () => {
    const other = analysis([1, 0], { embedding: { embedding: Float32Array.of(1, 0), weights: 'b'.repeat(64) } });
    expect(comparisonOf(stateWith(other, analysis([1, 0])))).toBeUndefined();
    expect(comparisonOf(withSlot(close, 'first', { kind: 'empty' }))).toBeUndefined();
  });
});

describe('result', () => {
  it('says what was decided and why', () => {
    expect(textOf(viewResult(close, noActions))).toMatch(
      /Same person Similarity 0\.960 reaches the threshold 0\.500\./,
    );
    expect(textOf(viewResult(apart, noActions))).toMatch(/Different people Similarity −0\.707 is below/);
    const undecided = stateWith(analysis([1, 0]), analysis([1, 0]), { thresholds: [] });
    expect(textOf(viewResult(undecided, noActions))).toMatch(/No decision .* nothing is decided/);
  });

  it('offers samples only where nothing was chosen', () => {
    expect(all(viewResult(initialState(1, BYTES), noActions), 'button')).toHaveLength(2);
    const one = withSlot(close, 'second', { kind: 'empty' });
    expect(all(viewResult(one, noActions), 'button')).toHaveLength(0);
  });

  it('places similarities on a scale from −1 to 1, and what is beyond at its ends', () => {
    expect([-1, 0, 0.5, 1, 1.0001].map(placeOf)).toEqual(['0.00%', '50.00%', '75.00%', '100.00%', '100.00%']);
  });
});

describe('findings', () => {
  it('draws every face with five landmarks, and marks the chosen one', () => {
    const overlay = viewOverlay(analysis([1], { faces: [faceAt(0), faceAt(90)], chosen: 1 }));
    expect(overlay.properties.viewBox).toBe('0 0 200 100');
    expect(all(overlay, 'circle')).toHaveLength(10);
    expect(all(overlay, 'g').map(({ properties }) => properties.class)).toEqual(['face', 'face chosen']);
  });

  it('lets the visitor choose among several faces, and gives the reasons of a poor one', () => {
    const quality = { ...analysis([1]).quality, value: 0.31, reasons: ['small', 'blurred'] as const };
    const found = analysis([1], { faces: [faceAt(0), faceAt(90)], chosen: 1, quality });
    const view = viewFindings('first', readySlot(found), noActions);
    expect(all(view, 'button').map(({ properties }) => properties['aria-pressed'])).toEqual(['false', 'true']);
    expect(textOf(view)).toContain('Quality 0.31: few pixels, blurred');
    expect(all(viewFindings('first', readySlot(analysis([1])), noActions), 'button')).toHaveLength(0);
  });
});

describe('gallery', () => {
  const person = { id: 1, name: 'Ada', embedding: new Float32Array(2), crop: new Blob(), cropUrl: 'blob:b' };

  it('says of people of other weights that they are not searched', () => {
    const people = [{ ...person, weights: WEIGHTS }];
    const known = viewGallery({ ...close, gallery: { people, confirming: false } }, noActions);
    expect(textOf(known)).not.toContain('other weights');
    const others = [{ ...person, weights: 'b'.repeat(64) }];
    const refused = viewGallery({ ...close, gallery: { people: others, confirming: false } }, noActions);
    expect(textOf(refused)).toContain('Made with other weights: not searched');
  });

  it('asks before everybody goes', () => {
    const people = [{ ...person, weights: WEIGHTS }];
    const asked = viewGallery({ ...close, gallery: { people, confirming: true } }, noActions);
    expect(all(asked, 'button').map(textOf)).toEqual(expect.arrayContaining(['Remove all', 'Keep']));
  });
});

describe('benchmark', () => {
  const row = { input: '112×112', parameters: 1e6, madds: 2e8 };
  const rows: BenchmarkRow[] = [
    { ...row, network: 'MobileNetV1', paperMs: 60, medianMs: 30, int8Ms: 12 },
    { ...row, network: 'MobileFaceNet', paperMs: 24, medianMs: 10, int8Ms: 6 },
    { ...row, network: 'ShuffleNet', paperMs: 27 },
  ];

  it('gives times relative to MobileFaceNet', () => {
    expect(relativeRows(rows).map(({ relative }) => relative)).toEqual([3, 1, undefined]);
    expect(relativeRows(rows).map(({ paperRelative }) => paperRelative)).toEqual([2.5, 1, 1.125]);
  });

  it('gives times in int8 beside those in float32, on one scale, and as a share of the same network’s', () => {
    expect(relativeRows(rows).map(({ int8Relative }) => int8Relative)).toEqual([1.2, 0.6, undefined]);
    expect(relativeRows(rows).map(({ int8Share }) => int8Share)).toEqual([0.4, 0.6, undefined]);
    const view = viewBenchmark({ ...close, benchmark: { kind: 'done', rows, threads: 1 } }, noActions);
    const [, first, base] = all(view, 'tr');
    const bars = all(first!, 'div').filter(({ properties }) => properties.class === 'bar');
    expect(bars.map(({ properties }) => properties.style)).toEqual(
      ['100.00%', '40.00%', '83.33%'].map((width) => ({ '--width': width })),
    );
    expect(textOf(base!)).toMatch(/int8 +60 % +of float32 +6\.0 ms/);
  });

  it('has as many cells in every row as it has columns', () => {
    const view = viewBenchmark({ ...close, benchmark: { kind: 'running', done: 1, total: 2, rows } }, noActions);
    const counts = all(view, 'tr').map((row) => all(row, 'th').length + all(row, 'td').length);
    expect(counts).toEqual([4, 4, 4, 4]);
  });

  it('can be cancelled while it runs, and run again afterwards', () => {
    const labels = (benchmark: State['benchmark']): string[] =>
      all(viewBenchmark({ ...close, benchmark }, noActions), 'button').map(textOf);
    expect(labels({ kind: 'idle' })).toEqual(['Run benchmark']);
    expect(labels({ kind: 'running', done: 1, total: 2, rows })).toEqual(['Cancel']);
    expect(labels({ kind: 'done', rows, threads: 1 })).toEqual(['Run again']);
  });
});

describe('weights in use', () => {
  const choices = (state: State): string[] =>
    all(viewEngine(state, noActions), 'option')
      .map(textOf)
      .filter((text) => /float32|int8|From your files/.test(text));

  it('are the page’s own in float32 or int8, with their sizes', () => {
    expect(choices(close)).toEqual(['Default, float32 (2.1 MB)', 'Default, int8 (1.1 MB)']);
    expect(choices({ ...close, weights: 'opened' })).toHaveLength(3);
  });

  it('are nothing to choose where the page has none in int8', () => {
    expect(choices({ ...close, weightBytes: { float32: BYTES.float32 } })).toEqual([]);
  });

  it('are chosen by their precision, and shown', () => {
    const chosen: string[] = [];
    const actions = {
      ...noActions,
      useOwnWeights: (precision: string) => chosen.push(precision),
    } as unknown as Actions;
    const fields = (state: State): ViewNode[] =>
      all(viewEngine(state, actions), 'select').filter((select) =>
        all(select, 'option').some((option) => /int8/.test(textOf(option))),
      );
    const [field] = fields({ ...close, weights: 'int8' });
    expect(field!.properties.value).toBe('int8');
    (field!.properties.onchange as (event: unknown) => void)({ currentTarget: { value: 'float32' } });
    expect(chosen).toEqual(['float32']);
  });
});

describe('page', () => {
  it('goes through the tabs by arrow keys', () => {
    expect(tabAfter('compare', 'ArrowRight')).toBe('benchmark');
    expect(tabAfter('benchmark', 'ArrowRight')).toBe('compare');
    expect(tabAfter('compare', 'ArrowLeft')).toBe('benchmark');
    expect(tabAfter('benchmark', 'Home')).toBe('compare');
    expect(tabAfter('compare', 'a')).toBeUndefined();
  });

  it('offers as many threads as there may be', () => {
    expect(threadChoices(1)).toEqual([1]);
    expect(threadChoices(5)).toEqual([1, 2, 3, 4, 5]);
  });

  it('says that no picture leaves the browser, and shows a failure of the engine', () => {
    const failed: State = { ...initialState(1, BYTES), model: { kind: 'failed', problem: 'There is no SIMD.' } };
    const text = viewApp(failed, noActions).map(textOf).join(' ');
    expect(text).toContain('No picture leaves this browser');
    expect(text).toContain('There is no SIMD.');
  });
});
