/** The state of one engine: memory, kernels, lanes and the regions that they work in. */
import { UnavailableError } from '../errors.js';
import type { Build, KernelSet } from '../kernels/kernel.js';
import { type MemoryRegion, RegionMemory } from './memory.js';
import { type KernelBinaries, type Kernels, loadKernels, PREFERRED_BUILDS } from './module.js';
import { LanePool, type WorkerSource } from './pool.js';
import type { Task } from './task.js';
import { enableWideVectors } from './wide.js';

/** How a session is made; see EngineOptions. */
export interface SessionOptions {
  readonly build: Build | undefined;
  readonly binaries: KernelBinaries;
  readonly maximumMemoryBytes: number;
  readonly threads: number;
  readonly wide: boolean;
  readonly worker: WorkerSource;
  warn(message: string): void;
}

/** What a task needs of the shared regions. */
export interface RegionNeeds {
  readonly arenaBytes: number;
  readonly scratchBytes: number;
  /** Arenas that are used at the same time. */
  readonly arenas: number;
  readonly stagingBytes: number;
  readonly counterBytes: number;
}

/** A task of workers whose outputs are not yet read. */
interface InFlight {
  finish(): void;
}

/** Owns everything that lives as long as an engine. */
export class Session {
  readonly memory: RegionMemory;
  readonly kernels: Kernels;
  readonly #pool: LanePool;
  readonly #options: SessionOptions;
  #lanes: number;
  #background: number;
  #arenas: MemoryRegion[] = [];
  #scratches: MemoryRegion[] = [];
  #staging: MemoryRegion | undefined;
  #counters: MemoryRegion | undefined;
  #generation = 0;
  #inFlight: InFlight | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  private constructor(memory: RegionMemory, kernels: Kernels, options: SessionOptions) {
    this.memory = memory;
    this.kernels = kernels;
    this.#options = options;
    this.#lanes = 1;
    this.#background = options.threads;
    this.#pool = new LanePool(memory, kernels, options.worker, options.threads, (ended) => this.#quarantine(ended));
  }

  /** Compiles the kernels and starts the workers that `run` needs. */
  static async create(options: SessionOptions): Promise<Session> {
    const memory = new RegionMemory(options.maximumMemoryBytes);
    const builds = options.build ? [options.build] : PREFERRED_BUILDS;
    const tried = options.wide && enableWideVectors() ? (['wide', ...builds] as const) : builds;
    const kernels = await loadKernels(options.binaries, memory.memory, tried);
    const session = new Session(memory, kernels, options);
    await session.#startLanes();
    return session;
  }

  /**
   * Makes sets of kernels known to this thread and the workers, after the runs that were asked for before. Throws
   * UnavailableError NO_KERNELS or WASM_FORBIDDEN.
   */
  async load(sets: readonly KernelSet[]): Promise<void> {
    const isMissing = (set: KernelSet): boolean => !this.kernels.module(set);
    if (!sets.some(isMissing)) return;
    await this.enqueue(async () => {
      const missing = sets.filter(isMissing);
      if (missing.length === 0) return;
      for (const set of missing) await this.kernels.load(set);
      await this.#tryLanes(() => this.#pool.restart());
    });
  }

  /** Lanes that `run` works on; 1 where workers could not be started. */
  get lanes(): number {
    return Math.min(this.#lanes, this.#pool.workers + 1);
  }

  /** Most lanes that a plan may be bound for. */
  get mostLanes(): number {
    return this.#options.threads;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Changes when addresses of arenas or scratch change: what was bound before is stale. */
  get generation(): number {
    return this.#generation;
  }

  get arenas(): readonly MemoryRegion[] {
    return this.#arenas;
  }

  get scratches(): readonly MemoryRegion[] {
    return this.#scratches;
  }

  get staging(): MemoryRegion {
    return this.#staging!;
  }

  /** What lanes count in while a task runs; one task at a time. */
  get counters(): MemoryRegion {
    return this.#counters!;
  }

  /** Makes the regions at least as large as a task needs. Throws UnavailableError OUT_OF_MEMORY. */
  reserve({ arenaBytes, scratchBytes, arenas, stagingBytes, counterBytes }: RegionNeeds): void {
    this.#growAll(this.#arenas, arenas, arenaBytes);
    this.#growAll(this.#scratches, this.mostLanes, scratchBytes);
    this.#staging = this.#growOne(this.#staging, stagingBytes);
    this.#counters = this.#growOne(this.#counters, counterBytes);
  }

  /** Runs a task on this thread and the workers; what workers still do is finished first. */
  run(task: Task, lanes: number): void {
    this.#pool.run(task, lanes);
    if (this.#pool.workers + 1 < this.#lanes) void this.#startLanes();
  }

  /** Waits on this thread for the task that workers do, where there is one, so that its regions are free. */
  settle(): void {
    const inFlight = this.#inFlight;
    if (!inFlight) return;
    this.#inFlight = undefined;
    try {
      this.#pool.settle();
      inFlight.finish();
    } catch {
      // The background task's own promise tells its caller.
    }
  }

  /** Does asynchronous work after all that was queued before it. */
  enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  /** Starts the workers that leave this thread free, and returns how many lanes they make; 0 where there can be none. */
  async startBackground(): Promise<number> {
    if (this.#background === 0) return 0;
    try {
      await this.#pool.start(this.#background);
    } catch (error) {
      this.#background = 0;
      if (this.#disposed) return 0;
      this.#options.warn(`${(error as Error).message} runAsync works on the calling thread.`);
    }
    return this.#background;
  }

  /** Runs a task on workers alone; `collect` reads its outputs as soon as they are there. */
  async runInBackground<T>(task: Task, lanes: number, collect: () => T): Promise<T> {
    let outputs: { readonly value: T } | undefined;
    const finish = (): void => {
      if (!outputs) outputs = { value: collect() };
    };
    const inFlight = { finish };
    this.#inFlight = inFlight;
    try {
      await this.#pool.runAsync(task, lanes);
      finish();
      return outputs!.value;
    } finally {
      if (this.#inFlight === inFlight) this.#inFlight = undefined;
    }
  }

  /** Ends the workers; everything else is refused from now on. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#inFlight = undefined;
    this.#pool.dispose();
  }

  async #startLanes(): Promise<void> {
    const { threads } = this.#options;
    if (threads < 2) return;
    await this.#tryLanes(async () => {
      await this.#pool.start(threads - 1);
      this.#lanes = threads;
    });
  }

  /** Goes on with one thread where workers cannot be started. */
  async #tryLanes(start: () => Promise<void>): Promise<void> {
    try {
      await start();
    } catch (error) {
      if (this.#disposed) return;
      this.#lanes = 1;
      // Said once: `runAsync` would fail likewise.
      this.#background = 0;
      this.#options.warn(`${(error as Error).message} The engine runs on one thread.`);
    }
  }

  #growAll(regions: MemoryRegion[], count: number, sizeBytes: number): void {
    const needed = Math.max(count, regions.length);
    if (regions.length === needed && regions.every((region) => sizeOf(region) >= sizeBytes)) return;
    this.#generation++;
    for (const region of regions.splice(0)) this.memory.release(region);
    for (let index = 0; index < needed; index++) regions.push(this.memory.allocate(sizeBytes));
  }

  #growOne(region: MemoryRegion | undefined, sizeBytes: number): MemoryRegion | undefined {
    if (sizeBytes === 0 || (region && sizeOf(region) >= sizeBytes)) return region;
    const grown = this.memory.allocate(sizeBytes);
    if (region) this.memory.release(region);
    return grown;
  }

  /** Workers that were given up may still write to their regions until they have ended: those are not handed out. */
  #quarantine(ended: Promise<unknown>): void {
    const single = [this.#staging, this.#counters].filter((region) => region !== undefined);
    const held = [...this.#arenas, ...this.#scratches, ...single];
    this.#arenas = [];
    this.#scratches = [];
    this.#staging = undefined;
    this.#counters = undefined;
    this.#generation++;
    void ended.then(() => {
      for (const region of held) this.memory.release(region);
    });
  }
}

function sizeOf({ begin, end }: MemoryRegion): number {
  return end - begin;
}

/** Refuses work after disposal. Throws UnavailableError DISPOSED. */
export function requireAlive(session: Session, what: string, disposed: boolean): void {
  if (session.disposed || disposed) {
    throw new UnavailableError('DISPOSED', `the ${what} was disposed; make a new one.`);
  }
}
