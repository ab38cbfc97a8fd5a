/** Gemm and MatMul: fully connected layers where the weights are constant, else products of values. */
import { elementCount, type Shape } from '../../../tensor/shape.js';
import type { Constant } from '../constant.js';
import type { GraphImporter } from '../graphImporter.js';
import { appendInt8Product, type Int8Layer, int8LayerOf } from '../int8Layer.js';
import { alignedShape, channelVector, type NodeImporter } from '../nodeImporter.js';
import type { OnnxNode } from '../onnxNode.js';
import { appendPair, numberTerm, operandTerm, termValue, valueTerm } from './term.js';

/** A constant operand, or elements that are given for one: the weights of a layer. */
function weightsOf(node: OnnxNode, index: number): Constant | undefined {
  const operand = node.operand(index);
  return operand.constant ?? operand.given;
}

/** Weights of two axes as `[out, in]`, times a factor. */
function matrix(node: OnnxNode, graph: GraphImporter, transposed: boolean, factor: number): string {
  const { shape, data } = node.constant(1, 'weights');
  const [rows = 0, columns = 0] = shape;
  if (transposed && factor === 1) return graph.weights(node, 1, 'weights');
  const [outputs, depth] = transposed ? [rows, columns] : [columns, rows];
  graph.spend(data.length, node.where);
  const turned = new Float32Array(data.length);
  for (let output = 0; output < outputs; output++) {
    for (let k = 0; k < depth; k++) {
      const value = transposed ? data[output * depth + k]! : data[k * outputs + output]!;
      turned[output * depth + k] = value * factor;
    }
  }
  return graph.tensor(node, 'weights', [outputs, depth], turned);
}

/** A matrix with its axes changed for each other. */
function turned(node: OnnxNode, graph: GraphImporter, value: string): string {
  return graph.append(node, 'permute', [value], { order: [1, 0] }, 'turned');
}

/** A vector for every output of all images, times a factor; `undefined` where it is another one for each image. */
function biasOf(node: OnnxNode, graph: GraphImporter, outputs: number, factor: number): string | undefined {
  const constant = weightsOf(node, 2);
  const vector = constant && channelVector(constant, [1, outputs]);
  if (!vector) return undefined;
  const all = vector.length === outputs ? vector : new Float32Array(outputs).fill(vector[0]!);
  return graph.tensor(
    node,
    'bias',
    [outputs],
    all.map((value) => value * factor),
  );
}

/** Adds a factor times the third operand to a value. */
function withOffsets(node: OnnxNode, graph: GraphImporter, value: string, factor: number): string {
  const offsets = operandTerm(node, graph, 2);
  const scaled =
    factor === 1
      ? offsets
      : valueTerm(
          node,
          graph,
          appendPair(node, graph, 'multiply', offsets, numberTerm(node, graph, factor), 'offsets'),
        );
  return appendPair(node, graph, 'add', valueTerm(node, graph, value), scaled, 'sum');
}

/** Vectors times a matrix, both of whole numbers; `undefined` where the file does not give them so. */
function int8ProductOf(node: OnnxNode, transposed: boolean): Int8Layer | undefined {
  const [a, [rows = 0, columns = 0]] = [node.shape(0), node.shape(1)];
  const [outputs, depth] = transposed ? [rows, columns] : [columns, rows];
  if (a.length !== 2 || a[1] !== depth) return undefined;
  return int8LayerOf(node, [outputs, depth, 1, 1], transposed ? 0 : 1);
}

/** alpha · (A · B) + beta · C. */
export const gemm: NodeImporter = {
  operator: 'Gemm',
  attributes: ['alpha', 'beta', 'transA', 'transB', 'broadcast'],
  inputs: [2, 3],
  import(node, graph) {
    const [a, b] = [node.shape(0), node.shape(1)];
    if (a.length !== 2 || b.length !== 2) node.refuse(`its inputs have ${a.length} and ${b.length} axes`, 'are 2 each');
    const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)];
    const transposed = node.integer('transB', 0) !== 0;
    const given = termValue(node, graph, operandTerm(node, graph, 0));
    const left = node.integer('transA', 0) === 0 ? given : turned(node, graph, given);
    const hasOffsets = node.has(2) && beta !== 0;
    const int8 = alpha === 1 && node.integer('transA', 0) === 0 ? int8ProductOf(node, transposed) : undefined;
    let value: string;
    let bias: string | undefined;
    if (int8) {
      bias = hasOffsets ? biasOf(node, graph, int8.weights.scales.length, beta) : undefined;
      value = appendInt8Product(node, graph, int8, bias);
    } else if (weightsOf(node, 1)) {
      const weights = matrix(node, graph, transposed, alpha);
      bias = hasOffsets ? biasOf(node, graph, graph.shape(weights)[0]!, beta) : undefined;
      const inputs = bias ? [left, weights, bias] : [left, weights];
      value = graph.append(node, 'fullyConnected', inputs, { activation: 'none' }, 'product');
    } else {
      const right = transposed ? turned(node, graph, node.value(1)) : node.value(1);
      value = graph.append(node, 'matMul', [left, right], undefined, 'product');
      if (alpha !== 1) {
        const product = valueTerm(node, graph, value);
        value = appendPair(node, graph, 'multiply', product, numberTerm(node, graph, alpha), 'scaled');
      }
    }
    graph.alias(node, hasOffsets && !bias ? withOffsets(node, graph, value, beta) : value);
  },
};

/** The last two axes of all that stands before them, by one matrix of weights. */
function appendLayer(node: OnnxNode, graph: GraphImporter, a: Shape): void {
  const int8 = int8ProductOf(node, false);
  if (int8) {
    graph.alias(node, appendInt8Product(node, graph, int8, undefined));
    return;
  }
  const depth = a.at(-1)!;
  const rows = graph.reshape(node, node.value(), [elementCount(a.slice(0, -1)), depth], 'rows');
  const weights = matrix(node, graph, false, 1);
  const product = graph.append(node, 'fullyConnected', [rows, weights], { activation: 'none' }, 'product');
  graph.reshape(node, product, [...a.slice(0, -1), graph.shape(weights)[0]!]);
}

/** As numpy multiplies: vectors become matrices, and axes before the last two repeat. */
export const matMul: NodeImporter = {
  operator: 'MatMul',
  attributes: [],
  inputs: [2, 2],
  import(node, graph) {
    const [a, b] = [node.shape(0), node.shape(1)];
    if (a.length < 1 || b.length < 1) node.refuse('an input is one number', 'are vectors and matrices');
    if (!node.operand(0).constant && weightsOf(node, 1) && b.length === 2) {
      appendLayer(node, graph, a);
      return;
    }
    const rank = Math.max(a.length, b.length, 2);
    const left = alignedShape(a, rank);
    const right = b.length === 1 ? [...new Array<number>(rank - 2).fill(1), b[0]!, 1] : alignedShape(b, rank);
    const value = termValue(node, graph, operandTerm(node, graph, 0), left);
    const other = operandTerm(node, graph, 1).as(right);
    const product = graph.append(node, 'matMul', [value, other], undefined, 'product');
    const shape = graph.shape(product);
    const rows = a.length === 1 ? [] : [shape.at(-2)!];
    const columns = b.length === 1 ? [] : [shape.at(-1)!];
    graph.reshape(node, product, [...shape.slice(0, -2), ...rows, ...columns]);
  },
};
