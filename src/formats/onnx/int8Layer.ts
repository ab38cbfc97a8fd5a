/** Layers whose input and weights files describe as whole numbers: sums of integers, dequantised once. */
import type { Attributes } from '../../graph/types.js';
import { elementCount, type Shape } from '../../tensor/shape.js';
import type { GraphImporter } from './graphImporter.js';
import type { Int8Value, OnnxNode } from './onnxNode.js';

/** Weights as `[out, in / groups, height, width]`, and a scale for each output. */
export interface Int8Weights {
  readonly shape: Shape;
  readonly data: Float32Array;
  readonly scales: Float32Array;
}

/** What a layer's sums are made from. */
export interface Int8Layer {
  readonly input: Int8Value;
  readonly weights: Int8Weights;
}

/** True where no sum of a layer can leave 32 bits. */
function sumsFit({ quantisation: { zeroPoint } }: Int8Value, { data, scales }: Int8Weights): boolean {
  const largest = Math.max(127 - zeroPoint, zeroPoint + 128);
  const depth = data.length / scales.length;
  for (let begin = 0; begin < data.length; begin += depth) {
    const sum = data.subarray(begin, begin + depth).reduce((total, weight) => total + Math.abs(weight), 0);
    if (sum * largest >= 2 ** 31) return false;
  }
  return true;
}

/**
 * The input and the weights of a layer as whole numbers, where the file gives both so. The weights' elements stand as in
 * `shape`, or with inputs first where `outputAxis` is 1, and their scales belong to outputs.
 */
export function int8LayerOf(node: OnnxNode, shape: Shape, outputAxis: 0 | 1): Int8Layer | undefined {
  const { int8, constant: isConstant } = { int8: undefined, ...node.operand(0) };
  const weights = node.operand(1).constant;
  const quantised = weights?.quantised;
  if (isConstant || !int8 || !weights || !quantised) return undefined;
  const [outputs = 0] = shape;
  const byOutput = quantised.scales.length === outputs && quantised.axis === outputAxis;
  if (quantised.scales.length !== 1 && !byOutput) return undefined;
  const depth = elementCount(shape.slice(1));
  const data = Float32Array.from(quantised.data);
  if (outputAxis === 1) {
    for (let index = 0; index < data.length; index++) {
      data[index] = quantised.data[(index % depth) * outputs + Math.floor(index / depth)]!;
    }
  }
  const scales = Float32Array.from({ length: outputs }, (_, output) => quantised.scales[byOutput ? output : 0]!);
  const layer = { input: int8, weights: { shape, data, scales } };
  return sumsFit(int8, layer.weights) ? layer : undefined;
}

/** A layer's inputs and attributes in the graph; `bias` is the name of a tensor. */
export function int8LayerNode(
  node: OnnxNode,
  graph: GraphImporter,
  { input, weights }: Int8Layer,
  bias: string | undefined,
  geometry: Attributes,
): { readonly inputs: readonly string[]; readonly attributes: Attributes } {
  const { scale, zeroPoint } = input.quantisation;
  const inputs = [
    input.value,
    graph.tensor(node, 'weights', weights.shape, weights.data),
    graph.tensor(node, 'scales', [weights.scales.length], weights.scales),
    ...(bias === undefined ? [] : [bias]),
  ];
  return { inputs, attributes: { ...geometry, inputScale: scale, inputZeroPoint: zeroPoint } };
}

const POINTWISE = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1, activation: 'none' };

/** Appends a fully connected layer of vectors `[N, in]`, as a convolution of images of one pixel; gives `[N, out]`. */
export function appendInt8Product(
  node: OnnxNode,
  graph: GraphImporter,
  layer: Int8Layer,
  bias: string | undefined,
): string {
  const { inputs, attributes } = int8LayerNode(node, graph, layer, bias, POINTWISE);
  const images = graph.append(node, 'dequantisedConvolution', inputs, attributes, 'images');
  return graph.reshape(node, images, graph.shape(images).slice(0, 2), 'product');
}
