/** Fuses ReLU, ReLU6 and PReLU into the convolution or fully connected layer before them. */
import { type Graph, isNode, type Node } from '../graph/types.js';
import type { Activation } from '../ops/activation.js';
import { SLOPES } from '../ops/convolution.js';
import { FLOAT_SLOPES } from '../ops/dequantisedConvolution.js';
import { isLinear, isRelu6, usesOf, withInput } from './uses.js';

function fusableActivation(graph: Graph, node: Node): Activation | undefined {
  if (node.operator === 'relu') return 'relu';
  if (isRelu6(node)) return 'relu6';
  if (node.operator === 'prelu' && graph.tensors.has(node.inputs[1]!)) return 'prelu';
  return undefined;
}

/** Where a layer's slopes stand, if it can take an activation; `undefined` where it cannot. */
function slopesOf(layer: Node): number | undefined {
  if (isLinear(layer)) return SLOPES;
  const isInt8 = isNode(layer, 'dequantisedConvolution') && layer.attributes.activation === 'none';
  return isInt8 ? FLOAT_SLOPES : undefined;
}

/** Turns activation(layer(x)) into one layer where nobody else reads the layer's bare sum. */
export function fuseActivation(graph: Graph): Graph {
  const uses = usesOf(graph);
  const fused = new Map<Node, Node>();
  const removed = new Set<Node>();
  for (const node of graph.nodes) {
    const activation = fusableActivation(graph, node);
    const layer = uses.maker(node.inputs[0] ?? '');
    const slopes = layer && slopesOf(layer);
    if (!activation || slopes === undefined || !uses.readOnce(node.inputs[0]!)) continue;
    const inputs = activation === 'prelu' ? withInput(layer!.inputs, slopes, node.inputs[1]!) : layer!.inputs;
    fused.set(node, { ...layer!, inputs, outputs: node.outputs, attributes: { ...layer!.attributes, activation } });
    removed.add(layer!);
  }
  const nodes = graph.nodes.filter((node) => !removed.has(node)).map((node) => fused.get(node) ?? node);
  return { ...graph, nodes };
}
