/** Folds per-channel affines into the convolution or fully connected layer after them, where no zero padding is between. */
import { inferShapes } from '../build/infer.js';
import { type Graph, isNode, type Node } from '../graph/types.js';
import { BIAS, WEIGHTS } from '../ops/convolution.js';
import { elementCount, type Shape } from '../tensor/shape.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';
import { Copies, FreshNames, hasEpilogue, usesOf, withInput } from './uses.js';

/** x · scales + offsets by channel of the input; one number serves all. */
interface InputAffine {
  readonly scales: Float32Array;
  readonly offsets: Float32Array;
}

function affineOf(graph: Graph, node: Node | undefined): InputAffine | undefined {
  if (node?.operator !== 'affine') return undefined;
  const [scales, offsets] = node.inputs.slice(1).map((name) => graph.tensors.get(name)?.data);
  return scales && offsets ? { scales, offsets } : undefined;
}

/** True where a layer pads its input with zeros. */
function padsInput(node: Node): boolean {
  return isNode(node, 'convolution') && node.attributes.padding.some((side) => side > 0);
}

/** Which input channel each of a layer's weights multiplies. */
function inputChannel(layer: Node, weights: Tensor, input: Shape): (index: number) => number {
  const [outputs = 1, inputs = 1] = weights.shape;
  const taps = elementCount(weights.shape.slice(2));
  const groups = isNode(layer, 'convolution') ? layer.attributes.groups : 1;
  const pixels = layer.operator === 'fullyConnected' ? elementCount(input.slice(2)) : 1;
  return (index) => {
    const group = Math.floor(Math.floor(index / (inputs * taps)) / (outputs / groups));
    return group * inputs + Math.floor((Math.floor(index / taps) % inputs) / pixels);
  };
}

/** weights · (x · scale + offset) + bias = (weights · scale) · x + (bias + Σ weights · offset); `undefined` beyond float32. */
function foldedLayer(graph: Graph, layer: Node, { scales, offsets }: InputAffine, input: Shape) {
  const weights = graph.tensors.get(layer.inputs[WEIGHTS]!)!;
  const bias = graph.tensors.get(layer.inputs[BIAS] ?? '');
  const [outputs = 1] = weights.shape;
  const perOutput = weights.data.length / outputs;
  const channelOf = inputChannel(layer, weights, input);
  const at = (values: Float32Array, index: number) => values[values.length === 1 ? 0 : channelOf(index)]!;
  const sums = Float64Array.from({ length: outputs }, (_, output) => bias?.data[output] ?? 0);
  const data = new Float32Array(weights.data.length);
  for (let index = 0; index < data.length; index++) {
    data[index] = weights.data[index]! * at(scales, index);
    sums[Math.floor(index / perOutput)]! += weights.data[index]! * at(offsets, index);
  }
  const sum = Float32Array.from(sums);
  if (!data.every(Number.isFinite) || !sum.every(Number.isFinite)) return undefined;
  return { weights: float32Tensor(weights.shape, data), bias: float32Tensor([outputs], sum) };
}

/** A layer whose weights and bias are tensors. */
function isConstant(graph: Graph, layer: Node): boolean {
  if (!hasEpilogue(layer) || !graph.tensors.has(layer.inputs[WEIGHTS]!)) return false;
  return !layer.inputs[BIAS] || graph.tensors.has(layer.inputs[BIAS]);
}

/**
 * Folds an affine into the layer that alone reads it. Its offsets fold only where the layer does not pad with zeros,
 * which would have to become other numbers; scales always do.
 */
export function foldForwards(graph: Graph): Graph {
  if (!graph.nodes.some(({ operator }) => operator === 'affine')) return graph;
  const uses = usesOf(graph);
  const shapes = inferShapes(graph);
  const names = new FreshNames(graph);
  const copies = new Copies();
  const tensors = new Map(graph.tensors);
  const replaced = new Map<Node, Node>();
  const removed = new Set<Node>();
  for (const layer of graph.nodes) {
    const value = layer.inputs[0] ?? '';
    const node = uses.maker(value);
    const affine = affineOf(graph, node);
    if (!affine || !isConstant(graph, layer) || !uses.readOnce(value)) continue;
    if (padsInput(layer) && affine.offsets.some((offset) => offset !== 0)) continue;
    if (!copies.take(layer.inputs[WEIGHTS]!)) continue;
    const made = foldedLayer(graph, layer, affine, shapes.get(value)!);
    if (!made) continue;
    const define = (base: string, tensor: Tensor) => {
      const name = names.take(base);
      tensors.set(name, tensor);
      return name;
    };
    const source = withInput(layer.inputs, 0, node!.inputs[0]!);
    const weighted = withInput(source, WEIGHTS, define(`${layer.inputs[WEIGHTS]}.folded`, made.weights));
    replaced.set(layer, { ...layer, inputs: withInput(weighted, BIAS, define(`${layer.outputs[0]}.bias`, made.bias)) });
    removed.add(node!);
  }
  const nodes = graph.nodes.filter((node) => !removed.has(node)).map((node) => replaced.get(node) ?? node);
  return { ...graph, nodes, tensors };
}
