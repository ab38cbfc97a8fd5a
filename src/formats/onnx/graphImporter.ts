/** The graph under construction while an ONNX file is imported: what every name of the file stands for. */
import { ModelError } from '../../errors.js';
import type { Attributes, Graph, GraphInput, Node } from '../../graph/types.js';
import { describeValue } from '../../model/json.js';
import { checkedNode, operatorOf } from '../../ops/index.js';
import { NO_ATTRIBUTES } from '../../ops/operator.js';
import { elementCount, type Shape, sameShape } from '../../tensor/shape.js';
import { float32Tensor, type Tensor } from '../../tensor/tensor.js';
import { located } from '../located.js';
import type { Constant } from './constant.js';
import type { OnnxNode, Operand } from './onnxNode.js';

/** Elements that an import may make besides those of the file: folded constants and weights in another order. */
export const MOST_MADE_ELEMENTS = 2 ** 26;

/** Collects inputs, tensors and nodes, and knows every value's shape. */
export class GraphImporter {
  readonly file: string;
  readonly #inputs: GraphInput[] = [];
  readonly #tensors = new Map<string, Tensor>();
  readonly #nodes: Node[] = [];
  readonly #shapes = new Map<string, Shape>();
  readonly #operands = new Map<string, Operand>();
  readonly #reserved: ReadonlySet<string>;
  /** Computed values that the file takes for whole numbers or truth. */
  readonly #whole = new Set<string>();
  #madeElements = 0;

  /** `outputs` are the names that the graph's outputs will have. */
  constructor(file: string, outputs: readonly string[]) {
    this.file = file;
    this.#reserved = new Set(outputs);
  }

  /** Declares a graph input; one with `given` elements stays an input only where a node reads it as a value. */
  input(name: string, shape: Shape, given?: Constant): void {
    this.#inputs.push({ name, shape });
    this.#shapes.set(name, shape);
    this.define(name, { value: name, shape, given });
  }

  /** True for a name that is an output of the file. */
  isOutput(name: string): boolean {
    return this.#reserved.has(name);
  }

  /** True for a computed value that the file takes for whole numbers or truth. */
  isWhole(value: string): boolean {
    return this.#whole.has(value);
  }

  /** Says that a computed value holds whole numbers; what is made from it alone does too. */
  markWhole(value: string): void {
    this.#whole.add(value);
  }

  /** Makes a node's output the floating-point numbers that a value's whole numbers are. */
  appendFloat(node: OnnxNode, value: string): void {
    this.#whole.delete(this.append(node, 'reshape', [value], { shape: this.shape(value), whole: true }));
  }

  /** Says what a name of the file stands for. Throws ModelError DUPLICATE_NAME. */
  define(name: string, operand: Operand): void {
    if (this.#operands.has(name)) {
      const found = `${describeValue(name)} is defined twice`;
      throw new ModelError('DUPLICATE_NAME', `${this.file}: ${found}; names stand once in a graph.`);
    }
    this.#operands.set(name, operand);
  }

  /** Says that a node's output is a constant. */
  defineConstant(node: OnnxNode, constant: Constant, index = 0): void {
    const name = node.outputs[index]!;
    this.define(name, { constant, name });
  }

  /** Makes a node's output another name of a value. */
  alias(node: OnnxNode, value: string, index = 0): void {
    this.define(node.outputs[index]!, { value, shape: this.shape(value) });
  }

