/** Interleaved measurement: all tasks in turn, several rounds, medians; so that a machine's drift meets all alike. */
import { Bench } from 'tinybench';

/** What a task did, in milliseconds a call. */
export interface Timing {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly leastMs: number;
  readonly samples: number;
}

/** A piece of work with a name. */
export interface Task {
  readonly name: string;
  run(): void;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** Runs every task for `sliceMs` in each of `rounds` rounds and gives its timing, by position. */
export async function measureInterleaved(tasks: readonly Task[], rounds: number, sliceMs: number): Promise<Timing[]> {
  const samples: number[][] = tasks.map(() => []);
  for (const task of tasks) for (let call = 0; call < 20; call++) task.run();
  for (let round = 0; round < rounds; round++) {
    for (const [index, task] of tasks.entries()) {
      const bench = new Bench({ time: sliceMs, iterations: 3, warmup: false, retainSamples: true });
      bench.add(task.name, () => task.run());
      const [done] = await bench.run();
      const { result } = done!;
      if (result.state !== 'completed') throw new Error(`${task.name}: ${result.state}`);
      samples[index]!.push(...(result.latency.samples ?? []));
    }
  }
  return samples.map((taken) => {
    const sorted = [...taken].sort((a, b) => a - b);
    return {
      medianMs: quantile(sorted, 0.5),
      p95Ms: quantile(sorted, 0.95),
      leastMs: sorted[0]!,
      samples: sorted.length,
    };
  });
}
