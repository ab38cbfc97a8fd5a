/** Between float32 values and int8 ones: x = scale · (q − zeroPoint). */

import type { ReferenceTensor } from '../tensor/tensor.js';
import { integer, number, withDefault } from './attributes.js';
import { operator, refuseShape } from './operator.js';

/** What an int8 value's elements mean: x = scale · (q − zeroPoint). */
export interface Quantisation {
  readonly scale: number;
  /** −128 to 127: the element that stands for 0. */
  readonly zeroPoint: number;
}

/** Scales that are accepted; their ratios and reciprocals are then ordinary float32 numbers. */
export const LEAST_SCALE = 2 ** -60;
export const MOST_SCALE = 2 ** 60;

/** A scale, and the element that stands for 0, of a value that a node reads or makes. */
export const SCALE = number('what one unit of an element is worth', [LEAST_SCALE, MOST_SCALE]);
export const ZERO_POINT = integer(-128, 127, 'the element that stands for 0');

/** What the values of some names mean: `NAMEScale` and `NAMEZeroPoint` each. */
export function quantisations<const Name extends string>(...names: readonly Name[]): QuantisationRules<Name> {
  const rules = names.flatMap((name) => [
    [`${name}Scale`, SCALE],
    [`${name}ZeroPoint`, ZERO_POINT],
  ]);
  return Object.fromEntries(rules) as QuantisationRules<Name>;
}

type QuantisationRules<Name extends string> = Readonly<
  Record<`${Name}Scale`, typeof SCALE> & Record<`${Name}ZeroPoint`, typeof ZERO_POINT>
>;

/** The attributes of a node that hold what a value means. */
export type QuantisedBy<Name extends string> = Readonly<Record<`${Name}Scale` | `${Name}ZeroPoint`, number>>;

/** What the attributes say of the value of a name. */
export function quantisationIn<Name extends string>(attributes: QuantisedBy<Name>, name: Name): Quantisation {
  return { scale: attributes[`${name}Scale`], zeroPoint: attributes[`${name}ZeroPoint`] };
}

/** The attributes that say what the value of a name means. */
export function quantisedBy<const Name extends string>(name: Name, { scale, zeroPoint }: Quantisation) {
  return { [`${name}Scale`]: scale, [`${name}ZeroPoint`]: zeroPoint } as QuantisedBy<Name>;
}

/** What `quantise` multiplies by: the reciprocal of the scale as float32. */
export function quantisingFactor({ scale }: Quantisation): number {
  return Math.fround(1 / scale);
}

/** The nearest whole number, of two the even one. */
function nearestEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 ? below : below + 1;
}

function mapElements(input: ReferenceTensor, map: (value: number) => number): ReferenceTensor {
  return { ...input, data: input.data.map(map) };
}

/**
 * float32 `[N, C, H, W]` to int8: min(max(nearest(x · factor) + zeroPoint, least), 127), factor the scale's reciprocal in
 * float32, ties to even. NaN becomes the zero point. `least` is −128, or −127 for files whose elements are symmetric.
 */
export const quantise = operator({
  name: 'quantise',
  inputNames: ['input'],
  int8Output: true,
  attributes: {
    scale: SCALE,
    zeroPoint: ZERO_POINT,
    least: withDefault(integer(-128, 127, 'the least element that is made'), -128),
  },
  inferShapes(node, [input]) {
    if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
    return [input];
  },
  reference(node, [input]) {
    const { zeroPoint, least } = node.attributes;
    const factor = quantisingFactor(node.attributes);
    return [
      mapElements(input!, (value) => {
        const product = Math.fround(Math.fround(value) * factor);
        const whole = Number.isNaN(product) ? 0 : nearestEven(product);
        return Math.min(Math.max(whole + zeroPoint, least), 127);
      }),
    ];
  },
});

/** int8 to float32: (q − zeroPoint) · scale, rounded once. */
export const dequantise = operator({
  name: 'dequantise',
  inputNames: ['input'],
  int8Inputs: [0],
  attributes: { scale: SCALE, zeroPoint: ZERO_POINT },
  inferShapes: (_node, [input]) => [input!],
  reference(node, [input]) {
    const { scale, zeroPoint } = node.attributes;
    return [mapElements(input!, (value) => Math.fround((value - zeroPoint) * Math.fround(scale)))];
  },
});
