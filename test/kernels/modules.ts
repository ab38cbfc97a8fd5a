/** The kernel builds as modules, a set each, instantiated over a memory that the test lays out itself. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Build, KernelSet } from '../../src/kernels/kernel.js';
import type { KernelFunction } from '../../src/runtime/run.js';

/** A build's compiled sets. */
export type SetModules = Readonly<Record<KernelSet, WebAssembly.Module>>;

/** The bytes of a set in a build. */
function binary(set: KernelSet, build: Build): Uint8Array<ArrayBuffer> {
  const name = `${set}-${build === 'wide' ? 'relaxed' : build}`;
  return new Uint8Array(readFileSync(new URL(`../../build/kernels/${name}.wasm`, import.meta.url)));
}

function compile(build: Build, section: readonly number[] = []): SetModules {
  const module = (set: KernelSet) => {
    const bytes = binary(set, build);
    const whole = new Uint8Array(bytes.length + section.length);
    whole.set(bytes);
    whole.set(section, bytes.length);
    return new WebAssembly.Module(whole);
  };
  return { core: module('core'), further: module('further') };
}

if (!WebAssembly.validate(binary('core', 'relaxed'))) setFlagsFromString('--experimental-wasm-relaxed-simd');

/**
 * Compiled builds; `relaxed` needs Node 20 to honour its flag, and is tested everywhere else without it. `wide` is
 * `relaxed` without V8's option; wide.test.ts runs it with that.
 */
export const modules: Readonly<Record<Build, SetModules>> = {
  plain: compile('plain'),
  relaxed: compile('relaxed'),
  wide: compile('wide'),
  checked: compile('checked'),
};

/** The relaxed build as modules whose code no others have run or compiled; `salt` is 0 to 255. */
export function freshRelaxed(salt: number): SetModules {
  return compile('relaxed', [0, 3, 1, 's'.charCodeAt(0), salt]);
}

/** The exports of a build over the given memory. */
export function instantiate(build: Build, memory: WebAssembly.Memory): Record<string, KernelFunction> {
  const exports = Object.values(modules[build]).map(
    (module) => new WebAssembly.Instance(module, { env: { memory } }).exports,
  );
  return Object.assign({}, ...exports) as Record<string, KernelFunction>;
}

/** One kernel of the given sets over a memory. */
export function instantiateKernel(sets: SetModules, name: string, memory: WebAssembly.Memory): KernelFunction {
  const hasIt = (module: WebAssembly.Module) => WebAssembly.Module.exports(module).some((each) => each.name === name);
  const module = Object.values(sets).find(hasIt);
  if (!module) throw new Error(`no set has the kernel ${name}`);
  return new WebAssembly.Instance(module, { env: { memory } }).exports[name] as KernelFunction;
}
