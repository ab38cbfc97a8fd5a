/** Runs a graph in float32 on calibration images and gathers what quantising needs to know of every value. */
import type { Engine } from '../engine.js';
import { InputError, ShapeError } from '../errors.js';
import type { Graph, Node } from '../graph/types.js';
import { SLOPES } from '../ops/convolution.js';
import { NO_ATTRIBUTES } from '../ops/operator.js';
import { quantisationOf } from '../passes/chooseQuantisation.js';
import { equaliseChannels } from '../passes/equaliseChannels.js';
import { optimise } from '../passes/index.js';
import type { ValueStatistics } from '../passes/quantise.js';
import { FreshNames, hasEpilogue } from '../passes/uses.js';
import { formatShape, imageShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

const ACTIVATIONS = ['relu', 'clip', 'prelu'];

/** A channel's size for equalising, between the root mean square and the largest magnitude: exponent of the latter. */
const PEAK_EXPONENT = 0.7;
/**
 * A channel counts as no smaller than this share of what it is before its activation: one that is almost always negative
 * before a ReLU would else be enlarged until its sums do not fit the integers.
 */
const LEAST_SHARE = 1 / 4;

/** What the channels of a value looked like so far. */
class Observed {
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  #images = 0;

  constructor(channels: number) {
    this.sums = new Float64Array(channels);
    this.squares = new Float64Array(channels);
    this.least = new Float64Array(channels);
    this.most = new Float64Array(channels);
  }

  add({ shape, data }: Tensor): void {
    const { channels, height, width } = imageShape(shape);
    const pixels = height * width;
    this.#images++;
    for (let channel = 0, index = 0; channel < channels; channel++) {
      let [sum, squares, least, most] = [0, 0, this.least[channel]!, this.most[channel]!];
      for (const end = index + pixels; index < end; index++) {
        const value = data[index]!;
        sum += value;
        squares += value * value;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      this.sums[channel]! += sum / pixels;
      this.squares[channel]! += squares / pixels;
      this.least[channel] = least;
      this.most[channel] = most;
    }
  }

  get means(): Float64Array {
    return this.sums.map((sum) => sum / this.#images);
  }

  get peaks(): Float64Array {
    return this.most.map((most, channel) => Math.max(most, -this.least[channel]!));
  }

  /** What channels are compared by. */
  get sizes(): Float64Array {
    const { peaks } = this;
    return this.squares.map((sum, channel) => {
      return Math.sqrt(sum / this.#images) ** (1 - PEAK_EXPONENT) * peaks[channel]! ** PEAK_EXPONENT;
    });
  }
}

/** The graph with every fused activation as a node of its own. */
function openActivations(graph: Graph): Graph {
  const names = new FreshNames(graph);
  const nodes = graph.nodes.flatMap((node): Node[] => {
    if (!hasEpilogue(node) || node.attributes.activation === 'none') return [node];
    const { activation } = node.attributes;
    const sum = names.take(`${node.name}.sum`);
    const inputs = node.inputs.map((name, index) => (index === SLOPES ? '' : name));
    const layer = { ...node, inputs, outputs: [sum], attributes: { ...node.attributes, activation: 'none' } };
    const slopes = activation === 'prelu' ? [node.inputs[SLOPES]!] : [];
    const [operator, attributes] =
      activation === 'relu6' ? ['clip', { least: 0, most: 6 }] : [activation, NO_ATTRIBUTES];
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
async function observe(
  engine: Engine,
  graph: Graph,
  images: Iterable<Tensor>,
  onImage: () => void,
): Promise<Map<string, Observed>> {
  const computed = graph.nodes.flatMap(({ outputs }) => outputs);
  const [input] = graph.inputs;
  const observed = new Map<string, Observed>();
  const add = (name: string, tensor: Tensor): void => {
    if (!observed.has(name)) observed.set(name, new Observed(imageShape(tensor.shape).channels));
    observed.get(name)!.add(tensor);
  };
  const network = await engine.compile({ ...graph, outputs: computed });
  try {
    for (const image of images) {
      if (image.shape[0] !== 1) {
        const found = `an input to calibrate on is ${formatShape(image.shape)}`;
        throw new ShapeError('ONE_IMAGE', `${found}; accepted is one image at a time, ${formatShape(input!.shape)}.`);
      }
      add(input!.name, image);
      for (const [name, tensor] of Object.entries(network.run({ [input!.name]: image }))) {
        add(name, tensor);
      }
      onImage();
    }
  } finally {
    network.dispose();
  }
  if (observed.size === 0) throw new InputError('TOO_FEW_IMAGES', 'no input to calibrate on; accepted is 1 or more.');
  return observed;
}

/** A graph that is ready to be quantised, and what calibration saw of its values. */
export interface Calibration {
  readonly graph: Graph;
  readonly statistics: ReadonlyMap<string, ValueStatistics>;
}

/**
 * Optimises a graph with one input, equalises its channels and gathers the statistics of every value over calibration
 * inputs of one image each. Throws InputError TOO_FEW_IMAGES for none, ShapeError ONE_IMAGE for an input that is not one
 * image, and what `Engine.compile` and `Network.run` throw.
 */
export async function calibrateGraph(
  engine: Engine,
  graph: Graph,
  images: Iterable<Tensor>,
  onImage: () => void = () => {},
): Promise<Calibration> {
  const optimised = optimise(graph);
  const open = openActivations(optimised);
  const observed = await observe(engine, open, images, onImage);
  const before = activationInputs(open);
  const peaksBefore = (name: string): Float64Array => observed.get(before.get(name) ?? name)!.peaks;
  const sizes = new Map(
    [...observed].map(([name, value]) => {
      const peaks = peaksBefore(name);
      return [name, value.sizes.map((size, channel) => Math.max(size, LEAST_SHARE * peaks[channel]!))];
    }),
  );
  const equalised = equaliseChannels(optimised, sizes);
  const entries = [...observed].map(([name, value]): [string, ValueStatistics] => {
    const factors = equalised.factors.get(name);
    const scaled = (channels: Float64Array): Float64Array => channels.map((of, at) => of * (factors?.[at] ?? 1));
    const least = scaled(value.least).reduce((a, b) => Math.min(a, b));
    const most = scaled(value.most).reduce((a, b) => Math.max(a, b));
    return [
      name,
      {
        quantisation: quantisationOf(least, most),
        means: scaled(value.means),
        peaks: scaled(peaksBefore(name)),
      },
    ];
  });
  return { graph: equalised.graph, statistics: new Map(entries) };
}
