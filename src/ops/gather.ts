/** Places along an axis in another order: chosen, repeated, left out. */

import type { Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { integers } from './attributes.js';
import { AXIS, axisOf, axisStrides } from './axis.js';
import { operator, refuseShape } from './operator.js';

/** Places that a graph may list. */
export const MOST_PLACES = 1 << 16;

/** Copies of places along an axis, in the order of a table; a place of −1 is filled with `value`. */
export function takePlaces(
  input: ReferenceTensor,
  axis: number,
  places: readonly number[],
  value: number,
): ReferenceTensor {
  const output = referenceTensor(input.shape.with(axis, places.length));
  const { outer, length, inner } = axisStrides(input.shape, axis);
  for (let index = 0; index < outer * places.length; index++) {
    const place = places[index % places.length]!;
    const begin = index * inner;
    if (place < 0) {
      output.data.fill(value, begin, begin + inner);
      continue;
    }
    const from = (Math.floor(index / places.length) * length + place) * inner;
    output.data.set(input.data.subarray(from, from + inner), begin);
  }
  return output;
}

/** The places `indices` along `axis`, in that order. */
export const gather = operator({
  name: 'gather',
  inputNames: ['input'],
  attributes: { axis: AXIS, indices: integers([1, MOST_PLACES], 0, 1 << 30, 'places in their new order') },
  inferShapes(node, [input]) {
    const axis = axisOf(node, input);
    const { indices } = node.attributes;
    const least = indices.reduce((most, index) => Math.max(most, index), 0) + 1;
    if (least > input![axis]!) refuseShape(node, 'input', input, `a shape with at least ${least} along axis ${axis}`);
    const shape: Shape = input!.with(axis, indices.length);
    return [shape];
  },
  reference: ({ attributes: { axis, indices } }, [input]) => [takePlaces(input!, axis, indices, 0)],
});
