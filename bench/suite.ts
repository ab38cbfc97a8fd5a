/** `npm run bench`: every network of Table 2 on one and more threads, one image and batches, beside the paper's figures. */

import { countMultiplyAdds, countParameters } from '../src/build/infer.js';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { rankCorrelation } from '../src/cli/rankCorrelation.js';
import { alignTable, formatCount } from '../src/cli/text.js';
import { Engine, type Network, type Tensors } from '../src/engine.js';
import type { Graph } from '../src/graph/types.js';
import { type Table2Row, table2 } from '../src/networks/index.js';
import { seededWeights } from '../src/networks/seededWeights.js';
import { float32Tensor } from '../src/tensor/tensor.js';
import { measureInterleaved, type Task, type Timing } from './measure.js';
import { addWideOption, availableThreads } from './options.js';
import { preparePeak } from './peak.js';
import { quantiseRow } from './quantised.js';
import { root } from './root.js';

const FULL = { rounds: 9, sliceMs: 100, batch: 32 } as const;
const QUICK = { rounds: 2, sliceMs: 25, batch: 8 } as const;

/** What all others are compared with. */
const REFERENCE = 'MobileFaceNet';

interface SuiteOptions {
  readonly quick?: boolean;
  readonly wide?: boolean;
}

/** One image at a time. */
export interface LatencyDocument {
  readonly threads: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly gmaddsPerSecond: number;
  /** Of the peak of as many cores. */
  readonly shareOfPeak: number;
}

/** One row of Table 2. */
export interface SuiteRow {
  readonly network: string;
  /** Height × width. */
  readonly input: string;
  readonly parameters: number;
  readonly madds: number;
  readonly latencies: readonly LatencyDocument[];
  readonly batches: readonly { readonly threads: number; readonly imagesPerSecond: number }[];
  /** One image on one thread in int8; `ratio` is its time divided by that in float32. */
  readonly int8: { readonly medianMs: number; readonly p95Ms: number; readonly ratio: number };
  /** Of packed weights in memory. */
  readonly weightBytes: { readonly float32: number; readonly int8: number };
  /** Time on one thread, relative to MobileFaceNet's. */
  readonly relative: number;
  readonly paper: { readonly parameters: number; readonly speedMs: number; readonly relative: number };
}

/** What `npm run bench -- --json` prints. */
export interface SuiteDocument {
  readonly node: string;
  readonly build: string;
  readonly batch: number;
  /** Of one core, with 128-bit vectors. */
  readonly peakGmaddsPerSecond: number;
  readonly rows: readonly SuiteRow[];
  /** Spearman's, of times on one thread with the paper's. */
  readonly rankCorrelation: number;
}

/** What one network's runs on one engine took. */
interface Measured {
  readonly threads: number;
  readonly one: Timing;
  readonly batch: Timing;
}

/** One network in float32 on every engine, and in int8 on the first, which has one thread. */
interface Compiled {
  readonly graph: Graph;
  readonly float32: readonly { readonly threads: number; readonly network: Network }[];
  readonly int8: Network;
}

function zeros(graph: Graph, batch: number): Tensors {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [name, float32Tensor([batch, ...shape.slice(1)])] as const),
  );
}

async function compile(row: Table2Row, engines: readonly Engine[]): Promise<Compiled> {
  const graph = row.build(seededWeights());
  const [first] = engines as readonly [Engine];
  const int8 = await first.compile((await quantiseRow(row, first)).int8);
  const float32: { threads: number; network: Network }[] = [];
  for (const engine of engines) float32.push({ threads: engine.threads, network: await engine.compile(graph) });
  return { graph, float32, int8 };
}

