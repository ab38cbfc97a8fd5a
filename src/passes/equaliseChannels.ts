/**
 * Scales the channels of values to like ranges before they are quantised with one scale: a layer's outputs are
 * multiplied by what its readers' weights are divided by (Nagel et al. 2019, "Data-Free Quantization Through Weight
 * Equalization and Bias Correction", section 4.1; here by the values' own ranges).
 */
import { type Graph, isNode, type Node } from '../graph/types.js';
import { BIAS, RESIDUAL, WEIGHTS } from '../ops/convolution.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';
import { hasEpilogue } from './uses.js';

/** A size of each channel of each value. */
export type ChannelSizes = ReadonlyMap<string, Float64Array>;

/** Activations f with f(k · x) = k · f(x) for every k above 0. */
const HOMOGENEOUS = ['none', 'relu', 'prelu'];
/** Factors are kept within these bounds around 1. */
const MOST_FACTOR = 64;
/** The size that a channel counts with at least is what a weight makes of the input's size, divided by this. */
const STEPS = 8;

/** A graph whose channels are equalised, and by value what each channel was multiplied by, where anything was. */
export interface Equalised {
  readonly graph: Graph;
  readonly factors: ReadonlyMap<string, Float64Array>;
}

/** Values that residuals tie together, and so must be scaled alike. */
function tiedValues(graph: Graph): Map<string, string> {
  const parents = new Map<string, string>();
  const root = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined ? name : root(parent);
  };
  for (const node of graph.nodes) {
    const residual = hasEpilogue(node) ? node.inputs[RESIDUAL] : undefined;
    if (!residual) continue;
    const [a, b] = [root(residual), root(node.outputs[0]!)];
    if (a !== b) parents.set(a, b);
  }
  const values = graph.nodes.flatMap(({ outputs }) => outputs);
  return new Map(values.map((name) => [name, root(name)]));
}

/** Values that may not be scaled: given to the caller, made or read by something that scaling would change. */
function fixedValues(graph: Graph): Set<string> {
  const fixed = new Set([...graph.outputs, ...graph.inputs.map(({ name }) => name)]);
  for (const node of graph.nodes) {
    const layer = hasEpilogue(node) && graph.tensors.has(node.inputs[WEIGHTS]!);
    if (!layer || !HOMOGENEOUS.includes(node.attributes.activation)) fixed.add(node.outputs[0]!);
    const scalable = layer && node.operator === 'convolution';
    for (const [index, name] of node.inputs.entries()) {
      const scaled = (index === 0 && scalable) || (index === RESIDUAL && layer);
      if (!scaled) fixed.add(name);
    }
  }
  return fixed;
}

/**
 * By output of a layer that reads a value with one scale for all channels: the least size that its channels count with.
 * A channel of whose weights one step of the input makes a large part is not enlarged: that would enlarge steps alone.
 */
function leastSizes(graph: Graph, sizes: ChannelSizes, isFixed: (name: string) => boolean): Map<string, Float64Array> {
  const layers = graph.nodes.filter((node) => hasEpilogue(node) && isFixed(node.inputs[0]!));
  const entries = layers.flatMap(({ inputs, outputs }): [string, Float64Array][] => {
    const weights = graph.tensors.get(inputs[WEIGHTS]!);
    const input = sizes.get(inputs[0]!);
    if (!weights || !input) return [];
    const channels = weights.shape[0]!;
    const length = weights.data.length / channels;
    const step = input.reduce((a, b) => Math.max(a, b)) / STEPS;
    const least = Float64Array.from({ length: channels }, (_, channel) => {
      const own = weights.data.subarray(channel * length, (channel + 1) * length);
      return step * own.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
    });
    return [[outputs[0]!, least]];
  });
  return new Map(entries);
}

function factorsOf(sizes: readonly Float64Array[]): Float64Array {
  const largest = sizes[0]!.map((_, channel) => Math.max(...sizes.map((size) => size[channel]!)));
  const logs = [...largest].filter((size) => size > 0).map(Math.log);
  const middle = Math.exp(logs.reduce((sum, log) => sum + log, 0) / Math.max(logs.length, 1));
  return largest.map((size) => {
    const factor = size > 0 ? middle / size : 1;
    return Math.min(Math.max(factor, 1 / MOST_FACTOR), MOST_FACTOR);
  });
}

/** The factor of each channel of each value that can be scaled. */
function chooseFactors(graph: Graph, sizes: ChannelSizes): Map<string, Float64Array> {
  const roots = tiedValues(graph);
  const fixed = new Set([...fixedValues(graph)].map((name) => roots.get(name) ?? name));
  const least = leastSizes(graph, sizes, (name) => fixed.has(roots.get(name) ?? name));
  const members = new Map<string, string[]>();
  for (const [name, root] of roots) {
    if (!fixed.has(root)) members.set(root, [...(members.get(root) ?? []), name]);
  }
  const sizeOf = (name: string): Float64Array =>
    sizes.get(name)!.map((size, channel) => Math.max(size, least.get(name)?.[channel] ?? 0));
  const factors = new Map<string, Float64Array>();
  for (const names of members.values()) {
    const chosen = factorsOf(names.map((name) => sizeOf(name)));
    for (const name of names) factors.set(name, chosen);
  }
  return factors;
}

/** Weights `[out, in / groups, …]` with each element multiplied by its output's and divided by its input's factor. */
function scaleWeights(weights: Tensor, node: Node, input?: Float64Array, output?: Float64Array): Tensor {
  const [outputs = 0, groupInputs = 0] = weights.shape;
  const groups = isNode(node, 'convolution') ? node.attributes.groups : 1;
  const taps = weights.data.length / (outputs * groupInputs);
  const data = weights.data.map((weight, index) => {
    const place = Math.floor(index / taps);
    const channel = Math.floor(place / groupInputs);
    const from = Math.floor(channel / (outputs / groups)) * groupInputs + (place % groupInputs);
    return (weight * (output?.[channel] ?? 1)) / (input?.[from] ?? 1);
  });
  return float32Tensor(weights.shape, data);
}

/** Scales the channels of all values that layers alone make and read; the graph computes the same up to rounding. */
export function equaliseChannels(graph: Graph, sizes: ChannelSizes): Equalised {
  const factors = chooseFactors(graph, sizes);
  const tensors = new Map(graph.tensors);
  const nodes = graph.nodes.map((node) => {
    const input = factors.get(node.inputs[0] ?? '');
    const output = factors.get(node.outputs[0]!);
    if (!input && !output) return node;
    const inputs = [...node.inputs];
    const replace = (position: number, tensor: Tensor): void => {
      const name = `${node.name}.equalised${position}`;
      tensors.set(name, tensor);
      inputs[position] = name;
    };
    replace(WEIGHTS, scaleWeights(graph.tensors.get(inputs[WEIGHTS]!)!, node, input, output));
    const bias = graph.tensors.get(inputs[BIAS] ?? '');
    if (bias && output) {
      replace(
        BIAS,
        float32Tensor(
          bias.shape,
          bias.data.map((value, channel) => value * output[channel]!),
        ),
      );
    }
    return { ...node, inputs };
  });
  return { graph: { ...graph, nodes, tensors }, factors };
}
