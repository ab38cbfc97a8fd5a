/** A part of a value along one axis. */

import { referenceTensor } from '../tensor/tensor.js';
import { type AttributesOf, integer, withDefault } from './attributes.js';
import { AXIS, axisOf, axisStrides } from './axis.js';
import { operator, refuseAttribute, refuseShape } from './operator.js';

const LARGEST = 1 << 30;

const ATTRIBUTES = {
  axis: AXIS,
  begin: integer(0, LARGEST, 'the first place'),
  end: integer(-1, LARGEST, 'the place before which it ends; −1 where a step below 0 takes the first element too'),
  step: withDefault(integer(-LARGEST, LARGEST, 'from one place to the next; not 0'), 1),
};

/** A slice's attributes; all places lie inside the input. */
export type SliceAttributes = AttributesOf<typeof ATTRIBUTES>;

/** The elements `begin` to `end` (exclusive) along `axis`, or every `step`th of them; backwards for a step below 0. */
export const slice = operator({
  name: 'slice',
  inputNames: ['input'],
  attributes: ATTRIBUTES,
  check(node) {
    const { begin, end, step } = node.attributes;
    if (step === 0) refuseAttribute(node, 'step', step, 'a step other than 0');
    const [least, most] = step > 0 ? [begin + 1, LARGEST] : [-1, begin - 1];
    if (end < least || end > most) refuseAttribute(node, 'end', end, `a whole number from ${least} to ${most}`);
  },
  inferShapes(node, [input]) {
    const axis = axisOf(node, input);
    const { begin, end, step } = node.attributes;
    const last = Math.max(begin + 1, end);
    if (last > input![axis]!) refuseShape(node, 'input', input, `a shape with at least ${last} along axis ${axis}`);
    return [input!.with(axis, Math.ceil((end - begin) / step))];
  },
  reference({ attributes: { axis, begin, step } }, [input], [shape]) {
    const count = shape[axis]!;
    const output = referenceTensor(shape);
    const { outer, length, inner } = axisStrides(input!.shape, axis);
    for (let index = 0; index < outer * count; index++) {
      const from = (Math.floor(index / count) * length + begin + (index % count) * step) * inner;
      output.data.set(input!.data.subarray(from, from + inner), index * inner);
    }
    return [output];
  },
});
