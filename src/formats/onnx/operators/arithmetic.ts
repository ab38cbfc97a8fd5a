/** Arithmetic of two or more operands: by channel with a constant, or of operands that broadcast. */
import type { BinaryOperation } from '../../../ops/binary.js';
import { type Shape, sameShape } from '../../../tensor/shape.js';
import type { GraphImporter } from '../graphImporter.js';
import { alignedShape, channelVector, type NodeImporter } from '../nodeImporter.js';
import type { OnnxNode } from '../onnxNode.js';
import { appendPair, numberTerm, operandTerm, type Term, valueTerm } from './term.js';

/** x · scale + offset for a constant c on the right, and on the left; `undefined` where that is not affine. */
interface Affines {
  right(c: number): readonly [scale: number, offset: number];
  left?(c: number): readonly [scale: number, offset: number];
}

const AFFINES: Readonly<Record<'Add' | 'Sub' | 'Mul' | 'Div', Affines>> = {
  Add: { right: (c) => [1, c], left: (c) => [1, c] },
  Sub: { right: (c) => [1, -c], left: (c) => [-1, c] },
  Mul: { right: (c) => [c, 0], left: (c) => [c, 0] },
  Div: { right: (c) => [1 / c, 0] },
};

/** Where an operand's axes stand among the other's: at the end, or from attribute `axis` on in operator set 6. */
function placedAt(node: OnnxNode, rank: number): number | undefined {
  return node.hasAttribute('axis') ? node.axis(node.integer('axis', 0), rank) : undefined;
}

/** A value and a constant by channel, as an affine; `false` where they are none. */
function appendAffine(node: OnnxNode, graph: GraphImporter, affines: Affines, constantIndex: 0 | 1): boolean {
  const valueIndex = constantIndex === 0 ? 1 : 0;
  const shape = node.shape(valueIndex);
  const vector = channelVector(node.constant(constantIndex, 'factors'), shape, placedAt(node, shape.length));
  const affine = constantIndex === 1 ? affines.right : affines.left;
  if (!vector || !affine || shape.length < 2) return false;
  const pairs = Array.from(vector, affine);
  if (!pairs.flat().every(Number.isFinite)) return false;
  const numbers = (what: string, at: 0 | 1) =>
    graph.tensor(
      node,
      what,
      [vector.length],
      Float32Array.from(pairs, (pair) => pair[at]),
    );
  graph.append(node, 'affine', [node.value(valueIndex), numbers('scales', 0), numbers('offsets', 1)]);
  return true;
}

/** The right operand; in operator set 6 its axes may stand in the middle. */
function rightTerm(node: OnnxNode, graph: GraphImporter): Term {
  const term = operandTerm(node, graph, 1);
  const rank = node.shape().length;
  const axis = placedAt(node, rank);
  if (axis === undefined) return term;
  const after = Math.max(rank - axis - term.shape.length, 0);
  const shape: Shape = alignedShape([...term.shape, ...new Array<number>(after).fill(1)], rank);
  return { ...term, shape };
}

/** Appends two operands that repeat along the axes that they lack. */
function appendBroadcast(node: OnnxNode, graph: GraphImporter, operation: BinaryOperation): void {
  const [a, b] = [operandTerm(node, graph, 0), rightTerm(node, graph)];
  if (!a.isTensor || operation === 'add' || operation === 'multiply' || b.isTensor) {
    appendPair(node, graph, operation, a, b);
    return;
  }
  const mapped = operation === 'divide' ? 'reciprocal' : 'negative';
  const right = graph.append(node, 'unary', [b.as(b.shape)], { operation: mapped }, mapped);
  const joined = operation === 'divide' ? 'multiply' : 'add';
  appendPair(node, graph, joined, valueTerm(node, graph, right), a);
}

const OPERATIONS: Readonly<Record<keyof typeof AFFINES, BinaryOperation>> = {
  Add: 'add',
  Sub: 'subtract',
  Mul: 'multiply',
  Div: 'divide',
};

function binary(operator: keyof typeof AFFINES): NodeImporter {
  return {
    operator,
    attributes: ['axis', 'broadcast'],
    inputs: [2, 2],
    import(node, graph) {
      const constantIndex = [0, 1].find((index) => node.operand(index).constant) as 0 | 1 | undefined;
      if (constantIndex !== undefined && appendAffine(node, graph, AFFINES[operator], constantIndex)) return;
      const same = constantIndex === undefined && sameShape(node.shape(0), node.shape(1));
      if (operator === 'Add' && same) graph.append(node, 'add', [node.value(0), node.value(1)]);
      else appendBroadcast(node, graph, OPERATIONS[operator]);
    },
  };
}

/** A constant exponent for all elements, where it is one number. */
function exponentOf(node: OnnxNode): number | undefined {
  const { constant } = node.operand(1);
  return constant?.data.length === 1 && constant.shape.length <= node.shape().length ? constant.data[0] : undefined;
}

/** Squares, roots and inverses by themselves; other powers of numbers below 0 are no numbers unless they are whole. */
export const pow: NodeImporter = {
  operator: 'Pow',
  attributes: ['axis', 'broadcast'],
  inputs: [2, 2],
  import(node, graph) {
    const exponent = exponentOf(node);
    const isValue = !node.operand(0).constant;
    if (isValue && exponent === 1) graph.alias(node, node.value());
    else if (isValue && exponent === 2) {
      const term = operandTerm(node, graph, 0);
      appendPair(node, graph, 'multiply', term, term);
    } else if (isValue && exponent === 0.5) graph.append(node, 'unary', [node.value()], { operation: 'squareRoot' });
    else if (isValue && exponent === -1) graph.append(node, 'unary', [node.value()], { operation: 'reciprocal' });
    else appendPair(node, graph, 'power', operandTerm(node, graph, 0), rightTerm(node, graph));
  },
};

/** As many operands as the file gives, joined one after the other; `last` is appended to what that gives. */
function joined(operator: string, operation: BinaryOperation, isMean = false): NodeImporter {
  return {
    operator,
    attributes: [],
    inputs: [1, 1 << 10],
    wholeNumbers: isMean ? undefined : 'constants',
    import(node, graph) {
      const terms = node.operands.map((_operand, index) => operandTerm(node, graph, index));
      let total = terms[0]!;
      for (const [index, term] of terms.entries()) {
        if (index === 0) continue;
        const step = isMean || index < terms.length - 1 ? 'joined' : undefined;
        total = valueTerm(node, graph, appendPair(node, graph, operation, total, term, step));
      }
      if (terms.length === 1) graph.alias(node, node.value());
      else if (isMean) appendPair(node, graph, 'multiply', total, numberTerm(node, graph, 1 / terms.length));
    },
  };
}

export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');
export const min = joined('Min', 'least');
export const max = joined('Max', 'greatest');
export const sum = joined('Sum', 'add');
export const mean = joined('Mean', 'add', true);
