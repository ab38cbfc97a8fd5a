/** Nodes that compare, choose and count among constants, folded at import; truth is 0 or 1. */
import { elementCount } from '../../tensor/shape.js';
import type { Constant } from './constant.js';
import { integerConstant } from './constant.js';
import type { FoldContext, Folder } from './folder.js';
import { alignedShape } from './nodeImporter.js';
import type { OnnxNode } from './onnxNode.js';
import { broadcastShape } from './operators/term.js';

function operand(node: OnnxNode, index: number): Constant {
  return node.constant(index, 'operands');
}

/** The place in a constant that a place of the shape it repeats to shows. */
function repeated({ shape }: Constant, whole: readonly number[]): (index: number) => number {
  const lengths = alignedShape(shape, whole.length);
  return (index) => {
    let [from, rest, step] = [0, index, 1];
    for (let axis = whole.length - 1; axis >= 0; axis--) {
      const place = rest % whole[axis]!;
      rest = Math.floor(rest / whole[axis]!);
      if (lengths[axis] !== 1) from += place * step;
      step *= lengths[axis]!;
    }
    return from;
  };
}

/** What two elements become, as whole numbers. */
export function compared(compare: (a: number, b: number) => number | boolean): Folder {
  return {
    attributes: ['axis', 'broadcast'],
    fold(node, context) {
      const [a, b] = [operand(node, 0), operand(node, 1)];
      const shape = broadcastShape(node, a.shape, b.shape);
      context.graph.spend(elementCount(shape), node.where);
      const [fromA, fromB] = [repeated(a, shape), repeated(b, shape)];
      const values = Array.from({ length: elementCount(shape) }, (_, index) =>
        Number(compare(a.data[fromA(index)]!, b.data[fromB(index)]!)),
      );
      return integerConstant(shape, values);
    },
  };
}

/** The other truth of each element. */
export const not: Folder = {
  attributes: [],
  fold(node, context) {
    const { shape, data } = operand(node, 0);
    context.graph.spend(data.length, node.where);
    return integerConstant(
      shape,
      data.map((value) => (value === 0 ? 1 : 0)),
    );
  },
};

/** Elements of the second operand where the first is true, else of the third. */
export const where: Folder = {
  attributes: [],
  fold(node: OnnxNode, context: FoldContext) {
    const [condition, yes, no] = [operand(node, 0), operand(node, 1), operand(node, 2)];
    if (yes.kind !== no.kind) node.refuse(`chooses among ${yes.kind}s and ${no.kind}s`, 'are operands of one type');
    const shape = broadcastShape(node, broadcastShape(node, condition.shape, yes.shape), no.shape);
    const count = elementCount(shape);
    context.graph.spend(count, node.where);
    const [fromCondition, fromYes, fromNo] = [condition, yes, no].map((part) => repeated(part, shape));
    const data = yes.data instanceof Float32Array ? new Float32Array(count) : new Float64Array(count);
    for (let index = 0; index < count; index++) {
      const chosen = condition.data[fromCondition!(index)] !== 0;
      data[index] = chosen ? yes.data[fromYes!(index)]! : no.data[fromNo!(index)]!;
    }
    return { kind: yes.kind, shape, data };
  },
};

/** Numbers from the first operand on, the third apart, before the second. */
export const range: Folder = {
  attributes: [],
  fold(node, context) {
    const [begin, end, step] = [0, 1, 2].map((index) => node.constantNumber(index, 'limits')) as [
      number,
      number,
      number,
    ];
    const count = Math.max(Math.ceil((end - begin) / step), 0);
    if (!Number.isFinite(count)) node.refuse(`goes from ${begin} to ${end} by ${step}`, 'are steps that reach the end');
    context.graph.spend(count, node.where);
    const values = Array.from({ length: count }, (_, index) => begin + index * step);
    if (operand(node, 0).kind === 'integer') return integerConstant([count], values);
    return { kind: 'float', shape: [count], data: Float32Array.from(values) };
  },
};
