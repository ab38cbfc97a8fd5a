/** Pooling of int8 values: the largest element of each window, its mean, and the mean of a whole image. */

import { imageShape, type Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import type { AttributesOf } from './attributes.js';
import { type NodeName, onInt8, operator, refuseShape } from './operator.js';
import { checkWindow, globalShape, MEAN_WINDOW, maxPool, pooledShape, poolWindows } from './pool.js';
import { quantisationIn, quantisations } from './quantise.js';
import {
  LARGEST_WINDOW,
  type MeanRescaling,
  meanRescaling,
  type OutputLimits,
  outputLimits,
  rescaleMean,
} from './rescaling.js';

/** The largest value of each window, as `maxPool` has it; the output has the input's quantisation. */
export const quantisedMaxPool = onInt8(maxPool, 'quantisedMaxPool');

const MEAN = quantisations('input', 'output');

/** A mean in integers, but for the count of elements. */
export interface MeanIntegers extends OutputLimits, MeanRescaling {
  readonly inputZeroPoint: number;
}

/** What a mean's scales amount to in integers. */
export function meanIntegers(attributes: AttributesOf<typeof MEAN>): MeanIntegers {
  const { inputScale, inputZeroPoint, outputScale } = attributes;
  return {
    ...outputLimits(quantisationIn(attributes, 'output'), 'none'),
    ...meanRescaling(inputScale / outputScale),
    inputZeroPoint,
  };
}

function refuseLarge(node: NodeName, input: Shape, elements: number): void {
  if (elements > LARGEST_WINDOW)
    refuseShape(node, 'input', input, `a shape with windows of up to ${LARGEST_WINDOW} pixels`);
}

/**
 * The mean of each window, as `averagePool` places and counts them: a place outside the input adds nothing, and counts
 * where `countPadding` says so. The attributes are averagePool's and `inputScale`, `inputZeroPoint`, `outputScale`,
 * `outputZeroPoint`.
 */
export const quantisedAveragePool = operator({
  name: 'quantisedAveragePool',
  inputNames: ['input'],
  int8Inputs: [0],
  int8Output: true,
  attributes: { ...MEAN_WINDOW, ...MEAN },
  check: checkWindow,
  inferShapes(node, [input]) {
    const output = pooledShape(node, input);
    const { kernel } = node.attributes;
    refuseLarge(node, input!, kernel[0] * kernel[1]);
    return [output];
  },
  reference({ attributes }, [input], [shape]) {
    const integers = meanIntegers(attributes);
    const { inputZeroPoint } = integers;
    return [
      poolWindows(attributes, input!, shape, (taps, counted) => {
        const sum = taps.reduce((total, tap) => total + tap - inputZeroPoint, 0);
        return rescaleMean(sum, counted, integers, integers);
      }),
    ];
  },
});

/** The mean of each channel, `[N, C, H, W]` to `[N, C, 1, 1]`; attributes as a quantised average's, but no window. */
export const quantisedGlobalAveragePool = operator({
  name: 'quantisedGlobalAveragePool',
  inputNames: ['input'],
  int8Inputs: [0],
  int8Output: true,
  attributes: MEAN,
  inferShapes(node, [input]) {
    const output = globalShape(node, input);
    refuseLarge(node, input!, input![2]! * input![3]!);
    return [output];
  },
  reference({ attributes }, [input], [shape]) {
    const integers = meanIntegers(attributes);
    const { batch, channels, height, width } = imageShape(input!.shape);
    const output = referenceTensor(shape);
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
});
