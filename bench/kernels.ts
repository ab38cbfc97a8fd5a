/** `npm run bench -- kernels`: every distinct layer of networks with every kernel that runs it, beside the peak. */
import type { Command } from 'commander';
import { inferShapes } from '../src/build/infer.js';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { alignTable } from '../src/cli/text.js';
import { InputError } from '../src/errors.js';
import { chooseKernel } from '../src/kernels/dispatch.js';
import { globalDepthwise } from '../src/kernels/globalDepthwise.js';
import { acceptingKernels, kernels } from '../src/kernels/index.js';
import type { Kernel, Site } from '../src/kernels/kernel.js';
import { type Table2Row, table2 } from '../src/networks/index.js';
import { seededWeights } from '../src/networks/seededWeights.js';
import { isReshape } from '../src/ops/reshape.js';
import { optimise } from '../src/passes/index.js';
import { siteOf } from '../src/plan/site.js';
import { kernelBinaries } from '../src/runtime/inline.js';
import { RegionMemory } from '../src/runtime/memory.js';
import { type Kernels, loadKernels } from '../src/runtime/module.js';
import { enableWideVectors } from '../src/runtime/wide.js';
import { measureInterleaved, type Timing } from './measure.js';
import { addWideOption, findNetwork } from './options.js';
import { preparePeak } from './peak.js';
import { root } from './root.js';
import { describeSite, type PreparedSite, prepareSite } from './site.js';

const ROUNDS = 7;
const SLICE_MS = 12;
const MEMORY_BYTES = 2 * 1024 * 1024 * 1024;

/** Another candidate must be faster by this factor before the dispatch's choice is marked. */
const MARKED_FROM = 1.05;

/** A kernel that computes should reach this share of the peak. */
const LEAST_SHARE = 0.2;

interface KernelsOptions {
  readonly wide?: boolean;
  /** Measures the kernels that dispatch passes over, too. */
  readonly candidates?: boolean;
  /** Layers of all networks of Table 2. */
  readonly all?: boolean;
}

/** One kernel on one layer. */
export interface KernelRow {
  /** The first network that has the layer. */
  readonly network: string;
  readonly layer: string;
  readonly shapes: string;
  /** Occurrences in that network. */
  readonly count: number;
  readonly kernel: string;
  readonly chosen: boolean;
  readonly madds: number;
  readonly medianMs: number;
  readonly gmaddsPerSecond: number;
  readonly shareOfPeak: number;
  readonly gigabytesPerSecond: number;
  /** Moves more than it computes: bytes a second are its measure. */
  readonly memoryBound: boolean;
  /** Computes, and reaches less than a fifth of the peak. */
  readonly slow: boolean;
  /** For the chosen kernel: the fastest candidate where that is more than 5 % faster. */
  readonly slowerThan?: string;
}

/** What `npm run bench -- kernels --json` prints. */
export interface KernelsDocument {
  readonly node: string;
  readonly build: string;
  /** Of one core, with 128-bit vectors. */
  readonly peakGmaddsPerSecond: number;
  /** All layers of the one network that was asked for. */
  readonly totalMs?: number;
  readonly rows: readonly KernelRow[];
}

interface Layer {
  readonly network: string;
  readonly name: string;
  readonly site: Site;
  count: number;
}

/** The distinct sites of networks, with how often each occurs in the first that has it. */
function distinctLayers(networks: readonly Table2Row[]): Layer[] {
  const layers = new Map<string, Layer>();
  for (const { network, build } of networks) {
    const graph = optimise(build(seededWeights()));
    const shapes = inferShapes(graph);
    for (const node of graph.nodes) {
      if (isReshape(node)) continue;
      const site = siteOf(graph, node, shapes);
      const key = JSON.stringify([node.operator, node.attributes, site.inputs]);
      const layer = layers.get(key);
      if (!layer) layers.set(key, { network, name: node.name, site, count: 1 });
      else if (layer.network === network) layer.count++;
    }
  }
  return [...layers.values()];
}

/** Marks chosen kernels beside which a candidate is faster. Rows of one layer follow each other, the chosen one first. */
export function markSlower(rows: readonly KernelRow[]): KernelRow[] {
  return rows.map((row, index) => {
    if (!row.chosen) return row;
    const next = rows.findIndex(({ chosen }, other) => other > index && chosen);
    const candidates = rows.slice(index, next < 0 ? rows.length : next);
    const fastest = candidates.reduce((best, other) => (other.medianMs < best.medianMs ? other : best));
    return fastest.medianMs * MARKED_FROM < row.medianMs ? { ...row, slowerThan: fastest.kernel } : row;
  });
}

/** Work on one layer by one kernel. */
interface Work {
  readonly layer: Layer;
  readonly kernel: Kernel;
  readonly chosen: boolean;
  readonly prepared: PreparedSite;
}

function prepareWork(layer: Layer, memory: RegionMemory, loaded: Kernels, candidates: boolean): Work[] {
  const { site } = layer;
  const choice = chooseKernel(kernels, site, loaded.build)!;
  const others = candidates ? acceptingKernels(site).filter((kernel) => kernel !== choice) : [];
  return [choice, ...others].map((kernel) => {
    return { layer, kernel, chosen: kernel === choice, prepared: prepareSite(kernel, site, memory, loaded) };
  });
}

