/** Places before and after an axis. */
import { type AttributesOf, integer, number, only, word } from './attributes.js';
import { AXIS, axisOf } from './axis.js';
import { takePlaces } from './gather.js';
import { operator, refuseShape } from './operator.js';

/** What stands in the padding: a number, the nearest place, the axis mirrored at its ends, or the axis again. */
export const PAD_AXIS_MODES = ['constant', 'edge', 'reflect', 'wrap'] as const;

const LARGEST = 1 << 18;

const ATTRIBUTES = {
  mode: word(PAD_AXIS_MODES, 'what stands in the padding'),
  axis: AXIS,
  before: integer(0, LARGEST, 'places before the axis'),
  after: integer(0, LARGEST, 'places after the axis'),
  value: only('mode', ['constant'], number('what a constant padding holds')),
};

type PadAxisAttributes = AttributesOf<typeof ATTRIBUTES>;

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
export const padAxis = operator({
  name: 'padAxis',
  inputNames: ['input'],
  attributes: ATTRIBUTES,
  inferShapes(node, [input]) {
    const axis = axisOf(node, input);
    const { mode, before, after } = node.attributes;
    const length = input![axis]!;
    if (mode === 'reflect' && Math.max(before, after) >= length) {
      refuseShape(node, 'input', input, `a shape that is longer than the reflected padding along axis ${axis}`);
    }
    return [input!.with(axis, before + length + after)];
  },
  reference({ attributes }, [input]) {
    const { axis, value = 0 } = attributes;
    return [takePlaces(input!, axis, paddedPlaces(input!.shape[axis]!, attributes), value)];
  },
});
