/** Golden cases of the families of small operators: element by element, pairs that broadcast, reductions, copies. */
import { applies } from '../../src/ops/attributes.js';
import { BINARY_OPERATIONS } from '../../src/ops/binary.js';
import { REDUCE_OPERATIONS } from '../../src/ops/reduce.js';
import { UNARY_OPERATIONS, unary } from '../../src/ops/unary.js';
import type { Shape } from '../../src/tensor/shape.js';
import type { GoldenCase } from './goldenCase.js';
import { IMAGE, positive, single, tensor, VECTOR } from './singleNode.js';

const PAIRS: readonly (readonly [label: string, a: Shape, b: Shape])[] = [
  ['one shape', IMAGE, IMAGE],
  ['by channel', IMAGE, [2, 5, 1, 1]],
  ['by pixel', IMAGE, [1, 1, 4, 3]],
  ['both repeated', [2, 1, 4, 1], [1, 5, 1, 3]],
  ['2 axes', VECTOR, [1, 5]],
];

/** ONNX's PRelu repeats its slopes alone, and powers of numbers below 0 are no numbers. */
const pairs = BINARY_OPERATIONS.flatMap((operation) => [
  ...PAIRS.filter(([label]) => operation !== 'power' && (operation !== 'prelu' || label !== 'both repeated')).map(
    ([label, a, b]) => single(`${operation}, ${label}`, 'binary', a, { operation }, [b]),
  ),
  ...(operation === 'power'
    ? [2, -3, 0].map((exponent) =>
        single(`power ${exponent}`, 'binary', IMAGE, { operation }, [
          { elementType: 'float32', shape: [1, 1, 1, 1], data: Float32Array.of(exponent) },
        ]),
      )
    : [single(`${operation}, constant`, 'binary', IMAGE, { operation }, [positive('factors', [1, 1, 4, 3])])]),
]);

const PARAMETERS: Readonly<Record<string, number>> = { alpha: 0.7, beta: 0.4 };

/** Those of numbers below 0 are no numbers; their cases are those of imported files. */
const REAL_ABOVE_ZERO = ['logarithm', 'squareRoot'];

const mapped = UNARY_OPERATIONS.filter((operation) => !REAL_ABOVE_ZERO.includes(operation)).flatMap((operation) => {
  const parameters = Object.entries(PARAMETERS).filter(([name]) =>
    applies(unary.attributes[name as 'alpha'], { operation }),
  );
  const attributes = { operation, ...Object.fromEntries(parameters) };
  return [IMAGE, VECTOR].map((shape) => single(`${operation}, ${shape.length} axes`, 'unary', shape, attributes));
});

const reductions = REDUCE_OPERATIONS.filter((operation) => operation !== 'logSum').flatMap((operation) => [
  single(`${operation}, rows and columns`, 'reduce', IMAGE, { operation, axes: [2, 3], keepAxes: true }),
  single(`${operation}, channels`, 'reduce', IMAGE, { operation, axes: [1], keepAxes: false }),
  single(`${operation}, images and rows`, 'reduce', IMAGE, { operation, axes: [0, 2], keepAxes: true }),
]);

const copies = [
  single('every third, backwards', 'slice', [2, 9, 4, 5], { axis: 1, begin: 8, end: -1, step: -3 }),
  single('every second', 'slice', [2, 9, 4, 5], { axis: 3, begin: 1, end: 5, step: 2 }),
  single('6 axes', 'permute', [2, 3, 2, 2, 3, 2], { order: [5, 3, 1, 4, 2, 0] }),
  single('channels and columns', 'expand', [2, 1, 3, 1], { shape: [2, 4, 3, 5] }),
  single('5 axes', 'expand', [1, 2, 1, 2, 1], { shape: [3, 2, 2, 2, 2] }),
  single('5 axes', 'concat', [2, 2, 2, 2, 3], { axis: 2 }, [[2, 2, 1, 2, 3]]),
];

export const familyCases: readonly GoldenCase[] = [
  ...pairs,
  ...mapped,
  ...reductions,
  ...copies,
  {
    name: 'constant: beside a value',
    graph: () => ({
      inputs: [{ name: 'input', shape: VECTOR }],
      outputs: ['output', 'other'],
      nodes: [
        { name: 'output', operator: 'constant', inputs: ['tensor'], outputs: ['output'], attributes: {} },
        { name: 'other', operator: 'relu', inputs: ['input'], outputs: ['other'], attributes: {} },
      ],
      tensors: new Map([['tensor', tensor('tensor', [2, 3])]]),
    }),
  },
];
