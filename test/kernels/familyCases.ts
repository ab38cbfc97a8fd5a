/** Sites of the families of small operators: element by element, pairs that broadcast, reductions, copies at steps. */
import type { Attributes } from '../../src/graph/types.js';
import { applies } from '../../src/ops/attributes.js';
import { BINARY_OPERATIONS } from '../../src/ops/binary.js';
import { REDUCE_OPERATIONS } from '../../src/ops/reduce.js';
import { UNARY_OPERATIONS, unary } from '../../src/ops/unary.js';
import type { Shape } from '../../src/tensor/shape.js';
import { type KernelCase, makeCase } from './makeCase.js';

/** A case of values alone. */
export function valueCase(
  operator: string,
  attributes: Attributes,
  shapes: readonly Shape[],
  range?: number,
): KernelCase {
  const name = `${operator} ${JSON.stringify(attributes)} of ${shapes.map((shape) => shape.join('×')).join(', ')}`;
  return makeCase(name, { operator, attributes, shapes, constant: [], ...(range ? { range } : {}) });
}

/** Images of every remainder of vectors, and of four and of two vectors at once. */
export const IMAGES: readonly Shape[] = [
  [1, 1, 5, 6],
  [2, 4, 7, 5],
  [1, 10, 9, 11],
  [1, 28, 6, 7],
  [2, 33, 4, 4],
];

const PAIRS: readonly (readonly [Shape, Shape])[] = [
  [
    [2, 5, 3, 4],
    [2, 5, 3, 4],
  ],
  [
    [2, 5, 3, 4],
    [2, 5, 1, 1],
  ],
  [
    [2, 5, 3, 4],
    [1, 1, 3, 4],
  ],
  [
    [2, 8, 3, 4],
    [2, 1, 3, 1],
  ],
  [
    [1, 1, 3, 4],
    [2, 9, 1, 4],
  ],
  [
    [2, 1, 1, 1],
    [1, 6, 5, 1],
  ],
  [
    [3, 7],
    [1, 7],
  ],
  [
    [3, 7],
    [3, 1],
  ],
  [
    [3, 1],
    [1, 7],
  ],
  [[6], [1]],
  [
    [2, 3, 4, 2, 3],
    [1, 3, 1, 2, 3],
  ],
];

function binaryCases(): KernelCase[] {
  return BINARY_OPERATIONS.flatMap((operation) =>
    PAIRS.flatMap(([a, b], index) => {
      const name = `binary ${operation} of ${a.join('×')} and ${b.join('×')}`;
      const inputs = { operator: 'binary', attributes: { operation }, shapes: [a, b] };
      const constant = index % 2 === 0 ? [makeCase(`${name}, constant`, { ...inputs, constant: [1] })] : [];
      return [makeCase(name, { ...inputs, constant: [] }), ...constant];
    }),
  );
}

const PARAMETERS: Readonly<Record<string, number>> = { alpha: 0.7, beta: 1.2 };

function unaryCases(): KernelCase[] {
  const shapes: readonly Shape[] = [...IMAGES, [3, 5], [7]];
  return UNARY_OPERATIONS.flatMap((operation) => {
    const parameters = Object.entries(PARAMETERS).filter(([name]) =>
      applies(unary.attributes[name as 'alpha'], { operation }),
    );
    const attributes = { operation, ...Object.fromEntries(parameters) };
    return shapes.map((shape, index) => valueCase('unary', attributes, [shape], [1, 8, 80][index % 3]!));
  });
}

function reduceCases(): KernelCase[] {
  const sites: readonly (readonly [Shape, readonly number[]])[] = [
    [
      [2, 4, 7, 5],
      [2, 3],
    ],
    [[2, 4, 7, 5], [1]],
    [[2, 4, 7, 5], [3]],
    [[2, 4, 7, 6], [0]],
    [
      [2, 3, 4, 5],
      [0, 2],
    ],
    [
      [3, 2, 5, 3],
      [0, 1, 2, 3],
    ],
    [
      [2, 3, 2, 3, 2, 7],
      [0, 2, 4],
    ],
    [
      [2, 3, 2, 3, 2, 5],
      [1, 3, 5],
    ],
    [[3, 1, 9], [1]],
    [[4, 11], [1]],
    [[13], [0]],
  ];
  return REDUCE_OPERATIONS.flatMap((operation) =>
    sites.map(([shape, axes], index) => {
      const keepAxes = index % 2 === 0 || axes.length === shape.length;
      return valueCase(
        'reduce',
        { operation, axes, keepAxes },
        [shape],
        operation === 'product' ? 2 : [1, 10][index % 2]!,
      );
    }),
  );
}

function copyCases(): KernelCase[] {
  const slice = (shape: Shape, axis: number, begin: number, end: number, step: number) =>
    valueCase('slice', { axis, begin, end, step }, [shape]);
  const expand = (from: Shape, shape: Shape) => valueCase('expand', { shape }, [from]);
  const permute = (shape: Shape, ...order: number[]) => valueCase('permute', { order }, [shape]);
  return [
    slice([2, 9, 4, 5], 1, 1, 8, 3),
    slice([2, 3, 4, 11], 3, 10, -1, -1),
    slice([2, 3, 4, 11], 3, 9, 1, -3),
    slice([5, 3], 0, 4, 0, -2),
    slice([2, 3, 2, 4, 3, 6], 4, 0, 2, 1),
    slice([2, 3, 2, 4, 3, 6], 2, 1, -1, -1),
    slice([7], 0, 1, 7, 2),
    expand([2, 1, 3, 1], [2, 5, 3, 6]),
    expand([1], [9]),
    expand([1, 3, 1, 2, 1, 2], [2, 3, 2, 2, 3, 2]),
    permute([2, 3, 4, 2, 3, 5], 5, 3, 1, 4, 2, 0),
    permute([2, 3, 4, 5, 2], 4, 2, 3, 1, 0),
    ...[[2, 5, 3, 3], [7], [3, 1, 2, 2, 6]].map((shape) =>
      makeCase(`constant ${shape.join('×')}`, { operator: 'constant', attributes: {}, shapes: [shape], constant: [0] }),
    ),
  ];
}

/** All of them. */
export function familyCases(): KernelCase[] {
  return [...binaryCases(), ...unaryCases(), ...reduceCases(), ...copyCases()];
}
