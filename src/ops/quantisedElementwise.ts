/** Element-wise operators on int8 values: addition, and another quantisation with or without an activation. */

import type { Node } from '../graph/types.js';
import { elementCount } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { expectShape, type Operator, onlyAttributes, refuseAttribute, refuseShape } from './operator.js';
import {
  type Int8Activation,
  type OutputLimits,
  outputLimits,
  quantisationNames,
  readActivation,
  readQuantisation,
  rescale,
  rescalingOf,
} from './rescaling.js';

/** Position of `requantise`'s slopes. */
export const REQUANTISE_SLOPES = 1;

const ADDITION_ACTIVATIONS: readonly Int8Activation[] = ['none', 'relu', 'relu6'];
const ACTIVATIONS: readonly Int8Activation[] = [...ADDITION_ACTIVATIONS, 'prelu'];

/** An addition in integers: ((a − zero point) · multiplier + (b − zero point) · multiplier) >> shift, half up. */
export interface AdditionIntegers extends OutputLimits {
  readonly zeroPoints: readonly [number, number];
  readonly multipliers: readonly number[];
  readonly shift: number;
}

/** What an addition's scales amount to in integers. Throws ModelError BAD_ATTRIBUTE. */
export function additionIntegers(node: Node): AdditionIntegers {
  const [a, b, output] = (['a', 'b', 'output'] as const).map((name) => readQuantisation(node, name));
  return {
    ...outputLimits(output!, readActivation(node, ADDITION_ACTIVATIONS)),
    ...rescalingOf([a!.scale / output!.scale, b!.scale / output!.scale]),
    zeroPoints: [a!.zeroPoint, b!.zeroPoint],
  };
}

/**
 * activation(a + b) of int8 values of one shape with quantisations of their own. Attributes `aScale`, `aZeroPoint`,
 * `bScale`, `bZeroPoint`, `outputScale`, `outputZeroPoint`, and `activation`: none, relu or relu6.
 */
export const quantisedAddition: Operator = {
  name: 'quantisedAddition',
  inputNames: ['a', 'b'],
  required: 2,
  int8Inputs: 'all',
  int8Output: true,
  checkAttributes(node) {
    onlyAttributes(node, [...quantisationNames('a', 'b', 'output'), 'activation']);
    additionIntegers(node);
  },
  inferShapes(node, [a, b]) {
    expectShape(node, 'b', b, a!);
    return [a!];
  },
  reference(node, [a, b]) {
    const integers = additionIntegers(node);
    const [multiplierA = 0, multiplierB = 0] = integers.multipliers;
    const [zeroA, zeroB] = integers.zeroPoints;
    const output = referenceTensor(a!.shape);
    for (let index = 0; index < output.data.length; index++) {
      const sum = (a!.data[index]! - zeroA) * multiplierA + (b!.data[index]! - zeroB) * multiplierB;
      output.data[index] = rescale(sum, integers.shift, integers);
    }
    return [output];
  },
  multiplyAdds: () => 0,
};

/** An element-wise map in integers: ((x − zero point) · multiplier) >> shift, half up. */
export interface RequantiseIntegers extends OutputLimits {
  readonly inputZeroPoint: number;
  /** For elements of the zero point and more. */
  readonly positive: number;
  /** For elements below the zero point: by channel with slopes, and else one for all. */
  readonly negative: readonly number[];
  readonly shift: number;
}

/** What a map's scales and slopes amount to in integers. Throws ModelError BAD_ATTRIBUTE. */
export function requantiseIntegers(node: Node, slopes?: ArrayLike<number>): RequantiseIntegers {
  const [input, output] = (['input', 'output'] as const).map((name) => readQuantisation(node, name));
  const ratio = input!.scale / output!.scale;
  const { multipliers, shift } = rescalingOf([ratio, ...Array.from(slopes ?? [1], (slope) => ratio * slope)]);
  const [positive = 0, ...negative] = multipliers;
  const limits = outputLimits(output!, readActivation(node, ACTIVATIONS));
  return { ...limits, inputZeroPoint: input!.zeroPoint, positive, negative, shift };
}

/**
 * activation(x) of an int8 value in another quantisation or its own. `slopes` `[C]`, one a channel, with the activation
 * prelu and only with it. Attributes `inputScale`, `inputZeroPoint`, `outputScale`, `outputZeroPoint` and `activation`:
 * none, relu, relu6 or prelu.
 */
export const requantise: Operator = {
  name: 'requantise',
  inputNames: ['input', 'slopes'],
  required: 1,
  int8Inputs: [0],
  int8Output: true,
  checkAttributes(node) {
    onlyAttributes(node, [...quantisationNames('input', 'output'), 'activation']);
    requantiseIntegers(node);
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
  reference(node, [input, slopes]) {
    const integers = requantiseIntegers(node, slopes?.data);
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
  multiplyAdds: () => 0,
};
