/** Fuses an addition into the convolution or fully connected layer that makes one of its sides. */
import type { Graph, Node } from '../graph/types.js';
import { RESIDUAL } from '../ops/convolution.js';
import { isLinear, type Uses, usesOf, withInput } from './uses.js';

/** A layer that can take the residual: it makes one side, nobody else reads that, and no residual is there yet. */
function takesResidual(graph: Graph, uses: Uses, side: string, residual: string): Node | undefined {
  const layer = uses.maker(side);
  const free = layer && isLinear(layer) && !layer.inputs[RESIDUAL] && uses.readOnce(side);
  return free && !graph.tensors.has(residual) ? layer : undefined;
}

/**
 * Turns add(layer(x), y) into layer(x) with the residual input y. The fused layer stands where the addition stood, so
 * that y is defined before it; of two layers the later one is fused. Activations after the addition come later: layers
 * apply theirs after the residual.
 */
export function fuseResidual(graph: Graph): Graph {
  const uses = usesOf(graph);
  const position = new Map(graph.nodes.map((node, index) => [node, index]));
  const fused = new Map<Node, Node>();
  const removed = new Set<Node>();
  for (const node of graph.nodes) {
    if (node.operator !== 'add') continue;
    const [a = '', b = ''] = node.inputs;
    const first = takesResidual(graph, uses, a, b);
    const second = takesResidual(graph, uses, b, a);
    const later = first && second && position.get(second)! > position.get(first)! ? second : (first ?? second);
    if (!later) continue;
    const inputs = withInput(later.inputs, RESIDUAL, later === first ? b : a);
    fused.set(node, { ...later, inputs, outputs: node.outputs });
    removed.add(later);
  }
  const nodes = graph.nodes.filter((node) => !removed.has(node)).map((node) => fused.get(node) ?? node);
  return { ...graph, nodes };
}
