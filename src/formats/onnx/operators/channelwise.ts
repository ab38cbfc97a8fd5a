/** ONNX operators that change each element by itself, with one number a channel or for all. */
import type { UnaryAttributes } from '../../../ops/unary.js';
import { elementCount } from '../../../tensor/shape.js';
import type { GraphImporter } from '../graphImporter.js';
import { DATA_TYPES } from '../messages.js';
import { channelVector, type NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';

const LARGEST_FLOAT = 3.4028234663852886e38;

function plain(operator: string, name: string): NodeImporter {
  return {
    operator,
    attributes: [],
    inputs: [1, 1],
    import: (node, graph) => void graph.append(node, name, [node.value()]),
  };
}

function mapped(
  operator: string,
  operation: UnaryAttributes['operation'],
  attributes: Readonly<Record<string, number>> = {},
): NodeImporter {
  return {
    operator,
    attributes: Object.keys(attributes),
    inputs: [1, 1],
    import(node, graph) {
      const given = Object.entries(attributes).map(([name, fallback]) => [name, node.float(name, fallback)]);
      graph.append(node, 'unary', [node.value()], { operation, ...Object.fromEntries(given) });
    },
  };
}

export const tanh = mapped('Tanh', 'tanh');
export const elu = mapped('Elu', 'elu', { alpha: 1 });
export const hardSigmoid = mapped('HardSigmoid', 'hardSigmoid', { alpha: 0.2, beta: 0.5 });
export const hardSwish = mapped('HardSwish', 'hardSwish');
export const reciprocal = mapped('Reciprocal', 'reciprocal');
export const relu = plain('Relu', 'relu');
export const sigmoid = plain('Sigmoid', 'sigmoid');

/** A limit: an operand from operator set 11 on, an attribute before; infinite where absent. */
function limitOf(node: OnnxNode, name: string, index: number, fallback: number): number {
  const limit = node.has(index) ? node.constantNumber(index, name) : node.float(name, fallback);
  if (Number.isNaN(limit)) node.refuse(`${name} is NaN`, 'is a number');
  return Math.min(Math.max(limit, -LARGEST_FLOAT), LARGEST_FLOAT);
}

/** A ReLU where only values below 0 are cut. */
export const clip: NodeImporter = {
  operator: 'Clip',
  attributes: ['min', 'max'],
  inputs: [1, 3],
  import(node, graph) {
    const least = limitOf(node, 'min', 1, -LARGEST_FLOAT);
    const most = limitOf(node, 'max', 2, LARGEST_FLOAT);
    if (least === 0 && most === LARGEST_FLOAT) graph.append(node, 'relu', [node.value()]);
    else graph.append(node, 'clip', [node.value()], { least, most });
  },
};

function appendPrelu(node: OnnxNode, graph: GraphImporter, slopes: Float32Array): void {
  const channels = node.shape()[1] ?? 1;
  const vector =
    slopes.length === channels
      ? graph.tensor(node, 'slopes', [channels], slopes)
      : graph.filled(node, 'slopes', channels, slopes[0]!);
  graph.append(node, 'prelu', [node.value(), vector]);
}

export const leakyRelu: NodeImporter = {
  operator: 'LeakyRelu',
  attributes: ['alpha'],
  inputs: [1, 1],
  import: (node, graph) => appendPrelu(node, graph, Float32Array.of(node.float('alpha', 0.01))),
};

/** One slope a channel, or one for all. Before operator set 7 a vector is one by channel. */
export const prelu: NodeImporter = {
  operator: 'PRelu',
  attributes: [],
  inputs: [2, 2],
  import(node, graph) {
    const slopes = node.constant(1, 'slopes');
    const isOld = node.operatorSet < 7 && slopes.shape.length === 1 && node.shape().length > 1;
    const vector = channelVector(slopes, node.shape(), isOld && elementCount(slopes.shape) > 1 ? 1 : undefined);
    if (!vector) unsupported(`slopes are [${slopes.shape.join(', ')}]`, 'is one a channel, or one for all');
    appendPrelu(node, graph, vector);
  },
};

/** With the means and variances that training stored. */
export const batchNormalization: NodeImporter = {
  operator: 'BatchNormalization',
  attributes: ['epsilon', 'momentum', 'spatial', 'is_test', 'training_mode'],
  inputs: [5, 5],
  outputs: 5,
  import(node, graph) {
    node.expectInteger('spatial', 1);
    node.expectInteger('training_mode', 0);
    const roles = ['scales', 'offsets', 'means', 'variances'];
    const parameters = roles.map((role, index) => graph.weights(node, index + 1, role));
    graph.append(node, 'batchNorm', [node.value(), ...parameters], { epsilon: node.float('epsilon', 1e-5) });
  },
};

/** Along one axis; before operator set 13 along that axis and all after it. */
export const softmax: NodeImporter = {
  operator: 'Softmax',
  attributes: ['axis'],
  inputs: [1, 1],
  import(node, graph) {
    const shape = node.shape();
    const isOld = node.operatorSet < 13;
    const axis = node.axis(node.integer('axis', isOld ? 1 : -1), shape.length);
    const rest = elementCount(shape.slice(axis + 1));
    if (!isOld || rest === 1) {
      graph.append(node, 'softmax', [node.value()], { axis });
      return;
    }
    if (axis === 0) unsupported('axis is 0', 'is an axis after the batch');
    const flat = graph.reshape(node, node.value(), [...shape.slice(0, axis), shape[axis]! * rest], 'flat');
    const shares = graph.append(node, 'softmax', [flat], { axis }, 'shares');
    graph.reshape(node, shares, shape);
  },
};

/** Nothing: the value itself. */
export const identity: NodeImporter = {
  operator: 'Identity',
  attributes: [],
  inputs: [1, 1],
  import(node, graph) {
    const operand = node.operand(0);
    if (operand.constant) graph.defineConstant(node, operand.constant);
    else graph.alias(node, operand.value);
  },
};

/** Nothing at inference. */
export const dropout: NodeImporter = {
  operator: 'Dropout',
  attributes: ['ratio', 'is_test', 'seed'],
  inputs: [1, 3],
  outputs: 2,
  import(node, graph) {
    if (node.has(2) && node.constantNumber(2, 'training_mode') !== 0) unsupported('training_mode is 1', 'is 0');
    graph.alias(node, node.value());
  },
};

/** Values are float32 throughout: from one floating-point type to another nothing happens. */
export const cast: NodeImporter = {
  operator: 'Cast',
  attributes: ['to', 'saturate', 'round_mode'],
  inputs: [1, 1],
  import(node, graph) {
    const { float, float16, bfloat16, double } = DATA_TYPES;
    const to = node.integer('to', 0);
    if (to !== float && to !== double && to !== float16 && to !== bfloat16) {
      unsupported(`a computed value becomes type ${to}`, 'are floating-point types');
    }
    graph.alias(node, node.value());
  },
};
