/** The page's sentences, numbers and store. */
import { describe, expect, it } from 'vitest';
import { PIXEL_OPTIONS, pixelOptions } from '../../page/pixelOptions.js';
import { sentenceFor } from '../../page/problems.js';
import { initialState } from '../../page/state.js';
import { createStore } from '../../page/store.js';
import { formatMs, formatPercent, formatSimilarity, plural } from '../../page/view/format.js';
import { ImageError } from '../../src/index.js';

describe('sentences about errors', () => {
  it('go by the library’s codes and the browser’s names', () => {
    expect(sentenceFor(new ImageError('NO_FACE', 'x'))).toMatch(/^No face was found/);
    expect(sentenceFor(new DOMException('x', 'NotAllowedError'))).toMatch(/^The camera was not allowed/);
    expect(sentenceFor(Object.assign(new Error('x'), { code: 'NO_SIMD' }))).toMatch(/no WebAssembly SIMD/);
  });

  it('keep what an unknown error says, as a sentence', () => {
    expect(sentenceFor(new Error('the disk is full'))).toBe('The disk is full.');
    expect(sentenceFor('why?')).toBe('Why?');
  });
});

describe('numbers', () => {
  it('have as many digits as mean something', () => {
    expect([formatSimilarity(-0.0184), formatMs(3.14), formatMs(314.2)]).toEqual(['−0.018', '3.1 ms', '314 ms']);
    expect([plural(1, 'face'), plural(2, 'person', 'people')]).toEqual(['1 face', '2 people']);
  });

  it('are never rounded to certainty', () => {
    expect([0.99999, 0.5, 0.00001].map(formatPercent)).toEqual(['over 99.9 %', '50.0 %', 'under 0.1 %']);
  });
});

describe('pixel options', () => {
  it('are told apart by name, and an unknown one changes nothing', () => {
    expect(new Set(PIXEL_OPTIONS.map(({ name }) => name)).size).toBe(PIXEL_OPTIONS.length);
    expect(pixelOptions('bgr-128').channelOrder).toBe('bgr');
    expect(pixelOptions('nothing')).toEqual({});
  });
});

describe('store', () => {
  it('tells of several changes of one turn once, with the last state', async () => {
    const heard: string[] = [];
    const store = createStore(initialState(1, { float32: 1 }), ({ announcement }) => heard.push(announcement));
    for (const announcement of ['a', 'b']) store.update((state) => ({ ...state, announcement }));
    expect([store.state.announcement, heard]).toEqual(['b', []]);
    await Promise.resolve();
    expect(heard).toEqual(['b']);
  });
});
