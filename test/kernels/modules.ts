/** The three kernel builds as modules, instantiated over a memory that the test lays out itself. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Build } from '../../src/kernels/kernel.js';
import type { KernelFunction } from '../../src/runtime/run.js';

/** The bytes of a build. */
function binary(build: Build): Uint8Array<ArrayBuffer> {
  const name = build === 'wide' ? 'relaxed' : build;
  return new Uint8Array(readFileSync(new URL(`../../build/kernels/${name}.wasm`, import.meta.url)));
}

const relaxedBytes = binary('relaxed');
if (!WebAssembly.validate(relaxedBytes)) setFlagsFromString('--experimental-wasm-relaxed-simd');

/**
 * Compiled builds; `relaxed` needs Node 20 to honour its flag, and is tested everywhere else without it. `wide` is
 * `relaxed` without V8's option; wide.test.ts runs it with that.
 */
export const modules: Readonly<Record<Build, WebAssembly.Module>> = {
  plain: new WebAssembly.Module(binary('plain')),
  relaxed: new WebAssembly.Module(relaxedBytes),
  wide: new WebAssembly.Module(relaxedBytes),
  checked: new WebAssembly.Module(binary('checked')),
};

/** The relaxed build as a module whose code no other has run or compiled; `salt` is 0 to 255. */
export function freshRelaxed(salt: number): WebAssembly.Module {
  const section = [0, 3, 1, 's'.charCodeAt(0), salt];
  return new WebAssembly.Module(Uint8Array.of(...relaxedBytes, ...section));
}

/** The exports of a build over the given memory. */
export function instantiate(build: Build, memory: WebAssembly.Memory): Record<string, KernelFunction> {
  return instantiateModule(modules[build], memory);
}

/** The exports of a module of kernels over the given memory. */
export function instantiateModule(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Record<string, KernelFunction> {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as Record<string, KernelFunction>;
}
