/** BinaryOp and Eltwise: arithmetic between blobs, or of one blob and a number. */
import { ModelError } from '../../../errors.js';
import type { LayerBuilder, LayerImporter } from '../layerImporter.js';
import { integerParameter, listParameter, numberParameter, refuseParameter } from '../parameters.js';
import { describeLayer, type ParamLayer } from '../parseParam.js';

const OPERATIONS: ReadonlyMap<number, 'add' | 'sub' | 'mul' | 'div' | 'reverseSub'> = new Map([
  [0, 'add'],
  [1, 'sub'],
  [2, 'mul'],
  [3, 'div'],
  [7, 'reverseSub'],
]);
const NAMES = ['add', 'sub', 'mul', 'div', 'max', 'min', 'pow', 'rsub', 'rdiv', 'rpow', 'atan2', 'ratan2'];

/** x · scale + offset, which is what a BinaryOp with a number computes where it is affine. */
export interface ScalarAffine {
  readonly operation: 'add' | 'sub' | 'mul' | 'div' | 'reverseSub';
  readonly value: number;
}

function operationOf(layer: ParamLayer): number {
  return integerParameter(layer, 0, 0, 0, 1 << 16);
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
  const operation = OPERATIONS.get(operationOf(layer));
  if (!operation) return undefined;
  const value = numberParameter(layer, 2, 0);
  if (operation === 'div' && value === 0) refuseParameter(layer, 2, 'a divisor other than 0');
  return { operation, value };
}

function appendAffine(
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

function appendScalar(layer: ParamLayer, builder: LayerBuilder, { operation, value }: ScalarAffine): void {
  const factors = {
    add: [1, value],
    sub: [1, -value],
    mul: [value, 0],
    div: [1 / value, 0],
    reverseSub: [-1, value],
  } as const;
  const [scale, offset] = factors[operation];
  appendAffine(layer, builder, builder.value(layer), scale, offset);
}

/** Addition and subtraction of two blobs of one shape; those and multiplication and division with a number. */
export const binaryOp: LayerImporter = {
  type: 'BinaryOp',
  parameters: [0, 1, 2],
  inputs: [1, 2],
  outputs: [1, 1],
  unsupported(layer) {
    const operation = operationOf(layer);
    const known = OPERATIONS.get(operation);
    const name = NAMES[operation] ?? `operation ${operation}`;
    if (hasScalar(layer)) return known ? undefined : `${name} with a number`;
    return known && known !== 'mul' && known !== 'div' ? undefined : `${name} of two blobs`;
  },
  inputChannels: () => 'passes',
  import(layer, builder) {
    const scalar = scalarAffine(layer);
    if (scalar) {
      appendScalar(layer, builder, scalar);
      return;
    }
    const operation = OPERATIONS.get(operationOf(layer));
    const values = [builder.value(layer, 0), builder.value(layer, 1)] as const;
    const [first, second] = operation === 'reverseSub' ? [values[1], values[0]] : values;
    const added = operation === 'add' ? second : appendAffine(layer, builder, second, -1, 0, 'negated');
    builder.node(layer, 'add', [first, added]);
  },
};

const SUM = 1;

/** The sum of two blobs or more of one shape, each with a coefficient where parameter 1 gives them. */
export const eltwise: LayerImporter = {
  type: 'Eltwise',
  parameters: [0, 1],
  inputs: [2, 256],
  outputs: [1, 1],
  unsupported(layer) {
    const operation = integerParameter(layer, 0, 0, 0, 1 << 16);
    return operation === SUM ? undefined : (['prod', 'sum', 'max'][operation] ?? `operation ${operation}`);
  },
  inputChannels: () => 'passes',
  import(layer, builder) {
    const coefficients = listParameter(layer, 1);
    if (coefficients.length !== 0 && coefficients.length !== layer.inputs.length) {
      refuseParameter(layer, 1, `a list of ${layer.inputs.length} coefficients`);
    }
    const terms = layer.inputs.map((_blob, index) => {
      const value = builder.value(layer, index);
      const coefficient = coefficients[index] ?? 1;
      return coefficient === 1 ? value : appendAffine(layer, builder, value, coefficient, 0, `scaled${index}`);
    });
    let sum = terms[0]!;
    for (const [index, term] of terms.slice(1).entries()) {
      const last = index === terms.length - 2;
      sum = builder.node(layer, 'add', [sum, term], undefined, last ? undefined : `sum${index}`);
    }
  },
};
