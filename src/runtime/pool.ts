/** The worker pool: lanes on other threads over one shared memory. Tasks go through shared words, not messages. */
import { UnavailableError } from '../errors.js';
import { CONTROL, CONTROL_BYTES } from './control.js';
import { Lane } from './lane.js';
import type { RegionMemory } from './memory.js';
import type { Kernels } from './module.js';
import { startWorker, type WorkerThread } from './startWorker.js';
import { runLane, type Task, type TaskEnd, taskBytes, writeTask } from './task.js';
import type { WorkerMessage } from './worker.js';

/** How workers are started. */
export interface WorkerSource {
  readonly code: string;
  readonly url?: string | URL | undefined;
}

/** The functions of this thread's lane, and the modules that other threads make the same list of. */
export type LaneKernels = Pick<Kernels, 'list' | 'modules'>;

/** A worker that has not said that it is ready by then is given up. */
const START_TIMEOUT_MS = 20_000;

/** A task that workers run while the caller's thread is free. */
interface BackgroundTask {
  readonly ticket: number;
  readonly end: TaskEnd;
  resolve(): void;
  reject(error: Error): void;
}

/** Tickets go round all numbers but 0, which means that no task is open. */
function nextTicket(ticket: number): number {
  return (ticket + 1) | 0 || 1;
}

function canSleep(): boolean {
  // A browser's main thread may not wait; everything without a document may.
  return typeof (globalThis as { document?: unknown }).document === 'undefined';
}

/** Owns the workers of one engine. The calling thread is lane 0 of `run`; workers are all lanes of `runAsync`. */
export class LanePool {
  readonly #memory: RegionMemory;
  readonly #kernels: LaneKernels;
  readonly #source: WorkerSource;
  readonly #taskAddress: number;
  readonly #onLost: (ended: Promise<unknown>) => void;
  #control: number;
  #lane: Lane;
  #workers: WorkerThread[] = [];
  /** Workers that have not yet said that they are ready. */
  readonly #starters = new Set<WorkerThread>();
  #background: BackgroundTask | undefined;
  #starting: Promise<void> = Promise.resolve();
  #disposed = false;

