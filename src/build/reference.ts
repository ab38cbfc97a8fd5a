/** The whole graph in float64 through the operators' references: what passes and kernels are checked against. */
import type { Graph } from '../graph/types.js';
import { referenceOf } from '../ops/index.js';
import { type ElementType, type ReferenceTensor, type Tensor, toReference } from '../tensor/tensor.js';

/** Computes every value of a graph in float64 and returns all of them by name. */
export function referenceValues(
  graph: Graph,
  inputs: Readonly<Record<string, Tensor<ElementType>>>,
): ReadonlyMap<string, ReferenceTensor> {
  const values = new Map<string, ReferenceTensor>();
  for (const [name, tensor] of Object.entries(inputs)) values.set(name, toReference(tensor));
  for (const [name, tensor] of graph.tensors) values.set(name, toReference(tensor));
  for (const node of graph.nodes) {
    const operands = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    const outputs = referenceOf(node, operands);
    for (const [index, name] of node.outputs.entries()) values.set(name, outputs[index]!);
  }
  return values;
}
