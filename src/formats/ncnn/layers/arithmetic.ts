/** BinaryOp, Eltwise and Bias: arithmetic between blobs, or of one blob and numbers. */
import { ModelError } from '../../../errors.js';
import { sameShape } from '../../../tensor/shape.js';
import type { LayerBuilder, LayerImporter } from '../layerImporter.js';
import {
  countParameter,
  integerParameter,
  LARGEST_FLOAT,
  listParameter,
  numberParameter,
  refuseParameter,
} from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';

/** ncnn's names of its operations, by number. */
const NAMES = ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow', 'rsub', 'rdiv', 'rpow', 'atan2', 'ratan2'] as const;
type Operation = (typeof NAMES)[number];

/** Of two blobs: the operation, and whether they change places. */
const BLOB_OPERATIONS: Partial<Record<Operation, readonly [operation: string, swapped: boolean]>> = {
  add: ['add', false],
  sub: ['subtract', false],
  mul: ['multiply', false],
  div: ['divide', false],
  max: ['greatest', false],
  min: ['least', false],
  pow: ['power', false],
  rsub: ['subtract', true],
  rdiv: ['divide', true],
  rpow: ['power', true],
};

const AFFINE = ['add', 'sub', 'mul', 'div', 'rsub'] as const;

/** x · scale + offset, which is what a BinaryOp with a number computes where it is affine. */
export interface ScalarAffine {
  readonly operation: (typeof AFFINE)[number];
  readonly value: number;
}

function operationOf(layer: ParamLayer): Operation | undefined {
  return NAMES[integerParameter(layer, 0, 0, 0, 1 << 16)];
}

function hasScalar(layer: ParamLayer): boolean {
  const scalar = integerParameter(layer, 1, 0, 0, 1) === 1;
  if (layer.inputs.length !== (scalar ? 1 : 2)) {
    const accepted = 'with_scalar takes one blob and a number, otherwise two blobs';
    throw new ModelError('BAD_LAYER', `${describeLayer(layer)}: has ${layer.inputs.length} inputs; ${accepted}.`);
  }
  return scalar;
}

/** The affine step that a layer is: a BinaryOp of one blob and a number; `undefined` for every other layer. */
export function scalarAffine(layer: ParamLayer): ScalarAffine | undefined {
  if (layer.type !== binaryOp.type || !hasScalar(layer)) return undefined;
  const operation = AFFINE.find((name) => name === operationOf(layer));
  if (!operation) return undefined;
  const value = numberParameter(layer, 2, 0);
  if (operation === 'div' && value === 0) refuseParameter(layer, 2, 'a divisor other than 0');
  return { operation, value };
}

/** Appends x · scale + offset with one number for all elements. */
export function appendAffine(
  layer: ParamLayer,
  builder: LayerBuilder,
  value: string,
  scale: number,
  offset: number,
  step?: string,
): string {
  const prefix = step === undefined ? '' : `${step}.`;
  const scales = builder.filled(layer, `${prefix}scales`, 1, scale);
  const offsets = builder.filled(layer, `${prefix}offsets`, 1, offset);
  return builder.node(layer, 'affine', [value, scales, offsets], undefined, step);
}

/** Appends x to the power of one number. */
export function appendPower(
  layer: ParamLayer,
  builder: LayerBuilder,
  value: string,
  exponent: number,
  step?: string,
): string {
  const axes = builder.shape(value).map(() => 1);
  const tensor = builder.tensor(layer, `${step ?? ''}exponent`, axes, [exponent]);
  return builder.node(layer, 'binary', [value, tensor], { operation: 'power' }, step);
}

function appendScalar(layer: ParamLayer, builder: LayerBuilder): void {
  const operation = operationOf(layer)!;
  const value = builder.value(layer);
  const number = numberParameter(layer, 2, 0);
  const affines: Partial<Record<Operation, readonly [scale: number, offset: number]>> = {
    add: [1, number],
    sub: [1, -number],
    mul: [number, 0],
    div: [1 / number, 0],
    rsub: [-1, number],
  };
  const affine = affines[operation];
  if (affine) {
    scalarAffine(layer);
    appendAffine(layer, builder, value, affine[0], affine[1]);
  } else if (operation === 'max') {
    builder.node(layer, 'clip', [value], { least: number, most: LARGEST_FLOAT });
  } else if (operation === 'min') {
    builder.node(layer, 'clip', [value], { least: -LARGEST_FLOAT, most: number });
  } else if (operation === 'pow') {
    appendPower(layer, builder, value, number);
  } else if (operation === 'rdiv') {
    const reciprocal = builder.node(layer, 'unary', [value], { operation: 'reciprocal' }, 'reciprocal');
    appendAffine(layer, builder, reciprocal, number, 0);
  } else {
    if (number <= 0) refuseParameter(layer, 2, 'a base greater than 0');
    const exponent = appendAffine(layer, builder, value, Math.log(number), 0, 'exponent');
    builder.node(layer, 'unary', [exponent], { operation: 'exponential' });
  }
}

