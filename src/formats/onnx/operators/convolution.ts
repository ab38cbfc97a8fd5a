/** Conv over one axis or two. */
import { int8LayerNode, int8LayerOf } from '../int8Layer.js';
import type { NodeImporter } from '../nodeImporter.js';
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
    const weightShape = [shape[0] ?? 0, shape[1] ?? 0, ...kernel];
    const attributes = { stride, padding, dilation, groups: node.integer('group', 1), activation: 'none' };
    const int8 = int8LayerOf(node, weightShape, 0);
    if (int8) {
      const offsets = node.has(2) ? graph.weights(node, 2, 'bias') : undefined;
      const layer = int8LayerNode(node, graph, int8, offsets, attributes);
      appendImages(node, graph, 'dequantisedConvolution', layer.inputs, layer.attributes);
      return;
    }
    const input = imageValue(node, graph);
    const weights = graph.weights(node, 1, 'weights', weightShape);
    const bias = node.has(2) ? [graph.weights(node, 2, 'bias')] : [];
    appendImages(node, graph, 'convolution', [input, weights, ...bias], attributes);
  },
};