/** For each engine one image and a batch, then one image in int8. */
function tasksOf(name: string, { graph, float32, int8 }: Compiled, batch: number): Task[] {
  const [one, many] = [zeros(graph, 1), zeros(graph, batch)];
  const tasks = float32.flatMap(({ threads, network }): Task[] => [
    { name: `${name} ${threads}`, run: () => void network.run(one), warmUps: 5 },
    { name: `${name} ${threads} × ${batch}`, run: () => void network.run(many), warmUps: 1, callsPerRound: 1 },
  ]);
  return [...tasks, { name: `${name} int8`, run: () => void int8.run(one), warmUps: 5 }];
}

/** A row's figures; `timings` are those of its tasks. */
function describeRow(row: Table2Row, compiled: Compiled, timings: readonly Timing[], peak: number, batch: number) {
  const { graph, float32, int8 } = compiled;
  const madds = countMultiplyAdds(graph);
  const [, , height, width] = graph.inputs[0]!.shape;
  const reference = table2.find(({ network }) => network === REFERENCE)!;
  const measured = float32.map(({ threads }, engine): Measured => {
    return { threads, one: timings[2 * engine]!, batch: timings[2 * engine + 1]! };
  });
  const { medianMs, p95Ms } = timings.at(-1)!;
  return {
    network: row.network,
    input: `${height}×${width}`,
    parameters: countParameters(graph),
    madds,
    int8: { medianMs, p95Ms, ratio: medianMs / measured[0]!.one.medianMs },
    weightBytes: { float32: float32[0]!.network.weightBytes, int8: int8.weightBytes },
    latencies: measured.map(({ threads, one: { medianMs, p95Ms } }) => {
      const gmaddsPerSecond = madds / medianMs / 1e6;
      return { threads, medianMs, p95Ms, gmaddsPerSecond, shareOfPeak: gmaddsPerSecond / (threads * peak) };
    }),
    batches: measured.map(({ threads, batch: { medianMs } }) => {
      return { threads, imagesPerSecond: (1000 * batch) / medianMs };
    }),
    paper: {
      parameters: Math.round(row.paper.parametersMillions * 1e6),
      speedMs: row.paper.speedMs,
      relative: row.paper.speedMs / reference.paper.speedMs,
    },
  };
}

/** Measures all networks on all numbers of threads in turn. */
export async function measureSuite({
  quick,
  wide = false,
}: {
  quick?: boolean;
  wide?: boolean;
}): Promise<SuiteDocument> {
  const { rounds, sliceMs, batch } = quick ? QUICK : FULL;
  const engines: Engine[] = [];
  for (const threads of availableThreads()) engines.push(await Engine.create({ threads, wide }));
  const { build } = engines[0]!;
  const compiled: Compiled[] = [];
  for (const row of table2) compiled.push(await compile(row, engines));
  const tasks = compiled.map((each, index) => tasksOf(table2[index]!.network, each, batch));
  const peak = preparePeak(root, build === 'wide' ? 'relaxed' : build);
  const timings = await measureInterleaved([{ name: 'peak', run: peak.run }, ...tasks.flat()], rounds, sliceMs);
  const peakGmaddsPerSecond = peak.multiplyAdds / timings[0]!.leastMs / 1e6;
  let next = 1;
  const described = table2.map((row, index) => {
    const own = timings.slice(next, next + tasks[index]!.length);
    next += own.length;
    return describeRow(row, compiled[index]!, own, peakGmaddsPerSecond, batch);
  });
  for (const engine of engines) engine.dispose();
  const ownMs = described.map(({ latencies }) => latencies[0]!.medianMs);
  const referenceMs = ownMs[described.findIndex(({ network }) => network === REFERENCE)]!;
  return {
    node: process.version,
    build,
    batch,
    peakGmaddsPerSecond,
    rows: described.map((row, index) => ({ ...row, relative: ownMs[index]! / referenceMs })),
    rankCorrelation: rankCorrelation(
      ownMs,
      described.map(({ paper }) => paper.speedMs),
    ),
  };
}

