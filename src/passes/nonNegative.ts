/** Which values of a graph are 0 or more, whatever its inputs are. */
import type { Graph, Node } from '../graph/types.js';

/** Operators whose outputs are 0 or more where all their inputs are. */
const KEEPING = ['maxPool', 'averagePool', 'globalAveragePool', 'channelShuffle', 'concat', 'slice', 'add'];

function makesNonNegative({ operator, attributes }: Node): boolean {
  if (operator === 'relu' || operator === 'sigmoid') return true;
  return operator === 'clip' && Number(attributes.least) >= 0;
}

/** The names of the computed values that cannot be negative; NaN may be among their elements. */
export function nonNegativeValues({ nodes }: Graph): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of nodes) {
    const kept = KEEPING.includes(node.operator) && node.inputs.every((name) => found.has(name));
    if (kept || makesNonNegative(node)) for (const name of node.outputs) found.add(name);
  }
  return found;
}
