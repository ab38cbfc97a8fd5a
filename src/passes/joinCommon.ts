/** Computes once what a graph computes twice. */
import type { Graph, Node } from '../graph/types.js';

/** Attributes in the order of their names, so that equal ones print alike. */
function printAttributes({ attributes }: Node): string {
  return JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Different nodes with one operator and the same inputs; printed when there is a second one, which is seldom. */
class Alike {
  readonly #first: Node;
  #byAttributes: Map<string, Node> | undefined;

  constructor(first: Node) {
    this.#first = first;
  }

  /** The node that a further one equals; it is kept where it equals none. */
  findOrKeep(node: Node): Node | undefined {
    this.#byAttributes ??= new Map([[printAttributes(this.#first), this.#first]]);
    const key = printAttributes(node);
    const equal = this.#byAttributes.get(key);
    if (!equal) this.#byAttributes.set(key, node);
    return equal;
  }
}

/** Lets the readers of a node's output read that of an earlier node with the same operator, inputs and attributes. */
export function joinCommon(graph: Graph): Graph {
  const outputs = new Set(graph.outputs);
  const seen = new Map<string, Alike>();
  const identical = new Map<string, string>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const kept = { ...node, inputs: node.inputs.map((name) => identical.get(name) ?? name) };
    const key = JSON.stringify([kept.operator, ...kept.inputs]);
    const alike = seen.get(key);
    if (!alike) seen.set(key, new Alike(kept));
    const earlier = alike?.findOrKeep(kept);
    if (earlier && !node.outputs.some((name) => outputs.has(name))) {
      for (const [index, name] of node.outputs.entries()) identical.set(name, earlier.outputs[index]!);
      continue;
    }
    nodes.push(kept);
  }
  return { ...graph, nodes };
}
