/** The kernels' WASM module: the best build that this runtime runs rightly, compiled and instantiated. */
import { instantiateSync } from '@assemblyscript/loader';
import { RuntimeError } from '../errors.js';
import type { Build } from '../kernels/kernel.js';
import { probeExtent, probePointwise } from './probe.js';
import type { KernelFunction } from './run.js';

/** A build's binary: bytes, or a module that the runtime has compiled already. */
export type KernelBinary = Uint8Array<ArrayBuffer> | WebAssembly.Module;

/** Binaries by build, or functions, so that only the chosen one is loaded. */
export type KernelBinaries = Partial<
  Readonly<Record<Build, KernelBinary | (() => KernelBinary | Promise<KernelBinary>)>>
>;

/** The builds that are tried where none is asked for, best first. */
export const PREFERRED_BUILDS: readonly Build[] = ['relaxed', 'plain'];

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

/** How runtimes say that bytes may not be compiled: by a page's policy, or never. */
const FORBIDDEN = /unsafe-eval|blocked by|disallowed|security policy/i;

/** Throws what `WebAssembly.compile` throws where this runtime cannot validate the binary. */
async function compile(binary: KernelBinary): Promise<WebAssembly.Module> {
  return binary instanceof WebAssembly.Module ? binary : WebAssembly.compile(binary);
}

/** Each build's pointwise kernel, the one that networks spend their time in, and how long it is tried. */
const PROBES: Readonly<Record<Build, { readonly kernel: string; readonly rows: number; readonly durationMs: number }>> =
  {
    // A moment that makes V8 begin on optimised code while models are still being read.
    plain: { kernel: 'pointwise4x8', rows: 4, durationMs: 2 },
    relaxed: { kernel: 'pointwise6x8', rows: 6, durationMs: 2 },
    // Until V8 has compiled the kernel with its optimising compiler, which alone joins vectors.
    wide: { kernel: 'pointwise6x16', rows: 6, durationMs: 40 },
    checked: { kernel: 'pointwise4x8', rows: 4, durationMs: 0 },
  };

function computesRightly(module: WebAssembly.Module, build: Build): boolean {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const { kernel, rows, durationMs } = PROBES[build];
  return probePointwise(instantiate(module, memory)[kernel]!, probeExtent(rows), memory, durationMs);
}

/**
 * Instantiates the first of the given builds that compiles here and computes a small product rightly, over the given
 * memory. Throws RuntimeError NO_SIMD where none does, WASM_FORBIDDEN or NO_KERNELS.
 */
export async function loadKernels(
  binaries: KernelBinaries,
  memory: WebAssembly.Memory,
  builds: readonly Build[] = PREFERRED_BUILDS,
): Promise<KernelModule> {
  let cause: unknown;
  for (const build of builds) {
    const binary = binaries[SAME_BINARY[build] ?? build];
    if (!binary) continue;
    try {
      const module = await compile(typeof binary === 'function' ? await binary() : binary);
      if (!computesRightly(module, build)) continue;
      const functions = instantiate(module, memory);
      const names = WebAssembly.Module.exports(module).map(({ name }) => name);
      return { build, module, functions, names, list: names.map((name) => functions[name]!) };
    } catch (error) {
      cause = error;
    }
  }
  throw noKernels(binaries, builds, cause);
}

function noKernels(binaries: KernelBinaries, builds: readonly Build[], cause: unknown): RuntimeError {
  const listed = builds.join(', ');
  if (!builds.some((build) => binaries[SAME_BINARY[build] ?? build])) {
    return new RuntimeError(
      'NO_KERNELS',
      `none of the kernel builds (${listed}) is given; the option binaries names them.`,
    );
  }
  if (FORBIDDEN.test(String(cause))) {
    const accepted = "script-src 'wasm-unsafe-eval' allows it on a page; on Workers, kernels are imported as modules";
    return new RuntimeError('WASM_FORBIDDEN', `WebAssembly may not be compiled here: ${accepted}.`, { cause });
  }
  return new RuntimeError(
    'NO_SIMD',
    `this runtime runs none of the kernel builds (${listed}); WebAssembly SIMD and shared memory are needed: Node 20, Chrome 91, Firefox 113 or Safari 16.4 and newer have them.`,
    { cause },
  );
}
