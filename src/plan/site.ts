/** Sites: a graph's nodes with the shapes and tensors that kernels decide by. */
import { nodeShapes } from '../build/infer.js';
import type { Graph, Node } from '../graph/types.js';
import type { Site } from '../kernels/kernel.js';
import type { Shape } from '../tensor/shape.js';

/** The site of a node. */
export function siteOf(graph: Graph, node: Node, shapes: ReadonlyMap<string, Shape>): Site {
  return {
    node,
    inputs: nodeShapes(node, shapes),
    outputs: node.outputs.map((name) => shapes.get(name)!),
    tensors: node.inputs.map((name) => graph.tensors.get(name)),
  };
}
