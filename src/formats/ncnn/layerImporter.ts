/** What an importer of one ncnn layer type is, and the half-built graph that it writes to. */
import { ModelError, ShapeError } from '../../errors.js';
import type { Attributes, Graph, GraphInput, Node } from '../../graph/types.js';
import { checkedNode, operatorOf } from '../../ops/index.js';
import { NO_ATTRIBUTES } from '../../ops/operator.js';
import { elementCount, formatShape, type Shape, sameShape } from '../../tensor/shape.js';
import { float32Tensor, type Tensor } from '../../tensor/tensor.js';
import { located } from '../located.js';
import { describeLayer, type ParamLayer } from './parseParam.js';
import type { LayerWeights } from './readWeights.js';

/** One row of the table in layers/index.ts. */
export interface LayerImporter {
  readonly type: string;
  /** Parameter keys that it understands; a layer with another one is refused. */
  readonly parameters: readonly number[];
  /** Blobs that it reads: least, most. */
  readonly inputs: readonly [number, number];
  /** Blobs that it defines: least, most. */
  readonly outputs: readonly [number, number];
  /** What it cannot express in this layer, in a few words; `undefined` where it can. All are reported at once. */
  unsupported?(layer: ParamLayer): string | undefined;
  /**
   * Channels that the layer's parameters say it reads; `passes` where its inputs have as many as its output;
   * `undefined` where nothing is known. Infers a missing input shape. `pixels` are height times width of the input.
   */
  inputChannels(layer: ParamLayer, pixels: number): number | 'passes' | undefined;
  /** Appends the layer's nodes, reading its weights in the file's order. */
  import(layer: ParamLayer, builder: LayerBuilder): void;
}

/** Attributes of rounding x · scale to −127 to 127. */
function symmetric(scale: number): Attributes {
  return { scale: 1 / scale, zeroPoint: 0, least: -127 };
}

/** Elements that an import may add to what the file stores: slopes and factors that one parameter gives for all. */
export const MOST_FILLED_ELEMENTS = 2 ** 24;

/** Builds the graph layer by layer, knowing every value's shape; blobs become values of the same name. */
export class LayerBuilder {
  readonly weights: LayerWeights;
  readonly #inputShapes: ReadonlyMap<ParamLayer, Shape>;
  readonly #inputs: GraphInput[] = [];
  readonly #tensors = new Map<string, Tensor>();
  readonly #nodes: Node[] = [];
  readonly #shapes = new Map<string, Shape>();
  readonly #values = new Map<string, string>();

  /** Graph values that are int8, with what 1 of an element is worth. */
  readonly #int8 = new Map<string, number>();
  /** By float32 value and scale: its int8 form. By int8 value: its float32 form. */
  readonly #converted = new Map<string, string>();

  #filledElements = 0;

  constructor(weights: LayerWeights, inputShapes: ReadonlyMap<ParamLayer, Shape>) {
    this.weights = weights;
    this.#inputShapes = inputShapes;
  }

  /** Declares the graph input that an Input layer stands for. */
  input(layer: ParamLayer): void {
    const name = layer.outputs[0]!;
    const shape = this.#inputShapes.get(layer)!;
    this.#inputs.push({ name, shape });
    this.#define(name, shape);
    this.#values.set(name, name);
  }

  /** The value that a layer reads at a position as it stands: float32, or int8. */
  stored(layer: ParamLayer, index = 0): string {
    return this.#values.get(layer.inputs[index]!)!;
  }

  /** The value that a layer reads at a position, as float32. */
  value(layer: ParamLayer, index = 0): string {
    return this.#float32(this.stored(layer, index));
  }

