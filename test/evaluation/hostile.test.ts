import { describe, expect, it } from 'vitest';
import { runHostile } from '../formats/hostile.js';
import { evaluationSuites } from './hostile.js';

const RUNS = 1000;
const SEED = 20240;

describe.each(evaluationSuites)('hostile $name', (suite) => {
  it(`refuses or accepts ${RUNS} damaged files as it should (seed ${SEED})`, async () => {
    const report = await runHostile(suite, RUNS, SEED);
    const refused = [...report.refusals.values()].reduce((sum, count) => sum + count, 0);
    expect(refused + report.accepted).toBe(RUNS);
    expect(report.accepted).toBeGreaterThan(RUNS / 20);
    expect(refused).toBeGreaterThan(RUNS / 4);
    expect(report.refusals.size).toBeGreaterThan(2);
  });
});
