/** Every operator and attribute as golden cases of one node each: our references are no independent oracle of themselves. */
import type { Attributes } from '../../src/graph/types.js';
import { NEAREST_ROUNDINGS, RESIZE_COORDINATES } from '../../src/ops/resize.js';
import type { Shape } from '../../src/tensor/shape.js';
import { familyCases } from './familyCases.js';
import type { GoldenCase } from './goldenCase.js';
import { layerCases } from './layerCases.js';
import { IMAGE, positive, single, tensor, VECTOR } from './singleNode.js';

interface ConvolutionCase {
  /** Channels of the input, rows, columns; 2 images. */
  readonly input?: readonly [number, number, number];
  readonly outputs?: number;
  readonly kernel?: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: readonly [number, number];
  readonly groups?: number;
  readonly activation?: 'none' | 'relu' | 'relu6' | 'prelu';
  readonly bias?: boolean;
  /** The output's rows and columns, where a residual is added. */
  readonly residual?: readonly [number, number];
}

function convolution(name: string, options: ConvolutionCase): GoldenCase {
  const { input = [5, 9, 8], outputs = 6, kernel = [3, 3], stride = [1, 1], groups = 1 } = options;
  const { padding = [0, 0, 0, 0], dilation = [1, 1], activation = 'none', bias = true, residual } = options;
  return single(name, 'convolution', [2, ...input], { stride, padding, dilation, groups, activation }, [
    tensor('convolution.weight', [outputs, input[0] / groups, ...kernel]),
    bias ? tensor('convolution.bias', [outputs]) : undefined,
    activation === 'prelu' ? tensor('convolution.prelu', [outputs]) : undefined,
    residual && [2, outputs, ...residual],
  ]);
}

const SAME = [1, 1, 1, 1] as const;

const convolutions: readonly GoldenCase[] = [
  convolution('3×3', { padding: SAME }),
  convolution('3×3, stride 2, 3 channels', { input: [3, 9, 8], outputs: 8, stride: [2, 2], padding: SAME }),
  convolution('3×3, stride 2 and 1, no bias', { stride: [2, 1], bias: false }),
  convolution('5×5', { kernel: [5, 5], padding: [2, 2, 2, 2] }),
  convolution('2×2', { kernel: [2, 2] }),
  convolution('1×7', { kernel: [1, 7], padding: [0, 3, 0, 3] }),
  convolution('padding of its own on each side', { padding: [0, 1, 2, 3], stride: [2, 2] }),
  convolution('dilation 2', { dilation: [2, 2], padding: [2, 2, 2, 2] }),
  convolution('dilation 3 and 1', { dilation: [3, 1] }),
  convolution('groups', { input: [6, 9, 8], outputs: 9, groups: 3, padding: SAME }),
  convolution('depthwise 3×3', { groups: 5, outputs: 5, padding: SAME }),
  convolution('depthwise 3×3, stride 2', { groups: 5, outputs: 5, padding: SAME, stride: [2, 2] }),
  convolution('depthwise 5×4, padding of its own on each side', {
    groups: 5,
    outputs: 5,
    kernel: [5, 4],
    padding: [2, 1, 0, 2],
  }),
  convolution('depthwise 3×3, dilation 2', { groups: 5, outputs: 5, dilation: [2, 2], padding: SAME }),
  convolution('depthwise with multiplier 2', { groups: 5, outputs: 10, padding: SAME }),
  convolution('global depthwise', { groups: 5, outputs: 5, kernel: [9, 8] }),
  convolution('pointwise', { kernel: [1, 1], outputs: 11 }),
  convolution('pointwise, stride 2', { kernel: [1, 1], stride: [2, 2] }),
  convolution('grouped pointwise', { input: [12, 9, 8], outputs: 15, kernel: [1, 1], groups: 3 }),
  convolution('relu', { padding: SAME, activation: 'relu' }),
  convolution('relu6', { padding: SAME, activation: 'relu6' }),
  convolution('prelu', { padding: SAME, activation: 'prelu' }),
  convolution('residual', { padding: SAME, residual: [9, 8] }),
  convolution('pointwise, residual and relu', { kernel: [1, 1], residual: [9, 8], activation: 'relu' }),
  convolution('depthwise, residual and prelu', {
    groups: 5,
    outputs: 5,
    padding: SAME,
    residual: [9, 8],
    activation: 'prelu',
  }),
];

