/** Add, Sub, Mul and Div: by channel with a constant, or of two operands that broadcast. */
import type { BinaryOperation } from '../../../ops/binary.js';
import { type Shape, sameShape } from '../../../tensor/shape.js';
import type { GraphImporter } from '../graphImporter.js';
import { alignedShape, channelVector, type NodeImporter } from '../nodeImporter.js';
import type { OnnxNode } from '../onnxNode.js';

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
  const scales = graph.tensor(
    node,
    'scales',
    [vector.length],
    Float32Array.from(pairs, ([scale]) => scale),
  );
  const offsets = graph.tensor(
    node,
    'offsets',
    [vector.length],
    Float32Array.from(pairs, ([, offset]) => offset),
  );
  graph.append(node, 'affine', [node.value(valueIndex), scales, offsets]);
  return true;
}

/** The shape of an operand with axes of length 1 where the other has more. */
function placedShape(shape: Shape, rank: number, axis: number | undefined): Shape {
  const after = axis === undefined ? 0 : Math.max(rank - axis - shape.length, 0);
  return alignedShape([...shape, ...new Array<number>(after).fill(1)], rank);
}

/** An operand with as many axes as the other: a tensor, or a value that is reshaped. */
function placedOperand(node: OnnxNode, graph: GraphImporter, index: 0 | 1, rank: number): string {
  const axis = index === 1 ? placedAt(node, rank) : undefined;
  const shape = placedShape(node.shape(index), rank, axis);
  if (node.operand(index).constant) return graph.weights(node, index, 'factors', shape);
  return graph.reshape(node, node.value(index), shape, `operand${index}`);
}

/** Two operands that repeat along the axes that they lack. A constant on the left changes sides. */
function appendBroadcast(node: OnnxNode, graph: GraphImporter, operation: BinaryOperation): void {
  const rank = Math.max(node.shape(0).length, node.shape(1).length, 1);
  const [a, b] = [placedOperand(node, graph, 0, rank), placedOperand(node, graph, 1, rank)];
  if (!node.operand(0).constant) {
    graph.append(node, 'binary', [a, b], { operation });
  } else if (operation === 'add' || operation === 'multiply') {
    graph.append(node, 'binary', [b, a], { operation });
  } else if (operation === 'divide') {
    const inverse = graph.append(node, 'unary', [b], { operation: 'reciprocal' }, 'inverse');
    graph.append(node, 'binary', [inverse, a], { operation: 'multiply' });
  } else {
    const sign = graph.tensor(node, 'sign', new Array<number>(rank).fill(1), Float32Array.of(-1));
    const negated = graph.append(node, 'binary', [b, sign], { operation: 'multiply' }, 'negated');
    graph.append(node, 'binary', [negated, a], { operation: 'add' });
  }
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

export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');
