/** Settings of `npm run test:scale`: files one after another, since they share servers and two cores. */
import { defineConfig } from 'vitest/config';
import { generatedModules } from '../../scripts/build.js';

/** Where to write the results as JSON too; .ci/run counts them. */
const results = process.env.TEST_RESULTS;

export default defineConfig({
  resolve: { alias: generatedModules },
  test: {
    include: ['test/scale/**/*.test.ts'],
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
    globalSetup: ['test/scale/globalSetup.ts'],
    fileParallelism: false,
    pool: 'threads',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
