/** The builder: appends checked nodes to a graph one call at a time; networks and importers wire through it. */
import type { Graph, GraphInput, Node } from '../graph/types.js';
import type { OperatorName, OperatorOptions } from '../ops/index.js';
import { NO_ATTRIBUTES } from '../ops/operator.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { GraphChecker, markVerified } from './verify.js';

/** The attributes of a call that makes a node; none need be given where an operator needs none. */
type Options<Name extends OperatorName> =
  Record<never, never> extends OperatorOptions<Name>
    ? [attributes?: OperatorOptions<Name>]
    : [attributes: OperatorOptions<Name>];

/**
 * Collects inputs, tensors and nodes, and knows the shape of each as soon as it is there. What is wrong is refused in
 * the call that adds it, with the errors of `verifyGraph`: names, attributes, shapes, and the sizes that a graph may have.
 */
export class GraphBuilder {
  readonly #inputs: GraphInput[] = [];
  readonly #tensors = new Map<string, Tensor>();
  readonly #nodes: Node[] = [];
  readonly #checker = new GraphChecker();

  /** Declares an input and returns its name. */
  input(name: string, shape: Shape): string {
    this.#checker.input({ name, shape });
    this.#inputs.push({ name, shape });
    return name;
  }

  /** Adds a tensor and returns its name. */
  tensor(name: string, tensor: Tensor): string {
    this.#checker.tensor(name, tensor);
    this.#tensors.set(name, tensor);
    return name;
  }

  /** Appends a node with one output, named like the node, and returns that name. */
  node<Name extends OperatorName>(
    name: string,
    operator: Name,
    inputs: readonly string[],
    ...[attributes]: Options<Name>
  ): string {
    return this.append({ name, operator, inputs, outputs: [name], attributes: attributes ?? NO_ATTRIBUTES });
  }

  /** Appends a node whose operator and attributes are known when it runs; returns its first output. */
  append(node: Node): string {
    this.#nodes.push(this.#checker.node(node));
    return node.outputs[0]!;
  }

  /** The shape of a value or tensor; `undefined` where nothing has the name. */
  shape(name: string): Shape | undefined {
    return this.#checker.shapes.get(name);
  }

  /** A tensor by its name. */
  constant(name: string): Tensor | undefined {
    return this.#tensors.get(name);
  }

  /** The base itself where no value or tensor has that name, nor one of `taken`; else the base with a number. */
  freshName(base: string, taken?: { has(name: string): boolean }): string {
    let name = base;
    for (let count = 2; this.shape(name) || taken?.has(name); count++) name = `${base}.${count}`;
    return name;
  }

  /** What was appended, as it stands: inputs, tensors and nodes. */
  parts(): Omit<Graph, 'outputs'> {
    return { inputs: this.#inputs, tensors: this.#tensors, nodes: this.#nodes };
  }

  /** The graph. Throws ModelError for outputs that are none. */
  build(outputs: readonly string[]): Graph {
    this.#checker.outputs(outputs);
    return markVerified({ ...this.parts(), outputs });
  }
}
