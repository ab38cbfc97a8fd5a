/** Conv, MatMul and Gemm: sums of products with constant weights. */
import type { GraphImporter } from '../graphImporter.js';
import { channelVector, type NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';
import { appendImages, imageValue, readWindow, WINDOW_ATTRIBUTES } from './window.js';

/** In every form that our convolution has, over two axes or one. */
export const conv: NodeImporter = {
  operator: 'Conv',
  attributes: [...WINDOW_ATTRIBUTES, 'group'],
  inputs: [2, 3],
  import(node, graph) {
    const { shape } = node.constant(1, 'weights');
    const { kernel, stride, padding, dilation } = readWindow(node, shape.slice(2));
    if (kernel.some((length, axis) => length !== (shape.length === 3 ? [1, shape[2]] : shape.slice(2))[axis])) {
      node.refuse(`kernel_shape is not that of its weights [${shape.join(', ')}]`, 'is the same');
    }
    const input = imageValue(node, graph);
    const weights = graph.weights(node, 1, 'weights', [shape[0] ?? 0, shape[1] ?? 0, ...kernel]);
    const bias = node.has(2) ? [graph.weights(node, 2, 'bias')] : [];
    const attributes = { stride, padding, dilation, groups: node.integer('group', 1), activation: 'none' };
    appendImages(node, graph, 'convolution', [input, weights, ...bias], attributes);
  },
};

/** Weights as `[out, in]`, times a factor. */
function matrix(node: OnnxNode, graph: GraphImporter, transposed: boolean, factor: number): string {
  const { shape, data } = node.constant(1, 'weights');
  if (shape.length !== 2) unsupported(`weights have ${shape.length} axes`, 'are 2');
  const [rows = 0, columns = 0] = shape;
  if (transposed && factor === 1) return graph.weights(node, 1, 'weights');
  if (transposed)
    return graph.tensor(
      node,
      'weights',
      shape,
      Float32Array.from(data, (value) => value * factor),
    );
  graph.spend(data.length, node.where);
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column]! * factor;
  }
  return graph.tensor(node, 'weights', [columns, rows], turned);
}

/** A vector for every output of all images. */
function gemmBias(node: OnnxNode, graph: GraphImporter, outputs: number, factor: number): string[] {
  if (!node.has(2) || factor === 0) return [];
  const bias = node.constant(2, 'offsets');
  const vector = channelVector(bias, [1, outputs]);
  if (!vector) unsupported(`offsets are [${bias.shape.join(', ')}]`, `are ${outputs}, the same for all images, or one`);
  const all = vector.length === outputs ? vector : new Float32Array(outputs).fill(vector[0]!);
  return [
    graph.tensor(
      node,
      'bias',
      [outputs],
      all.map((value) => value * factor),
    ),
  ];
}

/** A fully connected layer: alpha · (A · B) + beta · C with constant B and C. */
export const gemm: NodeImporter = {
  operator: 'Gemm',
  attributes: ['alpha', 'beta', 'transA', 'transB', 'broadcast'],
  inputs: [2, 3],
  import(node, graph) {
    node.expectInteger('transA', 0);
    const transposed = node.integer('transB', 0) !== 0;
    const input = node.value();
    if (node.shape().length !== 2) node.refuse(`its input has ${node.shape().length} axes`, 'are 2');
    const weights = matrix(node, graph, transposed, node.float('alpha', 1));
    const bias = gemmBias(node, graph, graph.shape(weights)[0]!, node.float('beta', 1));
    graph.append(node, 'fullyConnected', [input, weights, ...bias], { activation: 'none' });
  },
};

/** A fully connected layer. */
export const matMul: NodeImporter = {
  operator: 'MatMul',
  attributes: [],
  inputs: [2, 2],
  import(node, graph) {
    const input = node.value();
    if (node.shape().length !== 2) unsupported(`its input has ${node.shape().length} axes`, 'are 2');
    graph.append(node, 'fullyConnected', [input, matrix(node, graph, false, 1)], { activation: 'none' });
  },
};
