/** Graph in float32 → graph in int8, from what calibration saw of its values. */
import { inferShapes } from '../build/infer.js';
import type { Attributes, Graph, Node } from '../graph/types.js';
import { BIAS, convolutionAttributes, RESIDUAL, SLOPES, WEIGHTS } from '../ops/convolution.js';
import type { Quantisation } from '../ops/quantise.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { quantiseLayer } from './quantiseLayer.js';
import { FreshNames } from './uses.js';

/** What calibration saw of one value. */
export interface ValueStatistics {
  readonly quantisation: Quantisation;
  /** Mean of each channel. */
  readonly means: Float64Array;
  /** Largest magnitude of each channel before the activation that makes the value, where one does. */
  readonly peaks: Float64Array;
}

/** Writes the quantised graph node by node. */
class Quantiser {
  readonly nodes: Node[] = [];
  readonly tensors = new Map<string, Tensor>();
  readonly #graph: Graph;
  readonly #statistics: ReadonlyMap<string, ValueStatistics>;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #names: FreshNames;
  /** By value: the name of its int8 form. */
  readonly #int8 = new Map<string, string>();
  /** Values that stand in float32. */
  readonly #float32 = new Set<string>();

  constructor(graph: Graph, statistics: ReadonlyMap<string, ValueStatistics>) {
    this.#graph = graph;
    this.#statistics = statistics;
    this.#shapes = inferShapes(graph);
    this.#names = new FreshNames(graph);
    for (const { name } of graph.inputs) this.#float32.add(name);
  }

  /** Adds a node as it is, on float32 values. */
  keep(node: Node): void {
    for (const name of node.inputs) {
      if (this.#graph.tensors.has(name)) this.tensors.set(name, this.#graph.tensors.get(name)!);
      else if (name !== '') this.#needFloat32(name);
    }
    this.nodes.push(node);
    for (const name of node.outputs) this.#float32.add(name);
  }

  /** True for layers that run on int8 values. */
  accepts({ operator, inputs, attributes }: Node): boolean {
    if (operator !== 'convolution' && operator !== 'fullyConnected') return false;
    const constant = [WEIGHTS, BIAS, SLOPES].every(
      (index) => !inputs[index] || this.#graph.tensors.has(inputs[index]!),
    );
    const residual = inputs[RESIDUAL];
    const [input = ''] = inputs;
    return (
      constant &&
      !this.#graph.tensors.has(input) &&
      this.#shapes.get(input)!.length === 4 &&
      !(residual && (attributes.activation === 'prelu' || this.#graph.tensors.has(residual)))
    );
  }

  /** Adds a layer on int8 values. */
  quantise(node: Node): void {
    const [input = '', weights = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const residual = node.inputs[RESIDUAL] || undefined;
    const { weightShape, geometry } = this.#geometry(node, input, weights);
    const { quantisation: inputQuantisation, means: inputMeans } = this.#statistics.get(input)!;
    const { quantisation: outputQuantisation, peaks } = this.#statistics.get(output)!;
    const statistics = {
      input: inputQuantisation,
      output: outputQuantisation,
      residual: residual === undefined ? undefined : this.#statistics.get(residual)!.quantisation,
      inputMeans,
      peaks,
    };
    const layer = quantiseLayer(this.#graph, node, weightShape, statistics, geometry);
    const tensor = (part: 'weights' | 'scales' | 'bias' | 'slopes'): string => {
      const value = layer[part];
      if (!value) return '';
      const name = this.#names.take(`${node.name}.${part}`);
      this.tensors.set(name, value);
      return name;
    };
    const inputs = [this.#needInt8(input), tensor('weights'), tensor('scales'), tensor('bias')];
    if (layer.slopes || residual) inputs.push(tensor('slopes'));
    if (residual) inputs.push(this.#needInt8(residual));
    const name = this.#names.take(`${output}.int8`);
    this.nodes.push({
      name: node.name,
      operator: 'quantisedConvolution',
      inputs,
      outputs: [name],
      attributes: layer.attributes,
    });
    this.#int8.set(output, name);
  }

  /** Makes sure that a value stands in float32 under its own name. */
  #needFloat32(name: string): void {
    if (this.#float32.has(name)) return;
    const flat = this.#shapes.get(name)!.length === 2;
    const output = flat ? this.#names.take(`${name}.float32`) : name;
    this.#convert('dequantise', name, this.#int8.get(name)!, output);
    if (flat) {
      const node = this.#names.take(`${name}.flatten`);
      this.nodes.push({ name: node, operator: 'flatten', inputs: [output], outputs: [name], attributes: {} });
    }
    this.#float32.add(name);
  }

  #needInt8(name: string): string {
    const known = this.#int8.get(name);
    if (known !== undefined) return known;
    const output = this.#names.take(`${name}.int8`);
    this.#convert('quantise', name, name, output);
    this.#int8.set(name, output);
    return output;
  }

  #convert(operator: 'quantise' | 'dequantise', value: string, input: string, output: string): void {
    const { scale, zeroPoint } = this.#statistics.get(value)!.quantisation;
    const name = this.#names.take(`${value}.${operator}`);
    this.nodes.push({ name, operator, inputs: [input], outputs: [output], attributes: { scale, zeroPoint } });
  }

  /** A fully connected layer is a convolution with a kernel of its input's size. */
  #geometry(node: Node, input: string, weights: string): { weightShape: Shape; geometry: Attributes } {
    const shape = this.#graph.tensors.get(weights)!.shape;
    if (node.operator === 'convolution') {
      const { stride, padding, dilation, groups, activation } = convolutionAttributes(node);
      return { weightShape: shape, geometry: { stride, padding, dilation, groups, activation } };
    }
    const { activation = 'none' } = node.attributes;
    const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1, activation };
    return { weightShape: [shape[0]!, ...this.#shapes.get(input)!.slice(1)], geometry };
  }

  finish(): Graph {
    for (const name of this.#graph.outputs) this.#needFloat32(name);
    return { ...this.#graph, nodes: this.nodes, tensors: this.tensors };
  }
}

/**
 * Turns the convolutions and fully connected layers of a graph that all other passes have seen into layers on int8
 * values; whatever else it holds stays in float32, with conversions between. `statistics` has every computed value and
 * every input, `kept` the names of nodes to leave in float32.
 * Throws ModelError NOT_QUANTISABLE for a layer whose sums could overflow.
 */
export function quantiseGraph(
  graph: Graph,
  statistics: ReadonlyMap<string, ValueStatistics>,
  kept: ReadonlySet<string> = new Set(),
): Graph {
  const quantiser = new Quantiser(graph, statistics);
  for (const node of graph.nodes) {
    if (!kept.has(node.name) && quantiser.accepts(node)) quantiser.quantise(node);
    else quantiser.keep(node);
  }
  return quantiser.finish();
}
