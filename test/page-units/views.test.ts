/** The page's views: what they say for a state, without a browser. */
import { describe, expect, it } from 'vitest';
import type { Actions } from '../../page/actions.js';
import { comparisonOf } from '../../page/comparison.js';
import { initialState, type Slot, type State, withSlot } from '../../page/state.js';
import { tabAfter, viewApp } from '../../page/view/app.js';
import { relativeRows, viewBenchmark } from '../../page/view/benchmark.js';
import { threadChoices } from '../../page/view/engine.js';
import { viewFindings, viewOverlay } from '../../page/view/findings.js';
import { viewGallery } from '../../page/view/gallery.js';
import { textOf, type ViewNode } from '../../page/view/node.js';
import { placeOf, viewResult } from '../../page/view/result.js';
import type { Analysis, BenchmarkRow } from '../../page/worker/messages.js';
import type { Face, ModelCard } from '../../src/index.js';

const WEIGHTS = 'a'.repeat(64);

const noActions = new Proxy({}, { get: () => () => {} }) as Actions;

function faceAt(x: number): Face {
  const points = [10, 20, 30, 40, 50].map((place) => [x + place, place] as const);
  return { score: 0.98, box: { x, y: 5, width: 60, height: 80 }, landmarks: points as unknown as Face['landmarks'] };
}

function analysis(embedding: readonly number[], change: Partial<Analysis> = {}): Analysis {
  return {
    width: 200,
    height: 100,
    faces: [faceAt(10)],
    chosen: 0,
    crop: new Blob(),
    quality: { value: 0.8, reasons: [], score: 0.98, eyeDistance: 40, sharpness: 0.01, residual: 0.05 },
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
  const full: ModelCard = { name: 'weights', thresholds: [threshold], accuracy: [], ...card };
  const model = {
    card: full,
    weights: WEIGHTS,
    detector: 'detector',
    build: 'plain',
    threads: 1,
    warnings: [],
  } as const;
  const state: State = { ...initialState(4), model: { kind: 'ready', model, isDefault: true } };
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
    expect(comparisonOf(close)).not.toHaveProperty('probability');
    expect(comparisonOf(stateWith(a, b, { thresholds: [] }))).not.toHaveProperty('same');
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
    expect(all(viewResult(initialState(1), noActions), 'button')).toHaveLength(2);
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
    { ...row, network: 'MobileNetV1', paperMs: 60, medianMs: 30 },
    { ...row, network: 'MobileFaceNet', paperMs: 24, medianMs: 10 },
    { ...row, network: 'ShuffleNet', paperMs: 27 },
  ];

  it('gives times relative to MobileFaceNet', () => {
    expect(relativeRows(rows).map(({ relative }) => relative)).toEqual([3, 1, undefined]);
    expect(relativeRows(rows).map(({ paperRelative }) => paperRelative)).toEqual([2.5, 1, 1.125]);
  });

  it('can be cancelled while it runs, and run again afterwards', () => {
    const labels = (benchmark: State['benchmark']): string[] =>
      all(viewBenchmark({ ...close, benchmark }, noActions), 'button').map(textOf);
    expect(labels({ kind: 'idle' })).toEqual(['Run benchmark']);
    expect(labels({ kind: 'running', done: 1, total: 2, rows })).toEqual(['Cancel']);
    expect(labels({ kind: 'done', rows, threads: 1 })).toEqual(['Run again']);
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
    const failed: State = { ...initialState(1), model: { kind: 'failed', problem: 'There is no SIMD.' } };
    const text = viewApp(failed, noActions).map(textOf).join(' ');
    expect(text).toContain('No picture leaves this browser');
    expect(text).toContain('There is no SIMD.');
  });
});
