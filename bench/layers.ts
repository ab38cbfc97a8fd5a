/** `npm run bench -- layers NETWORK`: the time of each layer of a network as it runs, beside that of the whole run. */
import type { Command } from 'commander';
import { worker } from '#worker';
import { inferShapes } from '../src/build/infer.js';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { alignTable } from '../src/cli/text.js';
import { Engine } from '../src/engine.js';
import type { Graph } from '../src/graph/types.js';
import { kernels } from '../src/kernels/index.js';
import type { Build } from '../src/kernels/kernel.js';
import { Network, type Tensors } from '../src/network.js';
import type { Table2Row } from '../src/networks/index.js';
import { seededWeights } from '../src/networks/seededWeights.js';
import { operatorOf } from '../src/ops/index.js';
import { optimise } from '../src/passes/index.js';
import { chooseSets } from '../src/plan/chooseSets.js';
import { packGraph } from '../src/plan/pack.js';
import type { Plan } from '../src/plan/plan.js';
import { siteOf } from '../src/plan/site.js';
import { kernelBinaries } from '../src/runtime/inline.js';
import type { KernelFunction } from '../src/runtime/run.js';
import { Session } from '../src/runtime/session.js';
import { float32Tensor } from '../src/tensor/tensor.js';
import { median } from './measure.js';
import { addBuildOption, addThreadsOption, addWideOption, findNetwork } from './options.js';
import { quantiseRow } from './quantised.js';
import { describeSite } from './site.js';

const WARM_UPS = 30;
const RUNS = 300;
const MEMORY_BYTES = 512 * 1024 * 1024;

/** How layers are measured. */
export interface LayersOptions {
  readonly threads: number;
  readonly wide?: boolean;
  readonly build?: Build;
  /** In int8, quantised as `npm run bench -- int8` does. */
  readonly int8?: boolean;
}

/** One step of the plan. */
export interface LayerRow {
  /** The node's name, or that of a value which is put into another layout. */
  readonly layer: string;
  readonly kernel: string;
  readonly shapes: string;
  readonly madds: number;
  readonly medianMs: number;
  /** Of all layers. */
  readonly share: number;
  readonly gmaddsPerSecond: number;
}

/** What `npm run bench -- layers NETWORK --json` prints. */
export interface LayersDocument {
  readonly node: string;
  readonly build: string;
  readonly network: string;
  readonly threads: number;
  /** The whole run without looking at layers, copies of input and output included. */
  readonly runMs: number;
  /** The fastest such run: the sum is near it where other work disturbs whole runs. */
  readonly leastRunMs: number;
  readonly sumMs: number;
  readonly rows: readonly LayerRow[];
}

/** When this thread began which step of a run: the address of the step's argument struct tells them apart. */
class Trace {
  readonly #structs: number[] = [];
  readonly #beginsMs: number[] = [];
  #endMs = 0;

  /** Puts looks at the clock around the kernels of a list, in place: the list is the one that this thread's lane runs. */
  watch(kernels: KernelFunction[]): void {
    for (const [index, kernel] of kernels.entries()) {
      kernels[index] = (struct, begin, end) => {
        if (this.#structs.at(-1) !== struct) {
          this.#structs.push(struct);
          this.#beginsMs.push(performance.now());
        }
        kernel(struct, begin, end);
        this.#endMs = performance.now();
      };
    }
  }

