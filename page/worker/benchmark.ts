/**
 * The worker that runs every network of the paper's Table 2 in turn, in float32 and in int8; ending it cancels the
 * benchmark, and ends the workers that it started.
 */
import {
  countMultiplyAdds,
  countParameters,
  Engine,
  float32Tensor,
  type Network,
  type Table2Row,
  type Tensors,
  table2,
} from '../../src/index.js';
import { Caller } from './caller.js';
import type {
  BenchmarkAnswer,
  BenchmarkCalls,
  BenchmarkRequest,
  BenchmarkRow,
  NetworkCalls,
  PreparedNetwork,
  Progress,
} from './messages.js';
import { serveCalls } from './serve.js';

/** How often every network runs before it is timed: kernels begin on their runtime's quick compiler. */
const WARM_UP_ROUNDS = 3;
const ROUNDS = 15;

/** Building and quantising a network takes about the time of so many runs. */
const PREPARATION = 36;

/** Workers that prepare networks at the same time; each has an engine of its own. */
const MOST_PREPARING = 4;

const THREADS = 'threads.js';

/** A network in one type of numbers. */
interface Timed {
  readonly network: Network;
  readonly timesMs: number[];
}

interface Candidate {
  readonly row: BenchmarkRow;
  readonly inputs: Tensors;
  readonly float32: Timed;
  readonly int8: Timed;
}

async function compile(engine: Engine, row: Table2Row, { float32, int8 }: PreparedNetwork): Promise<Candidate> {
  const { network, paper } = row;
  const inputs = Object.fromEntries(float32.inputs.map(({ name, shape }) => [name, float32Tensor(shape)]));
  const [, , height, width] = float32.inputs[0]!.shape;
  return {
    row: {
      network,
      input: `${height}×${width}`,
      parameters: countParameters(float32),
      madds: countMultiplyAdds(float32),
      paperMs: paper.speedMs,
    },
    inputs,
    float32: { network: await engine.compile(float32), timesMs: [] },
    int8: { network: await engine.compile(int8), timesMs: [] },
  };
}

/** Has all networks built, quantised and compiled; `onPrepared` hears of each. */
async function prepareAll(engine: Engine, onPrepared: () => void): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Caller<NetworkCalls>('networks.js');
    try {
      while (next < table2.length) {
        const row = next++;
        candidates[row] = await compile(engine, table2[row]!, await worker.call('prepare', { row }));
        onPrepared();
      }
    } finally {
      worker.end();
    }
  };
  const workers = Math.min(MOST_PREPARING, navigator.hardwareConcurrency || 1);
  await Promise.all(Array.from({ length: workers }, work));
  return candidates;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function rowsOf(candidates: readonly Candidate[]): BenchmarkRow[] {
  return candidates.map(({ row, float32, int8 }) => ({
    ...row,
    ...(float32.timesMs.length > 0 ? { medianMs: medianOf(float32.timesMs) } : {}),
    ...(int8.timesMs.length > 0 ? { int8Ms: medianOf(int8.timesMs) } : {}),
  }));
}

/** Prepares all networks, then runs them round by round, so that a machine's drift meets all alike. */
async function run({ threads }: BenchmarkRequest, onProgress: (progress: Progress) => void): Promise<BenchmarkAnswer> {
  const engine = await Engine.create({ threads, workerUrl: new URL(THREADS, import.meta.url), onWarning: () => {} });
  const total = table2.length * (PREPARATION + 2 * (WARM_UP_ROUNDS + ROUNDS));
  let done = 0;
  const step = (steps: number, rows?: readonly BenchmarkRow[]): void => {
    done += steps;
    onProgress({ done, total, ...(rows ? { rows } : {}) });
  };
  step(0);
  const candidates = await prepareAll(engine, () => step(PREPARATION));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const { inputs, float32, int8 } of candidates) {
      for (const { network, timesMs } of [float32, int8]) {
        const begin = performance.now();
        network.run(inputs);
        if (round >= 0) timesMs.push(performance.now() - begin);
        step(1);
      }
    }
    step(0, rowsOf(candidates));
  }
  const answer = { rows: rowsOf(candidates), threads: engine.threads };
  engine.dispose();
  return answer;
}

serveCalls<BenchmarkCalls>({ run });
