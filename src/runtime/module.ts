/** The kernels' WASM module: the best build that this runtime runs rightly, compiled and instantiated. */
import { instantiateSync } from '@assemblyscript/loader';
import { RuntimeError } from '../errors.js';
import type { Build } from '../kernels/kernel.js';
import { probeKernels } from './probe.js';
import type { KernelFunction } from './run.js';

/** A build's binary: bytes, or a module that the runtime has compiled already. */
export type KernelBinary = Uint8Array<ArrayBuffer> | WebAssembly.Module;

/** Binaries by build; functions, so that only the chosen one is decoded. */
export type KernelBinaries = Partial<Readonly<Record<Build, () => KernelBinary>>>;

/** The builds that are tried where none is wanted, best first. */
const PREFERENCE: readonly Build[] = ['relaxed', 'plain'];

/** Builds that are another's binary, run under other conditions. */
const SAME_BINARY: Partial<Readonly<Record<Build, Build>>> = { wide: 'relaxed' };

/** Instantiated kernels by export name. */
export interface KernelModule {
  readonly build: Build;
  /** For the instances of other threads. */
  readonly module: WebAssembly.Module;
  readonly functions: Readonly<Record<string, KernelFunction>>;
  /** The exports' names; a kernel's place here is its index in programs. */
  readonly names: readonly string[];
  /** The functions in the order of `names`. */
  readonly list: readonly KernelFunction[];
}

/** The kernels of a compiled build over a memory. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Readonly<Record<string, KernelFunction>> {
  return instantiateSync(module, { env: { memory } }).exports as unknown as Record<string, KernelFunction>;
}

/** The compiled module, or `undefined` where this runtime cannot validate it. */
async function compile(binary: KernelBinary): Promise<WebAssembly.Module | undefined> {
  if (binary instanceof WebAssembly.Module) return binary;
  return WebAssembly.compile(binary).catch(() => undefined);
}

/**
 * Instantiates the best build that validates here and computes a small product rightly, over the given memory.
 * `wanted` names one build and refuses others. Throws RuntimeError NO_SIMD where none runs.
 */
export async function loadKernels(
  binaries: KernelBinaries,
  memory: WebAssembly.Memory,
  wanted?: Build,
): Promise<KernelModule> {
  const tried = wanted ? [wanted] : PREFERENCE;
  let cause: unknown;
  for (const build of tried) {
    const binary = binaries[SAME_BINARY[build] ?? build];
    if (!binary) continue;
    try {
      const module = await compile(binary());
      if (!module) continue;
      const trial = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      if (!probeKernels(instantiate(module, trial), trial)) continue;
      const functions = instantiate(module, memory);
      const names = WebAssembly.Module.exports(module).map(({ name }) => name);
      return { build, module, functions, names, list: names.map((name) => functions[name]!) };
    } catch (error) {
      cause = error;
    }
  }
  throw new RuntimeError(
    'NO_SIMD',
    `this runtime runs none of the kernel builds (${tried.join(', ')}); WebAssembly SIMD and threads are needed: Node 20, Chrome 91, Firefox 89 or Safari 16.4 and newer have them.`,
    { cause },
  );
}
