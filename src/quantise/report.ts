/** How much quantising changed: layer by layer, and in what the network gives, on images that it was not calibrated on. */
import type { Engine } from '../engine.js';
import type { Graph } from '../graph/types.js';
import { quantiseGraph } from '../passes/quantise.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Calibration } from './calibrate.js';

/** One layer's outputs in int8 beside those in float32. */
export interface LayerReport {
  readonly node: string;
  /** 10 · log10 of the float32 outputs' squares over the squared differences, in decibels; the errors before it count too. */
  readonly signalToNoise: number;
  /** The same without the errors before it, on some of the images to calibrate on; absent for layers without an int8 form. */
  readonly ownSignalToNoise?: number;
  /** False for layers that stayed float32. */
  readonly int8: boolean;
}

/** What quantising did, measured on images held out from calibration. */
export interface QuantisationReport {
  readonly layers: readonly LayerReport[];
  /** Cosine between the outputs of both graphs, by image: the mean and the least. */
  readonly meanCosine: number;
  readonly leastCosine: number;
}

/** Signal and noise of a value over many images. */
export class Comparison {
  #signal = 0;
  #noise = 0;

  add(expected: Float32Array, found: Float32Array): void {
    for (let index = 0; index < expected.length; index++) {
      this.#signal += expected[index]! ** 2;
      this.#noise += (expected[index]! - found[index]!) ** 2;
    }
  }

  /** Infinite without noise. */
  get decibels(): number {
    return this.#noise === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10(this.#signal / this.#noise);
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let index = 0; index < a.length; index++) {
    product += a[index]! * b[index]!;
    squaresA += a[index]! ** 2;
    squaresB += b[index]! ** 2;
  }
  return product / Math.sqrt(squaresA * squaresB);
}

/** Gives every layer's value out, so that it can be compared. */
function withAllOutputs(graph: Graph, layers: readonly string[]): Graph {
  return { ...graph, outputs: [...new Set([...graph.outputs, ...layers])] };
}

/** Compares a calibrated graph with its quantised form on images; `kept` as `quantiseGraph` takes it, `own` by layer. */
export async function compareQuantised(
  engine: Engine,
  { graph, statistics }: Calibration,
  images: Iterable<Tensor>,
  kept: ReadonlySet<string>,
  own: ReadonlyMap<string, number>,
): Promise<QuantisationReport> {
  const nodes = graph.nodes.filter(({ attributes }) => attributes.activation !== undefined);
  const values = nodes.map(({ outputs }) => outputs[0]!);
  const all = withAllOutputs(graph, values);
  using float32 = await engine.compile(all);
  using int8 = await engine.compile(quantiseGraph(all, statistics, kept));
  const whole = quantiseGraph(graph, statistics, kept);
  const quantised = new Set(
    whole.nodes.filter(({ operator }) => operator.startsWith('quantised')).map(({ name }) => name),
  );
  const comparisons = nodes.map(() => new Comparison());
  const [input] = graph.inputs;
  const [output = ''] = graph.outputs;
  const cosines = Array.from(images, (image) => {
    const expected = float32.run({ [input!.name]: image });
    const found = int8.run({ [input!.name]: image });
    for (const [index, name] of values.entries()) comparisons[index]!.add(expected[name]!.data, found[name]!.data);
    return cosine(expected[output]!.data, found[output]!.data);
  });
  return {
    layers: nodes.map(({ name }, index) => ({
      node: name,
      signalToNoise: comparisons[index]!.decibels,
      ...(own.has(name) && { ownSignalToNoise: own.get(name)! }),
      int8: quantised.has(name),
    })),
    meanCosine: cosines.reduce((sum, value) => sum + value, 0) / cosines.length,
    leastCosine: Math.min(...cosines),
  };
}

/** Bytes of a graph's weights in memory on an engine, and of the arena of one run. */
export async function memoryOf(engine: Engine, graph: Graph): Promise<{ weightBytes: number; arenaBytes: number }> {
  using network = await engine.compile(graph);
  return { weightBytes: network.weightBytes, arenaBytes: network.plan().arenaBytes };
}
