/** Axes in another order. */

import { MOST_AXES, type Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { integers } from './attributes.js';
import { operator, refuseAttribute, refuseShape } from './operator.js';

/** Elements from one step along each axis of a dense row-major shape to the next. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Puts axis `order[i]` of the input at place i. */
export const permute = operator({
  name: 'permute',
  inputNames: ['input'],
  attributes: { order: integers([1, MOST_AXES], 0, MOST_AXES - 1, 'the axis of the input that stands at each place') },
  check(node) {
    const { order } = node.attributes;
    if (new Set(order).size !== order.length || order.some((axis) => axis >= order.length)) {
      refuseAttribute(node, 'order', order, 'a list that holds each axis once');
    }
  },
  inferShapes(node, [input]) {
    const { order } = node.attributes;
    if (input?.length !== order.length) refuseShape(node, 'input', input, `a shape of ${order.length} axes`);
    return [order.map((axis) => input[axis]!)];
  },
  reference(node, [input], [shape]) {
    const { order } = node.attributes;
    const output = referenceTensor(shape);
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
});
