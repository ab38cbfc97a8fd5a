/** Places before and after an axis. */
import type { Node } from '../graph/types.js';
import { axisOf, readAxis } from './axis.js';
import { takePlaces } from './gather.js';
import { type Operator, onlyAttributes, readInteger, readNumber, readWord, refuseShape } from './operator.js';

/** What stands in the padding: a number, the nearest place, the axis mirrored at its ends, or the axis again. */
export const PAD_AXIS_MODES = ['constant', 'edge', 'reflect', 'wrap'] as const;

/** The attributes, read and checked. */
export interface PadAxisAttributes {
  readonly mode: (typeof PAD_AXIS_MODES)[number];
  readonly before: number;
  readonly after: number;
  /** The number of `constant`. */
  readonly value: number;
}

const LARGEST = 1 << 18;

/** Reads all attributes but the axis. Throws ModelError BAD_ATTRIBUTE. */
export function padAxisAttributes(node: Node): PadAxisAttributes {
  const mode = readWord(node, 'mode', PAD_AXIS_MODES);
  return {
    mode,
    before: readInteger(node, 'before', 0, LARGEST),
    after: readInteger(node, 'after', 0, LARGEST),
    value: mode === 'constant' ? readNumber(node, 'value') : 0,
  };
}

function sourceOf(place: number, length: number, mode: PadAxisAttributes['mode']): number {
  if (place >= 0 && place < length) return place;
  if (mode === 'constant') return -1;
  if (mode === 'edge') return place < 0 ? 0 : length - 1;
  if (mode === 'reflect') return place < 0 ? -place : 2 * (length - 1) - place;
  return ((place % length) + length) % length;
}

/** The place of the input that each place of the output shows; −1 for the number. */
export function paddedPlaces(length: number, { mode, before, after }: PadAxisAttributes): number[] {
  return Array.from({ length: before + length + after }, (_, place) => sourceOf(place - before, length, mode));
}

/** `before` and `after` places around `axis`, of the given `mode`; `value` belongs to `constant`. */
export const padAxis: Operator = {
  name: 'padAxis',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    const value = node.attributes.mode === 'constant' ? ['value'] : [];
    onlyAttributes(node, ['mode', 'axis', 'before', 'after', ...value]);
    readAxis(node);
    padAxisAttributes(node);
  },
  inferShapes(node, [input]) {
    const axis = axisOf(node, input);
    const { mode, before, after } = padAxisAttributes(node);
    const length = input![axis]!;
    if (mode === 'reflect' && Math.max(before, after) >= length) {
      refuseShape(node, 'input', input, `a shape that is longer than the reflected padding along axis ${axis}`);
    }
    return [input!.with(axis, before + length + after)];
  },
  reference(node, [input]) {
    const axis = axisOf(node, input!.shape);
    const attributes = padAxisAttributes(node);
    return [takePlaces(input!, axis, paddedPlaces(input!.shape[axis]!, attributes), attributes.value)];
  },
  multiplyAdds: () => 0,
};
