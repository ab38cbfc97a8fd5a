/** Sites: a graph's nodes with the shapes and tensors that kernels decide by. */
import { nodeShapes } from '../build/infer.js';
import type { Graph, Node } from '../graph/types.js';
import type { Site } from '../kernels/kernel.js';
import { imageShape, type Shape, sameShape } from '../tensor/shape.js';

/** The site of a node. */
export function siteOf(graph: Graph, node: Node, shapes: ReadonlyMap<string, Shape>): Site {
  return {
    node,
    inputs: nodeShapes(node, shapes),
    outputs: node.outputs.map((name) => shapes.get(name)!),
    tensors: node.inputs.map((name) => graph.tensors.get(name)),
  };
}

/** True where the output is the input's own bytes: a change of shape that moves no element in `nhwc` order. */
export function isAlias(site: Site): boolean {
  if (site.node.operator !== 'flatten' && site.node.operator !== 'reshape') return false;
  const input = imageShape(site.inputs[0]!);
  const output = imageShape(site.outputs[0]!);
  return sameShape(Object.values(input), Object.values(output));
}
