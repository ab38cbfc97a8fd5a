import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addEmbeddings, cosineSimilarity, isSamePerson, normaliseEmbedding } from '../../src/face/match.js';
import { codeOf } from '../formats/codeOf.js';

const element = fc.integer({ min: -1000, max: 1000 }).map((value) => value / 64);
const embedding = fc.array(element, { minLength: 8, maxLength: 8 }).filter((values) => values.some((v) => v !== 0));

describe('cosineSimilarity', () => {
  it('of known angles', () => {
    expect(cosineSimilarity([1, 0], [0, 2])).toBe(0);
    expect(cosineSimilarity([3, 4], [4, 3])).toBeCloseTo(0.96, 15);
    expect(cosineSimilarity(Float32Array.of(1, 1), Float32Array.of(-2, -2))).toBeCloseTo(-1, 15);
  });

  it('is symmetric, within −1 to 1, 1 with itself, and knows no length', () => {
    const property = fc.property(embedding, embedding, fc.integer({ min: 1, max: 9 }), (a, b, factor) => {
      const cosine = cosineSimilarity(a, b);
      expect(cosineSimilarity(b, a)).toBe(cosine);
      expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
      expect(cosineSimilarity(a, a)).toBeCloseTo(1, 14);
      expect(
        cosineSimilarity(
          a.map((value) => value * factor),
          b,
        ),
      ).toBeCloseTo(cosine, 12);
    });
    fc.assert(property, { numRuns: 300, seed: 3 });
  });

  it('refuses what has no direction', async () => {
    expect(await codeOf(() => cosineSimilarity([1, 2], [1, 2, 3]))).toBe('EMBEDDING_LENGTH');
    expect(await codeOf(() => cosineSimilarity([0, 0], [1, 2]))).toBe('ZERO_EMBEDDING');
    expect(await codeOf(() => cosineSimilarity([], []))).toBe('ZERO_EMBEDDING');
    expect(await codeOf(() => cosineSimilarity([1, 2], [Number.NaN, 2]))).toBe('NOT_FINITE');
    expect(await codeOf(() => cosineSimilarity([1, Number.POSITIVE_INFINITY], [1, 2]))).toBe('NOT_FINITE');
  });
});

describe('normaliseEmbedding', () => {
  it('has length 1 and the same direction', () => {
    const property = fc.property(embedding, (values) => {
      const unit = normaliseEmbedding(values);
      expect(unit.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
      expect(cosineSimilarity(unit, values)).toBeCloseTo(1, 6);
    });
    fc.assert(property, { numRuns: 200, seed: 4 });
  });

  it('refuses zero and NaN', async () => {
    expect(await codeOf(() => normaliseEmbedding(new Float32Array(3)))).toBe('ZERO_EMBEDDING');
    expect(await codeOf(() => normaliseEmbedding([Number.NaN]))).toBe('NOT_FINITE');
  });
});

describe('addEmbeddings and isSamePerson', () => {
  it('add element by element and decide from the threshold on', async () => {
    expect([...addEmbeddings([1, 2], [0.5, -2])]).toEqual([1.5, 0]);
    expect(await codeOf(() => addEmbeddings([1], [1, 2]))).toBe('EMBEDDING_LENGTH');
    expect([0.29, 0.3, 0.31].map((similarity) => isSamePerson(similarity, 0.3))).toEqual([false, true, true]);
  });
});
