/** Computes once what a graph computes twice. */
import type { Graph, Node } from '../graph/types.js';

/** Attributes in the order of their names, so that equal nodes print alike. */
function keyOf({ operator, attributes }: Node, inputs: readonly string[]): string {
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([operator, inputs, sorted]);
}

/** Lets the readers of a node's output read that of an earlier node with the same operator, inputs and attributes. */
export function joinCommon(graph: Graph): Graph {
  const outputs = new Set(graph.outputs);
  const first = new Map<string, Node>();
  const identical = new Map<string, string>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => identical.get(name) ?? name);
    const key = keyOf(node, inputs);
    const earlier = first.get(key);
    if (earlier && !node.outputs.some((name) => outputs.has(name))) {
      for (const [index, name] of node.outputs.entries()) identical.set(name, earlier.outputs[index]!);
      continue;
    }
    const kept = { ...node, inputs };
    if (!earlier) first.set(key, kept);
    nodes.push(kept);
  }
  return { ...graph, nodes };
}