/**
 * A value with as many axes as another: ncnn takes a vector for one number a channel where the lengths agree, else for
 * a row, and a matrix for one number a channel and row.
 */
function widened(layer: ParamLayer, builder: LayerBuilder, value: string, like: string, step: string): string {
  const [shape, target] = [builder.shape(value).slice(1), builder.shape(like).slice(1)];
  const missing = target.length - shape.length;
  if (missing <= 0) return value;
  const ones = new Array<number>(missing).fill(1);
  const leads = shape.length > 1 || shape[0] === target[0];
  return builder.node(layer, 'reshape', [value], { shape: leads ? [...shape, ...ones] : [...ones, ...shape] }, step);
}

/** Appends an operation of two values, the shorter repeated along the longer's axes. */
function appendPair(
  layer: ParamLayer,
  builder: LayerBuilder,
  operation: string,
  values: readonly [string, string],
  step?: string,
): string {
  const prefix = step === undefined ? '' : `${step}.`;
  const first = widened(layer, builder, values[0], values[1], `${prefix}a`);
  const second = widened(layer, builder, values[1], values[0], `${prefix}b`);
  const alike = sameShape(builder.shape(first), builder.shape(second));
  if (operation === 'add' && alike) return builder.node(layer, 'add', [first, second], undefined, step);
  return builder.node(layer, 'binary', [first, second], { operation }, step);
}

/** Arithmetic of two blobs, the smaller repeated along the axes of the larger, or of one blob and a number. */
export const binaryOp: LayerImporter = {
  type: 'BinaryOp',
  parameters: [0, 1, 2],
  inputs: [1, 2],
  outputs: [1, 1],
  unsupported(layer) {
    const operation = operationOf(layer);
    hasScalar(layer);
    if (operation && BLOB_OPERATIONS[operation]) return undefined;
    return operation ?? `operation ${String(layer.parameters.get(0))}`;
  },
  inputChannels: () => 'passes',
  import(layer, builder) {
    if (hasScalar(layer)) {
      appendScalar(layer, builder);
      return;
    }
    const [operation, swapped] = BLOB_OPERATIONS[operationOf(layer)!]!;
    const [first, second] = [builder.value(layer, 0), builder.value(layer, 1)];
    appendPair(layer, builder, operation, swapped ? [second, first] : [first, second]);
  },
};

const ELTWISE = ['multiply', 'add', 'greatest'] as const;

/** Product, sum or largest of two blobs or more of one shape; a sum's have coefficients where parameter 1 gives them. */
export const eltwise: LayerImporter = {
  type: 'Eltwise',
  parameters: [0, 1],
  inputs: [2, 256],
  outputs: [1, 1],
  unsupported(layer) {
    const operation = integerParameter(layer, 0, 0, 0, 1 << 16);
    return ELTWISE[operation] ? undefined : `operation ${operation}`;
  },
  inputChannels: () => 'passes',
  import(layer, builder) {
    const operation = ELTWISE[integerParameter(layer, 0, 0, 0, ELTWISE.length - 1)]!;
    const coefficients = listParameter(layer, 1);
    if (coefficients.length !== 0 && coefficients.length !== layer.inputs.length) {
      refuseParameter(layer, 1, `a list of ${layer.inputs.length} coefficients`);
    }
    const terms = layer.inputs.map((_blob, index) => {
      const value = builder.value(layer, index);
      const coefficient = operation === 'add' ? (coefficients[index] ?? 1) : 1;
      return coefficient === 1 ? value : appendAffine(layer, builder, value, coefficient, 0, `scaled${index}`);
    });
    let result = terms[0]!;
    for (const [index, term] of terms.slice(1).entries()) {
      const step = index === terms.length - 2 ? undefined : `part${index}`;
      result = appendPair(layer, builder, operation, [result, term], step);
    }
  },
};

/** x + bias by channel. */
export const bias: LayerImporter = {
  type: 'Bias',
  parameters: [0],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels: (layer) => countParameter(layer, 0),
  import(layer, builder) {
    const channels = countParameter(layer, 0);
    const scales = builder.filled(layer, 'scales', channels, 1);
    const offsets = builder.tensor(layer, 'offsets', [channels], builder.weights.plain(channels, layer, 'bias'));
    builder.node(layer, 'affine', [builder.value(layer), scales, offsets]);
  },
};

/** (scale · x + shift)^power: power, scale and shift in parameters 0 to 2. */
export const power: LayerImporter = {
  type: 'Power',
  parameters: [0, 1, 2],
  inputs: [1, 1],
  outputs: [1, 1],
  inputChannels: () => 'passes',
  import(layer, builder) {
    const [exponent, scale, shift] = [1, 1, 0].map((fallback, key) => numberParameter(layer, key, fallback)) as [
      number,
      number,
      number,
    ];
    if (exponent === 1) {
      appendAffine(layer, builder, builder.value(layer), scale, shift);
      return;
    }
    const base = appendAffine(layer, builder, builder.value(layer), scale, shift, 'base');
    appendPower(layer, builder, base, exponent);
  },
};
