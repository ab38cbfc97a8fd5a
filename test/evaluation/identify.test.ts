/** Identification among distractors: by hand, and against all pairs compared one by one. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { evaluateIdentification, type Probe } from '../../src/evaluation/identify.js';
import { wilsonInterval } from '../../src/evaluation/operatingPoint.js';
import { cosineSimilarity } from '../../src/face/match.js';
import { codeOf } from '../formats/codeOf.js';

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

/** A direction in the plane. */
function at(degrees: number): number[] {
  return [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
}

describe('evaluateIdentification', () => {
  it('by hand: a mate counts who is nearer than every distractor', () => {
    const probes = [
      { person: 'Ann', embedding: at(0) },
      { person: 'Ann', embedding: at(20) },
      { person: 'Bea', embedding: at(90) },
    ];
    const found = evaluateIdentification(engine, probes, [at(-10), at(200)], { falseAcceptRates: [0, 0.2, 1] });
    expect(found).toMatchObject({
      probes: 3,
      people: 2,
      distractors: 2,
      genuinePairs: 2,
      impostorPairs: 6,
      rank1: 0.5,
    });
    expect(found.rank1Interval).toEqual(wilsonInterval(1, 2));
    // Impostors: 10°, 30°, 100°, 160°, 180° and 110° apart; mates are 20° apart, both ways.
    expect(found.operatingPoints.map(({ trueAcceptRate }) => trueAcceptRate)).toEqual([0, 1, 1]);
    expect(found.operatingPoints[0]!.threshold).toBeCloseTo(Math.cos(Math.PI / 18), 6);
    expect(found.operatingPoints[1]!.threshold).toBeCloseTo(Math.cos(Math.PI / 6), 6);
    expect(found.operatingPoints[1]!.expectedFalseAccepts).toBeCloseTo(1.2, 12);
  });

  it('agrees with all pairs compared one by one', () => {
    const vector = fc
      .array(fc.integer({ min: -9, max: 9 }), { minLength: 5, maxLength: 5 })
      .filter((list) => list.some(Boolean));
    const probe = fc.record({ person: fc.constantFrom('a', 'b', 'c'), embedding: vector });
    const sets = fc
      .tuple(fc.array(probe, { minLength: 2, maxLength: 12 }), fc.array(vector, { minLength: 1, maxLength: 12 }))
      .filter(([probes]) => new Set(probes.map(({ person }) => person)).size < probes.length);
    const property = fc.property(sets, ([probes, distractors]) => {
      const rates = [0, 0.1, 0.5];
      const found = evaluateIdentification(engine, probes, distractors, { falseAcceptRates: rates });
      const impostors = probes.flatMap((one) => distractors.map((other) => cosineSimilarity(one.embedding, other)));
      const genuine: { score: number; most: number }[] = [];
      for (const one of probes) {
        const most = Math.max(...distractors.map((other) => cosineSimilarity(one.embedding, other)));
        for (const mate of probes) {
          if (mate !== one && mate.person === one.person) {
            genuine.push({ score: cosineSimilarity(one.embedding, mate.embedding), most });
          }
        }
      }
      expect([found.genuinePairs, found.impostorPairs]).toEqual([genuine.length, impostors.length]);
      // Scores that are equal in truth may be rounded either way: the share lies between both counts.
      const share = (margin: number, floor: (pair: { most: number }) => number) =>
        genuine.filter((pair) => pair.score > floor(pair) + margin).length / genuine.length;
      expect(found.rank1).toBeGreaterThanOrEqual(share(1e-6, ({ most }) => most));
      expect(found.rank1).toBeLessThanOrEqual(share(-1e-6, ({ most }) => most));
      const sorted = impostors.toSorted((a, b) => b - a);
      for (const [index, rate] of rates.entries()) {
        const refused = sorted[Math.floor(rate * sorted.length)] ?? -2;
        const { trueAcceptRate } = found.operatingPoints[index]!;
        expect(trueAcceptRate).toBeGreaterThanOrEqual(share(1e-6, () => refused));
        expect(trueAcceptRate).toBeLessThanOrEqual(share(-1e-6, () => refused));
      }
    });
    fc.assert(property, { numRuns: 200, seed: 81 });
  });

  it('reports each step, and refuses sets that measure nothing', async () => {
    const ann: Probe = { person: 'Ann', embedding: at(0) };
    const bea: Probe = { person: 'Bea', embedding: at(5) };
    const steps: [number, number][] = [];
    evaluateIdentification(engine, Array(6).fill(ann), [at(90)], { onProgress: (...step) => steps.push(step) });
    expect(steps).toEqual([
      [4, 6],
      [6, 6],
    ]);
    const code = (probes: Probe[], distractors: number[][], rate = 0.1) =>
      codeOf(() => evaluateIdentification(engine, probes, distractors, { falseAcceptRates: [rate] }));
    expect(await code([ann, bea], [at(1)])).toBe('TOO_FEW_PROBES');
    expect(await code([ann, ann], [])).toBe('TOO_FEW_PROBES');
    expect(await code([ann, ann], [[1, 2, 3]])).toBe('VECTOR_LENGTH');
    expect(await code([ann, ann], [[0, 0]])).toBe('ZERO_EMBEDDING');
  });
});
