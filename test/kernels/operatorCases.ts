/** Sites of the operators that compute little: pooling, softmax, sigmoid, copies, padding, resizing, other layouts. */
import type { Attributes } from '../../src/graph/types.js';
import type { Shape } from '../../src/tensor/shape.js';
import { IMAGES, valueCase } from './familyCases.js';
import type { KernelCase } from './makeCase.js';

function poolCases(): KernelCase[] {
  const windows = [
    { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], rounding: 'up' },
    { kernel: [3, 3], stride: [2, 2], padding: [0, 0, 0, 0], rounding: 'up' },
    { kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], rounding: 'down' },
    { kernel: [3, 2], stride: [1, 3], padding: [0, 1, 2, 0], rounding: 'up' },
    { kernel: [1, 4], stride: [3, 2], padding: [0, 3, 0, 2], rounding: 'up' },
    { kernel: [4, 4], stride: [1, 1], padding: [0, 0, 0, 0], rounding: 'down' },
  ];
  const side = 1 << 16;
  const huge = { kernel: [side, side], stride: [1, 1], padding: [side - 1, side - 1, 0, 0], rounding: 'down' };
  return IMAGES.flatMap((image) => [
    valueCase('globalAveragePool', {}, [image]),
    valueCase('averagePool', { ...huge, countPadding: true }, [image]),
    ...windows.flatMap((window, index) => [
      valueCase('maxPool', window, [image]),
      valueCase('averagePool', { ...window, countPadding: index % 2 === 0 }, [image]),
      valueCase('averagePool', { ...window, countPadding: index % 2 === 1 }, [image]),
    ]),
  ]);
}

function softmaxCases(): KernelCase[] {
  const shapes: readonly Shape[] = [...IMAGES, [3, 2], [5, 10], [1, 128], [7]];
  return shapes.flatMap((shape, index) => [
    valueCase('sigmoid', {}, [shape], [1, 20, 120][index % 3]!),
    ...shape.map((_, axis) => valueCase('softmax', { axis }, [shape], [1, 20, 120][(index + axis) % 3]!)),
  ]);
}

function copyCases(): KernelCase[] {
  const concat = (axis: number, ...shapes: Shape[]) => valueCase('concat', { axis }, shapes);
  const slice = (axis: number, begin: number, end: number, shape: Shape) =>
    valueCase('slice', { axis, begin, end }, [shape]);
  return [
    concat(1, [2, 8, 3, 2], [2, 4, 3, 2]),
    concat(1, [1, 3, 2, 5], [1, 1, 2, 5], [1, 6, 2, 5]),
    concat(1, [1, 240, 4, 4], [1, 24, 4, 4]),
    concat(1, [1, 1, 3, 3], [1, 1, 3, 3], [1, 1, 3, 3], [1, 1, 3, 3], [1, 1, 3, 3]),
    concat(1, [3, 5], [3, 2]),
    concat(0, [5], [6]),
    concat(0, [1, 3, 2, 2], [2, 3, 2, 2]),
    concat(2, [2, 5, 1, 3], [2, 5, 4, 3]),
    concat(3, [2, 6, 3, 1], [2, 6, 3, 2], [2, 6, 3, 1]),
    slice(1, 0, 4, [2, 8, 3, 3]),
    slice(1, 3, 8, [1, 9, 2, 3]),
    slice(1, 5, 6, [4, 6]),
    slice(0, 1, 3, [3, 5, 2, 2]),
    slice(2, 1, 2, [2, 3, 4, 5]),
    slice(3, 2, 5, [2, 3, 4, 5]),
    slice(0, 2, 7, [9]),
  ];
}

function shuffleCases(): KernelCase[] {
  return (
    [
      [[1, 6, 2, 3], 3],
      [[2, 60, 3, 3], 3],
      [[1, 240, 2, 2], 3],
      [[1, 10, 3, 1], 2],
      [[1, 12, 1, 1], 12],
      [[3, 9], 1],
      [[1, 35, 2, 2], 5],
    ] as const
  ).map(([shape, groups]) => valueCase('channelShuffle', { groups }, [shape]));
}

function padCases(): KernelCase[] {
  return IMAGES.flatMap((image) => [
    valueCase('pad', { mode: 'constant', padding: [0, 1, 2, 3], value: 0.25 }, [image]),
    valueCase('pad', { mode: 'constant', padding: [1, 0, 0, 0], value: 0 }, [image]),
    valueCase('pad', { mode: 'edge', padding: [2, 3, 7, 1] }, [image]),
    valueCase('pad', { mode: 'reflect', padding: [3, 3, 1, 2] }, [image]),
  ]);
}

function resizeCases(): KernelCase[] {
  const attributes: Attributes[] = [
    { mode: 'nearest', coordinates: 'asymmetric', rounding: 'floor', scale: [2, 2] },
    { mode: 'nearest', coordinates: 'halfPixel', rounding: 'halfDown', size: [3, 4] },
    { mode: 'bilinear', coordinates: 'halfPixel', size: [9, 13] },
    { mode: 'bilinear', coordinates: 'alignCorners', size: [3, 1] },
    { mode: 'bilinear', coordinates: 'asymmetric', scale: [1.5, 0.5] },
  ];
  return IMAGES.flatMap((image) => attributes.map((attribute) => valueCase('resize', attribute, [image])));
}

function permuteCases(): KernelCase[] {
  const orders = [
    [0, 2, 3, 1],
    [0, 3, 1, 2],
    [3, 2, 1, 0],
    [0, 1, 3, 2],
    [1, 0, 2, 3],
    [0, 1, 2, 3],
  ];
  return [
    ...IMAGES.flatMap((image) => orders.map((order) => valueCase('permute', { order }, [image]))),
    valueCase('permute', { order: [1, 0] }, [[5, 7]]),
    valueCase('permute', { order: [0, 2, 1] }, [[2, 3, 6]]),
    valueCase('permute', { order: [0] }, [[5]]),
    valueCase('permute', { order: [0, 2, 1, 3, 4] }, [[2, 3, 4, 5, 6]]),
    valueCase('permute', { order: [0, 1, 4, 2, 5, 3] }, [[2, 1, 3, 4, 1, 5]]),
    valueCase('permute', { order: [0, 1, 2, 3, 4, 5] }, [[1, 1, 1, 1, 1, 1]]),
  ];
}

/** Values for the conversions between layouts, which belong to no operator: a reshape to the same shape. */
export const layoutCases: readonly KernelCase[] = [...IMAGES, [3, 5], [6, 8], [2, 3, 9], [1, 7, 1, 1]].map((shape) =>
  valueCase('reshape', { shape: shape.slice(1) }, [shape]),
);

/** All of them but the conversions. */
export function operatorCases(): KernelCase[] {
  return [
    ...poolCases(),
    ...softmaxCases(),
    ...copyCases(),
    ...shuffleCases(),
    ...padCases(),
    ...resizeCases(),
    ...permuteCases(),
  ];
}
