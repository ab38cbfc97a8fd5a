/** Element-wise operators on int8 values: addition, and another quantisation with or without an activation. */

import { elementCount } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { ACTIVATIONS } from './activation.js';
import { type AttributesOf, word } from './attributes.js';
import { expectShape, operator, refuseAttribute, refuseShape } from './operator.js';
import { quantisationIn, quantisations } from './quantise.js';
import { type OutputLimits, outputLimits, rescale, rescalingOf } from './rescaling.js';

/** Position of `requantise`'s slopes. */
export const REQUANTISE_SLOPES = 1;

/** An addition in integers: ((a − zero point) · multiplier + (b − zero point) · multiplier) >> shift, half up. */
export interface AdditionIntegers extends OutputLimits {
  readonly zeroPoints: readonly [number, number];
  readonly multipliers: readonly number[];
  readonly shift: number;
}

const ADDITION = {
  ...quantisations('a', 'b', 'output'),
  activation: word(['none', 'relu', 'relu6'], 'what the sum becomes'),
};

/** What an addition's scales amount to in integers. */
export function additionIntegers(attributes: AttributesOf<typeof ADDITION>): AdditionIntegers {
  const { aScale, aZeroPoint, bScale, bZeroPoint, outputScale, activation } = attributes;
  return {
    ...outputLimits(quantisationIn(attributes, 'output'), activation),
    ...rescalingOf([aScale / outputScale, bScale / outputScale]),
    zeroPoints: [aZeroPoint, bZeroPoint],
  };
}

/**
 * activation(a + b) of int8 values of one shape with quantisations of their own. `activation` is none, relu or relu6.
 */
export const quantisedAddition = operator({
  name: 'quantisedAddition',
  inputNames: ['a', 'b'],
  int8Inputs: 'all',
  int8Output: true,
  attributes: ADDITION,
  inferShapes(node, [a, b]) {
    expectShape(node, 'b', b, a!);
    return [a!];
  },
  reference({ attributes }, [a, b]) {
    const integers = additionIntegers(attributes);
    const [multiplierA = 0, multiplierB = 0] = integers.multipliers;
    const [zeroA, zeroB] = integers.zeroPoints;
    const output = referenceTensor(a!.shape);
    for (let index = 0; index < output.data.length; index++) {
      const sum = (a!.data[index]! - zeroA) * multiplierA + (b!.data[index]! - zeroB) * multiplierB;
      output.data[index] = rescale(sum, integers.shift, integers);
    }
    return [output];
  },
});

/** An element-wise map in integers: ((x − zero point) · multiplier) >> shift, half up. */
export interface RequantiseIntegers extends OutputLimits {
  readonly inputZeroPoint: number;
  /** For elements of the zero point and more. */
  readonly positive: number;
  /** For elements below the zero point: by channel with slopes, and else one for all. */
  readonly negative: readonly number[];
  readonly shift: number;
}

const REQUANTISATION = {
  ...quantisations('input', 'output'),
  activation: word(ACTIVATIONS, 'what an element becomes; prelu with slopes and only with them'),
};

/** What a map's scales and slopes amount to in integers. */
export function requantiseIntegers(
  attributes: AttributesOf<typeof REQUANTISATION>,
  slopes?: ArrayLike<number>,
): RequantiseIntegers {
  const { inputScale, inputZeroPoint, outputScale, activation } = attributes;
  const ratio = inputScale / outputScale;
  const { multipliers, shift } = rescalingOf([ratio, ...Array.from(slopes ?? [1], (slope) => ratio * slope)]);
  const [positive = 0, ...negative] = multipliers;
  const limits = outputLimits(quantisationIn(attributes, 'output'), activation);
  return { ...limits, inputZeroPoint, positive, negative, shift };
}

/**
 * activation(x) of an int8 value in another quantisation or its own. `slopes` `[C]`, one a channel, with the activation
 * prelu and only with it.
 */
export const requantise = operator({
  name: 'requantise',
  inputNames: ['input', 'slopes'],
  required: 1,
  int8Inputs: [0],
  int8Output: true,
  attributes: REQUANTISATION,
  check(node) {
    const slopes = Boolean(node.inputs[REQUANTISE_SLOPES]);
    const { activation } = node.attributes;
    if (slopes !== (activation === 'prelu')) {
      refuseAttribute(
        node,
        'activation',
        activation,
        slopes ? 'prelu with slopes' : 'none, relu or relu6 without slopes',
      );
    }
  },
  inferShapes(node, [input, slopes]) {
    if (!input || input.length < 2) refuseShape(node, 'input', input, '[N, C, …]');
    if (slopes) expectShape(node, 'slopes', slopes, [input[1]!]);
    return [input];
  },
  reference({ attributes }, [input, slopes]) {
    const integers = requantiseIntegers(attributes, slopes?.data);
    const { positive, negative, inputZeroPoint, shift } = integers;
    const [, channels = 1, ...rest] = input!.shape;
    const pixels = elementCount(rest);
    const output = referenceTensor(input!.shape);
    for (let index = 0; index < output.data.length; index++) {
      const centred = input!.data[index]! - inputZeroPoint;
      const channel = slopes ? Math.floor(index / pixels) % channels : 0;
      output.data[index] = rescale(centred * (centred < 0 ? negative[channel]! : positive), shift, integers);
    }
    return [output];
  },
});
