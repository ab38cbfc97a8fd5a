/** The activations that ncnn's convolutions and inner products carry in parameters 9 and 10. */
import type { LayerBuilder } from '../layerImporter.js';
import { integerParameter, LARGEST_FLOAT, listParameter, refuseParameter } from '../parameters.js';
import type { ParamLayer } from '../parseParam.js';

/** The parameter keys of a fused activation: its type and its numbers. */
export const ACTIVATION_KEYS = [9, 10] as const;

const [TYPE, NUMBERS] = ACTIVATION_KEYS;
const NONE = 0;
const RELU = 1;
const LEAKY_RELU = 2;
const CLIP = 3;
const SIGMOID = 4;
const MISH = 5;
const HARD_SWISH = 6;

/** x · min(max(x / 6 + 1/2, 0), 1) has an operator of its own; other factors are a hard sigmoid and a product. */
const SIXTH = 1e-6;

function activationType(layer: ParamLayer): number {
  return integerParameter(layer, TYPE, NONE, 0, 1 << 16);
}

/** Says which activation cannot be expressed, where ncnn has no such type. */
export function unsupportedActivation(layer: ParamLayer): string | undefined {
  const type = activationType(layer);
  return type <= HARD_SWISH ? undefined : `activation_type ${type}`;
}

function activationNumbers(layer: ParamLayer, count: number): readonly number[] {
  const numbers = listParameter(layer, NUMBERS);
  if (numbers.length < count || numbers.some((value) => Math.abs(value) > LARGEST_FLOAT)) {
    refuseParameter(layer, NUMBERS, `a list of ${count} float32 numbers`);
  }
  return numbers;
}

/** Appends a leaky ReLU: PReLU with one slope for all channels. */
export function appendLeakyRelu(layer: ParamLayer, builder: LayerBuilder, value: string, slope: number): void {
  const slopes = builder.filled(layer, 'slopes', builder.channels(value), slope);
  builder.node(layer, 'prelu', [value, slopes]);
}

/** Appends x · min(max(alpha · x + beta, 0), 1). */
export function appendHardSwish(
  layer: ParamLayer,
  builder: LayerBuilder,
  value: string,
  alpha: number,
  beta: number,
): void {
  if (Math.abs(alpha - 1 / 6) < SIXTH && beta === 0.5) {
    builder.node(layer, 'unary', [value], { operation: 'hardSwish' });
    return;
  }
  const gate = builder.node(layer, 'unary', [value], { operation: 'hardSigmoid', alpha, beta }, 'gate');
  builder.node(layer, 'binary', [value, gate], { operation: 'multiply' });
}

/** Appends a layer's sum and its activation; `append` adds the sum's node as the given step. */
export function withActivation(layer: ParamLayer, builder: LayerBuilder, append: (step?: string) => string): void {
  const type = activationType(layer);
  if (type === NONE) {
    append();
    return;
  }
  const sum = append('sum');
  if (type === RELU) {
    builder.node(layer, 'relu', [sum]);
  } else if (type === LEAKY_RELU) {
    appendLeakyRelu(layer, builder, sum, activationNumbers(layer, 1)[0]!);
  } else if (type === CLIP) {
    const [least, most] = activationNumbers(layer, 2);
    builder.node(layer, 'clip', [sum], { least: least!, most: most! });
  } else if (type === SIGMOID) {
    builder.node(layer, 'sigmoid', [sum]);
  } else if (type === MISH) {
    builder.node(layer, 'unary', [sum], { operation: 'mish' });
  } else {
    const [alpha, beta] = activationNumbers(layer, 2);
    appendHardSwish(layer, builder, sum, alpha!, beta!);
  }
}
