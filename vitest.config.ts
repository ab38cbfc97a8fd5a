/** Test runner settings. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '#kernels': fileURLToPath(new URL('build/kernels/inline.js', import.meta.url)) } },
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, pool: 'threads' },
});
