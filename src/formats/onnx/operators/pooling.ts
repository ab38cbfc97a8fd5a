/** Poolings. */
import type { GraphImporter } from '../graphImporter.js';
import type { NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';
import { appendImages, imageValue, readWindow, WINDOW_ATTRIBUTES } from './window.js';

const HELP = 'are poolings without dilation, indices and windows of padding alone';

function appendPool(
  node: OnnxNode,
  graph: GraphImporter,
  operator: string,
  more: Readonly<Record<string, boolean>>,
): void {
  const kernelShape = node.integers('kernel_shape') ?? node.refuse('has no kernel_shape', 'are poolings with one');
  const { kernel, stride, padding, dilation } = readWindow(node, kernelShape);
  if (dilation.some((length) => length !== 1)) unsupported(`dilations are ${dilation.join(', ')}`, HELP);
  if (padding.some((length, side) => length >= kernel[side % 2]!)) unsupported(`pads are ${padding.join(', ')}`, HELP);
  const rounding = node.integer('ceil_mode', 0) === 0 ? 'down' : 'up';
  appendImages(node, graph, operator, [imageValue(node, graph)], { kernel, stride, padding, rounding, ...more });
}

export const maxPool: NodeImporter = {
  operator: 'MaxPool',
  attributes: [...WINDOW_ATTRIBUTES, 'ceil_mode', 'storage_order'],
  inputs: [1, 1],
  import: (node, graph) => appendPool(node, graph, 'maxPool', {}),
};

export const averagePool: NodeImporter = {
  operator: 'AveragePool',
  attributes: [...WINDOW_ATTRIBUTES, 'ceil_mode', 'count_include_pad'],
  inputs: [1, 1],
  import: (node, graph) =>
    appendPool(node, graph, 'averagePool', { countPadding: node.integer('count_include_pad', 0) !== 0 }),
};
