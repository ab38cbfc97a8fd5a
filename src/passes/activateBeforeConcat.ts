/** Moves ReLU and ReLU6 from behind a concatenation before it, where layers then take them into their stores. */
import type { Graph, Node } from '../graph/types.js';
import { nonNegativeValues } from './nonNegative.js';
import { FreshNames, isLinear, usesOf } from './uses.js';

function isLimit({ operator, attributes }: Node): boolean {
  return operator === 'relu' || (operator === 'clip' && attributes.least === 0 && attributes.most === 6);
}

/**
 * Turns activation(concat(a, b, …)) into concat(activation(a), activation(b), …) where nobody else reads the
 * concatenation, and each input is the bare sum of a layer that nobody else reads, or cannot be negative, to which a
 * ReLU does nothing.
 */
export function activateBeforeConcat(graph: Graph): Graph {
  const uses = usesOf(graph);
  const names = new FreshNames(graph);
  const nonNegative = nonNegativeValues(graph);
  const replaced = new Map<Node, readonly Node[]>();
  for (const node of graph.nodes) {
    const concat = uses.maker(node.inputs[0] ?? '');
    if (!isLimit(node) || concat?.operator !== 'concat' || !uses.readOnce(node.inputs[0]!)) continue;
    const needless = (name: string): boolean => node.operator === 'relu' && nonNegative.has(name);
    const layers = concat.inputs.filter((name) => !needless(name));
    const makers = layers.map((name) => uses.maker(name));
    if (!makers.every((maker, index) => maker && isLinear(maker) && uses.readOnce(layers[index]!))) continue;
    const activations = layers.map((name): Node => {
      const output = names.take(`${name}.activation`);
      return { ...node, name: output, inputs: [name], outputs: [output] };
    });
    const moved = new Map(activations.map(({ inputs, outputs }) => [inputs[0]!, outputs[0]!]));
    const inputs = concat.inputs.map((name) => moved.get(name) ?? name);
    replaced.set(concat, []);
    replaced.set(node, [...activations, { ...concat, inputs, outputs: node.outputs }]);
  }
  return { ...graph, nodes: graph.nodes.flatMap((node) => replaced.get(node) ?? [node]) };
}