  /** `onLost` is called when workers were given up; until `ended` they may still write to the arenas of their task. */
  constructor(
    memory: RegionMemory,
    kernels: LaneKernels,
    source: WorkerSource,
    lanes: number,
    onLost: (ended: Promise<unknown>) => void,
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#source = source;
    this.#onLost = onLost;
    this.#taskAddress = memory.allocate(taskBytes(lanes)).begin;
    [this.#control, this.#lane] = this.#newControl();
  }

  /** Workers that are ready. */
  get workers(): number {
    return this.#workers.length;
  }

  /**
   * Starts workers until there are so many; resolves when all are ready.
   * Rejects with UnavailableError NO_WORKERS where this runtime has none, or forbids them or shared memory in them.
   */
  start(workers: number): Promise<void> {
    const start = this.#starting.then(() => this.#startUntil(workers));
    this.#starting = start.catch(() => {});
    return start;
  }

  /** Starts new workers in the place of all that run: those know the modules that there are now. No task may run. */
  restart(): Promise<void> {
    const restart = this.#starting.then(() => {
      const { workers } = this;
      if (workers > 0) this.#replaceWorkers();
      return this.#startUntil(workers);
    });
    this.#starting = restart.catch(() => {});
    return restart;
  }

  /** Runs a task over `lanes` lanes of which the calling thread is the first; returns when all have ended. */
  run(task: Task, lanes: number): void {
    const { end } = this.#publish(task, lanes, 1);
    const { context } = this.#lane;
    try {
      runLane(context, this.#taskAddress, 0);
      this.#close(end);
    } catch (error) {
      this.#giveUp();
      if (error instanceof UnavailableError) throw error;
      throw new UnavailableError('KERNEL_FAILED', `a kernel failed: ${String(error)}.`, { cause: error });
    }
  }

  /** Runs a task over `lanes` workers, which must be ready; resolves when all have ended. One at a time. */
  runAsync(task: Task, lanes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      for (const worker of this.#workers) worker.hold(true);
      this.#background = { ...this.#publish(task, lanes, 0), resolve, reject };
    });
  }

  /** Waits on this thread until the background task, where there is one, has ended. */
  settle(): void {
    if (!this.#background) return;
    this.#finishBackground();
  }

  /** Ends all workers. A background task is rejected with UnavailableError DISPOSED. */
  dispose(): void {
    this.#disposed = true;
    const background = this.#background;
    this.#background = undefined;
    this.#endWorkers();
    background?.reject(new UnavailableError('DISPOSED', 'the engine was disposed while the network ran.'));
  }

  #newControl(): [address: number, lane: Lane] {
    const address = this.#memory.allocate(CONTROL_BYTES).begin;
    const lane = new Lane(this.#memory.memory, this.#kernels.list, address, canSleep());
    lane.context.words.fill(0, address / 4, (address + CONTROL_BYTES) / 4);
    return [address, lane];
  }

  /** Writes the descriptor and wakes the workers. */
  #publish(task: Task, lanes: number, firstLane: number): { ticket: number; end: TaskEnd } {
    const { words } = this.#lane.context;
    const control = this.#control / 4;
    const end = writeTask(words, this.#taskAddress, task, lanes, firstLane);
    words[control + CONTROL.task] = this.#taskAddress;
    const ticket = nextTicket(words[control + CONTROL.ticket]!);
    Atomics.store(words, control + CONTROL.open, ticket);
    Atomics.store(words, control + CONTROL.ticket, ticket);
    if (lanes > firstLane) Atomics.notify(words, control + CONTROL.ticket);
    return { ticket, end };
  }

  /** Waits until a task is done and no worker is inside it, so that its words may be written again. */
  #close({ counter, whole }: TaskEnd): void {
    const { words, barrier } = this.#lane.context;
    const control = this.#control / 4;
    barrier.await(counter, whole);
    Atomics.store(words, control + CONTROL.open, 0);
    barrier.await(control + CONTROL.active, 0);
  }

  async #startUntil(workers: number): Promise<void> {
    while (this.#workers.length < workers && !this.#disposed) await this.#startOne(this.#workers.length);
  }

  #startOne(worker: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const control = this.#control;
      let thread: WorkerThread | undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const fail = (reason: string): void => {
        clearTimeout(timer);
        if (thread) this.#forget(thread);
        reject(new UnavailableError('NO_WORKERS', `worker threads cannot be started here: ${reason}.`));
      };
      const listener = {
        message: (message: WorkerMessage): void => {
          if (!thread || !this.#starters.has(thread)) {
            if (control === this.#control) this.#hear(message);
          } else if (message.kind === 'ready') {
            clearTimeout(timer);
            this.#starters.delete(thread);
            this.#workers.push(thread);
            resolve();
          }
        },
        ended: (reason: string): void => {
          if (thread && this.#workers.includes(thread)) this.#giveUp();
          else fail(reason);
        },
      };
      timer = setTimeout(() => fail('none was ready in time'), START_TIMEOUT_MS);
      try {
        const { modules } = this.#kernels;
        const start = { modules, memory: this.#memory.memory, controlAddress: control, worker };
        thread = startWorker(this.#source.code, this.#source.url, start, listener);
        this.#starters.add(thread);
      } catch (error) {
        fail(String(error));
      }
    });
  }

  /** Ends a worker that never became ready. */
  #forget(thread: WorkerThread): void {
    this.#starters.delete(thread);
    void thread.terminate();
  }

  #hear(message: WorkerMessage): void {
    if (message.kind === 'failed') this.#giveUp(message.message);
    else if (message.kind === 'done' && message.ticket === this.#background?.ticket) this.#finishBackground();
  }

  #finishBackground(): void {
    const background = this.#background;
    if (!background) return;
    try {
      this.#close(background.end);
    } catch {
      this.#giveUp();
      return;
    }
    this.#background = undefined;
    for (const worker of this.#workers) worker.hold(false);
    background.resolve();
  }

  /** Frees every waiter, ends the workers, and begins anew with none; a background task is rejected. */
  #giveUp(failure?: string): void {
    const background = this.#background;
    this.#background = undefined;
    this.#replaceWorkers();
    background?.reject(
      failure === undefined
        ? new UnavailableError('WORKER_LOST', 'a worker thread ended during the run; the next run starts a new one.')
        : new UnavailableError('KERNEL_FAILED', `a kernel failed: ${failure}.`),
    );
  }

  /** Ends the workers and begins anew with none. */
  #replaceWorkers(): void {
    const ended = this.#endWorkers();
    [this.#control, this.#lane] = this.#newControl();
    this.#onLost(ended);
  }

  #endWorkers(): Promise<unknown> {
    const { words } = this.#lane.context;
    const control = this.#control / 4;
    Atomics.store(words, control + CONTROL.abort, 1);
    Atomics.store(words, control + CONTROL.stop, 1);
    Atomics.store(words, control + CONTROL.ticket, nextTicket(words[control + CONTROL.ticket]!));
    Atomics.notify(words, control + CONTROL.ticket);
    const workers = [...this.#workers, ...this.#starters];
    this.#workers = [];
    this.#starters.clear();
    return Promise.allSettled(workers.map((worker) => worker.terminate()));
  }
}
