/** Graph in float32 → graph in int8, from what calibration saw of its values. */
import { inferShapes } from '../build/infer.js';
import { type Graph, isNode, type Node } from '../graph/types.js';
import { BIAS, type ConvolutionAttributes, RESIDUAL, SLOPES, WEIGHTS } from '../ops/convolution.js';
import { checkedNode } from '../ops/index.js';
import type { Quantisation } from '../ops/quantise.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { hasInt8Form, int8Operator, tieQuantisations } from './int8Operators.js';
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

type Layer = Node<'convolution' | 'fullyConnected'>;

/** Writes the quantised graph node by node. */
class Quantiser {
  readonly nodes: Node[] = [];
  readonly tensors = new Map<string, Tensor>();
  readonly #graph: Graph;
  readonly #statistics: ReadonlyMap<string, ValueStatistics>;
  readonly #kept: ReadonlySet<string>;
  readonly #quantisations: ReadonlyMap<string, Quantisation>;
  readonly #shapes: ReadonlyMap<string, Shape>;
  readonly #names: FreshNames;
  /** By value: the name of its int8 form. */
  readonly #int8 = new Map<string, string>();
  /** Values that stand in float32. */
  readonly #float32 = new Set<string>();

  constructor(graph: Graph, statistics: ReadonlyMap<string, ValueStatistics>, kept: ReadonlySet<string>) {
    this.#graph = graph;
    this.#statistics = statistics;
    this.#kept = kept;
    this.#shapes = inferShapes(graph);
    const own = new Map([...statistics].map(([name, { quantisation }]) => [name, quantisation]));
    this.#quantisations = tieQuantisations(graph, this.#shapes, own, kept);
    this.#names = new FreshNames(graph);
    for (const { name } of graph.inputs) this.#float32.add(name);
  }

