/** The logical graph: named values, operators by name, attributes, tensors in the frameworks' order; no address anywhere. */
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** What an attribute may hold; all of it survives JSON. */
export type Attribute = string | number | boolean | readonly number[];

/** A node's attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** A value that the caller supplies, with the shape that the model was written for. */
export interface GraphInput {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * One application of an operator.
 * `inputs` are value or tensor names by position, as the operator documents them; an absent optional input is `''`.
 */
export interface Node {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/**
 * A network as data. Each name is defined once: as an input, as a tensor, or as the output of one node that stands
 * before every node that reads it.
 */
export interface Graph {
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  readonly tensors: ReadonlyMap<string, Tensor>;
}
