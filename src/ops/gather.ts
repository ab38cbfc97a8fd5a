/** Places along an axis in another order: chosen, repeated, left out. */
import type { Node } from '../graph/types.js';
import type { Shape } from '../tensor/shape.js';
import { type ReferenceTensor, referenceTensor } from '../tensor/tensor.js';
import { axisOf, axisStrides, readAxis } from './axis.js';
import { type Operator, onlyAttributes, readIntegers, refuseShape } from './operator.js';

/** Places that a graph may list. */
export const MOST_PLACES = 1 << 16;

/** Reads attribute `indices`. Throws ModelError BAD_ATTRIBUTE. */
export function gatherIndices(node: Node): readonly number[] {
  const given = Array.isArray(node.attributes.indices) ? node.attributes.indices.length : 0;
  return readIntegers(node, 'indices', Math.min(Math.max(given, 1), MOST_PLACES), 0, 1 << 30);
}

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
export const gather: Operator = {
  name: 'gather',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, ['axis', 'indices']);
    readAxis(node);
    gatherIndices(node);
  },
  inferShapes(node, [input]) {
    const axis = axisOf(node, input);
    const indices = gatherIndices(node);
    const least = indices.reduce((most, index) => Math.max(most, index), 0) + 1;
    if (least > input![axis]!) refuseShape(node, 'input', input, `a shape with at least ${least} along axis ${axis}`);
    const shape: Shape = input!.with(axis, indices.length);
    return [shape];
  },
  reference: (node, [input]) => [takePlaces(input!, axisOf(node, input!.shape), gatherIndices(node), 0)],
  multiplyAdds: () => 0,
};
