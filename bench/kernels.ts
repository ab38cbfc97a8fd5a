/** `npm run bench -- kernels`: every distinct layer of Table 1, beside the peak measured in the same run. */
import { inferShapes } from '../src/build/infer.js';
import type { Graph } from '../src/graph/types.js';
import { chooseKernel } from '../src/kernels/index.js';
import type { Site } from '../src/kernels/kernel.js';
import { mobileFaceNet } from '../src/networks/mobileFaceNet.js';
import { seededWeights } from '../src/networks/seededWeights.js';
import { optimise } from '../src/passes/index.js';
import { siteOf } from '../src/plan/site.js';
import { inlineBinaries } from '../src/runtime/binaries.js';
import { RegionMemory } from '../src/runtime/memory.js';
import { loadKernels } from '../src/runtime/module.js';
import { measureInterleaved } from './measure.js';
import { preparePeak } from './peak.js';
import { prepareSite } from './site.js';

const ROUNDS = 7;
const SLICE_MS = 12;
const MEMORY_BYTES = 1024 * 1024 * 1024;

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

/** Measures and prints; with `json` one document instead of the table. */
export async function benchKernels(root: URL, json: boolean): Promise<void> {
  const memory = new RegionMemory(MEMORY_BYTES);
  const module = await loadKernels(inlineBinaries, memory.memory);
  const peak = preparePeak(root, module.build);
  const layers = distinctLayers(optimise(mobileFaceNet(seededWeights(1)))).map((layer) => {
    const kernel = chooseKernel(layer.site, module.build)!;
    return { ...layer, kernel, prepared: prepareSite(kernel, layer.site, memory, module) };
  });
  const tasks = [{ name: 'peak', run: peak.run }, ...layers.map(({ name, prepared }) => ({ name, run: prepared.run }))];
  const [peakTiming, ...timings] = await measureInterleaved(tasks, ROUNDS, SLICE_MS);
  const peakRate = peak.multiplyAdds / peakTiming!.leastMs / 1e6;
  const rows = layers.map(({ name, site, kernel, count, prepared }, index) => {
    const { medianMs } = timings[index]!;
    const gmaddsPerSecond = prepared.multiplyAdds / medianMs / 1e6;
    return {
      layer: name,
      kernel: kernel.name,
      shapes: describeShapes(site),
      count,
      madds: prepared.multiplyAdds,
      medianMs,
      gmaddsPerSecond,
      shareOfPeak: gmaddsPerSecond / peakRate,
      gigabytesPerSecond: prepared.bytes / medianMs / 1e6,
    };
  });
  const totalMs = rows.reduce((total, row) => total + row.count * row.medianMs, 0);
  const result = { node: process.version, build: module.build, peakGmaddsPerSecond: peakRate, totalMs, rows };
  if (json) {
    console.log(JSON.stringify(result));
    return;
  }
  console.log(`Node ${process.version}, ${module.build} build, peak ${peakRate.toFixed(1)} GMAdd/s\n`);
  console.table(
    rows.map((row) => ({
      layer: row.layer,
      kernel: row.kernel,
      shapes: row.shapes,
      count: row.count,
      'median ms': Number(row.medianMs.toFixed(4)),
      'GMAdd/s': Number(row.gmaddsPerSecond.toFixed(1)),
      'of peak': `${(100 * row.shareOfPeak).toFixed(0)} %`,
      'GB/s': Number(row.gigabytesPerSecond.toFixed(1)),
    })),
  );
  console.log(`all layers: ${totalMs.toFixed(2)} ms`);
}