function latencyTable(rows: readonly SuiteRow[]): string[][] {
  const counts = rows[0]!.latencies.map(({ threads }) => threads);
  const head = ['Table 2', 'input', 'parameters', 'MAdds'];
  const perCount = counts.flatMap((threads, index) => [
    `${threads} thread${threads === 1 ? '' : 's'}: ms`,
    'p95',
    ...(index === 0 ? ['GMAdd/s', 'of peak'] : ['faster']),
  ]);
  const lines = rows.map(({ network, input, parameters, madds, latencies, relative, paper }) => [
    network,
    input,
    formatCount(parameters),
    `${(madds / 1e6).toFixed(1)} M`,
    ...latencies.flatMap(({ medianMs, p95Ms, gmaddsPerSecond, shareOfPeak }, index) => [
      medianMs.toFixed(2),
      p95Ms.toFixed(2),
      ...(index === 0
        ? [gmaddsPerSecond.toFixed(1), `${(100 * shareOfPeak).toFixed(0)} %`]
        : [`${(latencies[0]!.medianMs / medianMs).toFixed(2)} ×`]),
    ]),
    relative.toFixed(2),
    `${paper.parameters / 1e6} M`,
    String(paper.speedMs),
    paper.relative.toFixed(2),
  ]);
  return [[...head, ...perCount, 'relative', 'paper: parameters', 'ms', 'relative'], ...lines];
}

function batchTable(rows: readonly SuiteRow[]): string[][] {
  const counts = rows[0]!.batches.map(({ threads }) => threads);
  const head = counts.flatMap((threads, index) => [
    `${threads} thread${threads === 1 ? '' : 's'}`,
    ...(index === 0 ? [] : ['faster']),
  ]);
  const lines = rows.map(({ network, batches }) => [
    network,
    ...batches.flatMap(({ imagesPerSecond }, index) => [
      imagesPerSecond.toFixed(0),
      ...(index === 0 ? [] : [`${(imagesPerSecond / batches[0]!.imagesPerSecond).toFixed(2)} ×`]),
    ]),
  ]);
  return [['images a second', ...head], ...lines];
}

function int8Table(rows: readonly SuiteRow[]): string[][] {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);
  return [
    ['int8, 1 thread', 'ms', 'p95', 'of float32', 'weights: MB', 'in float32'],
    ...rows.map(({ network, int8, weightBytes }) => [
      network,
      int8.medianMs.toFixed(2),
      int8.p95Ms.toFixed(2),
      int8.ratio.toFixed(2),
      megabytes(weightBytes.int8),
      megabytes(weightBytes.float32),
    ]),
  ];
}

/** The suite's tables as cells: one image, batches, and one image in int8. */
export function suiteTables({ rows }: SuiteDocument): Readonly<Record<'latencies' | 'batches' | 'int8', string[][]>> {
  return { latencies: latencyTable(rows), batches: batchTable(rows), int8: int8Table(rows) };
}

/** The suite in sentences. */
export function suiteNotes({ node, build, batch, peakGmaddsPerSecond, rankCorrelation }: SuiteDocument): string[] {
  return [
    `Node ${node}, ${build} build; the peak of one core with 128-bit vectors is ${peakGmaddsPerSecond.toFixed(1)} GMAdd/s.`,
    `Seeded weights; "relative" is to ${REFERENCE}, on one thread; images a second in batches of ${batch}. The paper: Snapdragon 820, 4 threads of ncnn.`,
    `The rank correlation of the times on one thread with the paper's is ${rankCorrelation.toFixed(2)}.`,
  ];
}

async function suite(_: readonly string[], options: SuiteOptions): Promise<Outcome> {
  const document = await measureSuite(options);
  const { latencies, batches, int8 } = suiteTables(document);
  const text = [alignTable(latencies), alignTable(batches), alignTable(int8), suiteNotes(document).join('\n')].join(
    '\n\n',
  );
  return { document, text };
}

export const suiteCommand = defineCommand<SuiteOptions>({
  name: 'networks',
  summary: 'measure every network of Table 2; the default; takes a minute or two',
  declare(command) {
    command.option('--quick', 'fewer rounds and smaller batches');
    addWideOption(command);
  },
  run: suite,
});