  /** A name that nothing of the graph or of the file before has. */
  freshName(base: string): string {
    let name = this.#fresh(base);
    for (let count = 2; this.#operands.has(name); count++) name = this.#fresh(`${base}.${count}`);
    return name;
  }

  /** What a name stands for, which it does no longer: the result of a part of a node. */
  take(name: string): Operand {
    const operand = this.#operands.get(name)!;
    this.#operands.delete(name);
    return operand;
  }

  /** What a name stands for; `undefined` where nothing before defines it. */
  find(name: string): Operand | undefined {
    return this.#operands.get(name);
  }

  /** The shape of a value of the graph. */
  shape(value: string): Shape {
    return this.#shapes.get(value)!;
  }

  /** Counts elements that are made. Throws ModelError TOO_LARGE where a file asks for too many. */
  spend(elements: number, where: string): void {
    this.#madeElements += elements;
    if (this.#madeElements <= MOST_MADE_ELEMENTS) return;
    const found = `makes more than ${MOST_MADE_ELEMENTS} elements together with the nodes before it`;
    throw new ModelError('TOO_LARGE', `${where}: ${found}; no more are accepted.`);
  }

  /** A constant operand as a tensor of the graph, under its own name where the shape is its own. */
  weights(node: OnnxNode, index: number, what: string, shape = node.shape(index)): string {
    const { kind } = node.constant(index, what);
    if (kind !== 'float') node.refuse(`${what} are whole numbers`, 'are floating-point numbers');
    return this.numbers(node, index, what, shape);
  }

  /** The same of whole numbers too, which float32 may round. */
  numbers(node: OnnxNode, index: number, what: string, shape: Shape): string {
    const constant = node.constant(index, what);
    const operand = node.operand(index);
    const name = operand.constant ? operand.name : operand.value;
    const known = this.#tensors.get(name);
    if (known && sameShape(known.shape, shape)) return name;
    const isOwn = !known && sameShape(constant.shape, shape) && !this.#shapes.has(name);
    const data = constant.data instanceof Float32Array ? constant.data : Float32Array.from(constant.data);
    return this.#addTensor(isOwn ? name : this.#fresh(`${name}.${what}`), shape, data);
  }

  /** Adds a tensor that a node's constants become. */
  tensor(node: OnnxNode, what: string, shape: Shape, data: Float32Array): string {
    this.spend(data.length, node.where);
    return this.#addTensor(this.#fresh(`${node.outputs[0]}.${what}`), shape, data);
  }

  /** A vector of one number repeated. */
  filled(node: OnnxNode, what: string, count: number, value: number): string {
    this.spend(count, node.where);
    return this.tensor(node, what, [count], new Float32Array(count).fill(value));
  }

  /**
   * Appends a node and returns its value: the one that `node` defines, or one between, named after it, where `step` is
   * given. `output` says which output of several.
   */
  append(
    node: OnnxNode,
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = NO_ATTRIBUTES,
    step?: string,
    output = 0,
  ): string {
    const own = node.outputs[output]!;
    const value = step === undefined && !this.#shapes.has(own) ? own : this.#fresh(`${own}.${step ?? 'value'}`);
    const shape = this.#append(node, { name: value, operator, inputs, outputs: [value], attributes });
    if (step === undefined) this.define(own, { value, shape });
    return value;
  }

  /** Gives a value another shape of the same elements; without `step` it is the node's output. */
  reshape(node: OnnxNode, value: string, shape: Shape, step?: string, fromRest = false): string {
    const from = this.shape(value);
    if (elementCount(from) !== elementCount(shape)) {
      node.refuse(`${elementCount(from)} elements become ${elementCount(shape)}`, 'is a shape of as many elements');
    }
    if (sameShape(from, shape)) {
      if (step === undefined) this.alias(node, value);
      return value;
    }
    if (shape[0] !== from[0] || shape.length < 2) {
      return this.append(node, 'reshape', [value], { shape, whole: true }, step);
    }
    if (shape.length === 2) return this.append(node, 'flatten', [value], NO_ATTRIBUTES, step);
    const lengths = shape.slice(1);
    return this.append(node, 'reshape', [value], { shape: fromRest ? lengths.with(-1, -1) : lengths }, step);
  }

  /** Checks a node, infers its shape and adds it. */
  #append(source: OnnxNode, given: Node): Shape {
    try {
      const node = checkedNode(given);
      const [shape] = operatorOf(node).inferShapes(
        node,
        node.inputs.map((input) => (input === '' ? undefined : this.shape(input))),
      );
      this.#shapes.set(node.outputs[0]!, shape!);
      this.#nodes.push(node);
      if (node.inputs.some((input) => this.#whole.has(input))) this.#whole.add(node.outputs[0]!);
      return shape!;
    } catch (error) {
      throw located(error, source.where);
    }
  }

  #addTensor(name: string, shape: Shape, data: Float32Array): string {
    this.#shapes.set(name, shape);
    this.#tensors.set(name, float32Tensor(shape, data));
    return name;
  }

  /** A name that no value or tensor of the graph has. */
  #fresh(base: string): string {
    let name = base;
    for (let count = 2; this.#shapes.has(name) || this.#reserved.has(name); count++) name = `${base}.${count}`;
    return name;
  }

  /**
   * The graph with the given names as outputs. A value that has another name in the graph takes the output's; where it
   * cannot, because it is an input or another output, a reshape to its own shape makes a copy.
   */
  graph(outputs: readonly string[]): Graph {
    const renamed = new Map<string, string>();
    const made = new Set(this.#nodes.map((node) => node.outputs[0]!));
    const copies: Node[] = [];
    for (const output of outputs) {
      const operand = this.#operands.get(output)!;
      if (operand.constant) {
        copies.push(this.#constantOutput(output, operand.constant));
        continue;
      }
      const { value, shape, quantised } = operand;
      if (quantised) {
        copies.push(...this.#wholeOutput(output, value, shape, quantised.unsigned));
        continue;
      }
      if (value === output) continue;
      if (made.has(value) && !outputs.includes(value) && !renamed.has(value) && !this.#shapes.has(output)) {
        renamed.set(value, output);
        continue;
      }
      const attributes = { shape, whole: true };
      copies.push({ name: output, operator: 'reshape', inputs: [value], outputs: [output], attributes });
    }
    const rename = (names: readonly string[]) => names.map((name) => renamed.get(name) ?? name);
    const nodes = [...this.#nodes, ...copies].map((node) => ({
      ...node,
      inputs: rename(node.inputs),
      outputs: rename(node.outputs),
    }));
    const read = new Set(nodes.flatMap((node) => node.inputs));
    const inputs = this.#inputs.filter(({ name }) => read.has(name) || !this.#isGiven(name));
    return { inputs, outputs, nodes, tensors: this.#tensors };
  }

  /** The nodes that give out an int8 value as the whole numbers that the file means. */
  #wholeOutput(output: string, value: string, shape: Shape, unsigned: boolean): Node[] {
    const images = sameShape(shape, this.shape(value)) ? output : this.#fresh(`${output}.whole`);
    const attributes = { scale: 1, zeroPoint: unsigned ? -128 : 0 };
    const made = { name: images, operator: 'dequantise', inputs: [value], outputs: [images], attributes };
    if (images === output) return [made];
    const whole = { shape, whole: true };
    return [made, { name: output, operator: 'reshape', inputs: [images], outputs: [output], attributes: whole }];
  }

  #isGiven(input: string): boolean {
    const operand = this.#operands.get(input);
    return operand?.constant === undefined && operand?.given !== undefined;
  }

  /** The node that gives out a constant. Throws ModelError CONSTANT_OUTPUT for whole numbers that float32 rounds. */
  #constantOutput(output: string, { kind, shape, data }: Constant): Node {
    const numbers = Float32Array.from(data);
    if (kind === 'integer' && numbers.some((value, index) => value !== data[index])) {
      const found = `output ${describeValue(output)} is a constant of whole numbers beyond float32`;
      throw new ModelError('CONSTANT_OUTPUT', `${this.file}: ${found}; those to 2²⁴ are accepted.`);
    }
    const tensor = this.#addTensor(this.#fresh(`${output}.constant`), shape, numbers);
    return { name: output, operator: 'constant', inputs: [tensor], outputs: [output], attributes: NO_ATTRIBUTES };
  }
}
