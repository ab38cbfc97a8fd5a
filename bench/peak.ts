/** The measured ceiling of one core: multiply-adds on registers alone, compiled for the build under test. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Build } from '../src/kernels/kernel.js';

const TURNS = 20_000;
const MULTIPLY_ADDS_PER_TURN = 48;

/** Work that does `multiplyAdds` multiply-adds and touches no memory. */
export interface Peak {
  readonly multiplyAdds: number;
  run(): void;
}

/** Compiles a file of assembly/ by itself for a build, where that is missing or old, and gives the module. */
export function compileAlone(root: URL, name: string, build: Build): WebAssembly.Module {
  const source = fileURLToPath(new URL(`assembly/${name}.ts`, root));
  const binary = fileURLToPath(new URL(`build/kernels/${name}-${build}.wasm`, root));
  if (!existsSync(binary) || statSync(binary).mtimeMs < statSync(source).mtimeMs) {
    const asc = fileURLToPath(new URL('node_modules/assemblyscript/bin/asc.js', root));
    const options = [`assembly/${name}.ts`, '--target', build, '--outFile', binary];
    execFileSync(process.execPath, [asc, ...options], { cwd: fileURLToPath(root), stdio: 'inherit' });
  }
  return new WebAssembly.Module(readFileSync(binary));
}

/** Gives the work of assembly/peak.ts for a build. */
export function preparePeak(root: URL, build: Build): Peak {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const { peak } = new WebAssembly.Instance(compileAlone(root, 'peak', build), { env: { memory } }).exports as {
    peak: (turns: number, factor: number, term: number) => number;
  };
  return {
    multiplyAdds: TURNS * MULTIPLY_ADDS_PER_TURN,
    run() {
      if (!Number.isFinite(peak(TURNS, 0.999, 0.001))) throw new Error('the peak loop overflowed');
    },
  };
}
