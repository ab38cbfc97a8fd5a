/** Test runner settings: units on the sources, and the command line as it is built. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const shared = { testTimeout: 60_000, pool: 'threads' } as const;

export default defineConfig({
  resolve: { alias: { '#kernels': fileURLToPath(new URL('build/kernels/inline.js', import.meta.url)) } },
  test: {
    projects: [
      { extends: true, test: { ...shared, name: 'units', include: ['test/**/*.test.ts'], exclude: ['test/cli/**'] } },
      {
        extends: true,
        test: { ...shared, name: 'cli', include: ['test/cli/**/*.test.ts'], globalSetup: ['test/cli/build.ts'] },
      },
    ],
  },
});
