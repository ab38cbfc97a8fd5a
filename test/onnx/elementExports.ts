/** Operators that map or combine elements, as ONNX nodes. */

import { DATA_TYPES } from '../../src/formats/onnx/messages.js';
import type { Node } from '../../src/graph/types.js';
import type { BinaryOperation } from '../../src/ops/binary.js';
import type { UnaryOperation } from '../../src/ops/unary.js';
import { type ExportContext, float, integer, type Step } from './exportStep.js';

const BINARY: Readonly<Record<BinaryOperation, string>> = {
  add: 'Add',
  subtract: 'Sub',
  multiply: 'Mul',
  divide: 'Div',
  power: 'Pow',
  least: 'Min',
  greatest: 'Max',
  prelu: 'PRelu',
};

export function binarySteps(node: Node<'binary'>): Step[] {
  return [{ opType: BINARY[node.attributes.operation], others: node.inputs.slice(1) }];
}

/** Operations that are one node, whose parameters have the same names but for `gamma`. */
const UNARY: Partial<Record<UnaryOperation, string>> = {
  tanh: 'Tanh',
  elu: 'Elu',
  hardSigmoid: 'HardSigmoid',
  hardSwish: 'HardSwish',
  reciprocal: 'Reciprocal',
  leakyRelu: 'LeakyRelu',
  celu: 'Celu',
  selu: 'Selu',
  thresholdedRelu: 'ThresholdedRelu',
  softplus: 'Softplus',
  softsign: 'Softsign',
  erf: 'Erf',
  exponential: 'Exp',
  logarithm: 'Log',
  squareRoot: 'Sqrt',
  absolute: 'Abs',
  negative: 'Neg',
  sign: 'Sign',
  floor: 'Floor',
  ceiling: 'Ceil',
  round: 'Round',
};

function castSteps(type: number): Step[] {
  const { float: single } = DATA_TYPES;
  return [type, single].map((to) => ({ opType: 'Cast', attributes: { to: integer(to) } }));
}

/** The others in operators of set 17: `x` is the input, `number` a constant. */
function composed(operation: UnaryOperation, x: string, alpha: number, number: (value: number) => string): Step[] {
  const times = (factor: string): Step => ({ opType: 'Mul', others: [factor] });
  const plusOne: Step = { opType: 'Add', others: [number(1)] };
  switch (operation) {
    case 'swish':
      return [times(number(alpha)), { opType: 'Sigmoid' }, times(x)];
    case 'gelu':
      return [times(number(Math.SQRT1_2)), { opType: 'Erf' }, plusOne, times(x), times(number(0.5))];
    case 'geluTanh': {
      const cubic = [times(x), times(number(0.044715)), plusOne, times(x), times(number(Math.sqrt(2 / Math.PI)))];
      return [...cubic, { opType: 'Tanh' }, plusOne, times(x), times(number(0.5))];
    }
    case 'mish':
      return [{ opType: 'Softplus' }, { opType: 'Tanh' }, times(x)];
    default:
      return castSteps(operation === 'truncate' ? DATA_TYPES.int64 : DATA_TYPES.bool);
  }
}

export function unarySteps(node: Node<'unary'>, context: ExportContext): Step[] {
  const { operation, alpha, beta } = node.attributes;
  const opType = UNARY[operation];
  if (!opType) return composed(operation, node.inputs[0]!, alpha ?? 1, (value) => context.floats([], [value]));
  const attributes = {
    ...(alpha !== undefined && { alpha: float(alpha) }),
    ...(beta !== undefined && { [operation === 'selu' ? 'gamma' : 'beta']: float(beta) }),
  };
  return [{ opType, attributes }];
}
