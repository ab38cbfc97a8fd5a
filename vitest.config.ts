/** Test runner settings: units on the sources, and the command line as it is built. */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { generatedModules } from './scripts/build.js';

const shared = { testTimeout: 60_000, pool: 'threads' } as const;

/** Where to write the results as JSON too; .ci/run counts them. */
const results = process.env.TEST_RESULTS;

export default defineConfig({
  resolve: { alias: generatedModules },
  test: {
    // One more than the runner takes by itself, which on two cores is one.
    maxWorkers: availableParallelism(),
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    projects: [
      {
        extends: true,
        test: { ...shared, name: 'units', include: ['test/**/*.test.ts'], exclude: ['test/cli/**', 'test/scale/**'] },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'cli',
          include: ['test/cli/**/*.test.ts'],
          globalSetup: ['test/cli/build.ts'],
          testTimeout: 180_000,
        },
      },
    ],
  },
});
