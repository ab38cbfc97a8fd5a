/** ONNX operators with limits, slopes or affines by channel, and those that do nothing at inference. */
import { elementCount, sameShape } from '../../../tensor/shape.js';
import type { GraphImporter } from '../graphImporter.js';
import { channelVector, type NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';
import { appendPair, broadcastShape, operandTerm, valueTerm } from './term.js';

const LARGEST_FLOAT = 3.4028234663852886e38;

/** A limit: an operand from operator set 11 on, an attribute before; infinite where absent. */
function limitOf(node: OnnxNode, name: string, index: number, fallback: number): number {
  const limit = node.has(index) ? node.constantNumber(index, name) : node.float(name, fallback);
  if (Number.isNaN(limit)) node.refuse(`${name} is NaN`, 'is a number');
  return Math.min(Math.max(limit, -LARGEST_FLOAT), LARGEST_FLOAT);
}

function isKnown(node: OnnxNode, index: number): boolean {
  return node.operand(index).constant !== undefined;
}

/** Limits that are computed. */
function appendLimits(node: OnnxNode, graph: GraphImporter): void {
  let value = operandTerm(node, graph, 0);
  if (node.has(1)) {
    const step = node.has(2) ? 'least' : undefined;
    value = valueTerm(node, graph, appendPair(node, graph, 'greatest', value, operandTerm(node, graph, 1), step));
  }
  if (node.has(2)) appendPair(node, graph, 'least', value, operandTerm(node, graph, 2));
}

/** A ReLU where only values below 0 are cut. */
export const clip: NodeImporter = {
  operator: 'Clip',
  attributes: ['min', 'max'],
  inputs: [1, 3],
  import(node, graph) {
    if ([1, 2].some((index) => node.has(index) && !isKnown(node, index))) {
      appendLimits(node, graph);
      return;
    }
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

/** A slope by channel where there are channels, so that it can be fused. */
export const leakyRelu: NodeImporter = {
  operator: 'LeakyRelu',
  attributes: ['alpha'],
  inputs: [1, 1],
  import(node, graph) {
    const alpha = node.float('alpha', 0.01);
    if (node.shape().length >= 2) appendPrelu(node, graph, Float32Array.of(alpha));
    else graph.append(node, 'unary', [node.value()], { operation: 'leakyRelu', alpha });
  },
};

/** Slopes by channel, or of any shape that repeats to the value's. Before operator set 7 a vector is one by channel. */
export const prelu: NodeImporter = {
  operator: 'PRelu',
  attributes: [],
  inputs: [2, 2],
  import(node, graph) {
    const { constant } = node.operand(1);
    const isOld = node.operatorSet < 7 && constant?.shape.length === 1 && node.shape().length > 1;
    const place = isOld && elementCount(constant.shape) > 1 ? 1 : undefined;
    const vector = constant && channelVector(constant, node.shape(), place);
    if (vector && node.shape().length >= 2) {
      appendPrelu(node, graph, vector);
      return;
    }
    if (!sameShape(broadcastShape(node, node.shape(), node.shape(1)), node.shape())) {
      node.refuse(`slopes are [${node.shape(1).join(', ')}]`, 'are those that repeat to the shape of the value');
    }
    appendPair(node, graph, 'prelu', operandTerm(node, graph, 0), operandTerm(node, graph, 1));
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

/** Nothing: the value itself. */
export const identity: NodeImporter = {
  operator: 'Identity',
  attributes: [],
  inputs: [1, 1],
  wholeNumbers: 'moved',
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
