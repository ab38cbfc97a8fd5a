/** What each layer loses by running in int8, whatever the layers before it lose. */
import type { Engine } from '../engine.js';
import { quantiseBeside } from '../passes/quantise.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Calibration } from './calibrate.js';
import { Comparison } from './report.js';

/**
 * The signal-to-noise ratio of every layer's int8 form on images, in decibels, by the node's name. Each form reads its
 * layer's float32 inputs, quantised. Throws what `Engine.compile` and `Network.run` throw.
 */
export async function measureLayers(
  engine: Engine,
  { graph, statistics }: Calibration,
  images: Iterable<Tensor>,
  kept: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const beside = quantiseBeside(graph, statistics, kept);
  const comparisons = new Map([...beside.layers.keys()].map((name) => [name, new Comparison()]));
  using network = await engine.compile(beside.graph);
  const [input] = graph.inputs;
  for (const image of images) {
    const outputs = network.run({ [input!.name]: image });
    for (const [name, { float32, int8 }] of beside.layers) {
      comparisons.get(name)!.add(outputs[float32]!.data, outputs[int8]!.data);
    }
  }
  return new Map([...comparisons].map(([name, comparison]) => [name, comparison.decibels]));
}
