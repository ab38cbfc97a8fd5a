/** The three kernel builds as modules, instantiated over a memory that the test lays out itself. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Build } from '../../src/kernels/kernel.js';
import type { KernelFunction } from '../../src/runtime/run.js';

function read(build: Build): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../build/kernels/${build}.wasm`, import.meta.url)));
}

const relaxedBytes = read('relaxed');
if (!WebAssembly.validate(relaxedBytes)) setFlagsFromString('--experimental-wasm-relaxed-simd');

/**
 * Compiled builds; `relaxed` needs Node 20 to honour its flag, and is tested everywhere else without it. `wide` is
 * `relaxed` without V8's option; wide.test.ts runs it with that.
 */
export const modules: Readonly<Record<Build, WebAssembly.Module>> = {
  plain: new WebAssembly.Module(read('plain')),
  relaxed: new WebAssembly.Module(relaxedBytes),
  wide: new WebAssembly.Module(relaxedBytes),
  checked: new WebAssembly.Module(read('checked')),
};

/** The exports of a build over the given memory. */
export function instantiate(build: Build, memory: WebAssembly.Memory): Record<string, KernelFunction> {
  const instance = new WebAssembly.Instance(modules[build], { env: { memory } });
  return instance.exports as Record<string, KernelFunction>;
}
