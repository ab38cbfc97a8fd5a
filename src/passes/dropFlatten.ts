/** Drops reshapes that change nothing, or nothing that their reader sees. */
import { inferShapes } from '../build/infer.js';
import { type Graph, isNode, type Node } from '../graph/types.js';
import { type Shape, sameShape } from '../tensor/shape.js';

/** True for reshapes that keep the batch. */
function keepsBatch(node: Node): boolean {
  return isNode(node, 'flatten') || (isNode(node, 'reshape') && !node.attributes.whole);
}

/** True where a reshape keeps the shape at every input size that the graph accepts. */
function isIdentity(node: Node, shapes: ReadonlyMap<string, Shape>): boolean {
  const input = shapes.get(node.inputs[0]!)!;
  const fixed = input.length === 2 || !isNode(node, 'reshape') || !node.attributes.shape.includes(-1);
  return fixed && sameShape(input, shapes.get(node.outputs[0]!)!);
}

/**
 * Lets fully connected layers and reshapes read past a reshape, for both take their input in row-major order whatever
 * its shape, and drops reshapes that keep the shape. A dropped reshape that the graph gives as an output leaves its
 * name to the node before it.
 */
export function dropFlatten(graph: Graph): Graph {
  const shapes = inferShapes(graph);
  const outputs = new Set(graph.outputs);
  const madeByNode = new Set(graph.nodes.flatMap((node) => node.outputs));
  /** Value → the value with the same elements that is read in its place. */
  const identical = new Map<string, string>();
  /** Reshaped value → the value with the same elements in row-major order. */
  const flat = new Map<string, string>();
  /** Value → the graph output of the same elements whose name it takes. */
  const renamed = new Map<string, string>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name, index) => {
      const value = identical.get(name) ?? name;
      const rowMajor = index === 0 && (keepsBatch(node) || node.operator === 'fullyConnected');
      return rowMajor ? (flat.get(value) ?? value) : value;
    });
    if (!keepsBatch(node)) {
      nodes.push({ ...node, inputs });
      continue;
    }
    const output = node.outputs[0]!;
    const source = identical.get(node.inputs[0]!) ?? node.inputs[0]!;
    flat.set(output, inputs[0]!);
    const mayRename = madeByNode.has(source) && !outputs.has(source) && !renamed.has(source);
    if (!isIdentity(node, shapes) || (outputs.has(output) && !mayRename)) {
      nodes.push({ ...node, inputs });
      continue;
    }
    identical.set(output, source);
    if (outputs.has(output)) renamed.set(source, output);
  }
  if (renamed.size === 0) return { ...graph, nodes };
  const rename = (names: readonly string[]) => names.map((name) => renamed.get(name) ?? name);
  return {
    ...graph,
    nodes: nodes.map((node) => ({ ...node, inputs: rename(node.inputs), outputs: rename(node.outputs) })),
  };
}
