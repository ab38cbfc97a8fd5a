/** A part of a value along one axis. */
import type { Node } from '../graph/types.js';
import type { Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { axisOf, axisStrides, readAxis } from './axis.js';
import { type Operator, onlyAttributes, readInteger, refuseShape } from './operator.js';

const LARGEST = 1 << 30;

/** The range along the axis; both ends lie inside the input. */
export interface SliceAttributes {
  readonly axis: number;
  readonly begin: number;
  readonly end: number;
}

/** Reads the attributes of a slice of an input. Throws ModelError BAD_ATTRIBUTE, ShapeError NODE_SHAPE. */
export function sliceAttributes(node: Node, input: Shape | undefined): SliceAttributes {
  const axis = axisOf(node, input);
  const begin = readInteger(node, 'begin', 0, LARGEST);
  const end = readInteger(node, 'end', begin + 1, LARGEST);
  if (end > input![axis]!) refuseShape(node, 'input', input, `a shape with at least ${end} along axis ${axis}`);
  return { axis, begin, end };
}

/** The elements `begin` to `end` (exclusive) along `axis`. */
export const slice: Operator = {
  name: 'slice',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, ['axis', 'begin', 'end']);
    readAxis(node);
    readInteger(node, 'end', readInteger(node, 'begin', 0, LARGEST) + 1, LARGEST);
  },
  inferShapes(node, [input]) {
    const { axis, begin, end } = sliceAttributes(node, input);
    return [input!.with(axis, end - begin)];
  },
  reference(node, [input]) {
    const { axis, begin, end } = sliceAttributes(node, input!.shape);
    const output = referenceTensor(input!.shape.with(axis, end - begin));
    const { outer, length, inner } = axisStrides(input!.shape, axis);
    const run = (end - begin) * inner;
    for (let index = 0; index < outer; index++) {
      const from = (index * length + begin) * inner;
      output.data.set(input!.data.subarray(from, from + run), index * run);
    }
    return [output];
  },
  multiplyAdds: () => 0,
};