const WEIGHTS = tensor('fullyConnected.weight', [7, 60]);

const layers: readonly GoldenCase[] = [
  single('of an image', 'fullyConnected', [2, 5, 4, 3], { activation: 'none' }, [WEIGHTS]),
  single('of a vector, bias and prelu', 'fullyConnected', [2, 60], { activation: 'prelu' }, [
    WEIGHTS,
    tensor('fullyConnected.bias', [7]),
    tensor('fullyConnected.prelu', [7]),
  ]),
  single('residual and relu', 'fullyConnected', [2, 60], { activation: 'relu' }, [
    WEIGHTS,
    undefined,
    undefined,
    [2, 7],
  ]),
];

const CHANNELS = [5] as const;

const elementwise: readonly GoldenCase[] = [
  ...[IMAGE, VECTOR].flatMap((shape) => [
    single(`${shape.length} axes`, 'batchNorm', shape, { epsilon: 0.01 }, [
      tensor('scales', CHANNELS),
      tensor('offsets', CHANNELS),
      tensor('means', CHANNELS),
      positive('variances', CHANNELS),
    ]),
    single(`${shape.length} axes`, 'affine', shape, {}, [tensor('scales', CHANNELS), tensor('offsets', CHANNELS)]),
    single(`${shape.length} axes, one for all channels`, 'affine', shape, {}, [
      tensor('scales', [1]),
      tensor('offsets', [1]),
    ]),
    single(`${shape.length} axes`, 'prelu', shape, {}, [tensor('slopes.prelu', CHANNELS)]),
    single(`${shape.length} axes`, 'relu', shape, {}),
    single(`${shape.length} axes`, 'clip', shape, { least: -0.25, most: 0.5 }),
    single(`${shape.length} axes`, 'sigmoid', shape, {}),
    single(`${shape.length} axes`, 'add', shape, {}, [shape]),
  ]),
];

function pools(name: string, input: Shape, window: Attributes): readonly GoldenCase[] {
  return [
    single(name, 'maxPool', input, window),
    single(name, 'averagePool', input, { ...window, countPadding: false }),
    single(`${name}, padding counted`, 'averagePool', input, { ...window, countPadding: true }),
  ];
}

const pooling: readonly GoldenCase[] = [
  ...pools('2×2', [2, 5, 7, 8], { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], rounding: 'down' }),
  ...pools('2×2, rounded up', [2, 5, 7, 8], { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], rounding: 'up' }),
  ...pools('3×3 with padding', [2, 5, 8, 9], { kernel: [3, 3], stride: [2, 2], padding: SAME, rounding: 'down' }),
  ...pools('3×3 with padding, rounded up', [2, 5, 8, 9], {
    kernel: [3, 3],
    stride: [2, 2],
    padding: SAME,
    rounding: 'up',
  }),
  ...pools('3×2 of stride 1 and 3, padding of its own on each side, rounded up', [2, 5, 7, 9], {
    kernel: [3, 2],
    stride: [1, 3],
    padding: [2, 0, 1, 1],
    rounding: 'up',
  }),
  ...pools('1×1 of stride 2, whose last window would begin outside', [2, 5, 6, 5], {
    kernel: [1, 1],
    stride: [2, 2],
    padding: [0, 0, 0, 0],
    rounding: 'up',
  }),
  single('7×6', 'globalAveragePool', [2, 5, 7, 6], {}),
  single('1×1', 'globalAveragePool', [2, 5, 1, 1], {}),
];