  /**
   * What a layer reads as int8, `[N, C, H, W]`: a value that the layer before it gives out so, or one that is multiplied
   * by `scale` and rounded to −127 to 127. `shape` is what the value's elements are taken for.
   */
  int8Value(layer: ParamLayer, scale: number, shape: Shape): string {
    const value = this.stored(layer);
    if (this.#int8.has(value) && sameShape(this.shape(value), shape)) return value;
    const source = this.#float32(value);
    const key = `${scale} ${shape.join('×')} ${source}`;
    const known = this.#converted.get(key);
    if (known !== undefined) return known;
    const images = sameShape(this.shape(source), shape)
      ? source
      : this.node(layer, 'reshape', [source], { shape: shape.slice(1) }, 'images');
    const made = this.node(layer, 'quantise', [images], symmetric(scale), 'quantised');
    this.#converted.set(key, made);
    return made;
  }

  /** Makes a layer's first blob the int8 form of what it stands for. */
  requantise(layer: ParamLayer, scale: number): void {
    const [blob = ''] = layer.outputs;
    const value = this.node(layer, 'quantise', [this.#values.get(blob)!], symmetric(scale), 'requantised');
    this.#int8.set(value, 1 / scale);
    this.#values.set(blob, value);
  }

  /** A value as float32. */
  #float32(value: string): string {
    const scale = this.#int8.get(value);
    if (scale === undefined) return value;
    const made = this.#converted.get(value) ?? `${value}.float32`;
    if (!this.#converted.has(value)) {
      const attributes = { scale, zeroPoint: 0 };
      this.#add({ name: made, operator: 'dequantise', inputs: [value], outputs: [made], attributes });
      this.#converted.set(value, made);
    }
    return made;
  }

  /** The shape of the value that a layer reads first. */
  inputShape(layer: ParamLayer): Shape {
    return this.shape(this.stored(layer));
  }

  /** The shape of a value or tensor. */
  shape(name: string): Shape {
    return this.#shapes.get(name)!;
  }

  /** Channels of a value: its second axis. */
  channels(name: string): number {
    return this.shape(name)[1] ?? 1;
  }

  /** Makes a blob another name of a value. */
  alias(blob: string, value: string): void {
    this.#values.set(blob, value);
  }

  /** Adds a tensor named after its layer and role. */
  tensor(layer: ParamLayer, role: string, shape: Shape, data: Float32Array | readonly number[]): string {
    const name = `${layer.name}.${role}`;
    if (elementCount(shape) !== data.length) {
      const found = `${data.length} ${role} do not fit ${formatShape(shape)}`;
      throw new ShapeError('WEIGHT_COUNT', `${describeLayer(layer)}: ${found}.`);
    }
    this.#define(name, shape);
    this.#tensors.set(name, float32Tensor(shape, data));
    return name;
  }

  /** Adds a vector of one number repeated. Throws ModelError TOO_LARGE where the file asks for too many of them. */
  filled(layer: ParamLayer, role: string, count: number, value: number): string {
    this.#filledElements += count;
    if (this.#filledElements > MOST_FILLED_ELEMENTS) {
      const found = `${role} of ${count} elements exceed the ${MOST_FILLED_ELEMENTS} that an import may add`;
      throw new ModelError('TOO_LARGE', `${describeLayer(layer)}: ${found}.`);
    }
    return this.tensor(layer, role, [count], new Float32Array(count).fill(value));
  }

  /** Appends a node that defines the layer's first blob, or a value between named `layer.step`; returns the value. */
  node(
    layer: ParamLayer,
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = NO_ATTRIBUTES,
    step?: string,
  ): string {
    const value = step === undefined ? layer.outputs[0]! : `${layer.name}.${step}`;
    const name = step === undefined ? layer.name : value;
    this.#append(layer, { name, operator, inputs, outputs: [value], attributes });
    if (step === undefined) this.#values.set(value, value);
    return value;
  }

  /** Appends a node that defines one of a layer's several blobs. */
  blobNode(
    layer: ParamLayer,
    index: number,
    operator: string,
    inputs: readonly string[],
    attributes: Attributes,
  ): void {
    const blob = layer.outputs[index]!;
    this.#append(layer, { name: `${layer.name}.${index}`, operator, inputs, outputs: [blob], attributes });
    this.#values.set(blob, blob);
  }

  #append(layer: ParamLayer, node: Node): void {
    try {
      this.#add(node);
    } catch (error) {
      throw located(error, describeLayer(layer));
    }
  }

  #add(given: Node): void {
    const node = checkedNode(given);
    const rule = operatorOf(node);
    const [shape] = rule.inferShapes(
      node,
      node.inputs.map((input) => (input === '' ? undefined : this.shape(input))),
    );
    this.#define(node.outputs[0]!, shape!);
    this.#nodes.push(node);
  }

  /** The graph of what was appended, with the given blobs as outputs. */
  graph(outputs: readonly string[]): Graph {
    const values = new Set(outputs.map((blob) => this.#float32(this.#values.get(blob)!)));
    return { inputs: this.#inputs, outputs: [...values], nodes: this.#nodes, tensors: this.#tensors };
  }

  #define(name: string, shape: Shape): void {
    if (this.#shapes.has(name)) {
      throw new ModelError(
        'DUPLICATE_NAME',
        `value or tensor "${name}" is defined twice; names stand once in a graph.`,
      );
    }
    this.#shapes.set(name, shape);
  }
}
