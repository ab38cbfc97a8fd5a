/** One thread's place among the lanes: its kernels, its barrier, and views that follow the memory as it grows. */
import { Barrier } from './barrier.js';
import type { KernelFunction } from './run.js';
import type { LaneContext } from './task.js';

/** Gives a thread's context, made anew when the memory has grown. */
export class Lane {
  readonly #memory: WebAssembly.Memory;
  readonly #kernels: readonly KernelFunction[];
  readonly #control: number;
  readonly #maySleep: boolean;
  #context: LaneContext | undefined;

  /** `controlAddress` is the control block's; `maySleep` is false on a browser's main thread. */
  constructor(
    memory: WebAssembly.Memory,
    kernels: readonly KernelFunction[],
    controlAddress: number,
    maySleep: boolean,
  ) {
    this.#memory = memory;
    this.#kernels = kernels;
    this.#control = controlAddress / 4;
    this.#maySleep = maySleep;
  }

  /** Valid until the memory grows: ask again for every task. */
  get context(): LaneContext {
    const { buffer } = this.#memory;
    if (this.#context?.words.buffer !== buffer) {
      const words = new Int32Array(buffer);
      this.#context = {
        words,
        floats: new Float32Array(buffer),
        kernels: this.#kernels,
        barrier: new Barrier(words, this.#control, this.#maySleep),
      };
    }
    return this.#context;
  }
}
