/** Calibration on all pairs of people's pictures against brute force: every pair a score in a list. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import type { Portrait } from '../../src/evaluation/allPairs.js';
import { calibrate, fitProbability } from '../../src/evaluation/calibrate.js';
import { calibratePeople } from '../../src/evaluation/calibratePeople.js';
import { wilsonInterval } from '../../src/evaluation/operatingPoint.js';
import { differentInterval, sameInterval } from '../../src/evaluation/pairIntervals.js';
import type { ScoredPair } from '../../src/evaluation/scoredPair.js';
import { cosineSimilarity } from '../../src/face/match.js';
import { codeOf } from '../formats/codeOf.js';

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

/** A generator of numbers from −1 to 1 that gives the same ones everywhere. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Pictures of people, in mixed order: each near the person's own direction. */
function portraitsOf(sizes: readonly number[], seed: number, noise = 0.5): Portrait[] {
  const next = randomNumbers(seed);
  const portraits = sizes.flatMap((size, person) => {
    const centre = Array.from({ length: 9 }, next);
    return Array.from({ length: size }, () => ({
      person: `person ${person}`,
      embedding: Float32Array.from(centre, (value) => value + noise * next()),
    }));
  });
  return portraits
    .map((portrait) => [next(), portrait] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, portrait]) => portrait);
}

function scoredPairs(portraits: readonly Portrait[]): ScoredPair[] {
  return portraits.flatMap((a, index) =>
    portraits.slice(index + 1).map((b) => ({
      score: cosineSimilarity(a.embedding, b.embedding),
      same: a.person === b.person,
      fold: 0,
    })),
  );
}

const countAt = (pairs: readonly ScoredPair[], threshold: number, same: boolean) =>
  pairs.filter((pair) => pair.same === same && pair.score >= threshold).length;

