/** Runs a graph in float32 on calibration images and gathers what quantising needs to know of every value. */
import type { Engine } from '../engine.js';
import type { Graph, Node } from '../graph/types.js';
import { SLOPES } from '../ops/convolution.js';
import { NO_ATTRIBUTES } from '../ops/operator.js';
import { chooseQuantisation } from '../passes/chooseQuantisation.js';
import { equaliseChannels } from '../passes/equaliseChannels.js';
import { optimise } from '../passes/index.js';
import type { ValueStatistics } from '../passes/quantise.js';
import { FreshNames, hasEpilogue } from '../passes/uses.js';
import { imageShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** Samples that are kept of a value, over all images. */
const MOST_SAMPLES = 1 << 18;
const ACTIVATIONS = ['relu', 'clip', 'prelu'];

/** What a value looked like so far. */
class Observed {
  readonly #samples: Float32Array;
  readonly #samplesOfImage: number;
  #count = 0;
  #images = 0;
  #sums = new Float64Array(0);
  #squares = new Float64Array(0);
  #peaks = new Float64Array(0);

  constructor(images: number) {
    this.#samplesOfImage = Math.max(1, Math.floor(MOST_SAMPLES / images));
    this.#samples = new Float32Array(this.#samplesOfImage * images);
  }

  add({ shape, data }: Tensor): void {
    const { channels, height, width } = imageShape(shape);
    const pixels = height * width;
    if (this.#images++ === 0) {
      this.#sums = new Float64Array(channels);
      this.#squares = new Float64Array(channels);
      this.#peaks = new Float64Array(channels);
    }
    for (let channel = 0, index = 0; channel < channels; channel++) {
      let [sum, squares, peak] = [0, 0, this.#peaks[channel]!];
      for (const end = index + pixels; index < end; index++) {
        const value = data[index]!;
        sum += value;
        squares += value * value;
        peak = Math.max(peak, Math.abs(value));
      }
      this.#sums[channel]! += sum / pixels;
      this.#squares[channel]! += squares / pixels;
      this.#peaks[channel] = peak;
    }
    const step = data.length / this.#samplesOfImage;
    for (let sample = 0; sample < Math.min(this.#samplesOfImage, data.length); sample++) {
      this.#samples[this.#count++] = data[Math.floor(sample * Math.max(step, 1))]!;
    }
  }

  get samples(): Float32Array {
    return this.#samples.subarray(0, this.#count);
  }

  get means(): Float64Array {
    return this.#sums.map((sum) => sum / this.#images);
  }

  get sizes(): Float64Array {
    return this.#squares.map((sum) => Math.sqrt(sum / this.#images));
  }

  get peaks(): Float64Array {
    return this.#peaks;
  }
}

/** The graph with every fused activation as a node of its own. */
function openActivations(graph: Graph): Graph {
  const names = new FreshNames(graph);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    const { activation } = node.attributes;
    if (!hasEpilogue(node) || activation === 'none') return [node];
    const sum = names.take(`${node.name}.sum`);
    const inputs = node.inputs.map((name, index) => (index === SLOPES ? '' : name));
    const layer = { ...node, inputs, outputs: [sum], attributes: { ...node.attributes, activation: 'none' } };
    const slopes = activation === 'prelu' ? [node.inputs[SLOPES]!] : [];
    const [operator, attributes] =
      activation === 'relu6' ? ['clip', { least: 0, most: 6 }] : [activation as string, NO_ATTRIBUTES];
    const name = names.take(`${node.name}.activation`);
    return [layer, { name, operator, inputs: [sum, ...slopes], outputs: node.outputs, attributes }];
  });
  return { ...graph, nodes };
}

/** By value that an activation makes: the value that it is made from. */
function activationInputs(graph: Graph): Map<string, string> {
  const activations = graph.nodes.filter(({ operator }) => ACTIVATIONS.includes(operator));
  return new Map(activations.map(({ inputs, outputs }) => [outputs[0]!, inputs[0]!]));
}

/** Runs the graph with every value as an output, and shows each to its observer. */
function observe(engine: Engine, graph: Graph, images: readonly Tensor[], onImage: () => void): Map<string, Observed> {
  const computed = graph.nodes.flatMap(({ outputs }) => outputs);
  const [input] = graph.inputs;
  const observed = new Map([input!.name, ...computed].map((name) => [name, new Observed(images.length)]));
  const network = engine.compile({ ...graph, outputs: computed });
  try {
    for (const image of images) {
      observed.get(input!.name)!.add(image);
      for (const [name, tensor] of Object.entries(network.run({ [input!.name]: image }))) {
        observed.get(name)!.add(tensor);
      }
      onImage();
    }
  } finally {
    network.dispose();
  }
  return observed;
}

/** Values whose channels were compared on the first images are equalised; more images change little. */
const EQUALISING_IMAGES = 32;

/** A graph that is ready to be quantised, and what calibration saw of its values. */
export interface Calibration {
  readonly graph: Graph;
  readonly statistics: ReadonlyMap<string, ValueStatistics>;
}

/**
 * Optimises a graph with one input, equalises its channels and gathers the statistics of every value over calibration
 * inputs of one image each. Throws what `Engine.compile` and `Network.run` throw.
 */
export function calibrateGraph(
  engine: Engine,
  graph: Graph,
  images: readonly Tensor[],
  onImage: () => void = () => {},
): Calibration {
  const optimised = optimise(graph);
  const first = observe(engine, optimised, images.slice(0, EQUALISING_IMAGES), () => {});
  const sizes = new Map([...first].map(([name, value]) => [name, value.sizes]));
  const equalised = equaliseChannels(optimised, sizes);
  const open = openActivations(equalised);
  const observed = observe(engine, open, images, onImage);
  const before = activationInputs(open);
  const entries = [...observed].map(([name, value]): [string, ValueStatistics] => [
    name,
    {
      quantisation: chooseQuantisation(value.samples),
      means: value.means,
      peaks: observed.get(before.get(name) ?? name)!.peaks,
    },
  ]);
  return { graph: equalised, statistics: new Map(entries) };
}
