/** Operands of arithmetic: values and constants that repeat along the axes that they lack. */
import type { BinaryOperation } from '../../../ops/binary.js';
import { type Shape, sameShape } from '../../../tensor/shape.js';
import type { GraphImporter } from '../graphImporter.js';
import { alignedShape } from '../nodeImporter.js';
import type { OnnxNode } from '../onnxNode.js';

/** An operand that can be had in any shape of as many elements. */
export interface Term {
  readonly shape: Shape;
  /** Whether it is a tensor: kernels take one on the right alone. */
  readonly isTensor: boolean;
  /** Its name in the graph, in a shape of as many elements. */
  as(shape: Shape): string;
}

/** A value of the graph as a term. */
export function valueTerm(node: OnnxNode, graph: GraphImporter, value: string): Term {
  return {
    shape: graph.shape(value),
    isTensor: false,
    as: (shape) => graph.reshape(node, value, shape, 'operand'),
  };
}

/** A node's operand as a term. */
export function operandTerm(node: OnnxNode, graph: GraphImporter, index: number): Term {
  const operand = node.operand(index);
  if (!operand.constant) return valueTerm(node, graph, operand.value);
  return {
    shape: operand.constant.shape,
    isTensor: true,
    as: (shape) => graph.numbers(node, index, 'factors', shape),
  };
}

/** One number as a term. */
export function numberTerm(node: OnnxNode, graph: GraphImporter, number: number): Term {
  const as = (shape: Shape) => graph.tensor(node, 'number', shape, Float32Array.of(number));
  return { shape: [], isTensor: true, as };
}

/** The shape that two shapes repeat to. Throws ModelError BAD_NODE where they do not. */
export function broadcastShape(node: OnnxNode, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  const [first, second] = [alignedShape(a, rank), alignedShape(b, rank)];
  return first.map((length, axis) => {
    const other = second[axis]!;
    if (length !== other && length !== 1 && other !== 1) {
      node.refuse(`[${a.join(', ')}] meets [${b.join(', ')}]`, 'are shapes that broadcast');
    }
    return length === 1 ? other : length;
  });
}

/** Axes that kernels of two operands see apart from each other. */
const MOST_KERNEL_AXES = 4;

/** Two shapes of as many axes, with neighbours taken together along which both repeat or neither. */
function grouped(a: Shape, b: Shape): readonly [a: Shape, b: Shape] {
  const [groupsA, groupsB]: [number[], number[]] = [[], []];
  let last = '';
  for (const [axis, length] of a.entries()) {
    const other = b[axis]!;
    if (length === 1 && other === 1) continue;
    const kind = `${length === 1} ${other === 1}`;
    if (kind === last) {
      groupsA[groupsA.length - 1]! *= length;
      groupsB[groupsB.length - 1]! *= other;
    } else {
      groupsA.push(length);
      groupsB.push(other);
    }
    last = kind;
  }
  return groupsA.length === 0 ? [[1], [1]] : [groupsA, groupsB];
}

/** The shapes that the kernels take two operands in. */
function kernelShapes(a: Shape, b: Shape): readonly [a: Shape, b: Shape] {
  const rank = Math.max(a.length, b.length, 1);
  const [first, second] = [alignedShape(a, rank), alignedShape(b, rank)];
  return rank <= MOST_KERNEL_AXES ? [first, second] : grouped(first, second);
}

/** A term repeated to a whole shape. */
function repeated(node: OnnxNode, graph: GraphImporter, term: Term, shape: Shape): Term {
  if (sameShape(term.shape, shape)) return term;
  const value = termValue(node, graph, term, alignedShape(term.shape, shape.length));
  return valueTerm(node, graph, graph.append(node, 'expand', [value], { shape }, 'repeated'));
}

/** A term as a value of the graph; a tensor is given out as one. */
export function termValue(node: OnnxNode, graph: GraphImporter, term: Term, shape = term.shape): string {
  const named = term.as(shape);
  return term.isTensor ? graph.append(node, 'constant', [named], undefined, 'value') : named;
}

/**
 * Appends an operation of two terms and gives its value: the node's output, or one between where `step` names it. Of
 * two tensors, or a tensor on the left of what does not commute, the left one becomes a value first.
 */
export function appendPair(
  node: OnnxNode,
  graph: GraphImporter,
  operation: BinaryOperation,
  a: Term,
  b: Term,
  step?: string,
): string {
  const commutes = operation === 'add' || operation === 'multiply' || operation === 'least' || operation === 'greatest';
  if (a.isTensor && commutes && !b.isTensor) return appendPair(node, graph, operation, b, a, step);
  if (a.isTensor) return appendPair(node, graph, operation, valueTerm(node, graph, termValue(node, graph, a)), b, step);
  const shape = broadcastShape(node, a.shape, b.shape);
  const [shapeA, shapeB] = kernelShapes(a.shape, b.shape);
  if (shapeA.length > MOST_KERNEL_AXES) {
    const [left, right] = [repeated(node, graph, a, shape), repeated(node, graph, b, shape)];
    return appendPair(node, graph, operation, left, right, step);
  }
  const inputs = [a.as(shapeA), b.as(shapeB)];
  if (shapeA.length === shape.length) return graph.append(node, 'binary', inputs, { operation }, step);
  return graph.reshape(node, graph.append(node, 'binary', inputs, { operation }, 'pairs'), shape, step);
}