const rearranging: readonly GoldenCase[] = [
  ...[0, 1, 2, 3].map((axis) => single(`axis ${axis} of 4`, 'softmax', IMAGE, { axis })),
  single('axis 1 of 2', 'softmax', VECTOR, { axis: 1 }),
  single('channels 5, 3 and 8', 'concat', IMAGE, { axis: 1 }, [
    [2, 3, 4, 3],
    [2, 8, 4, 3],
  ]),
  single('batches', 'concat', IMAGE, { axis: 0 }, [[1, 5, 4, 3]]),
  single('rows', 'concat', IMAGE, { axis: 2 }, [[2, 5, 1, 3]]),
  single('columns', 'concat', IMAGE, { axis: 3 }, [[2, 5, 4, 2]]),
  single('vectors', 'concat', VECTOR, { axis: 1 }, [VECTOR]),
  ...[0, 1, 2, 3].map((axis) => single(`axis ${axis}`, 'slice', [3, 9, 4, 5], { axis, begin: 1, end: 3 })),
  single('channels 4 to 9', 'slice', [2, 9, 4, 5], { axis: 1, begin: 4, end: 9 }),
  single('3 groups', 'channelShuffle', [2, 12, 4, 3], { groups: 3 }),
  single('2 groups of odd length', 'channelShuffle', [2, 10, 4, 3], { groups: 2 }),
  single('3 groups of a vector', 'channelShuffle', [2, 12], { groups: 3 }),
  single('constant', 'pad', IMAGE, { mode: 'constant', padding: [1, 2, 0, 3], value: 0.5 }),
  single('edge', 'pad', IMAGE, { mode: 'edge', padding: [1, 2, 5, 3] }),
  single('reflect', 'pad', IMAGE, { mode: 'reflect', padding: [1, 2, 3, 0] }),
  ...[
    [0, 2, 3, 1],
    [0, 3, 1, 2],
    [0, 1, 3, 2],
    [3, 2, 1, 0],
  ].map((order) => single(order.join(' '), 'permute', IMAGE, { order })),
  single('2 axes', 'permute', VECTOR, { order: [1, 0] }),
  single('image', 'flatten', IMAGE, {}),
  single('to a vector', 'reshape', IMAGE, { shape: [-1] }),
  single('to 3 axes', 'reshape', IMAGE, { shape: [6, -1] }),
  single('to 4 axes', 'reshape', [2, 60], { shape: [5, -1, 3] }),
  single('to 6 axes', 'reshape', [2, 60], { shape: [5, -1, 1, 3, 2] }),
  single('of all axes', 'reshape', IMAGE, { shape: [4, -1], whole: true }),
  single('of all axes to one', 'reshape', IMAGE, { shape: [-1], whole: true }),
  single('5 axes', 'permute', [2, 3, 4, 2, 3], { order: [0, 2, 1, 3, 4] }),
];

const resizing: readonly GoldenCase[] = RESIZE_COORDINATES.flatMap((coordinates) =>
  [{ size: [9, 8] }, { size: [3, 2] }, { size: [1, 7] }, { scale: [2, 3] }, { scale: [1.5, 0.75] }].flatMap(
    (lengths) => {
      const label = `${coordinates}, ${JSON.stringify(lengths).replace(/["{}]/g, '')}`;
      return [
        single(`bilinear, ${label}`, 'resize', IMAGE, { mode: 'bilinear', coordinates, ...lengths }),
        ...NEAREST_ROUNDINGS.map((rounding) =>
          single(`nearest, ${rounding}, ${label}`, 'resize', IMAGE, {
            mode: 'nearest',
            rounding,
            coordinates,
            ...lengths,
          }),
        ),
      ];
    },
  ),
);

export const operatorCases: readonly GoldenCase[] = [
  ...convolutions,
  ...layers,
  ...elementwise,
  ...familyCases,
  ...layerCases,
  ...pooling,
  ...rearranging,
  ...resizing,
];
