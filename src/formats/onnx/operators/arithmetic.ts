/** Add, Sub, Mul and Div: of two values of one shape, or of a value and a constant by channel. */
import { sameShape } from '../../../tensor/shape.js';
import type { GraphImporter } from '../graphImporter.js';
import { channelVector, type NodeImporter } from '../nodeImporter.js';
import { type OnnxNode, unsupported } from '../onnxNode.js';

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

function appendAffine(node: OnnxNode, graph: GraphImporter, affines: Affines, constantIndex: 0 | 1): void {
  const valueIndex = constantIndex === 0 ? 1 : 0;
  const shape = node.shape(valueIndex);
  const constant = node.constant(constantIndex, 'factors');
  const axis = node.hasAttribute('axis') ? node.axis(node.integer('axis', 0), shape.length) : undefined;
  const vector = channelVector(constant, shape, axis);
  if (!vector || shape.length < 2) {
    const found = `a constant [${constant.shape.join(', ')}] meets a value [${shape.join(', ')}]`;
    unsupported(found, 'is one number a channel, or one for all');
  }
  const affine = constantIndex === 1 ? affines.right : affines.left;
  if (!affine) unsupported('a constant is divided by a value', 'is a value divided by a constant');
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
}

function binary(operator: keyof typeof AFFINES): NodeImporter {
  return {
    operator,
    attributes: ['axis', 'broadcast'],
    inputs: [2, 2],
    import(node, graph) {
      const constantIndex = [0, 1].find((index) => node.operand(index).constant) as 0 | 1 | undefined;
      if (constantIndex !== undefined) {
        appendAffine(node, graph, AFFINES[operator], constantIndex);
        return;
      }
      const [a, b] = [node.shape(0), node.shape(1)];
      if (!sameShape(a, b) || operator === 'Mul' || operator === 'Div') {
        const found = `two values [${a.join(', ')}] and [${b.join(', ')}]`;
        unsupported(found, 'are the sum and difference of two of one shape, or a value and a constant');
      }
      if (operator === 'Add') {
        graph.append(node, 'add', [node.value(0), node.value(1)]);
        return;
      }
      const factors = [graph.filled(node, 'scales', 1, -1), graph.filled(node, 'offsets', 1, 0)];
      const negated = graph.append(node, 'affine', [node.value(1), ...factors], undefined, 'negated');
      graph.append(node, 'add', [node.value(0), negated]);
    },
  };
}

export const add = binary('Add');
export const sub = binary('Sub');
export const mul = binary('Mul');
export const div = binary('Div');
