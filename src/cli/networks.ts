/** `networks`: Table 2 of the paper with this engine's counts and times beside the paper's. */
import { countMultiplyAdds, countParameters } from '../build/infer.js';
import { Engine, type Network, type Tensors } from '../engine.js';
import type { Graph } from '../graph/types.js';
import { type Table2Row, table2 } from '../networks/index.js';
import { seededWeights } from '../networks/seededWeights.js';
import { float32Tensor } from '../tensor/tensor.js';
import { defineCommand, type Outcome } from './command.js';
import { Progress } from './progress.js';
import { rankCorrelation } from './rankCorrelation.js';
import { alignTable, formatCount, formatDuration, roundTo } from './text.js';

/** One row of Table 2. */
export interface NetworkDocument {
  readonly network: string;
  /** Height × width. */
  readonly input: string;
  readonly parameters: number;
  /** Multiply-adds of one image. */
  readonly madds: number;
  /** One image on one thread. */
  readonly medianMs: number;
  /** What the paper prints. */
  readonly paper: { readonly parameters: number; readonly speedMs: number };
}

/** What `networks --json` prints. */
export interface NetworksDocument {
  readonly rows: readonly NetworkDocument[];
  /** Spearman's, of our times with the paper's. */
  readonly rankCorrelation: number;
}

/** How often every network runs before it is timed: kernels begin on their runtime's quick compiler. */
const WARM_UP_ROUNDS = 3;
const ROUNDS = 11;

interface Candidate {
  readonly row: Table2Row;
  readonly graph: Graph;
  readonly network: Network;
  readonly inputs: Tensors;
}

async function prepare(engine: Engine, row: Table2Row): Promise<Candidate> {
  const graph = row.build(seededWeights());
  const inputs = Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, float32Tensor(shape)]));
  return { row, graph, network: await engine.compile(graph), inputs };
}

/** Runs all in turn, several rounds, so that a machine's drift meets all alike; gives each one's median. */
function timeInterleaved(candidates: readonly Candidate[], warmUpRounds: number, rounds: number): number[] {
  const progress = new Progress((warmUpRounds + rounds) * candidates.length, 'runs');
  const times = candidates.map((): number[] => []);
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const [index, { network, inputs }] of candidates.entries()) {
      const begin = performance.now();
      network.run(inputs);
      if (round >= 0) times[index]!.push(performance.now() - begin);
      progress.step();
    }
  }
  progress.stop();
  return times.map((taken) => taken.sort((a, b) => a - b)[Math.floor(taken.length / 2)]!);
}

function describeRow({ row, graph }: Candidate, medianMs: number): NetworkDocument {
  const [, , height, width] = graph.inputs[0]!.shape;
  return {
    network: row.network,
    input: `${height}×${width}`,
    parameters: countParameters(graph),
    madds: countMultiplyAdds(graph),
    medianMs: roundTo(medianMs, 3),
    paper: { parameters: Math.round(row.paper.parametersMillions * 1e6), speedMs: row.paper.speedMs },
  };
}

/** Builds every network of Table 2 with seeded weights and times it. */
export async function measureNetworks(warmUpRounds = WARM_UP_ROUNDS, rounds = ROUNDS): Promise<NetworksDocument> {
  const engine = await Engine.create();
  const candidates = await Promise.all(table2.map((row) => prepare(engine, row)));
  const medians = timeInterleaved(candidates, warmUpRounds, rounds);
  const rows = candidates.map((candidate, index) => describeRow(candidate, medians[index]!));
  engine.dispose();
  const correlation = rankCorrelation(
    rows.map(({ medianMs }) => medianMs),
    rows.map(({ paper }) => paper.speedMs),
  );
  return { rows, rankCorrelation: roundTo(correlation, 4) };
}

/** The table for people. */
export function explainNetworks({ rows, rankCorrelation: correlation }: NetworksDocument): string {
  const head = ['Table 2', 'input', 'parameters', 'MAdds', 'here', 'paper: parameters', 'time'];
  const lines = rows.map(({ network, input, parameters, madds, medianMs, paper }) => [
    network,
    input,
    formatCount(parameters),
    `${(madds / 1e6).toFixed(1)} M`,
    formatDuration(medianMs),
    `${paper.parameters / 1e6} M`,
    formatDuration(paper.speedMs),
  ]);
  return [
    alignTable([head, ...lines]),
    '',
    'Here: one image, one thread, seeded weights. The paper: Snapdragon 820, 4 threads of ncnn.',
    `The rank correlation of the two times is ${correlation.toFixed(2)}.`,
  ].join('\n');
}

async function networks(): Promise<Outcome> {
  const document = await measureNetworks();
  return { document, text: explainNetworks(document) };
}

export const networksCommand = defineCommand<object>({
  name: 'networks',
  summary: "print the paper's Table 2 with this machine's times; takes a few seconds",
  declare() {},
  run: networks,
});
