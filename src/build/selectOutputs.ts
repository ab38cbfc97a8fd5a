/** A graph cut down to some of its values: what must be computed for them, and nothing else. */
import { ModelError } from '../errors.js';
import type { Graph, Node } from '../graph/types.js';

/** Names that a message lists. */
const MOST_NAMED = 20;

/**
 * The graph with the given values as its outputs, in their order: outputs that it has, and values inside of it. Nodes,
 * tensors and inputs that none of them depends on are left out. Throws ModelError NO_OUTPUT for no name, UNKNOWN_OUTPUT
 * for a name that no node defines, and DUPLICATE_NAME for one that is given twice.
 */
export function selectOutputs(graph: Graph, names: readonly string[]): Graph {
  const values = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const chosen = new Set<string>();
  if (names.length === 0) throw new ModelError('NO_OUTPUT', 'no output is chosen; at least one is needed.');
  for (const name of names) {
    if (!values.has(name)) {
      const known = [...new Set([...graph.outputs, ...values])];
      const more = known.length > MOST_NAMED ? ` and ${known.length - MOST_NAMED} more` : '';
      const accepted = `${known.slice(0, MOST_NAMED).join(', ')}${more}`;
      throw new ModelError(
        'UNKNOWN_OUTPUT',
        `output ${JSON.stringify(name)} is no value of the graph; accepted are ${accepted}.`,
      );
    }
    if (chosen.has(name)) {
      throw new ModelError('DUPLICATE_NAME', `output ${JSON.stringify(name)} is chosen twice; once is accepted.`);
    }
    chosen.add(name);
  }
  const needed = new Set(names);
  const nodes: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of node.inputs) needed.add(name);
    nodes.push(node);
  }
  return {
    inputs: graph.inputs.filter(({ name }) => needed.has(name)),
    outputs: names,
    nodes: nodes.reverse(),
    tensors: new Map([...graph.tensors].filter(([name]) => needed.has(name))),
  };
}