function describeWork({ layer, kernel, chosen, prepared }: Work, { medianMs }: Timing, peakRate: number): KernelRow {
  const gmaddsPerSecond = prepared.multiplyAdds / medianMs / 1e6;
  const shareOfPeak = gmaddsPerSecond / peakRate;
  const memoryBound = prepared.multiplyAdds === 0 || acceptingKernels(layer.site).includes(globalDepthwise);
  return {
    network: layer.network,
    layer: layer.name,
    shapes: describeSite(layer.site),
    count: layer.count,
    kernel: kernel.name,
    chosen,
    madds: prepared.multiplyAdds,
    medianMs,
    gmaddsPerSecond,
    shareOfPeak,
    gigabytesPerSecond: prepared.bytes / medianMs / 1e6,
    memoryBound,
    slow: !memoryBound && shareOfPeak < LEAST_SHARE,
  };
}

/** Measures every distinct layer of the networks. */
export async function measureKernels(
  networks: readonly Table2Row[],
  { wide = false, candidates = false }: { wide?: boolean; candidates?: boolean },
): Promise<KernelsDocument> {
  const memory = new RegionMemory(MEMORY_BYTES);
  const widened = wide && enableWideVectors();
  const loaded = await loadKernels(kernelBinaries, memory.memory, widened ? ['wide'] : undefined);
  await loaded.load('further');
  const peak = preparePeak(root, loaded.build === 'wide' ? 'relaxed' : loaded.build);
  const work = distinctLayers(networks).flatMap((layer) => prepareWork(layer, memory, loaded, candidates));
  const tasks = work.map(({ layer, prepared }) => ({ name: layer.name, run: prepared.run }));
  const [peakTiming, ...timings] = await measureInterleaved(
    [{ name: 'peak', run: peak.run }, ...tasks],
    ROUNDS,
    SLICE_MS,
  );
  const peakRate = peak.multiplyAdds / peakTiming!.leastMs / 1e6;
  const rows = markSlower(work.map((one, index) => describeWork(one, timings[index]!, peakRate)));
  const totalMs = rows.reduce((total, row) => total + (row.chosen ? row.count * row.medianMs : 0), 0);
  return {
    node: process.version,
    build: loaded.build,
    peakGmaddsPerSecond: peakRate,
    ...(networks.length === 1 ? { totalMs } : {}),
    rows,
  };
}

/** The rows as cells. */
export function kernelsTable(rows: readonly KernelRow[]): string[][] {
  const head = ['layer', 'times', 'shapes', 'kernel', 'ms', 'GMAdd/s', 'of peak', 'GB/s', ''];
  return [
    head,
    ...rows.map((row) => [
      row.chosen ? row.layer : '',
      row.chosen ? String(row.count) : '',
      row.chosen ? row.shapes : '',
      `${row.kernel}${row.chosen ? '' : ' (not chosen)'}`,
      row.medianMs.toFixed(4),
      row.madds > 0 ? row.gmaddsPerSecond.toFixed(1) : '',
      row.madds > 0 ? `${(100 * row.shareOfPeak).toFixed(0)} %` : '',
      row.gigabytesPerSecond.toFixed(1),
      [
        ...(row.slow && row.chosen ? ['below a fifth of the peak'] : []),
        ...(row.slowerThan ? [`${row.slowerThan} is faster`] : []),
      ].join(', '),
    ]),
  ];
}

/** Tables by network, each with the layers that no network before it has. */
function kernelsText({ node, build, peakGmaddsPerSecond, totalMs, rows }: KernelsDocument): string {
  const networks = [...new Set(rows.map(({ network }) => network))];
  const tables = networks.map((network) => {
    return `${network}\n${alignTable(kernelsTable(rows.filter((row) => row.network === network)))}`;
  });
  const title = `Node ${node}, ${build} build, 128-bit peak ${peakGmaddsPerSecond.toFixed(1)} GMAdd/s`;
  const total = totalMs === undefined ? [] : [`all layers: ${totalMs.toFixed(2)} ms`];
  return [title, ...tables, ...total].join('\n\n');
}

async function benchKernels([name]: readonly string[], options: KernelsOptions): Promise<Outcome> {
  if (name !== undefined && options.all) {
    throw new InputError('USAGE', `kernels takes a network or --all, and was given ${name} and --all.`);
  }
  const networks = options.all ? table2 : [findNetwork(name ?? 'MobileFaceNet')];
  const document = await measureKernels(networks, options);
  return { document, text: kernelsText(document) };
}

export const kernelsCommand = defineCommand<KernelsOptions>({
  name: 'kernels',
  summary: 'measure every distinct layer beside the peak, by default those of Table 1',
  declare(command: Command) {
    command.argument('[network]', 'a network of Table 2; its name may be cut short');
    command.option('--all', 'the layers of every network of Table 2');
    command.option('--candidates', 'also the kernels that dispatch passes over');
    addWideOption(command);
  },
  run: benchKernels,
});
