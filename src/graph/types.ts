/** The logical graph: named values, operators by name, attributes, tensors in the frameworks' order; no address anywhere. */
import type { OperatorAttributes, OperatorName } from '../ops/index.js';
import type { OperatorNode } from '../ops/operator.js';
import type { Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

export type { Attribute, Attributes } from '../ops/attributes.js';

/** A value that the caller supplies, with the shape that the model was written for. */
export interface GraphInput {
  readonly name: string;
  readonly shape: Shape;
}

/** One application of an operator; with the operator's name its attributes have their types. */
export type Node<Name extends string = string> = Name extends OperatorName
  ? OperatorNode<OperatorAttributes<Name>> & { readonly operator: Name }
  : OperatorNode;

/** Whether a node, whose attributes are checked, is one of some operators. */
export function isNode<Name extends OperatorName>(node: Node | undefined, ...names: Name[]): node is Node<Name> {
  return names.includes(node?.operator as Name);
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
