/** Normalisation by what is around an element: LRN and InstanceNormalization, as the arithmetic that they are. */
import { elementCount } from '../../../tensor/shape.js';
import type { NodeImporter } from '../nodeImporter.js';
import { appendPair, numberTerm, valueTerm } from './term.js';

/** x / (bias + alpha · mean of squares)^beta; the mean runs over `size` channels around each, with zeros outside. */
export const lrn: NodeImporter = {
  operator: 'LRN',
  attributes: ['size', 'alpha', 'beta', 'bias'],
  inputs: [1, 1],
  import(node, graph) {
    const size = node.integer('size', 0);
    const shape = node.shape();
    const [batch = 0, channels = 0, ...rest] = shape;
    if (size < 1 || shape.length < 2)
      node.refuse(`size is ${size} of ${shape.length} axes`, 'is a size from 1 of 2 axes or more');
    const x = valueTerm(node, graph, node.value());
    const squares = appendPair(node, graph, 'multiply', x, x, 'squares');
    const stacked = graph.reshape(node, squares, [batch, 1, channels, elementCount(rest)], 'stacked');
    const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
    const window = {
      kernel: [size, 1],
      stride: [1, 1],
      padding: [before, 0, after, 0],
      rounding: 'down',
      countPadding: true,
    };
    const means = graph.append(node, 'averagePool', [stacked], window, 'means');
    const factors = [node.float('alpha', 1e-4), node.float('bias', 1)].map((number, index) =>
      graph.tensor(node, index === 0 ? 'alpha' : 'bias', [1], Float32Array.of(number)),
    );
    const sums = graph.append(node, 'affine', [means, ...factors], undefined, 'sums');
    const exponent = numberTerm(node, graph, -node.float('beta', 0.75));
    const powers = appendPair(node, graph, 'power', valueTerm(node, graph, sums), exponent, 'powers');
    const shares = graph.reshape(node, powers, shape, 'shares');
    appendPair(node, graph, 'multiply', x, valueTerm(node, graph, shares));
  },
};

/** (x − mean) / √(variance + epsilon) · scale + offset, mean and variance those of one channel of one image. */
export const instanceNormalization: NodeImporter = {
  operator: 'InstanceNormalization',
  attributes: ['epsilon'],
  inputs: [3, 3],
  import(node, graph) {
    const shape = node.shape();
    const [batch = 0, channels = 0, ...rest] = shape;
    if (rest.length < 1) node.refuse(`its input has ${shape.length} axes`, 'are 3 or more');
    const isImage = rest.length === 2;
    const images = isImage ? shape : [batch, channels, 1, elementCount(rest)];
    const x = valueTerm(node, graph, graph.reshape(node, node.value(), images, 'images'));
    const means = graph.append(node, 'globalAveragePool', [x.as(images)], undefined, 'means');
    const centred = appendPair(node, graph, 'subtract', x, valueTerm(node, graph, means), 'centred');
    const difference = valueTerm(node, graph, centred);
    const squares = appendPair(node, graph, 'multiply', difference, difference, 'squares');
    const variances = graph.append(node, 'globalAveragePool', [squares], undefined, 'variances');
    const epsilon = numberTerm(node, graph, node.float('epsilon', 1e-5));
    const sums = appendPair(node, graph, 'add', valueTerm(node, graph, variances), epsilon, 'sums');
    const deviations = graph.append(node, 'unary', [sums], { operation: 'squareRoot' }, 'deviations');
    const normal = appendPair(node, graph, 'divide', difference, valueTerm(node, graph, deviations), 'normal');
    const parameters = [graph.weights(node, 1, 'scales'), graph.weights(node, 2, 'offsets')];
    graph.reshape(node, graph.append(node, 'affine', [normal, ...parameters], undefined, 'scaled'), shape);
  },
};
