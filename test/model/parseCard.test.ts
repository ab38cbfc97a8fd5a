import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/errors.js';
import type { ModelCard } from '../../src/model/card.js';
import { parseCard, printCard } from '../../src/model/parseCard.js';

const full: ModelCard = {
  name: 'mobilefacenet',
  input: { height: 112, width: 96, channelOrder: 'bgr', normalisation: { mean: [1, 2, 3], scale: [0.5, 0.25, -1] } },
  embeddingLength: 128,
  thresholds: [
    {
      value: 0.2,
      calibratedOn: 'pairs',
      pairs: 6000,
      falseAcceptRate: 0.001,
      falseAccepts: 6,
      falseAcceptInterval: [0.0005, 0.002],
      samePairs: 3000,
      trueAcceptRate: 0.9,
      trueAcceptInterval: [0.89, 0.91],
    },
  ],
  accuracy: [{ benchmark: 'LFW', accuracy: 0.95, std: 0.01 }],
  probability: { slope: 20.5, offset: -6, calibratedOn: 'pairs', pairs: 6000 },
  detector: {
    channelOrder: 'rgb',
    normalisation: { mean: [127.5, 127.5, 127.5], scale: [0.0078125, 0.0078125, 0.0078125] },
    thresholds: [0.6, 0.7, 0.7],
    minimumFace: 40,
    scaleFactor: 0.709,
  },
  licence: 'none',
  use: 'research',
  provenance: 'trained',
  sha256: 'ab'.repeat(32),
};

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof ModelError) return error.code;
    throw error;
  }
  return 'accepted';
}

const changed = (change: object) => JSON.stringify({ ...full, ...change });

describe('parseCard', () => {
  it('reads back what printCard wrote', () => {
    expect(parseCard(printCard(full), 'card')).toEqual(full);
    const least: ModelCard = { name: 'x', thresholds: [], accuracy: [] };
    expect(parseCard(printCard(least), 'card')).toEqual(least);
    expect(parseCard('{"name":"x"}', 'card')).toEqual(least);
  });

  it.each<[string, object]>([
    ['no name', { name: undefined }],
    ['empty name', { name: '' }],
    ['name of another type', { name: 7 }],
    ['long text', { licence: 'x'.repeat(5000) }],
    ['height of 0', { input: { ...full.input, height: 0 } }],
    ['width of 1.5', { input: { ...full.input, width: 1.5 } }],
    ['unknown order', { input: { ...full.input, channelOrder: 'gbr' } }],
    ['two means', { input: { ...full.input, normalisation: { mean: [1, 2], scale: [1, 1, 1] } } }],
    ['scale of 0', { input: { ...full.input, normalisation: { mean: [1, 2, 3], scale: [1, 0, 1] } } }],
    ['no normalisation', { input: { height: 1, width: 1, channelOrder: 'rgb' } }],
    ['embedding of 0', { embeddingLength: 0 }],
    ['threshold of 2', { thresholds: [{ ...full.thresholds[0], value: 2 }] }],
    ['threshold of nothing', { thresholds: [{ value: 0.5 }] }],
    ['threshold from -1 pairs', { thresholds: [{ ...full.thresholds[0], pairs: -1 }] }],
    ['rate of 2', { thresholds: [{ ...full.thresholds[0], falseAcceptRate: 2 }] }],
    ['half a false accept', { thresholds: [{ ...full.thresholds[0], falseAccepts: 0.5 }] }],
    ['interval of one number', { thresholds: [{ ...full.thresholds[0], falseAcceptInterval: [0.1] }] }],
    ['interval from high to low', { thresholds: [{ ...full.thresholds[0], trueAcceptInterval: [0.9, 0.8] }] }],
    ['accuracy of 99', { accuracy: [{ benchmark: 'LFW', accuracy: 99, std: 0 }] }],
    ['thresholds as object', { thresholds: {} }],
    ['too many thresholds', { thresholds: new Array(300).fill(full.thresholds[0]) }],
    ['slope of infinity', { probability: { ...full.probability, slope: 1e300 } }],
    ['probability without offset', { probability: { slope: 1, calibratedOn: 'x', pairs: 1 } }],
    ['probability from 0 pairs', { probability: { ...full.probability, pairs: 0 } }],
    ['probability of nothing known', { probability: { ...full.probability, calibratedOn: '' } }],
    ['two detector thresholds', { detector: { ...full.detector, thresholds: [0.6, 0.7] } }],
    ['detector threshold of 2', { detector: { ...full.detector, thresholds: [0.6, 0.7, 2] } }],
    ['minimum face of 11', { detector: { ...full.detector, minimumFace: 11 } }],
    ['scale factor of 1', { detector: { ...full.detector, scaleFactor: 1 } }],
    ['scale factor of 0', { detector: { ...full.detector, scaleFactor: 0 } }],
    ['detector without order', { detector: { ...full.detector, channelOrder: undefined } }],
    ['detector as list', { detector: [] }],
    ['hash in capitals', { sha256: 'AB'.repeat(32) }],
    ['short hash', { sha256: 'ab' }],
  ])('refuses %s', (_name, change) => {
    expect(codeOf(() => parseCard(changed(change), 'card'))).toBe('BAD_JSON');
  });

  it.each<[string, string]>([
    ['an unknown field', changed({ treshold: 1 })],
    ['an unknown field inside', changed({ input: { ...full.input, depth: 3 } })],
    ['an unknown field of the detector', changed({ detector: { ...full.detector, minimumScore: 1 } })],
    ['an unknown field of a threshold', changed({ thresholds: [{ ...full.thresholds[0], rejectRate: 0 }] })],
    ['an unknown field of the probability', changed({ probability: { ...full.probability, scale: 1 } })],
    ['__proto__', '{"__proto__":{"name":"x"}}'],
    ['__proto__ inside', '{"name":"x","accuracy":[{"__proto__":{"benchmark":"x"},"accuracy":1,"std":0}]}'],
    ['constructor', '{"name":"x","constructor":1}'],
  ])('refuses %s as unknown', (_name, text) => {
    expect(codeOf(() => parseCard(text, 'card'))).toBe('UNKNOWN_FIELD');
  });

  it('does not take inherited properties for fields', () => {
    const prototype = Object.prototype as unknown as Record<string, unknown>;
    prototype.licence = 'inherited';
    try {
      expect(Object.hasOwn(parseCard('{"name":"x"}', 'card'), 'licence')).toBe(false);
    } finally {
      delete prototype.licence;
    }
  });

  it('refuses malformed, repeated and deep JSON', () => {
    expect(codeOf(() => parseCard('{"name":', 'card'))).toBe('BAD_JSON');
    expect(codeOf(() => parseCard('[]', 'card'))).toBe('BAD_JSON');
    expect(codeOf(() => parseCard('null', 'card'))).toBe('BAD_JSON');
    expect(codeOf(() => parseCard('{"name":"a","n\\u0061me":"b"}', 'card'))).toBe('DUPLICATE_NAME');
    expect(codeOf(() => parseCard(`{"name":${'['.repeat(100000)}${']'.repeat(100000)}}`, 'card'))).toBe('BAD_JSON');
  });

  it('writes no card that it would not read', () => {
    expect(codeOf(() => printCard({ ...full, embeddingLength: Number.NaN }))).toBe('BAD_JSON');
  });

  it('names the field in the message', () => {
    expect(() => parseCard(changed({ thresholds: [{ ...full.thresholds[0], value: 2 }] }), 'm: card')).toThrow(
      'm: card.thresholds[0].value is 2; accepted is a number from -1 to 1.',
    );
  });
});
