/** A graph as text, one line a node, for people and for comparing. */
import { formatShape } from '../tensor/shape.js';
import type { Graph, Node } from './types.js';

function printNode(node: Node): string {
  const attributes = Object.entries(node.attributes).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const call = [node.operator, ...attributes].join(' ');
  return `${node.outputs.join(', ')} = ${call} (${node.inputs.map((input) => input || '-').join(', ')})`;
}

/** Prints inputs, nodes and outputs in order, with the shapes of the tensors that are used. */
export function printGraph(graph: Graph): string {
  const lines = graph.inputs.map(({ name, shape }) => `input ${name} ${formatShape(shape)}`);
  for (const [name, tensor] of graph.tensors)
    lines.push(`tensor ${name} ${tensor.elementType} ${formatShape(tensor.shape)}`);
  for (const node of graph.nodes) lines.push(printNode(node));
  lines.push(`output ${graph.outputs.join(', ')}`);
  return lines.join('\n');
}
