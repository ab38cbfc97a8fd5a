/** Pooling of int8 values: the largest element of each window, its mean, and the mean of a whole image. */

import type { Node } from '../graph/types.js';
import { imageShape, type Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { type Operator, onlyAttributes, refuseShape } from './operator.js';
import { averagePool, globalAveragePool, maxPool, poolAttributes, poolWindows } from './pool.js';
import {
  LARGEST_WINDOW,
  type MeanRescaling,
  meanRescaling,
  type OutputLimits,
  outputLimits,
  quantisationNames,
  readQuantisation,
  rescaleMean,
} from './rescaling.js';

/** The largest value of each window, as `maxPool` has it; the output has the input's quantisation. */
export const quantisedMaxPool: Operator = {
  ...maxPool,
  name: 'quantisedMaxPool',
  int8Inputs: 'all',
  int8Output: true,
};

const QUANTISATIONS = quantisationNames('input', 'output');

/** A mean in integers, but for the count of elements. */
export interface MeanIntegers extends OutputLimits, MeanRescaling {
  readonly inputZeroPoint: number;
}

/** What a mean's scales amount to in integers. Throws ModelError BAD_ATTRIBUTE. */
export function meanIntegers(node: Node): MeanIntegers {
  const input = readQuantisation(node, 'input');
  const output = readQuantisation(node, 'output');
  return {
    ...outputLimits(output, 'none'),
    ...meanRescaling(input.scale / output.scale),
    inputZeroPoint: input.zeroPoint,
  };
}

function refuseLarge(node: Node, input: Shape, elements: number): void {
  if (elements > LARGEST_WINDOW)
    refuseShape(node, 'input', input, `a shape with windows of up to ${LARGEST_WINDOW} pixels`);
}

/** A node as the float32 operator has it: without quantisations. */
function withoutQuantisations(node: Node): Node {
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).filter(([name]) => !QUANTISATIONS.includes(name)),
  );
  return { ...node, attributes };
}

/**
 * The mean of each window, as `averagePool` places and counts them: a place outside the input adds nothing, and counts
 * where `countPadding` says so. The attributes are averagePool's and `inputScale`, `inputZeroPoint`, `outputScale`,
 * `outputZeroPoint`.
 */
export const quantisedAveragePool: Operator = {
  name: 'quantisedAveragePool',
  inputNames: ['input'],
  required: 1,
  int8Inputs: [0],
  int8Output: true,
  checkAttributes(node) {
    averagePool.checkAttributes(withoutQuantisations(node));
    meanIntegers(node);
  },
  inferShapes(node, [input]) {
    const [output] = averagePool.inferShapes(node, [input]);
    const { kernel } = poolAttributes(node);
    refuseLarge(node, input!, kernel[0] * kernel[1]);
    return [output!];
  },
  reference(node, [input]) {
    const integers = meanIntegers(node);
    const { inputZeroPoint } = integers;
    return [
      poolWindows(node, input!, (taps, counted) => {
        const sum = taps.reduce((total, tap) => total + tap - inputZeroPoint, 0);
        return rescaleMean(sum, counted, integers, integers);
      }),
    ];
  },
  multiplyAdds: () => 0,
};

/** The mean of each channel, `[N, C, H, W]` to `[N, C, 1, 1]`; attributes as a quantised average's, but no window. */
export const quantisedGlobalAveragePool: Operator = {
  name: 'quantisedGlobalAveragePool',
  inputNames: ['input'],
  required: 1,
  int8Inputs: [0],
  int8Output: true,
  checkAttributes(node) {
    onlyAttributes(node, QUANTISATIONS);
    meanIntegers(node);
  },
  inferShapes(node, [input]) {
    const [output] = globalAveragePool.inferShapes(node, [input]);
    refuseLarge(node, input!, input![2]! * input![3]!);
    return [output!];
  },
  reference(node, [input]) {
    const integers = meanIntegers(node);
    const { batch, channels, height, width } = imageShape(input!.shape);
    const output = referenceTensor([batch, channels, 1, 1]);
    const pixels = height * width;
    for (let plane = 0; plane < batch * channels; plane++) {
      let sum = 0;
      for (let index = plane * pixels; index < (plane + 1) * pixels; index++) {
        sum += input!.data[index]! - integers.inputZeroPoint;
      }
      output.data[plane] = rescaleMean(sum, pixels, integers, integers);
    }
    return [output];
  },
  multiplyAdds: () => 0,
};
