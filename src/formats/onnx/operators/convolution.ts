/** Conv over one axis or two. */
import type { NodeImporter } from '../nodeImporter.js';
import { appendImages, imageValue, readWindow, WINDOW_ATTRIBUTES } from './window.js';

/** In every form that our convolution has, over two axes or one. */
export const conv: NodeImporter = {
  operator: 'Conv',
  attributes: [...WINDOW_ATTRIBUTES, 'group'],
  inputs: [2, 3],
  import(node, graph) {
    const { shape } = node.constant(1, 'weights');
    const input = imageValue(node, graph);
    const { kernel, stride, padding, dilation } = readWindow(node, shape.slice(2));
    if (kernel.some((length, axis) => length !== (shape.length === 3 ? [1, shape[2]] : shape.slice(2))[axis])) {
      node.refuse(`kernel_shape is not that of its weights [${shape.join(', ')}]`, 'is the same');
    }
    const weights = graph.weights(node, 1, 'weights', [shape[0] ?? 0, shape[1] ?? 0, ...kernel]);
    const bias = node.has(2) ? [graph.weights(node, 2, 'bias')] : [];
    const attributes = { stride, padding, dilation, groups: node.integer('group', 1), activation: 'none' };
    appendImages(node, graph, 'convolution', [input, weights, ...bias], attributes);
  },
};
