/** The largest errors that the families of small operators may make, from what their kernels promise. */
import type { Attributes, Node } from '../../src/graph/types.js';
import { referenceOf } from '../../src/ops/index.js';
import type { ReferenceTensor } from '../../src/tensor/tensor.js';

export const UNIT_ROUNDOFF = 2 ** -24;
/** Of e^x; see assembly/exponential.ts. */
export const EXPONENTIAL_ERROR = 2 ** -22;
/** What is given as 0, or for numbers beyond the range of e^x. */
export const TINY = 2 ** -125;

/** Operations that choose or move bits. */
const EXACT = [
  'thresholdedRelu',
  'absolute',
  'negative',
  'sign',
  'floor',
  'ceiling',
  'round',
  'truncate',
  'notZero',
  'least',
  'greatest',
];

/** Share of the result that a function of e^x may be off by; `exponent` is what e is raised to. */
function exponentialShare(exponent: number): number {
  return 8 * EXPONENTIAL_ERROR + 4 * UNIT_ROUNDOFF * Math.abs(exponent);
}

function unaryBound(operation: string, x: number, y: number, alpha: number): number {
  const size = Math.abs(y);
  switch (operation) {
    case 'tanh':
      return 2 * EXPONENTIAL_ERROR;
    case 'hardSigmoid':
    case 'hardSwish':
      return 4 * UNIT_ROUNDOFF * (operation === 'hardSwish' ? Math.abs(x) : 1) * (Math.abs(x) + 1);
    case 'elu':
    case 'selu':
    case 'celu':
    case 'softplus':
    case 'erf':
    case 'mish':
    case 'exponential':
      return 8 * EXPONENTIAL_ERROR * size + TINY * (Math.abs(x) + 1);
    case 'swish':
      return exponentialShare(alpha * x) * size + TINY * Math.abs(x);
    case 'geluTanh':
      return exponentialShare(1.6 * x * (1 + 0.045 * x * x)) * size + TINY * Math.abs(x);
    case 'gelu':
      return (
        (2 * EXPONENTIAL_ERROR + 8 * UNIT_ROUNDOFF * x * x) * (Math.max(x, 0) - y) + 2 * UNIT_ROUNDOFF * size + TINY
      );
    case 'logarithm':
      return 4 * UNIT_ROUNDOFF * size + 2 * UNIT_ROUNDOFF;
    default:
      return 4 * UNIT_ROUNDOFF * size;
  }
}

/** An element at a time. */
export function boundsOfUnary(attributes: Attributes, input: Float64Array, output: Float64Array): Float64Array {
  const { operation, alpha = 1 } = attributes;
  if (EXACT.includes(operation as string)) return output.map(() => 0);
  return output.map((y, index) => unaryBound(operation as string, input[index]!, y, alpha as number));
}

/** One rounding of the result; of a power that of e^(b · ln a). */
export function boundsOfBinary(
  node: Node,
  [a, b]: readonly (ReferenceTensor | undefined)[],
  output: Float64Array,
): Float64Array {
  const { operation } = node.attributes;
  if (EXACT.includes(operation as string)) return output.map(() => 0);
  if (operation !== 'power') return output.map((value) => 2 * UNIT_ROUNDOFF * Math.abs(value));
  const logs = { ...a!, data: a!.data.map((value) => Math.abs(Math.log(Math.abs(value)))) };
  const sizes = { ...b!, data: b!.data.map(Math.abs) };
  const product = { ...node, attributes: { operation: 'multiply' } };
  const exponents = referenceOf(product, [logs, sizes])[0]!.data;
  return output.map((value, index) => 2 ** -21 * (1 + exponents[index]!) * Math.abs(value) + TINY);
}

/** Of sums (n + 2) · 2⁻²⁴ · Σ|x|, and what follows from that for the functions of sums. */
export function boundsOfReduction(node: Node, input: ReferenceTensor, output: Float64Array): Float64Array {
  const { operation } = node.attributes;
  const count = input.data.length / output.length;
  const share = (count + 4) * UNIT_ROUNDOFF;
  if (operation === 'largest' || operation === 'smallest') return output.map(() => 0);
  const most = input.data.reduce((before, value) => Math.max(before, Math.abs(value)), 0);
  if (operation === 'logSumOfPowers') {
    const power = 2 * (EXPONENTIAL_ERROR + share + 2 * most * UNIT_ROUNDOFF);
    return output.map((value) => power + 8 * UNIT_ROUNDOFF * Math.abs(value));
  }
  if (operation === 'sum' || operation === 'mean' || operation === 'logSum') {
    const sums = { ...node, attributes: { ...node.attributes, operation: operation === 'mean' ? 'mean' : 'sum' } };
    const magnitudes = { ...input, data: input.data.map(Math.abs) };
    const totals = referenceOf(sums, [magnitudes])[0]!.data;
    if (operation !== 'logSum') return totals.map((total) => share * total);
    const signed = referenceOf(sums, [input])[0]!.data;
    return output.map((value, index) => {
      return (2 * share * totals[index]!) / Math.abs(signed[index]!) + 4 * UNIT_ROUNDOFF * (Math.abs(value) + 1);
    });
  }
  return output.map((value) => share * Math.abs(value));
}
