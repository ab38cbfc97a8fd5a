/** Between float32 values and int8 ones: x = scale · (q − zeroPoint). */
import type { Node } from '../graph/types.js';
import type { ReferenceTensor } from '../tensor/tensor.js';
import { type Operator, onlyAttributes, readInteger, readNumber, refuseAttribute, refuseShape } from './operator.js';

/** What an int8 value's elements mean: x = scale · (q − zeroPoint). */
export interface Quantisation {
  readonly scale: number;
  /** −128 to 127: the element that stands for 0. */
  readonly zeroPoint: number;
}

/** Scales that are accepted; their ratios and reciprocals are then ordinary float32 numbers. */
export const LEAST_SCALE = 2 ** -60;
export const MOST_SCALE = 2 ** 60;

/** Reads a scale. Throws ModelError BAD_ATTRIBUTE. */
export function readScale(node: Node, name: string): number {
  const scale = readNumber(node, name);
  if (scale >= LEAST_SCALE && scale <= MOST_SCALE) return scale;
  return refuseAttribute(node, name, scale, `a number from ${LEAST_SCALE} to ${MOST_SCALE}`);
}

/** Reads a zero point. Throws ModelError BAD_ATTRIBUTE. */
export function readZeroPoint(node: Node, name: string): number {
  return readInteger(node, name, -128, 127);
}

/** Reads the attributes of `quantise` and `dequantise`. Throws ModelError BAD_ATTRIBUTE. */
export function quantisationAttributes(node: Node): Quantisation {
  return { scale: readScale(node, 'scale'), zeroPoint: readZeroPoint(node, 'zeroPoint') };
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

/** The least element that `quantise` makes: −128 where the attribute is absent. Throws ModelError BAD_ATTRIBUTE. */
export function leastElement(node: Node): number {
  return node.attributes.least === undefined ? -128 : readInteger(node, 'least', -128, 127);
}

/**
 * float32 `[N, C, H, W]` to int8: min(max(nearest(x · factor) + zeroPoint, least), 127), factor the scale's reciprocal in
 * float32, ties to even. NaN becomes the zero point. `least` is −128, or −127 for files whose elements are symmetric.
 */
export const quantise: Operator = {
  name: 'quantise',
  inputNames: ['input'],
  required: 1,
  int8Output: true,
  checkAttributes(node) {
    onlyAttributes(node, ['scale', 'zeroPoint', 'least']);
    leastElement(node);
    quantisationAttributes(node);
  },
  inferShapes(node, [input]) {
    if (input?.length !== 4) refuseShape(node, 'input', input, '[N, C, H, W]');
    return [input];
  },
  reference(node, [input]) {
    const quantisation = quantisationAttributes(node);
    const { zeroPoint } = quantisation;
    const factor = quantisingFactor(quantisation);
    return [
      mapElements(input!, (value) => {
        const product = Math.fround(Math.fround(value) * factor);
        const whole = Number.isNaN(product) ? 0 : nearestEven(product);
        return Math.min(Math.max(whole + zeroPoint, leastElement(node)), 127);
      }),
    ];
  },
  multiplyAdds: () => 0,
};

/** int8 to float32: (q − zeroPoint) · scale, rounded once. */
export const dequantise: Operator = {
  name: 'dequantise',
  inputNames: ['input'],
  required: 1,
  int8Inputs: [0],
  checkAttributes(node) {
    onlyAttributes(node, ['scale', 'zeroPoint']);
    quantisationAttributes(node);
  },
  inferShapes: (_node, [input]) => [input!],
  reference(node, [input]) {
    const { scale, zeroPoint } = quantisationAttributes(node);
    return [mapElements(input!, (value) => Math.fround((value - zeroPoint) * Math.fround(scale)))];
  },
  multiplyAdds: () => 0,
};
