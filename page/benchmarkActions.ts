/** What visitors do with the benchmark. */
import type { Actions } from './actions.js';
import { sentenceFor } from './problems.js';
import type { BenchmarkState } from './state.js';
import type { Store } from './store.js';
import { Caller } from './worker/caller.js';
import type { BenchmarkCalls } from './worker/messages.js';

type BenchmarkActions = Pick<Actions, 'runBenchmark' | 'cancelBenchmark'>;

/** Every run has a worker of its own, which is ended with it: so it can be cancelled at any time. */
export function createBenchmark(store: Store): BenchmarkActions {
  let running: Caller<BenchmarkCalls> | undefined;

  const set = (benchmark: BenchmarkState, announcement = store.state.announcement): void =>
    store.update((state) => ({ ...state, benchmark, announcement }));

  const run = async (): Promise<void> => {
    const worker = new Caller<BenchmarkCalls>('benchmark.js');
    running = worker;
    set({ kind: 'running', done: 0, total: 0, rows: [] }, 'The benchmark runs.');
    try {
      const answer = await worker.call('run', { threads: store.state.threads }, ({ done, total, rows }) => {
        const { benchmark } = store.state;
        if (benchmark.kind !== 'running' || running !== worker) return;
        set({ kind: 'running', done, total, rows: rows ?? benchmark.rows });
      });
      set({ kind: 'done', ...answer }, 'The benchmark is done.');
    } catch (error) {
      if (running === worker) set({ kind: 'idle', problem: sentenceFor(error) });
    } finally {
      worker.end();
      if (running === worker) running = undefined;
    }
  };

  return {
    runBenchmark() {
      if (!running) void run();
    },
    cancelBenchmark() {
      const worker = running;
      running = undefined;
      worker?.end();
      set({ kind: 'idle' }, 'The benchmark was cancelled.');
    },
  };
}
