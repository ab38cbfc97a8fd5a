/** A worker thread: sleeps until there is a task, runs its lane, and says when the task is done. */
import { builtin } from '../builtin.js';
import { CONTROL } from './control.js';
import { Lane } from './lane.js';
import type { KernelFunction } from './run.js';
import { laneOfWorker, runLane } from './task.js';

/** What a worker is given when it starts. */
export interface WorkerStart {
  /** The sets of kernels, in the order of the kernels' indexes in programs. */
  readonly modules: readonly WebAssembly.Module[];
  readonly memory: WebAssembly.Memory;
  readonly controlAddress: number;
  /** Its number among the workers, from 0. */
  readonly worker: number;
}

/** What a worker says. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  /** Every lane has ended the task of this ticket. */
  | { readonly kind: 'done'; readonly ticket: number }
  /** A kernel failed; the abort flag is set and the worker has ended. */
  | { readonly kind: 'failed'; readonly message: string };

/** A sleep is cut short after this: a lost notification delays a task, and never stops it. */
const SLEEP_MS = 1000;

/** Looks for a new task so many times before sleeping, so that tasks in close order need no waking. */
const SPINS = 5_000;

function awaitTicket(words: Int32Array, ticketWord: number, seen: number): void {
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(words, ticketWord) !== seen) return;
  while (Atomics.load(words, ticketWord) === seen) Atomics.wait(words, ticketWord, seen, SLEEP_MS);
}

/** Serves tasks until the stop flag is set. */
function serve(start: WorkerStart, post: (message: WorkerMessage) => void): void {
  const { modules, memory, controlAddress, worker } = start;
  const kernels = modules.flatMap((module) => {
    const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, KernelFunction>;
    return WebAssembly.Module.exports(module).map(({ name }) => exports[name]!);
  });
  const lane = new Lane(memory, kernels, controlAddress, true);
  const control = controlAddress / 4;
  const words = new Int32Array(memory.buffer);
  let seen = Atomics.load(words, control + CONTROL.ticket);
  post({ kind: 'ready' });
  for (;;) {
    if (Atomics.load(words, control + CONTROL.stop) !== 0) return;
    awaitTicket(words, control + CONTROL.ticket, seen);
    seen = Atomics.load(words, control + CONTROL.ticket);
    if (Atomics.load(words, control + CONTROL.stop) !== 0) return;
    Atomics.add(words, control + CONTROL.active, 1);
    // The task may have ended while this worker slept; entered first and asked then, it cannot end in between.
    const done = Atomics.load(words, control + CONTROL.open) === seen && tryLane(lane, control, worker, post);
    Atomics.sub(words, control + CONTROL.active, 1);
    if (Atomics.load(words, control + CONTROL.sleepers) > 0) Atomics.notify(words, control + CONTROL.active);
    if (done) post({ kind: 'done', ticket: seen });
    if (Atomics.load(words, control + CONTROL.abort) !== 0) return;
  }
}

/** Runs this worker's lane where the task has one; true where it finished the last of the task. */
function tryLane(lane: Lane, control: number, worker: number, post: (message: WorkerMessage) => void): boolean {
  const { context } = lane;
  const { words } = context;
  const task = words[control + CONTROL.task]!;
  const number = laneOfWorker(words, task, worker);
  if (number < 0) return false;
  try {
    return runLane(context, task, number);
  } catch (error) {
    Atomics.store(words, control + CONTROL.abort, 1);
    post({ kind: 'failed', message: String(error) });
    return false;
  }
}

/** The parts of Node's worker port and of a web worker's scope that are used. */
interface Port {
  postMessage(message: WorkerMessage): void;
  once?(event: 'message', listener: (start: WorkerStart) => void): void;
}

interface WorkerScope extends Port {
  onmessage: ((event: { readonly data: WorkerStart }) => void) | null;
}

const { self } = globalThis as unknown as { self?: WorkerScope };
const port: Port | null | undefined = builtin('worker_threads')?.parentPort;
if (port?.once) {
  port.once('message', (start) => serve(start, (message) => port.postMessage(message)));
} else if (self) {
  self.onmessage = ({ data }) => serve(data, (message) => self.postMessage(message));
}
