/** The worker that runs every network of the paper's Table 2 in turn; ending it cancels the benchmark. */
import {
  countMultiplyAdds,
  countParameters,
  Engine,
  float32Tensor,
  type Network,
  seededWeights,
  type Table2Row,
  type Tensors,
  table2,
} from '../../src/index.js';
import type { BenchmarkAnswer, BenchmarkCalls, BenchmarkRequest, BenchmarkRow, Progress } from './messages.js';
import { serveCalls } from './serve.js';

/** How often every network runs before it is timed: kernels begin on their runtime's quick compiler. */
const WARM_UP_ROUNDS = 3;
const ROUNDS = 15;

const THREADS = 'threads.js';

interface Candidate {
  readonly network: Network;
  readonly inputs: Tensors;
  readonly row: BenchmarkRow;
  readonly timesMs: number[];
}

async function prepare(engine: Engine, { network, build, paper }: Table2Row): Promise<Candidate> {
  const graph = build(seededWeights());
  const inputs = Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, float32Tensor(shape)]));
  const [, , height, width] = graph.inputs[0]!.shape;
  const row: BenchmarkRow = {
    network,
    input: `${height}×${width}`,
    parameters: countParameters(graph),
    madds: countMultiplyAdds(graph),
    paperMs: paper.speedMs,
  };
  return { network: await engine.compile(graph), inputs, row, timesMs: [] };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function rowsOf(candidates: readonly Candidate[]): BenchmarkRow[] {
  return candidates.map(({ row, timesMs }) => (timesMs.length > 0 ? { ...row, medianMs: medianOf(timesMs) } : row));
}

/** Builds all networks, then runs them round by round, so that a machine's drift meets all alike. */
async function run({ threads }: BenchmarkRequest, onProgress: (progress: Progress) => void): Promise<BenchmarkAnswer> {
  const engine = await Engine.create({ threads, workerUrl: new URL(THREADS, import.meta.url), onWarning: () => {} });
  const total = table2.length * (1 + WARM_UP_ROUNDS + ROUNDS);
  let done = 0;
  const candidates: Candidate[] = [];
  for (const row of table2) {
    candidates.push(await prepare(engine, row));
    onProgress({ done: ++done, total });
  }
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const { network, inputs, timesMs } of candidates) {
      const begin = performance.now();
      network.run(inputs);
      if (round >= 0) timesMs.push(performance.now() - begin);
      onProgress({ done: ++done, total });
    }
    onProgress({ done, total, rows: rowsOf(candidates) });
  }
  const answer = { rows: rowsOf(candidates), threads: engine.threads };
  engine.dispose();
  return answer;
}

serveCalls<BenchmarkCalls>({ run });
