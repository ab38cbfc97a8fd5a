/** Joins reshape, permute and reshape into the channel shuffle that they are (Zhang et al. 2018, section 3.1). */
import { inferShapes } from '../build/infer.js';
import { type Graph, isNode, type Node } from '../graph/types.js';
import { type Shape, sameShape } from '../tensor/shape.js';
import { usesOf } from './uses.js';

/** The groups that a reshape splits channels into and a permute exchanges; `undefined` where they do something else. */
function shuffledGroups(before: Shape, split: Shape, order: readonly number[]): number | undefined {
  const [batch, groups = 0, channels = 0] = split;
  const exchanges = order.every((axis, place) => axis === (place === 1 ? 2 : place === 2 ? 1 : place));
  return exchanges && split.length > 2 && batch === before[0] && groups * channels === before[1] ? groups : undefined;
}

/**
 * Turns reshape(permute(reshape(x))) that splits the channels in groups, exchanges both axes and joins them again into
 * channelShuffle(x), where nobody else reads the values between.
 */
export function joinChannelShuffle(graph: Graph): Graph {
  if (!graph.nodes.some(({ operator }) => operator === 'permute')) return graph;
  const uses = usesOf(graph);
  const shapes = inferShapes(graph);
  const joined = new Map<Node, Node>();
  const removed = new Set<Node>();
  for (const last of graph.nodes) {
    const turned = uses.maker(last.inputs[0] ?? '');
    const first = uses.maker(turned?.inputs[0] ?? '');
    if (last.operator !== 'reshape' || !isNode(turned, 'permute') || first?.operator !== 'reshape') continue;
    if (!uses.readOnce(last.inputs[0]!) || !uses.readOnce(turned.inputs[0]!)) continue;
    const source = first.inputs[0]!;
    const before = shapes.get(source)!;
    const groups = shuffledGroups(before, shapes.get(first.outputs[0]!)!, turned.attributes.order);
    if (groups === undefined || !sameShape(before, shapes.get(last.outputs[0]!)!)) continue;
    joined.set(last, { ...last, operator: 'channelShuffle', inputs: [source], attributes: { groups } });
    removed.add(turned).add(first);
  }
  const nodes = graph.nodes.filter((node) => !removed.has(node)).map((node) => joined.get(node) ?? node);
  return { ...graph, nodes };
}