describe('calibratePeople', () => {
  it('finds the thresholds and the probability that all pairs one by one give', () => {
    const sizes = Array.from({ length: 60 }, (_, person) => 1 + (person % 6));
    const portraits = portraitsOf(sizes, 7);
    const pairs = scoredPairs(portraits);
    const rates = [0.01, 0.003, 0.1, 0.9];
    const found = calibratePeople(engine, portraits, rates, 'made up');
    const expected = calibrate(pairs, rates, 'made up');
    expect(found.people).toBe(60);
    expect(found.samePairs + found.differentPairs).toBe(pairs.length);
    for (const [index, threshold] of found.thresholds.entries()) {
      const { falseAcceptInterval, trueAcceptInterval, ...counts } = expected.thresholds[index]!;
      expect(threshold).toMatchObject({ ...counts, value: expect.closeTo(counts.value, 6) });
      expect(countAt(pairs, threshold.value, false)).toBe(threshold.falseAccepts);
      expect(countAt(pairs, threshold.value, true) / found.samePairs).toBe(threshold.trueAcceptRate);
      const [low, high] = threshold.falseAcceptInterval!;
      expect(low).toBeLessThanOrEqual(falseAcceptInterval![0] + 1e-12);
      expect(high).toBeGreaterThanOrEqual(falseAcceptInterval![1] - 1e-12);
      expect(threshold.trueAcceptInterval![1] - threshold.trueAcceptInterval![0]).toBeGreaterThan(
        0.999 * (trueAcceptInterval![1] - trueAcceptInterval![0]),
      );
    }
    const { slope, offset } = fitProbability(pairs);
    expect(found.probability.slope / slope).toBeCloseTo(1, 2);
    expect(found.probability.offset / offset).toBeCloseTo(1, 2);
    expect(found.probability.pairs).toBe(pairs.length);
  });

  it('counts as brute force does where scores are tied, whatever the pictures', () => {
    const small = fc.array(fc.constantFrom(-1, 0, 1), { minLength: 4, maxLength: 4 });
    const portrait = fc.record({
      person: fc.constantFrom('a', 'b', 'c', 'd'),
      embedding: small.filter((values) => values.some((value) => value !== 0)),
    });
    fc.assert(
      fc.property(
        fc.array(portrait, { minLength: 14, maxLength: 40 }),
        fc.double({ min: 0.6, max: 1, noNaN: true }),
        (portraits, rate) => {
          const pairs = scoredPairs(portraits).map((pair) => ({
            ...pair,
            score: Math.fround(Number(pair.score.toFixed(6))),
          }));
          const different = pairs.filter(({ same }) => !same).length;
          fc.pre(different * rate >= 31 && different < pairs.length);
          let found: ReturnType<typeof calibratePeople>;
          try {
            found = calibratePeople(engine, portraits, [rate], 'x');
          } catch (error) {
            // Pictures that look alike across people can lack any relation; the list says the same.
            expect((error as { code: string }).code).toBe('NO_RELATION');
            return;
          }
          const [threshold] = found.thresholds;
          // Inner products of one angle differ by rounding: the threshold may part them, the rate is kept.
          expect(threshold!.falseAccepts!).toBeLessThanOrEqual(rate * different * (1 + 1e-12));
          const [expected] = calibrate(pairs, [rate], 'x').thresholds;
          expect(threshold!.falseAccepts!).toBeGreaterThanOrEqual(expected!.falseAccepts!);
          expect(Math.abs(threshold!.value - expected!.value)).toBeLessThan(0.5);
        },
      ),
      { seed: 11, numRuns: 200 },
    );
  });

  it('tells the rates of groups, of pairs whose pictures are both in them', () => {
    const portraits = portraitsOf([4, 4, 4, 4, 4, 4, 4, 4, 4, 4], 3, 1.2);
    const values = portraits.map((_, index) => (index % 5 === 0 ? undefined : index % 2 === 0 ? 'even' : 'odd'));
    const attributes = [{ name: 'number', values }];
    const { groups, thresholds } = calibratePeople(engine, portraits, [0.1, 0.2], 'x', { attributes });
    for (const [index, rates] of groups.entries()) {
      expect(rates.map(({ attribute, group }) => [attribute, group])).toEqual([
        ['number', 'even'],
        ['number', 'odd'],
      ]);
      for (const found of rates) {
        const pairs = scoredPairs(portraits.filter((_, portrait) => values[portrait] === found.group));
        const { value } = thresholds[index]!;
        const [same, different] = [true, false].map((kind) => pairs.filter((pair) => pair.same === kind).length);
        expect([found.samePairs, found.differentPairs]).toEqual([same, different]);
        expect(found.trueAccepts).toBe(countAt(pairs, value, true));
        expect(found.falseAccepts).toBe(countAt(pairs, value, false));
        expect(found.falseAcceptRate).toBe(found.falseAccepts / different!);
        const [low, high] = found.falseAcceptInterval;
        expect(low).toBeLessThanOrEqual(found.falseAcceptRate);
        expect(high).toBeGreaterThanOrEqual(found.falseAcceptRate);
      }
    }
  });

  it('hears of progress up to three times all pairs', () => {
    const portraits = portraitsOf([3, 3, 3, 3, 3, 3], 5);
    const heard: (readonly [number, number])[] = [];
    calibratePeople(engine, portraits, [0.5], 'x', { onProgress: (...progress) => heard.push(progress) });
    const total = (3 * 18 * 17) / 2;
    expect(heard.at(-1)).toEqual([total, total]);
    expect(heard.map(([done]) => done)).toEqual(heard.map(([done]) => done).sort((a, b) => a - b));
  });

  it('refuses what means nothing', async () => {
    const portraits = portraitsOf([2, 2, 2, 2], 1);
    const refused = (given: readonly Portrait[], rate = 1) => codeOf(() => calibratePeople(engine, given, [rate], 'x'));
    expect(await refused(portraits, 0.9)).toBe('RATE_UNSUPPORTED');
    expect(await refused(portraits, 0)).toBe('BAD_RATE');
    expect(await refused([])).toBe('ONE_CLASS');
    expect(await refused(portraits.slice(0, 1))).toBe('ONE_CLASS');
    const many = portraitsOf([8, 8], 1);
    expect(await refused([...many, { person: 'x', embedding: new Float32Array(9) }])).toBe('ZERO_EMBEDDING');
    expect(await refused([...many, { person: 'x', embedding: new Float32Array(8).fill(1) }])).toBe('VECTOR_LENGTH');
  });
});

describe('intervals of pairs that share people', () => {
  it('are Wilson’s where people hardly matter, and wider where one person has all accepts', () => {
    const people = 200;
    const pairs = (people * (people - 1)) / 2;
    const all = { pairs, byPerson: new Float64Array(people).fill(people - 1) };
    const even = { pairs: 100, byPerson: new Float64Array(people).fill(1) };
    const one = {
      pairs: 100,
      byPerson: Float64Array.from({ length: people }, (_, person) => (person === 0 ? 100 : person <= 100 ? 1 : 0)),
    };
    const width = ([low, high]: readonly [number, number]) => high - low;
    expect(differentInterval(even, all)).toEqual(wilsonInterval(100, pairs));
    expect(width(differentInterval(one, all))).toBeGreaterThan(3 * width(wilsonInterval(100, pairs)));
  });

  it('of pairs of the same person count each person once', () => {
    const all = { pairs: 100, byPerson: Float64Array.of(50, 50) };
    const [low, high] = sameInterval({ pairs: 50, byPerson: Float64Array.of(50, 0) }, all);
    expect(high - low).toBeGreaterThan(0.8);
    expect(
      sameInterval({ pairs: 0, byPerson: Float64Array.of(0, 0) }, { pairs: 0, byPerson: Float64Array.of(0, 0) }),
    ).toEqual([0, 1]);
    expect(sameInterval({ pairs: 100, byPerson: Float64Array.of(50, 50) }, all)).toEqual(wilsonInterval(2, 2));
  });
});
