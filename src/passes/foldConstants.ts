/** Computes at once what depends on tensors of the model alone. */
import type { Graph, Node } from '../graph/types.js';
import { operatorOf } from '../ops/index.js';
import { NO_ATTRIBUTES } from '../ops/operator.js';
import { elementCount } from '../tensor/shape.js';
import { float32Tensor, type Tensor, toReference } from '../tensor/tensor.js';
import { FreshNames } from './uses.js';

/** Elements that a folded value may have. */
const MOST_FOLDED = 1 << 22;

/** What a node gives for known operands; `undefined` where it is too large or not finite. */
function computed(node: Node, operands: readonly (Tensor | undefined)[]): Tensor | undefined {
  const operator = operatorOf(node);
  const [shape, ...others] = operator.inferShapes(
    node,
    operands.map((tensor) => tensor?.shape),
  );
  if (!shape || others.length > 0 || elementCount(shape) > MOST_FOLDED) return undefined;
  const [value] = operator.reference(
    node,
    operands.map((tensor) => tensor && toReference(tensor)),
    [shape],
  );
  const data = Float32Array.from(value!.data);
  return data.every(Number.isFinite) ? float32Tensor(shape, data) : undefined;
}

/**
 * Turns each node whose inputs are all constants into a constant, in float64 rounded once. Constants that the graph
 * gives out stay nodes, for outputs are computed.
 */
export function foldConstants(graph: Graph): Graph {
  if (!graph.nodes.some(({ operator }) => operator === 'constant')) return graph;
  const names = new FreshNames(graph);
  const tensors = new Map(graph.tensors);
  const known = new Map(graph.tensors);
  const nodes = graph.nodes.map((node) => {
    const operands = node.inputs.map((name) => known.get(name));
    if (operands.length === 0 || operands.some((tensor, index) => !tensor && node.inputs[index] !== '')) return node;
    const value = node.operator === 'constant' ? operands[0] : computed(node, operands);
    if (!value) return node;
    known.set(node.outputs[0]!, value);
    if (node.operator === 'constant') return node;
    const name = names.take(`${node.outputs[0]}.folded`);
    tensors.set(name, value);
    return { ...node, operator: 'constant', inputs: [name], attributes: NO_ATTRIBUTES };
  });
  return { ...graph, nodes, tensors };
}
