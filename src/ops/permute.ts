/** Axes in another order. */
import type { Node } from '../graph/types.js';
import { MOST_AXES, type Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { type Operator, onlyAttributes, readIntegers, refuseAttribute, refuseShape } from './operator.js';

/** Reads attribute `order`: axis i of the output is axis `order[i]` of the input. Throws ModelError BAD_ATTRIBUTE. */
export function permuteOrder(node: Node): readonly number[] {
  const given = Array.isArray(node.attributes.order) ? node.attributes.order.length : 0;
  const count = Math.min(Math.max(given, 1), MOST_AXES);
  return readIntegers(node, 'order', count, 0, count - 1);
}

/** Elements from one step along each axis of a dense row-major shape to the next. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Puts axis `order[i]` of the input at place i. */
export const permute: Operator = {
  name: 'permute',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, ['order']);
    const order = permuteOrder(node);
    if (new Set(order).size !== order.length) {
      refuseAttribute(node, 'order', order, 'a list that holds each axis once');
    }
  },
  inferShapes(node, [input]) {
    const order = permuteOrder(node);
    if (input?.length !== order.length) refuseShape(node, 'input', input, `a shape of ${order.length} axes`);
    return [order.map((axis) => input[axis]!)];
  },
  reference(node, [input]) {
    const order = permuteOrder(node);
    const output = referenceTensor(permute.inferShapes(node, [input!.shape])[0]!);
    const strides = rowMajorStrides(input!.shape);
    const places = rowMajorStrides(output.shape);
    for (let index = 0; index < output.data.length; index++) {
      let from = 0;
      for (const [place, axis] of order.entries()) {
        from += (Math.floor(index / places[place]!) % output.shape[place]!) * strides[axis]!;
      }
      output.data[index] = input!.data[from]!;
    }
    return [output];
  },
  multiplyAdds: () => 0,
};
