/** Operators that map each element by itself, whatever its channel. */

import { referenceTensor } from '../tensor/tensor.js';
import { type AttributesOf, number, only, word } from './attributes.js';
import { erfComplement } from './erf.js';
import { operator } from './operator.js';

/** What an element becomes; `unary` says how. */
export const UNARY_OPERATIONS = [
  'tanh',
  'elu',
  'hardSigmoid',
  'hardSwish',
  'reciprocal',
  'leakyRelu',
  'celu',
  'selu',
  'thresholdedRelu',
  'softplus',
  'softsign',
  'swish',
  'erf',
  'gelu',
  'geluTanh',
  'mish',
  'exponential',
  'logarithm',
  'squareRoot',
  'absolute',
  'negative',
  'sign',
  'floor',
  'ceiling',
  'round',
  'truncate',
  'notZero',
] as const;

/** One of the operations. */
export type UnaryOperation = (typeof UNARY_OPERATIONS)[number];

const ATTRIBUTES = {
  operation: word(UNARY_OPERATIONS, 'what an element becomes'),
  alpha: only(
    'operation',
    ['elu', 'hardSigmoid', 'leakyRelu', 'celu', 'selu', 'thresholdedRelu', 'swish'],
    number('a slope, a factor or a limit, as the operation says'),
  ),
  beta: only('operation', ['hardSigmoid', 'selu'], number('an offset or a factor, as the operation says')),
};

/** The numbers that an operation takes; 0 where it has none, and those of hard swish are 1/6 and 1/2. */
export function unaryNumbers({ operation, alpha = 0, beta = 0 }: AttributesOf<typeof ATTRIBUTES>) {
  return operation === 'hardSwish' ? { alpha: 1 / 6, beta: 1 / 2 } : { alpha, beta };
}

/** The nearest whole number; halves go to the even one. */
function roundToEven(x: number): number {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

function hardSigmoid(x: number, alpha: number, beta: number): number {
  return Math.min(Math.max(alpha * x + beta, 0), 1);
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

function gelu(x: number): number {
  const away = (Math.abs(x) / 2) * erfComplement(Math.abs(x) / Math.SQRT2);
  return Math.max(x, 0) - away;
}

/** (1 + tanh(u)) / 2 is 1 / (1 + e^−2u), which does not cancel. */
function geluTanh(x: number): number {
  const twice = 2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
  return x / (1 + Math.exp(-twice));
}

const FUNCTIONS: Readonly<Record<UnaryOperation, (x: number, alpha: number, beta: number) => number>> = {
  tanh: Math.tanh,
  elu: (x, alpha) => (x < 0 ? alpha * Math.expm1(x) : x),
  hardSigmoid,
  hardSwish: (x, alpha, beta) => x * hardSigmoid(x, alpha, beta),
  reciprocal: (x) => 1 / x,
  leakyRelu: (x, alpha) => (x < 0 ? alpha * x : x),
  celu: (x, alpha) => (x < 0 ? alpha * Math.expm1(x / alpha) : x),
  selu: (x, alpha, beta) => beta * (x < 0 ? alpha * Math.expm1(x) : x),
  thresholdedRelu: (x, alpha) => (x <= alpha ? 0 : x),
  softplus,
  softsign: (x) => x / (1 + Math.abs(x)),
  swish: (x, alpha) => x / (1 + Math.exp(-alpha * x)),
  erf: (x) => Math.sign(x) * (1 - erfComplement(Math.abs(x))),
  gelu,
  geluTanh,
  mish: (x) => x * Math.tanh(softplus(x)),
  exponential: Math.exp,
  logarithm: Math.log,
  squareRoot: Math.sqrt,
  absolute: Math.abs,
  negative: (x) => -x,
  sign: Math.sign,
  floor: Math.floor,
  ceiling: Math.ceil,
  round: roundToEven,
  truncate: Math.trunc,
  notZero: (x) => (x === 0 ? 0 : 1),
};

/**
 * One function for every element: `elu`, x where x ≥ 0, else `alpha` · (eˣ − 1); `hardSigmoid`,
 * min(max(`alpha` · x + `beta`, 0), 1); `hardSwish`, x · min(max(x / 6 + 1/2, 0), 1); `leakyRelu`, x where x ≥ 0, else
 * `alpha` · x; `celu`, x where x ≥ 0, else `alpha` · (e^(x / `alpha`) − 1); `selu`, `beta` times the ELU;
 * `thresholdedRelu`, x where x > `alpha`, else 0; `softplus`, ln(1 + eˣ); `softsign`, x / (1 + |x|); `swish`,
 * x / (1 + e^(−`alpha` · x)); `gelu`, x · (1 + erf(x / √2)) / 2, and `geluTanh`, which takes tanh for erf (Hendrycks and
 * Gimpel 2016); `mish`, x · tanh(softplus(x)); `round` gives halves to the even number; `notZero` is 0 at 0, else 1.
 */
export const unary = operator({
  name: 'unary',
  inputNames: ['input'],
  attributes: ATTRIBUTES,
  inferShapes: (_node, [input]) => [input!],
  reference(node, [input]) {
    const { alpha, beta } = unaryNumbers(node.attributes);
    const map = FUNCTIONS[node.attributes.operation];
    const output = referenceTensor(input!.shape);
    for (let index = 0; index < output.data.length; index++) {
      output.data[index] = map(input!.data[index]!, alpha, beta);
    }
    return [output];
  },
});
