/** Drops nodes and tensors that no output depends on. */
import type { Graph, Node } from '../graph/types.js';

/** Keeps what the outputs need, in the same order; inputs stay, for callers supply them by name. */
export function dropDead(graph: Graph): Graph {
  const needed = new Set(graph.outputs);
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    nodes.push(node);
  }
  const tensors = new Map([...graph.tensors].filter(([name]) => needed.has(name)));
  return { ...graph, nodes: nodes.reverse(), tensors };
}