  /** What each step took since the last call, waits for other lanes included but in the last; by its struct's address. */
  take(): ReadonlyMap<number, number> {
    const ends = [...this.#beginsMs.slice(1), this.#endMs];
    const taken = new Map(this.#structs.map((struct, index) => [struct, ends[index]! - this.#beginsMs[index]!]));
    this.#structs.length = 0;
    this.#beginsMs.length = 0;
    return taken;
  }
}

async function createSession({ threads, wide = false, build }: LayersOptions): Promise<Session> {
  return Session.create({
    build,
    binaries: kernelBinaries,
    maximumMemoryBytes: MEMORY_BYTES,
    threads,
    wide,
    worker: { code: worker },
    warn: (message) => console.error(message),
  });
}

/** Further runs until this thread has had a share of every step; on a busy machine others may take all of some. */
const MOST_FURTHER_RUNS = 1000;

/** Runs the traced network and the plain one in turn; durations by struct, and those of whole runs. */
function measureRuns(traced: Network, plain: Network, inputs: Tensors, trace: Trace, count: number) {
  const { length: steps } = traced.plan().steps;
  const layers = new Map<number, number[]>();
  const runs: number[] = [];
  const isEnough = (run: number): boolean =>
    run >= count && (layers.size === steps || run >= count + MOST_FURTHER_RUNS);
  for (let run = -WARM_UPS; !isEnough(run); run++) {
    traced.run(inputs);
    const taken = trace.take();
    const begin = performance.now();
    plain.run(inputs);
    if (run < 0) continue;
    runs.push(performance.now() - begin);
    for (const [struct, elapsedMs] of taken) {
      const durations = layers.get(struct);
      if (durations) durations.push(elapsedMs);
      else layers.set(struct, [elapsedMs]);
    }
  }
  return { layers, runs };
}

/** Structs stand in memory in the order of their steps. */
function describeSteps(
  network: Network,
  plan: Plan,
  layers: ReadonlyMap<number, readonly number[]>,
): Omit<LayerRow, 'share'>[] {
  const { graph } = network;
  const shapes = inferShapes(graph);
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const durations = [...layers].sort(([a], [b]) => a - b).map(([, found]) => found);
  if (durations.length !== plan.steps.length) {
    throw new Error(`${durations.length} steps were seen; the plan has ${plan.steps.length}`);
  }
  return plan.steps.map((step, index) => {
    const node = nodes.get(step.node);
    // A conversion bears the name of a value.
    const site = node && siteOf(graph, node, shapes);
    const madds = site ? operatorOf(site.node).multiplyAdds(site.node, site.inputs, site.outputs) : 0;
    const medianMs = median(durations[index]!);
    return {
      layer: step.node,
      kernel: step.kernel,
      shapes: site ? describeSite(site) : 'layout',
      madds,
      medianMs,
      gmaddsPerSecond: madds / medianMs / 1e6,
    };
  });
}

async function graphOf(row: Table2Row, int8: boolean): Promise<Graph> {
  if (!int8) return optimise(row.build(seededWeights()));
  using engine = await Engine.create();
  return optimise((await quantiseRow(row, engine)).int8);
}

/** Times each step of a network's plan. */
export async function measureLayers(name: string, options: LayersOptions, count = RUNS): Promise<LayersDocument> {
  const row = findNetwork(name);
  const graph = await graphOf(row, options.int8 ?? false);
  const sessions = [await createSession(options), await createSession(options)] as const;
  const networks: Network[] = [];
  for (const session of sessions) {
    await session.load(['further']);
    const { build } = session.kernels;
    const { relaxedDot } = await chooseSets(graph, build);
    const trusted = relaxedDot ? await session.kernels.trusted(kernels) : kernels;
    networks.push(new Network(session, packGraph(graph, build, trusted)));
  }
  const [traced, plain] = networks;
  const trace = new Trace();
  trace.watch(sessions[0].kernels.list as KernelFunction[]);
  const inputs = Object.fromEntries(graph.inputs.map(({ name: input, shape }) => [input, float32Tensor(shape)]));
  const { layers, runs } = measureRuns(traced!, plain!, inputs, trace, count);
  const rows = describeSteps(traced!, traced!.plan(), layers);
  const { build } = sessions[0].kernels;
  const { lanes } = sessions[0];
  for (const session of sessions) session.dispose();
  const sumMs = rows.reduce((total, { medianMs }) => total + medianMs, 0);
  return {
    node: process.version,
    build,
    network: row.network,
    threads: lanes,
    runMs: median(runs),
    leastRunMs: Math.min(...runs),
    sumMs,
    rows: rows.map((layer) => ({ ...layer, share: layer.medianMs / sumMs })),
  };
}

/** The rows as cells. */
export function layersTable({ rows }: LayersDocument): string[][] {
  const head = ['layer', 'kernel', 'shapes', 'ms', 'share', 'GMAdd/s'];
  return [
    head,
    ...rows.map(({ layer, kernel, shapes, madds, medianMs, share, gmaddsPerSecond }) => [
      layer,
      kernel,
      shapes,
      medianMs.toFixed(4),
      `${(100 * share).toFixed(1)} %`,
      madds > 0 ? gmaddsPerSecond.toFixed(1) : '',
    ]),
  ];
}

async function layers([name]: readonly string[], options: LayersOptions): Promise<Outcome> {
  const document = await measureLayers(name!, options);
  const { node, build, network, threads: lanes, sumMs, runMs, leastRunMs } = document;
  const title = `Node ${node}, ${build} build, ${network}, ${lanes} thread${lanes === 1 ? '' : 's'}`;
  const sum = `all layers: ${sumMs.toFixed(2)} ms; the whole run: ${runMs.toFixed(2)} ms, at its fastest ${leastRunMs.toFixed(2)} ms`;
  return { document, text: `${title}\n\n${alignTable(layersTable(document))}\n\n${sum}` };
}

export const layersCommand = defineCommand<LayersOptions>({
  name: 'layers',
  summary: 'measure each layer of a network of Table 2 as it runs',
  declare(command: Command) {
    command.argument('<network>', 'its name in Table 2; may be cut short');
    addThreadsOption(command);
    addWideOption(command);
    addBuildOption(command);
    command.option('--int8', 'in int8, with ranges from seeded inputs');
  },
  run: layers,
});
