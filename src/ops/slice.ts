/** A part of a value along one axis. */
import type { Node } from '../graph/types.js';
import type { Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { axisOf, axisStrides, readAxis } from './axis.js';
import { type Operator, onlyAttributes, readInteger, refuseAttribute, refuseShape } from './operator.js';

const LARGEST = 1 << 30;

/** The places along the axis: `begin`, and every `step`th after it before `end`; all lie inside the input. */
export interface SliceAttributes {
  readonly axis: number;
  readonly begin: number;
  /** −1 where a step below 0 takes the first element too. */
  readonly end: number;
  /** Other than 0; 1 where it is absent. */
  readonly step: number;
  /** Places. */
  readonly count: number;
}

function readRange(node: Node): Omit<SliceAttributes, 'axis'> {
  const step = node.attributes.step === undefined ? 1 : readInteger(node, 'step', -LARGEST, LARGEST);
  if (step === 0) refuseAttribute(node, 'step', step, 'a step other than 0');
  const begin = readInteger(node, 'begin', 0, LARGEST);
  const end = step > 0 ? readInteger(node, 'end', begin + 1, LARGEST) : readInteger(node, 'end', -1, begin - 1);
  return { begin, end, step, count: Math.ceil((end - begin) / step) };
}

/** Reads the attributes of a slice of an input. Throws ModelError BAD_ATTRIBUTE, ShapeError NODE_SHAPE. */
export function sliceAttributes(node: Node, input: Shape | undefined): SliceAttributes {
  const axis = axisOf(node, input);
  const range = readRange(node);
  const last = Math.max(range.begin + 1, range.end);
  if (last > input![axis]!) refuseShape(node, 'input', input, `a shape with at least ${last} along axis ${axis}`);
  return { axis, ...range };
}

/** The elements `begin` to `end` (exclusive) along `axis`, or every `step`th of them; backwards for a step below 0. */
export const slice: Operator = {
  name: 'slice',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, ['axis', 'begin', 'end', 'step']);
    readAxis(node);
    readRange(node);
  },
  inferShapes(node, [input]) {
    const { axis, count } = sliceAttributes(node, input);
    return [input!.with(axis, count)];
  },
  reference(node, [input]) {
    const { axis, begin, step, count } = sliceAttributes(node, input!.shape);
    const output = referenceTensor(input!.shape.with(axis, count));
    const { outer, length, inner } = axisStrides(input!.shape, axis);
    for (let index = 0; index < outer * count; index++) {
      const from = (Math.floor(index / count) * length + begin + (index % count) * step) * inner;
      output.data.set(input!.data.subarray(from, from + inner), index * inner);
    }
    return [output];
  },
  multiplyAdds: () => 0,
};