  /** Adds a node: on int8 values where it has such a form, and for all but layers where it reads one that is int8 already. */
  add(node: Node): void {
    if (this.#kept.has(node.name)) this.#keep(node);
    else if (this.#isLayer(node)) this.#quantiseLayer(node);
    else if (node.inputs.some((name) => this.#int8.has(name))) this.#quantiseOperator(node);
    else this.#keep(node);
  }

  /**
   * Adds a node on float32 values, and beside a layer its int8 form, which reads the int8 forms of the same values. Gives
   * the name of what that computes.
   */
  addBeside(node: Node): string | undefined {
    let beside: string | undefined;
    if (!this.#kept.has(node.name) && this.#isLayer(node)) {
      const [output = ''] = node.outputs;
      this.#quantiseLayer(node);
      // Integers do not hold every layer: then it stands there in float32 already.
      if (!this.#int8.has(output)) return undefined;
      beside = this.#names.take(`${output}.beside`);
      this.#convert('dequantise', output, this.#int8.get(output)!, beside);
      // Whoever reads the value is to see it without this layer's error.
      this.#int8.delete(output);
    }
    this.#keep(node);
    return beside;
  }

  /** Adds a node as it is, on float32 values. */
  #keep(node: Node): void {
    for (const name of node.inputs) {
      if (this.#graph.tensors.has(name)) this.#copyTensor(name);
      else if (name !== '') this.#needFloat32(name);
    }
    this.nodes.push(node);
    for (const name of node.outputs) this.#float32.add(name);
  }

  #copyTensor(name: string): string {
    this.tensors.set(name, this.#graph.tensors.get(name)!);
    return name;
  }

  /** Adds a node that is no layer on int8 values, or as it is where it has no such form. */
  #quantiseOperator(node: Node): void {
    const row = int8Operator(node, this.#graph, this.#shapes);
    if (!row) {
      this.#keep(node);
      return;
    }
    const [output = ''] = node.outputs;
    const inputs = node.inputs.map((name) =>
      this.#graph.tensors.has(name) ? this.#copyTensor(name) : this.#needInt8(name),
    );
    const attributes = row.attributes(node, (name) => this.#quantisation(name));
    this.#addInt8({ name: node.name, operator: row.quantised, inputs, outputs: [output], attributes });
  }

  /** Adds a node whose output, named by its float32 form, is int8. */
  #addInt8(node: Node): void {
    const [output = ''] = node.outputs;
    const name = this.#names.take(`${output}.int8`);
    this.nodes.push({ ...node, outputs: [name] });
    this.#int8.set(output, name);
  }

  #quantisation(value: string): Quantisation {
    return this.#quantisations.get(value)!;
  }

  /** True for layers that run on int8 values. */
  #isLayer(node: Node): node is Layer {
    if (!isNode(node, 'convolution', 'fullyConnected')) return false;
    const { inputs, attributes } = node;
    const constant = [WEIGHTS, BIAS, SLOPES].every(
      (index) => !inputs[index] || this.#graph.tensors.has(inputs[index]!),
    );
    const residual = inputs[RESIDUAL];
    const [input = ''] = inputs;
    return (
      constant &&
      !this.#graph.tensors.has(input) &&
      hasInt8Form(this.#shapes.get(input)!) &&
      !(residual && (attributes.activation === 'prelu' || this.#graph.tensors.has(residual)))
    );
  }

  /** Adds a layer on int8 values, or as it is where integers do not hold it. */
  #quantiseLayer(node: Layer): void {
    const [input = '', weights = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const residual = node.inputs[RESIDUAL] || undefined;
    const { weightShape, geometry } = this.#geometry(node, input, weights);
    const statistics = {
      input: this.#quantisation(input),
      output: this.#quantisation(output),
      residual: residual === undefined ? undefined : this.#quantisation(residual),
      inputMeans: this.#statistics.get(input)!.means,
      peaks: this.#statistics.get(output)!.peaks,
    };
    const layer = quantiseLayer(this.#graph, node, weightShape, statistics, geometry);
    if (!layer) {
      this.#keep(node);
      return;
    }
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
    this.#addInt8({ ...node, operator: 'quantisedConvolution', inputs, attributes: layer.attributes });
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
    let input = name;
    if (this.#shapes.get(name)!.length === 2) {
      input = this.#names.take(`${name}.image`);
      const attributes = { shape: [this.#shapes.get(name)![1]!, 1, 1] };
      this.nodes.push({ name: input, operator: 'reshape', inputs: [name], outputs: [input], attributes });
    }
    this.#convert('quantise', name, input, output);
    this.#int8.set(name, output);
    return output;
  }

  #convert(operator: 'quantise' | 'dequantise', value: string, input: string, output: string): void {
    const { scale, zeroPoint } = this.#quantisation(value);
    const name = this.#names.take(`${value}.${operator}`);
    this.nodes.push({ name, operator, inputs: [input], outputs: [output], attributes: { scale, zeroPoint } });
  }

  /** A fully connected layer is a convolution with a kernel of its input's size. */
  #geometry(node: Layer, input: string, weights: string): { weightShape: Shape; geometry: ConvolutionAttributes } {
    const shape = this.#graph.tensors.get(weights)!.shape;
    if (isNode(node, 'convolution')) return { weightShape: shape, geometry: node.attributes };
    const { activation } = node.attributes;
    const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1, activation } as const;
    const [, channels = 0, height = 1, width = 1] = this.#shapes.get(input)!;
    return { weightShape: [shape[0]!, channels, height, width], geometry };
  }

  finish(): Graph {
    for (const name of this.#graph.outputs) this.#needFloat32(name);
    return { ...this.#graph, nodes: this.nodes.map(checkedNode), tensors: this.tensors };
  }
}

/**
 * Turns the nodes of a graph that all other passes have seen into nodes on int8 values: convolutions and fully connected
 * layers, and whatever int8Operators.ts lists where it stands after one of these. The rest stays float32, with
 * conversions between. `statistics` has every computed value and every input, `kept` the names of nodes to leave in
 * float32; layers whose sums could overflow stay so too.
 */
export function quantiseGraph(
  graph: Graph,
  statistics: ReadonlyMap<string, ValueStatistics>,
  kept: ReadonlySet<string> = new Set(),
): Graph {
  const quantiser = new Quantiser(graph, statistics, kept);
  for (const node of graph.nodes) quantiser.add(node);
  return quantiser.finish();
}

/** A float32 graph with the int8 form of each layer beside it, so that each one's own error can be measured. */
export interface GraphWithLayersBeside {
  readonly graph: Graph;
  /** By name of a layer's node: the values that it computes in float32 and in int8, both outputs of the graph. */
  readonly layers: ReadonlyMap<string, { readonly float32: string; readonly int8: string }>;
}

/** Puts the int8 form of each layer, without the errors of those before it, beside the layer; inputs as of `quantiseGraph`. */
export function quantiseBeside(
  graph: Graph,
  statistics: ReadonlyMap<string, ValueStatistics>,
  kept: ReadonlySet<string>,
): GraphWithLayersBeside {
  const quantiser = new Quantiser(graph, statistics, kept);
  const layers = new Map<string, { float32: string; int8: string }>();
  for (const node of graph.nodes) {
    const int8 = quantiser.addBeside(node);
    if (int8 !== undefined) layers.set(node.name, { float32: node.outputs[0]!, int8 });
  }
  const values = [...layers.values()].flatMap(({ float32, int8 }) => [float32, int8]);
  return { graph: { ...quantiser.finish(), outputs: [...new Set([...graph.outputs, ...values])] }, layers };
}
