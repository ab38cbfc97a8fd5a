import { describe, expect, it } from 'vitest';
import { hostileSuites, runHostile } from './hostile.js';

const RUNS = 400;
const SEED = 20240;
const suites = await hostileSuites();

describe.each(suites)('hostile $name', (suite) => {
  it(`refuses or accepts ${RUNS} damaged files as it should (seed ${SEED})`, async () => {
    const report = await runHostile(suite, RUNS, SEED);
    const refused = [...report.refusals.values()].reduce((sum, count) => sum + count, 0);
    expect(refused + report.accepted).toBe(RUNS);
    expect(report.accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(RUNS / 4);
    expect(report.refusals.size).toBeGreaterThan(suite.name === 'onnx messages' ? 0 : 1);
  }, 60_000);
});

describe('the body itself', () => {
  it('fails on an error of another kind, and on an acceptance that is wrong', async () => {
    const [suite] = suites;
    const wrong = {
      name: 'wrong',
      cases: suite!.cases.map((hostile) => ({
        ...hostile,
        feed() {
          throw new TypeError('wrong');
        },
      })),
    };
    await expect(runHostile(wrong, 10, SEED)).rejects.toThrow('Property failed');
  });
});
