/** A builder that appends nodes to a graph one call at a time; networks and importers speak through it. */

import type { Attributes, Graph, GraphInput, Node } from '../graph/types.js';
import { NO_ATTRIBUTES } from '../ops/operator.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { verifyGraph } from './verify.js';

/** Collects inputs, tensors and nodes; `build` checks them and gives the graph. */
export class GraphBuilder {
  readonly #inputs: GraphInput[] = [];
  readonly #tensors = new Map<string, Tensor>();
  readonly #nodes: Node[] = [];

  /** Declares an input and returns its name. */
  input(name: string, shape: Shape): string {
    this.#inputs.push({ name, shape });
    return name;
  }

  /** Adds a tensor and returns its name. */
  tensor(name: string, tensor: Tensor): string {
    this.#tensors.set(name, tensor);
    return name;
  }

  /** Appends a node with one output, named like the node, and returns that name. */
  node(name: string, operator: string, inputs: readonly string[], attributes: Attributes = NO_ATTRIBUTES): string {
    this.#nodes.push({ name, operator, inputs, outputs: [name], attributes });
    return name;
  }

  /** Checks and returns the graph. Throws ModelError or ShapeError where it is not well formed. */
  build(outputs: readonly string[]): Graph {
    return verifyGraph({ inputs: this.#inputs, outputs, nodes: this.#nodes, tensors: this.#tensors });
  }
}
