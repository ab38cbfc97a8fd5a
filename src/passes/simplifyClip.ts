/** Names the clips that are a ReLU. */
import { type Graph, isNode } from '../graph/types.js';
import { NO_ATTRIBUTES } from '../ops/operator.js';

/** float32's largest number: what files write for "no bound". */
const LARGEST = 3.4028234663852886e38;

/** Turns clips from 0 without an upper bound into ReLUs, which layers fuse. */
export function simplifyClip(graph: Graph): Graph {
  const nodes = graph.nodes.map((node) => {
    const isRelu = isNode(node, 'clip') && node.attributes.least === 0 && node.attributes.most >= LARGEST;
    return isRelu ? { ...node, operator: 'relu', attributes: NO_ATTRIBUTES } : node;
  });
  return { ...graph, nodes };
}
