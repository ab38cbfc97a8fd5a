/** What the tensors of layers on int8 values must hold: whole weights of a byte, scales above 0, whole biases. */
import { ModelError } from '../errors.js';
import type { Tensor } from '../tensor/tensor.js';
import { describeNode, type OperatorNode } from './operator.js';
import { LEAST_SCALE, MOST_SCALE } from './quantise.js';
import { QUANTISED_BIAS, QUANTISED_WEIGHTS, WEIGHT_SCALES } from './quantisedConvolution.js';

/** Whole numbers that float32 holds exactly. */
export const LARGEST_BIAS = 2 ** 24;

interface TensorRule {
  readonly input: number;
  readonly name: string;
  readonly accepted: string;
  readonly accepts: (value: number) => boolean;
}

const WEIGHTS: TensorRule = {
  input: QUANTISED_WEIGHTS,
  name: 'weights',
  accepted: 'whole numbers from -128 to 127',
  accepts: (value) => value === Math.trunc(value) && value >= -128 && value <= 127,
};

const SCALES: TensorRule = {
  input: WEIGHT_SCALES,
  name: 'scales',
  accepted: `numbers from ${LEAST_SCALE} to ${MOST_SCALE}`,
  accepts: (value) => value >= LEAST_SCALE && value <= MOST_SCALE,
};

/** Sums become float32: files of others give channels without weights a scale of 0. */
const SCALES_OR_ZERO: TensorRule = {
  ...SCALES,
  accepted: `0 and ${SCALES.accepted}`,
  accepts: (value) => value === 0 || SCALES.accepts(value),
};

const RULES: Readonly<Record<string, readonly TensorRule[]>> = {
  dequantisedConvolution: [WEIGHTS, SCALES_OR_ZERO],
  quantisedConvolution: [
    WEIGHTS,
    SCALES,
    {
      input: QUANTISED_BIAS,
      name: 'bias',
      accepted: `whole numbers from ${-LARGEST_BIAS} to ${LARGEST_BIAS}`,
      accepts: (value) => value === Math.trunc(value) && Math.abs(value) <= LARGEST_BIAS,
    },
  ],
};

/** Checks the tensors of a layer on int8 values; other nodes pass. Throws ModelError BAD_TENSOR. */
export function checkInt8Tensors(node: OperatorNode, tensors: ReadonlyMap<string, Tensor>): void {
  for (const { input, name, accepted, accepts } of RULES[node.operator] ?? []) {
    const data = tensors.get(node.inputs[input] ?? '')?.data;
    const wrong = data?.findIndex((value) => !accepts(value)) ?? -1;
    if (wrong < 0) continue;
    const found = `element ${wrong} of its ${name} is ${data![wrong]}`;
    throw new ModelError('BAD_TENSOR', `${describeNode(node)}: ${found}; accepted are ${accepted}.`);
  }
}
