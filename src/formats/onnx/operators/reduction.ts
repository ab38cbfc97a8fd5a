/** Reductions over axes, and what follows from them: global poolings, norms, the logarithm of softmax. */
import type { ReduceOperation } from '../../../ops/reduce.js';
import { elementCount } from '../../../tensor/shape.js';
import type { GraphImporter } from '../graphImporter.js';
import type { NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';
import { appendPair, numberTerm, valueTerm } from './term.js';

/** Least normal number: what is divided by instead of 0. */
const LEAST_NORMAL = 2 ** -126;

/** The axes in rising order: given, or all; none where the node says that no axes mean none. */
function reducedAxes(node: OnnxNode): readonly number[] {
  const rank = node.shape().length;
  const given = (node.integersOrOperand('axes', 1) ?? []).map((axis) => node.axis(axis, rank));
  if (new Set(given).size !== given.length) node.refuse('an axis stands twice', 'are axes once each');
  if (given.length > 0) return given.sort((a, b) => a - b);
  return node.integer('noop_with_empty_axes', 0) === 0 ? Array.from({ length: rank }, (_, axis) => axis) : [];
}

/** Reduces a value and gives the result: the node's output, or one between where `step` names it. */
export function appendReduction(
  node: OnnxNode,
  graph: GraphImporter,
  operation: ReduceOperation,
  value: string,
  axes: readonly number[],
  keepAxes: boolean,
  step?: string,
): string {
  return graph.append(node, 'reduce', [value], { operation, axes, keepAxes }, step);
}

/** What a reduction over no axes does to each element. */
const SINGLE: Partial<Record<ReduceOperation, 'absolute' | 'logarithm'>> = {
  l1: 'absolute',
  l2: 'absolute',
  logSum: 'logarithm',
};

function appendMapped(node: OnnxNode, graph: GraphImporter, operation: ReduceOperation): void {
  const single = SINGLE[operation];
  const value = node.value();
  const term = valueTerm(node, graph, value);
  if (single) graph.append(node, 'unary', [value], { operation: single });
  else if (operation === 'squares') appendPair(node, graph, 'multiply', term, term);
  else graph.alias(node, value);
}

/** The mean of rows and columns of images has a kernel of its own. */
function appendMean(node: OnnxNode, graph: GraphImporter, keepAxes: boolean): void {
  if (keepAxes) {
    graph.append(node, 'globalAveragePool', [node.value()]);
    return;
  }
  const means = graph.append(node, 'globalAveragePool', [node.value()], undefined, 'means');
  graph.reshape(node, means, node.shape().slice(0, 2));
}

function reduction(operator: string, operation: ReduceOperation): NodeImporter {
  const isExact = ['sum', 'product', 'largest', 'smallest', 'squares', 'l1'].includes(operation);
  return {
    operator,
    attributes: ['axes', 'keepdims', 'noop_with_empty_axes'],
    inputs: [1, 2],
    wholeNumbers: isExact ? 'constants' : undefined,
    import(node, graph) {
      const shape = node.shape();
      const axes = reducedAxes(node);
      const keepAxes = node.integer('keepdims', 1) !== 0;
      if (axes.length === 0) appendMapped(node, graph, operation);
      else if (operation === 'mean' && shape.length === 4 && axes.join() === '2,3') appendMean(node, graph, keepAxes);
      else appendReduction(node, graph, operation, node.value(), axes, keepAxes);
    },
  };
}

/** The axes after batch and channels, of which there must be one. */
function spatialAxes(node: OnnxNode): readonly number[] {
  const axes = node.shape().map((_, axis) => axis);
  if (axes.length < 3) node.refuse(`its input has ${axes.length} axes`, 'are images of 3 axes or more');
  return axes.slice(2);
}

function globalPool(operator: string, operation: 'mean' | 'largest'): NodeImporter {
  return {
    operator,
    attributes: [],
    inputs: [1, 1],
    import(node, graph) {
      const axes = spatialAxes(node);
      if (operation === 'mean' && axes.length === 2) appendMean(node, graph, true);
      else appendReduction(node, graph, operation, node.value(), axes, true);
    },
  };
}

/** x / ‖x‖ along one axis; where all elements are 0 they stay 0. */
const lpNormalization: NodeImporter = {
  operator: 'LpNormalization',
  attributes: ['axis', 'p'],
  inputs: [1, 1],
  import(node, graph) {
    const p = node.integer('p', 2);
    if (p !== 1 && p !== 2) node.refuse(`p is ${p}`, 'are 1 and 2');
    const axis = node.axis(node.integer('axis', -1), node.shape().length);
    const norms = appendReduction(node, graph, p === 1 ? 'l1' : 'l2', node.value(), [axis], true, 'norms');
    const least = numberTerm(node, graph, LEAST_NORMAL);
    const bounded = appendPair(node, graph, 'greatest', valueTerm(node, graph, norms), least, 'bounded');
    appendPair(node, graph, 'divide', valueTerm(node, graph, node.value()), valueTerm(node, graph, bounded));
  },
};

/** The value whose axes a softmax of this operator set runs over, and the axis: before set 13 all from one on. */
function softmaxInput(node: OnnxNode, graph: GraphImporter): { readonly value: string; readonly axis: number } {
  const shape = node.shape();
  const isOld = node.operatorSet < 13;
  if (shape.length === 0) unsupported('its input is one number', 'are values of 1 axis or more');
  const axis = node.axis(node.integer('axis', isOld ? 1 : -1), shape.length);
  const rest = elementCount(shape.slice(axis + 1));
  if (isOld && rest > 1) {
    const flat = [elementCount(shape.slice(0, axis)), shape[axis]! * rest];
    return { value: graph.reshape(node, node.value(), flat, 'flat'), axis: 1 };
  }
  if (shape.length <= 4) return { value: node.value(), axis };
  const whole = [elementCount(shape.slice(0, axis)), shape[axis]!, rest];
  return { value: graph.reshape(node, node.value(), whole, 'whole'), axis: 1 };
}

const softmax: NodeImporter = {
  operator: 'Softmax',
  attributes: ['axis'],
  inputs: [1, 1],
  import(node, graph) {
    const { value, axis } = softmaxInput(node, graph);
    if (value === node.value()) graph.append(node, 'softmax', [value], { axis });
    else graph.reshape(node, graph.append(node, 'softmax', [value], { axis }, 'shares'), node.shape());
  },
};

/** x − ln Σ eˣ. */
const logSoftmax: NodeImporter = {
  operator: 'LogSoftmax',
  attributes: ['axis'],
  inputs: [1, 1],
  import(node, graph) {
    const { value, axis } = softmaxInput(node, graph);
    const total = appendReduction(node, graph, 'logSumOfPowers', value, [axis], true, 'total');
    const [x, sums] = [valueTerm(node, graph, value), valueTerm(node, graph, total)];
    const isWhole = value === node.value();
    const logs = appendPair(node, graph, 'subtract', x, sums, isWhole ? undefined : 'logs');
    if (!isWhole) graph.reshape(node, logs, node.shape());
  },
};

/** Every one of them. */
export const reductionImporters: readonly NodeImporter[] = [
  reduction('ReduceMean', 'mean'),
  reduction('ReduceSum', 'sum'),
  reduction('ReduceMax', 'largest'),
  reduction('ReduceMin', 'smallest'),
  reduction('ReduceProd', 'product'),
  reduction('ReduceL1', 'l1'),
  reduction('ReduceL2', 'l2'),
  reduction('ReduceSumSquare', 'squares'),
  reduction('ReduceLogSum', 'logSum'),
  reduction('ReduceLogSumExp', 'logSumOfPowers'),
  globalPool('GlobalAveragePool', 'mean'),
  globalPool('GlobalMaxPool', 'largest'),
  lpNormalization,
  softmax,
  logSoftmax,
];
