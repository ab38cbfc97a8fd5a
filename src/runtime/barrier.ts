/**
 * The barrier between the steps of a run. It counts finished units, not lanes: a lane that the system has put aside
 * holds the others up by the units that it has begun, never by those that it might have taken.
 */
import { UnavailableError } from '../errors.js';
import { CONTROL } from './control.js';

/** Looks at a counter before a lane sleeps; about a tenth of a millisecond, longer than lanes usually differ by. */
const SPINS = 50_000;

/** Spins between two looks at the abort flag. */
const SPINS_PER_CHECK = 1024;

/** A sleep is cut short after this, to look at the abort flag. */
const SLEEP_MS = 50;

/**
 * A counter that stands still for so long belongs to a worker that is dead or stopped. While `run` keeps its thread, the
 * end of a worker cannot be heard otherwise; during `runAsync` it is heard at once.
 */
const LOST_AFTER_MS = 10_000;

/** One thread's view of the counters. */
export class Barrier {
  readonly #words: Int32Array;
  readonly #control: number;
  readonly #maySleep: boolean;

  /** `control` is the control block's word index; `maySleep` is false on a browser's main thread. */
  constructor(words: Int32Array, control: number, maySleep: boolean) {
    this.#words = words;
    this.#control = control;
    this.#maySleep = maySleep;
  }

  /** Adds finished units to a counter; true where that makes it `whole`. */
  complete(counter: number, units: number, whole: number): boolean {
    const words = this.#words;
    if (Atomics.add(words, counter, units) + units !== whole) return false;
    if (Atomics.load(words, this.#control + CONTROL.sleepers) > 0) Atomics.notify(words, counter);
    return true;
  }

  /** Waits until a counter is `whole`. Throws UnavailableError WORKER_LOST when the run was given up. */
  await(counter: number, whole: number): void {
    const words = this.#words;
    for (let spin = 1; spin <= SPINS; spin++) {
      if (Atomics.load(words, counter) === whole) return;
      if (spin % SPINS_PER_CHECK === 0) this.#checkAbort();
    }
    this.#awaitLong(counter, whole);
  }

  #awaitLong(counter: number, whole: number): void {
    const words = this.#words;
    let last = Atomics.load(words, counter);
    let sinceMs = performance.now();
    Atomics.add(words, this.#control + CONTROL.sleepers, 1);
    try {
      for (;;) {
        const found = Atomics.load(words, counter);
        if (found === whole) return;
        this.#checkAbort();
        if (found !== last) {
          last = found;
          sinceMs = performance.now();
        } else if (performance.now() - sinceMs > LOST_AFTER_MS) {
          Atomics.store(words, this.#control + CONTROL.abort, 1);
        }
        if (this.#maySleep) Atomics.wait(words, counter, found, SLEEP_MS);
      }
    } finally {
      Atomics.sub(words, this.#control + CONTROL.sleepers, 1);
    }
  }

  #checkAbort(): void {
    if (Atomics.load(this.#words, this.#control + CONTROL.abort) !== 0) {
      throw new UnavailableError('WORKER_LOST', 'a worker thread ended during the run; the next run starts a new one.');
    }
  }
}
