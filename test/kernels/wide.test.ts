/**
 * The wide build as V8 runs it with vectors joined. The other tests run its kernels without the option, which holds for
 * all WebAssembly of a process and cannot be taken back: this one starts a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';

const JOINED = '--experimental-wasm-revectorize';
/** The optimising compiler, which alone joins vectors: from the first call on, and after what the first call has met. */
const OPTIMISED = [['--no-liftoff'], ['--wasm-sync-tier-up', '--wasm-tiering-budget=1']];
/** As in src/runtime/wide.ts. */
const FIRST_V8 = 12;

const canJoin =
  process.arch === 'x64' &&
  Number.parseInt(process.versions.v8, 10) >= FIRST_V8 &&
  spawnSync(process.execPath, [JOINED, '-e', '0']).status === 0;
const why = canJoin ? '' : ` (skipped: Node ${process.versions.node} on ${process.arch} does not join them)`;

describe.skipIf(!canJoin)(`kernels with vectors joined${why}`, () => {
  it.each(OPTIMISED)(
    'compute what their reference computes: %s',
    (...options) => {
      const program = fileURLToPath(new URL('../../build/run/runWide.mjs', import.meta.url));
      const entry = fileURLToPath(new URL('runWide.ts', import.meta.url));
      const { outputFiles } = buildSync({
        entryPoints: [entry],
        bundle: true,
        write: false,
        format: 'esm',
        platform: 'node',
      });
      mkdirSync(new URL('../../build/run/', import.meta.url), { recursive: true });
      writeFileSync(program, outputFiles[0]!.contents);
      const run = spawnSync(process.execPath, [JOINED, ...options, program], { encoding: 'utf8', timeout: 180_000 });
      expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
      const { cases, wrong } = JSON.parse(run.stdout) as { cases: number; wrong: string[] };
      expect(wrong).toEqual([]);
      expect(cases).toBeGreaterThan(1000);
    },
    180_000,
  );
});
