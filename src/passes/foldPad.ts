/** Folds padding into the convolution or pooling after it, where that gives the same values. */
import { inferShapes } from '../build/infer.js';
import { type Graph, isNode, type Node } from '../graph/types.js';
import { checkedNode, operatorOf } from '../ops/index.js';
import { type Shape, sameShape } from '../tensor/shape.js';
import { nonNegativeValues } from './nonNegative.js';
import { type Uses, usesOf } from './uses.js';

/** A window that pads by itself instead; `undefined` where its padding means something else than zeros. */
function padded(node: Node, padding: readonly number[], isNonNegative: boolean): Node | undefined {
  if (!isNode(node, 'convolution', 'maxPool', 'averagePool')) return undefined;
  const own = node.attributes.padding;
  const attributes = { ...node.attributes, padding: own.map((side, index) => side + padding[index]!) };
  if (isNode(node, 'convolution')) return { ...node, attributes };
  if (isNode(node, 'maxPool')) return isNonNegative ? { ...node, attributes } : undefined;
  const counts = node.attributes.countPadding || own.every((side) => side === 0);
  return counts ? { ...node, attributes: { ...attributes, countPadding: true } } : undefined;
}

/** The window with the padding of the node before it; `undefined` where there is none, or it cannot take it. */
function folded(
  node: Node,
  uses: Uses,
  shapes: ReadonlyMap<string, Shape>,
  nonNegative: ReadonlySet<string>,
): Node | undefined {
  const value = node.inputs[0] ?? '';
  const pad = uses.maker(value);
  if (!isNode(pad, 'pad') || !uses.readOnce(value)) return undefined;
  const { mode, padding, value: number } = pad.attributes;
  if (mode !== 'constant' || number !== 0) return undefined;
  const source = pad.inputs[0]!;
  const window = padded(node, padding, nonNegative.has(source));
  if (!window) return undefined;
  try {
    const joined = checkedNode({ ...window, inputs: [source, ...node.inputs.slice(1)] });
    const inputs = joined.inputs.map((name) => (name === '' ? undefined : shapes.get(name)));
    const [shape] = operatorOf(joined).inferShapes(joined, inputs);
    return shape && sameShape(shape, shapes.get(node.outputs[0]!)!) ? joined : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Turns a window over pad(x) into a window of x with more padding, where nobody else reads the padded value and the
 * padding is of zeros: a convolution always; an average that counts its padding; a maximum of values that are not
 * negative. Windows whose padding would reach their kernel's length, and those that would become more or fewer, stay.
 */
export function foldPad(graph: Graph): Graph {
  if (!graph.nodes.some(({ operator }) => operator === 'pad')) return graph;
  const uses = usesOf(graph);
  const shapes = inferShapes(graph);
  const nonNegative = nonNegativeValues(graph);
  const replaced = new Map<Node, Node>();
  const removed = new Set<Node>();
  for (const node of graph.nodes) {
    const pad = uses.maker(node.inputs[0] ?? '');
    // A pad that took part already no longer stands before this one.
    const joined = pad && removed.has(pad) ? undefined : folded(node, uses, shapes, nonNegative);
    if (!joined) continue;
    replaced.set(node, joined);
    removed.add(pad!);
  }
  const nodes = graph.nodes.filter((node) => !removed.has(node)).map((node) => replaced.get(node) ?? node);
  return { ...graph, nodes };
}
