/** `npm run bench -- kernels`: every distinct layer of Table 1 with every kernel that runs it, beside the peak. */
import { inferShapes } from '../src/build/infer.js';
import type { Graph } from '../src/graph/types.js';
import { acceptingKernels, chooseKernel } from '../src/kernels/index.js';
import type { Site } from '../src/kernels/kernel.js';
import { mobileFaceNet } from '../src/networks/mobileFaceNet.js';
import { seededWeights } from '../src/networks/seededWeights.js';
import { optimise } from '../src/passes/index.js';
import { siteOf } from '../src/plan/site.js';
import { inlineBinaries } from '../src/runtime/inline.js';
import { RegionMemory } from '../src/runtime/memory.js';
import { loadKernels } from '../src/runtime/module.js';
import { enableWideVectors } from '../src/runtime/wide.js';
import { measureInterleaved } from './measure.js';
import { preparePeak } from './peak.js';
import { prepareSite } from './site.js';

const ROUNDS = 7;
const SLICE_MS = 12;
const MEMORY_BYTES = 1024 * 1024 * 1024;

/** Another candidate must be faster by this factor before the dispatch's choice is marked. */
const MARKED_FROM = 1.05;

/** What the command may be asked for. */
export interface KernelBenchOptions {
  readonly json: boolean;
  /** Joins vectors in pairs where the runtime can. */
  readonly wide: boolean;
  /** Measures the kernels that dispatch passes over, too. */
  readonly candidates: boolean;
}

/** One kernel on one layer; the JSON document's rows. */
interface Row {
  readonly layer: string;
  readonly shapes: string;
  readonly count: number;
  readonly kernel: string;
  readonly chosen: boolean;
  readonly madds: number;
  readonly medianMs: number;
  readonly gmaddsPerSecond: number;
  readonly shareOfPeak: number;
  readonly gigabytesPerSecond: number;
  /** For the chosen kernel: the fastest candidate where that is more than 5 % faster. */
  readonly slowerThan?: string;
}

interface Layer {
  readonly name: string;
  readonly site: Site;
  count: number;
}

/** The distinct sites of a graph, with how often each occurs. */
function distinctLayers(graph: Graph): Layer[] {
  const shapes = inferShapes(graph);
  const layers = new Map<string, Layer>();
  for (const node of graph.nodes) {
    const site = siteOf(graph, node, shapes);
    const key = JSON.stringify([node.operator, node.attributes, site.inputs]);
    const layer = layers.get(key);
    if (layer) layer.count++;
    else layers.set(key, { name: node.name, site, count: 1 });
  }
  return [...layers.values()];
}

function describeShapes({ inputs, outputs, node }: Site): string {
  const image = (shape: readonly number[]): string => [...shape.slice(2), shape[1]].join('×');
  const residual = inputs[4] ? ' + residual' : '';
  return `${image(inputs[0]!)} → ${image(outputs[0]!)}, ${node.attributes.activation}${residual}`;
}

function markSlower(rows: readonly Row[]): Row[] {
  return rows.map((row) => {
    if (!row.chosen) return row;
    const others = rows.filter(({ layer }) => layer === row.layer);
    const fastest = others.reduce((best, other) => (other.medianMs < best.medianMs ? other : best));
    return fastest.medianMs * MARKED_FROM < row.medianMs ? { ...row, slowerThan: fastest.kernel } : row;
  });
}

function printTable(rows: readonly Row[]): void {
  console.table(
    rows.map((row) => ({
      layer: row.chosen ? row.layer : '',
      shapes: row.chosen ? `${row.count} × ${row.shapes}` : '',
      kernel: `${row.kernel}${row.chosen ? '' : ' (not chosen)'}`,
      'median ms': Number(row.medianMs.toFixed(4)),
      'GMAdd/s': Number(row.gmaddsPerSecond.toFixed(1)),
      'of peak': `${(100 * row.shareOfPeak).toFixed(0)} %`,
      'GB/s': Number(row.gigabytesPerSecond.toFixed(1)),
      faster: row.slowerThan ?? '',
    })),
  );
}

/** Measures and prints; with `json` one document instead of the table. */
export async function benchKernels(root: URL, { json, wide, candidates }: KernelBenchOptions): Promise<void> {
  const memory = new RegionMemory(MEMORY_BYTES);
  const widened = wide && enableWideVectors();
  const module = await loadKernels(inlineBinaries, memory.memory, widened ? 'wide' : undefined);
  const peak = preparePeak(root, module.build === 'wide' ? 'relaxed' : module.build);
  const work = distinctLayers(optimise(mobileFaceNet(seededWeights(1)))).flatMap((layer) => {
    const chosen = chooseKernel(layer.site, module.build)!;
    const others = candidates ? acceptingKernels(layer.site).filter((kernel) => kernel !== chosen) : [];
    return [chosen, ...others].map((kernel) => {
      return { ...layer, kernel, chosen: kernel === chosen, prepared: prepareSite(kernel, layer.site, memory, module) };
    });
  });
  const tasks = [{ name: 'peak', run: peak.run }, ...work.map(({ name, prepared }) => ({ name, run: prepared.run }))];
  const [peakTiming, ...timings] = await measureInterleaved(tasks, ROUNDS, SLICE_MS);
  const peakRate = peak.multiplyAdds / peakTiming!.leastMs / 1e6;
  const measured = work.map(({ name, site, kernel, chosen, count, prepared }, index): Row => {
    const { medianMs } = timings[index]!;
    const gmaddsPerSecond = prepared.multiplyAdds / medianMs / 1e6;
    return {
      layer: name,
      shapes: describeShapes(site),
      count,
      kernel: kernel.name,
      chosen,
      madds: prepared.multiplyAdds,
      medianMs,
      gmaddsPerSecond,
      shareOfPeak: gmaddsPerSecond / peakRate,
      gigabytesPerSecond: prepared.bytes / medianMs / 1e6,
    };
  });
  const rows = markSlower(measured);
  const totalMs = rows.reduce((total, row) => total + (row.chosen ? row.count * row.medianMs : 0), 0);
  if (json) {
    const { version: node } = process;
    console.log(JSON.stringify({ node, build: module.build, peakGmaddsPerSecond: peakRate, totalMs, rows }));
    return;
  }
  console.log(`Node ${process.version}, ${module.build} build, 128-bit peak ${peakRate.toFixed(1)} GMAdd/s\n`);
  printTable(rows);
  console.log(`all layers: ${totalMs.toFixed(2)} ms`);
}
