/** The engine: compiles graphs into networks and owns what they share — memory, kernels, worker threads. */
/// <reference lib="esnext.disposable" preserve="true" />
import { kernelBinaries } from '#binaries';
import { worker } from '#worker';
import { selectOutputs } from './build/selectOutputs.js';
import { verifyGraph } from './build/verify.js';
import { InputError } from './errors.js';
import type { Graph } from './graph/types.js';
import type { Build } from './kernels/kernel.js';
import { Network } from './network.js';
import { optimise } from './passes/index.js';
import { chooseSets } from './plan/chooseSets.js';
import { packGraph } from './plan/pack.js';
import { DEFAULT_MEMORY_BYTES } from './runtime/memory.js';
import type { KernelBinaries } from './runtime/module.js';
import { requireAlive, Session } from './runtime/session.js';

/** How an engine is made. */
export interface EngineOptions {
  /**
   * Threads that share a run, the calling one among them: 1 by default, at most 64. `navigator.hardwareConcurrency` or
   * `os.availableParallelism()` tells how many help. Where threads cannot be started, the engine says so once and uses 1.
   */
  readonly threads?: number;
  /**
   * Joins 128-bit vector operations into 256-bit ones where the runtime is able to (Node on x64 with V8 12 or newer),
   * and changes nothing elsewhere. It sets an option of V8 that V8 calls experimental, holds for all WebAssembly of the
   * process and cannot be taken back. False by default.
   */
  readonly wide?: boolean;
  /** One build of the kernels; by default the best that this runtime runs rightly. */
  readonly build?: Build;
  /**
   * Where the kernels come from: by set and build, the bytes of a `.wasm` file, a module that was compiled already, or a
   * function that gives one. By default they are part of this JavaScript.
   */
  readonly binaries?: KernelBinaries;
  /**
   * The address of the script of worker threads, which the package exports as `mobilefacenet/worker.js`, for pages whose
   * policy forbids `blob:` workers; by default the script is part of this JavaScript.
   */
  readonly workerUrl?: string | URL;
  /** Largest size of the engine's memory, at most 2 GiB; 512 MiB by default. The memory grows as networks need it and never shrinks. */
  readonly maximumMemoryBytes?: number;
  /** Hears of what works less well than asked for; `console.warn` by default. */
  readonly onWarning?: (message: string) => void;
}

/** How a graph is compiled. */
export interface CompileOptions {
  /**
   * Names of the values that runs give, in this order: outputs of the graph, or values inside of it. What none of them
   * needs is left out, inputs too. All outputs of the graph where absent.
   */
  readonly outputs?: readonly string[] | undefined;
}

const MOST_THREADS = 64;

/** Addresses of kernels and programs are signed 32-bit words. */
const MOST_MEMORY_BYTES = 2 ** 31;

function checkMemory(bytes: number): number {
  if (bytes >= 1 && bytes <= MOST_MEMORY_BYTES) return bytes;
  const accepted = `accepted are 1 to ${MOST_MEMORY_BYTES} bytes`;
  throw new InputError('BAD_MEMORY', `maximumMemoryBytes is ${bytes}; ${accepted}.`);
}

function checkThreads(threads: number): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new InputError('BAD_THREADS', `threads is ${threads}; accepted are whole numbers from 1 to ${MOST_THREADS}.`);
}

/** Owns a memory, the kernels and the worker threads; networks compiled by it share them. */
export class Engine {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Makes an engine. Throws UnavailableError NO_SIMD or NO_SHARED_MEMORY where the runtime cannot run the kernels,
   * WASM_FORBIDDEN where it or a page's policy forbids to compile them, NO_KERNELS where none are given,
   * InputError BAD_THREADS or BAD_MEMORY.
   */
  static async create(options: EngineOptions = {}): Promise<Engine> {
    const session = await Session.create({
      build: options.build,
      binaries: options.binaries ?? kernelBinaries,
      maximumMemoryBytes: checkMemory(options.maximumMemoryBytes ?? DEFAULT_MEMORY_BYTES),
      threads: checkThreads(options.threads ?? 1),
      wide: options.wide ?? false,
      worker: { code: worker, url: options.workerUrl },
      warn: options.onWarning ?? ((message) => console.warn(`mobilefacenet: ${message}`)),
    });
    return new Engine(session);
  }

  /** The build of the kernels that this engine runs. */
  get build(): Build {
    return this.#session.kernels.build;
  }

  /** Threads that share a run at present. */
  get threads(): number {
    return this.#session.lanes;
  }

  /** Bytes that the engine's memory has grown to. */
  get memoryBytes(): number {
    return this.#session.memory.sizeBytes;
  }

  /**
   * Checks and optimises a graph, packs its weights into memory and gives the network. Kernels that the core has not are
   * loaded with the first graph that needs one.
   * Throws what `verifyGraph` and `selectOutputs` throw, ModelError NO_KERNEL for a node that no kernel runs, UnavailableError
   * OUT_OF_MEMORY, DISPOSED, or NO_KERNELS where the option `binaries` lacks the set that is needed.
   */
  async compile(graph: Graph, { outputs }: CompileOptions = {}): Promise<Network> {
    requireAlive(this.#session, 'engine', false);
    const verified = verifyGraph(graph);
    const optimised = optimise(outputs ? selectOutputs(verified, outputs) : verified);
    const { sets, kernels, relaxedDot } = await chooseSets(optimised, this.build);
    await this.#session.load(sets);
    const trusted = relaxedDot ? await this.#session.kernels.trusted(kernels) : kernels;
    requireAlive(this.#session, 'engine', false);
    return new Network(this.#session, packGraph(optimised, this.build, trusted));
  }

  /**
   * The compiled core, for what runs its kernels in a memory of its own: vector tables. Throws UnavailableError DISPOSED.
   */
  get coreModule(): WebAssembly.Module {
    requireAlive(this.#session, 'engine', false);
    return this.#session.kernels.module('core')!;
  }

  /** The compiled further kernels, likewise: image shrinkers. Throws UnavailableError DISPOSED, NO_KERNELS or WASM_FORBIDDEN. */
  async furtherModule(): Promise<WebAssembly.Module> {
    requireAlive(this.#session, 'engine', false);
    await this.#session.load(['further']);
    return this.#session.kernels.module('further')!;
  }

  /** Ends the worker threads; networks refuse to run, and the memory is free once nothing refers to the engine. */
  dispose(): void {
    this.#session.dispose();
  }

  /** `dispose`, for a declaration with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

export { Network, type Tensors } from './network.js';
