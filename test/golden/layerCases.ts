/** Golden cases of transposed convolutions, products of values, windows with gaps, and tables along one axis. */
import type { Attributes } from '../../src/graph/types.js';
import type { Shape } from '../../src/tensor/shape.js';
import type { GoldenCase } from './goldenCase.js';
import { IMAGE, single, tensor } from './singleNode.js';

function transposed(name: string, input: Shape, weights: Shape, more: Attributes = {}, bias = true): GoldenCase {
  const groups = (more.groups as number | undefined) ?? 1;
  const attributes = {
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    outputPadding: [0, 0],
    dilation: [1, 1],
    groups,
    ...more,
  };
  const operands = [tensor('transposed.weight', weights), ...(bias ? [tensor('bias', [weights[1]! * groups])] : [])];
  return single(name, 'convolutionTranspose', input, attributes, operands);
}

const transposes: readonly GoldenCase[] = [
  transposed('3×3', [2, 3, 4, 5], [3, 6, 3, 3]),
  transposed('2×2, stride 2, no bias', [2, 3, 4, 5], [3, 6, 2, 2], { stride: [2, 2] }, false),
  transposed('padding of its own on each side, output padding', [1, 3, 4, 5], [3, 5, 3, 4], {
    stride: [2, 3],
    padding: [1, 2, 0, 1],
    outputPadding: [1, 2],
  }),
  transposed('dilation', [1, 3, 4, 5], [3, 4, 3, 2], { dilation: [2, 3], stride: [2, 1] }),
  transposed('groups', [1, 6, 4, 5], [6, 2, 3, 3], { groups: 3, stride: [2, 2], padding: [1, 1, 1, 1] }),
  transposed('depthwise', [1, 5, 4, 5], [5, 1, 4, 4], { groups: 5, stride: [2, 2], padding: [1, 1, 1, 1] }),
];

const products: readonly GoldenCase[] = [
  single('of two values', 'matMul', [5, 7], {}, [[7, 9]]),
  single('side by side', 'matMul', [2, 3, 5, 4], {}, [[2, 3, 4, 6]]),
  single('repeated', 'matMul', [2, 1, 5, 4], {}, [[1, 3, 4, 6]]),
  single('of a constant', 'matMul', [2, 5, 4], {}, [tensor('b', [2, 4, 6])]),
];

const gaps: readonly GoldenCase[] = [
  single('dilation 2 and 3', 'maxPool', [2, 5, 7, 8], {
    kernel: [2, 2],
    stride: [1, 2],
    padding: [1, 0, 1, 0],
    dilation: [2, 3],
    rounding: 'down',
  }),
  ...[true, false].map((countPadding) =>
    single(`dilation 2, padding ${countPadding ? '' : 'not '}counted`, 'averagePool', [2, 5, 7, 8], {
      kernel: [3, 2],
      stride: [1, 2],
      padding: [1, 0, 1, 1],
      dilation: [2, 2],
      rounding: 'down',
      countPadding,
    }),
  ),
];

const tables: readonly GoldenCase[] = [
  ...[0, 1, 2, 3].map((axis) => single(`axis ${axis}`, 'gather', IMAGE, { axis, indices: [1, 0, 1] })),
  ...[0, 1, 3].flatMap((axis) => [
    single(`constant, axis ${axis}`, 'padAxis', IMAGE, { mode: 'constant', axis, before: 2, after: 1, value: 0.5 }),
    single(`edge, axis ${axis}`, 'padAxis', IMAGE, { mode: 'edge', axis, before: 0, after: 3 }),
    single(`reflect, axis ${axis}`, 'padAxis', IMAGE, { mode: 'reflect', axis, before: 1, after: 1 }),
    single(`wrap, axis ${axis}`, 'padAxis', IMAGE, { mode: 'wrap', axis, before: 1, after: 2 }),
  ]),
];

const WEIGHTED = { antialias: false, excludeOutside: false };

function resampled(name: string, size: number, scale: number, attributes: Attributes): GoldenCase {
  return single(name, 'resample', [1, 2, 7, 8], { axis: 3, size, scale: [scale], ...attributes });
}

const COORDINATES = ['halfPixel', 'asymmetric', 'alignCorners', 'pytorchHalfPixel', 'symmetric'] as const;

const resamples: readonly GoldenCase[] = [
  ...COORDINATES.flatMap((coordinates) =>
    (
      [
        [20, 2.5],
        [3, 0.45],
      ] as const
    ).flatMap(([size, scale]) => [
      resampled(`linear, ${coordinates}, scale ${scale}`, size, scale, { mode: 'linear', coordinates, ...WEIGHTED }),
      resampled(`cubic, ${coordinates}, scale ${scale}`, size, scale, {
        mode: 'cubic',
        coordinates,
        coefficient: -0.75,
        ...WEIGHTED,
      }),
      resampled(`nearest, ${coordinates}, scale ${scale}`, size, scale, {
        mode: 'nearest',
        coordinates,
        rounding: 'halfDown',
      }),
    ]),
  ),
  resampled('nearest, tfHalfPixel', 12, 1.5, { mode: 'nearest', coordinates: 'tfHalfPixel', rounding: 'floor' }),
  resampled('linear, region', 6, 0.75, {
    mode: 'linear',
    coordinates: 'region',
    region: [0.2, 1.3],
    beyond: 3,
    ...WEIGHTED,
  }),
  resampled('nearest, region', 6, 0.75, {
    mode: 'nearest',
    coordinates: 'region',
    rounding: 'halfUp',
    region: [0.1, 0.7],
    beyond: 3,
  }),
  resampled('cubic, another coefficient, outside excluded', 13, 1.625, {
    mode: 'cubic',
    coordinates: 'halfPixel',
    coefficient: -0.5,
    antialias: false,
    excludeOutside: true,
  }),
  resampled('linear, antialias', 3, 0.4, {
    mode: 'linear',
    coordinates: 'halfPixel',
    antialias: true,
    excludeOutside: false,
  }),
  resampled('cubic, antialias', 4, 0.5, {
    mode: 'cubic',
    coordinates: 'halfPixel',
    coefficient: -0.75,
    antialias: true,
    excludeOutside: false,
  }),
  resampled('cubic, antialias, outside excluded', 4, 0.5, {
    mode: 'cubic',
    coordinates: 'halfPixel',
    coefficient: -0.75,
    antialias: true,
    excludeOutside: true,
  }),
];

export const layerCases: readonly GoldenCase[] = [...transposes, ...products, ...gaps, ...tables, ...resamples];
