/** Computes once what a graph computes twice. */
import type { Graph, Node } from '../graph/types.js';

/** Attributes in the order of their names, so that equal ones print alike. */
function printAttributes({ attributes }: Node): string {
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isSame(a: Node, b: Node): boolean {
  const sameInputs = a.inputs.length === b.inputs.length && a.inputs.every((name, index) => name === b.inputs[index]);
  return a.operator === b.operator && sameInputs && printAttributes(a) === printAttributes(b);
}

/** Lets the readers of a node's output read that of an earlier node with the same operator, inputs and attributes. */
export function joinCommon(graph: Graph): Graph {
  const outputs = new Set(graph.outputs);
  /** By first input: the nodes that are different. */
  const first = new Map<string, Node[]>();
  const identical = new Map<string, string>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => identical.get(name) ?? name);
    const kept = { ...node, inputs };
    const [key = ''] = inputs;
    const others = first.get(key) ?? [];
    const earlier = others.find((other) => isSame(other, kept));
    if (earlier && !node.outputs.some((name) => outputs.has(name))) {
      for (const [index, name] of node.outputs.entries()) identical.set(name, earlier.outputs[index]!);
      continue;
    }
    if (!earlier) first.set(key, [...others, kept]);
    nodes.push(kept);
  }
  return { ...graph, nodes };
}
