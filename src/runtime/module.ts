/** The kernels' WASM modules: the best build that this runtime runs rightly, compiled and instantiated set by set. */
import { instantiateSync } from '@assemblyscript/loader';
import { UnavailableError } from '../errors.js';
import type { Build, Kernel, KernelSet } from '../kernels/kernel.js';
import { probeExtent, probePointwise } from './probe.js';
import type { KernelFunction } from './run.js';

/** A build's binary: bytes, or a module that the runtime has compiled already. */
export type KernelBinary = Uint8Array<ArrayBuffer> | WebAssembly.Module;

/** A binary, or a function that gives it, so that only the chosen one is loaded. */
export type KernelSource = KernelBinary | (() => KernelBinary | Promise<KernelBinary>);

/** A set's binaries by build. */
export type SetBinaries = Partial<Readonly<Record<Build, KernelSource>>>;

/** Binaries by set. `further` is asked for when a graph needs one of its kernels. */
export type KernelBinaries = Partial<Readonly<Record<KernelSet, SetBinaries>>>;

/** The builds that are tried where none is asked for, best first. */
export const PREFERRED_BUILDS: readonly Build[] = ['relaxed', 'plain'];

/** Builds that are another's binary, run under other conditions. */
const SAME_BINARY: Partial<Readonly<Record<Build, Build>>> = { wide: 'relaxed' };

/** The kernels of a compiled build over a memory. */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Readonly<Record<string, KernelFunction>> {
  return instantiateSync(module, { env: { memory } }).exports as unknown as Record<string, KernelFunction>;
}

/** How runtimes say that bytes may not be compiled: by a page's policy, or never. */
const FORBIDDEN = /unsafe-eval|blocked by|disallowed|security policy/i;

/**
 * A compiled module, told by what it is: frameworks compile modules outside the realm that they run programs in. It
 * becomes one of this realm, since AssemblyScript's loader asks by `instanceof`.
 */
function compiled(binary: BufferSource | WebAssembly.Module): WebAssembly.Module | undefined {
  if (Object.prototype.toString.call(binary) !== '[object WebAssembly.Module]') return undefined;
  return binary instanceof WebAssembly.Module ? binary : Object.setPrototypeOf(binary, WebAssembly.Module.prototype);
}

/** Throws what `WebAssembly.compile` throws where this runtime cannot validate the binary. */
async function compile(given: KernelSource): Promise<WebAssembly.Module> {
  const binary = typeof given === 'function' ? await given() : given;
  return compiled(binary) ?? WebAssembly.compile(binary as BufferSource);
}

function binaryOf(binaries: SetBinaries | undefined, build: Build): KernelSource | undefined {
  return binaries?.[SAME_BINARY[build] ?? build];
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

async function computesRelaxedDot(module: WebAssembly.Module, build: Build): Promise<boolean> {
  const { probeRelaxedDot } = await import('./relaxedDot.js');
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const columns = build === 'wide' ? 16 : 8;
  const kernel = instantiate(module, memory)[`convolutionInt7x${columns}`]!;
  return probeRelaxedDot(kernel, columns, memory, PROBES[build].durationMs);
}

/** The kernels of one build over one memory: the core's from the beginning, those of other sets once they are loaded. */
export class Kernels {
  readonly build: Build;
  /** The functions of all loaded sets; a kernel's place here is its index in programs, and never changes. */
  readonly list: KernelFunction[] = [];
  /** Places in `list` by export name. */
  readonly index = new Map<string, number>();
  readonly #binaries: KernelBinaries;
  readonly #memory: WebAssembly.Memory;
  readonly #modules = new Map<KernelSet, WebAssembly.Module>();
  #relaxedDot: Promise<boolean> | undefined;

  constructor(build: Build, core: WebAssembly.Module, binaries: KernelBinaries, memory: WebAssembly.Memory) {
    this.build = build;
    this.#binaries = binaries;
    this.#memory = memory;
    this.#add('core', core);
  }

  /** The compiled sets in the order in which they were loaded: other threads make the same list of them. */
  get modules(): readonly WebAssembly.Module[] {
    return [...this.#modules.values()];
  }

  /** A compiled set; `undefined` before it is loaded. */
  module(set: KernelSet): WebAssembly.Module | undefined {
    return this.#modules.get(set);
  }

  /** A kernel of the loaded sets by its export name. */
  kernel(name: string): KernelFunction | undefined {
    return this.list[this.index.get(name) ?? -1];
  }

  /**
   * The kernels of a list without those that this runtime computes wrongly: the ones with the relaxed dot product of
   * bytes, which is tried when this is first called. Their set must be loaded.
   */
  async trusted(list: readonly Kernel[]): Promise<readonly Kernel[]> {
    this.#relaxedDot ??= computesRelaxedDot(this.#modules.get('further')!, this.build);
    return (await this.#relaxedDot) ? list : list.filter(({ relaxedDot }) => !relaxedDot);
  }

  /** Compiles and instantiates a set, unless that was done before. Throws UnavailableError NO_KERNELS or WASM_FORBIDDEN. */
  async load(set: KernelSet): Promise<void> {
    if (this.#modules.has(set)) return;
    const binary = binaryOf(this.#binaries[set], this.build);
    if (!binary) throw notGiven(set, [this.build]);
    const module = await compile(binary).catch((cause) => {
      throw isForbidden(cause) ? forbidden(cause) : cause;
    });
    if (!this.#modules.has(set)) this.#add(set, module);
  }

  #add(set: KernelSet, module: WebAssembly.Module): void {
    const functions = instantiate(module, this.#memory);
    for (const { name } of WebAssembly.Module.exports(module))
      this.index.set(name, this.list.push(functions[name]!) - 1);
    this.#modules.set(set, module);
  }
}

/**
 * Instantiates the core of the first of the given builds that compiles here and computes a small product rightly, over
 * the given memory. Throws UnavailableError NO_SIMD where none does, WASM_FORBIDDEN or NO_KERNELS.
 */
export async function loadKernels(
  binaries: KernelBinaries,
  memory: WebAssembly.Memory,
  builds: readonly Build[] = PREFERRED_BUILDS,
): Promise<Kernels> {
  let cause: unknown;
  for (const build of builds) {
    const binary = binaryOf(binaries.core, build);
    if (!binary) continue;
    try {
      const module = await compile(binary);
      if (computesRightly(module, build)) return new Kernels(build, module, binaries, memory);
    } catch (error) {
      cause = error;
    }
  }
  if (!builds.some((build) => binaryOf(binaries.core, build))) throw notGiven('core', builds);
  if (isForbidden(cause)) throw forbidden(cause);
  throw new UnavailableError(
    'NO_SIMD',
    `this runtime runs none of the kernel builds (${builds.join(', ')}); WebAssembly SIMD and shared memory are needed: Node 20, Chrome 91, Firefox 113 or Safari 16.4 and newer have them.`,
    { cause },
  );
}

function notGiven(set: KernelSet, builds: readonly Build[]): UnavailableError {
  const found = `kernels of the set "${set}" are needed and given in none of the builds ${builds.join(', ')}`;
  return new UnavailableError('NO_KERNELS', `${found}; the option binaries names them.`);
}

function isForbidden(cause: unknown): boolean {
  return FORBIDDEN.test(String(cause));
}

function forbidden(cause: unknown): UnavailableError {
  const accepted = "script-src 'wasm-unsafe-eval' allows it on a page; on Workers, kernels are imported as modules";
  return new UnavailableError('WASM_FORBIDDEN', `WebAssembly may not be compiled here: ${accepted}.`, { cause });
}
