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
  /** Calls before the first round: kernels begin on their runtime's quick compiler. 20 by default. */
  readonly warmUps?: number;
  /** Counted calls in each round, for work that is too long to fill a slice of time with; by default as many as fit. */
  readonly callsPerRound?: number;
}

/** The value below which a share of sorted ones lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** The middle of some numbers in any order; of an even count the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** Sums up the durations of a task's calls. */
export function summarise(durationsMs: readonly number[]): Timing {
  const sorted = [...durationsMs].sort((a, b) => a - b);
  return {
    medianMs: median(sorted),
    p95Ms: quantile(sorted, 0.95),
    leastMs: sorted[0]!,
    samples: sorted.length,
  };
}

async function measureSlice(task: Task, sliceMs: number): Promise<readonly number[]> {
  const { name, callsPerRound } = task;
  const length = callsPerRound ? { time: 0, iterations: callsPerRound } : { time: sliceMs, iterations: 3 };
  const bench = new Bench({ ...length, warmup: false, retainSamples: true });
  bench.add(name, () => task.run());
  const [done] = await bench.run();
  const { result } = done!;
  if (result.state !== 'completed') {
    throw new Error(`${name}: ${result.state}`, { cause: 'error' in result ? result.error : undefined });
  }
  return result.latency.samples ?? [];
}

/** Runs every task for `sliceMs` in each of `rounds` rounds, after a call that is not counted; gives timings by position. */
export async function measureInterleaved(tasks: readonly Task[], rounds: number, sliceMs: number): Promise<Timing[]> {
  const samples: number[][] = tasks.map(() => []);
  for (const task of tasks) for (let call = 0; call < (task.warmUps ?? 20); call++) task.run();
  for (let round = 0; round < rounds; round++) {
    for (const [index, task] of tasks.entries()) samples[index]!.push(...(await measureSlice(task, sliceMs)));
  }
  return samples.map(summarise);
}
