/** Cases for the int8 kernels that are no layers: every remainder of channels, ratios of scales far from 1, paddings and gaps. */
import type { Attributes } from '../../src/graph/types.js';
import { checkedNode, operatorOf } from '../../src/ops/index.js';
import type { Shape } from '../../src/tensor/shape.js';
import type { Tensor } from '../../src/tensor/tensor.js';
import { wholeTensor } from './int8Cases.js';
import { type KernelCase, seededTensor } from './makeCase.js';

let count = 0;

/** A case on int8 values of the given shapes, and tensors after them. */
function operatorCase(
  operator: string,
  shapes: readonly Shape[],
  attributes: Attributes,
  tensors: readonly Tensor[] = [],
): KernelCase {
  const seed = 1000 + 10 * ++count;
  const node = checkedNode({
    name: `${operator} ${count}`,
    operator,
    inputs: [...shapes, ...tensors].map((_, index) => `input${index}`),
    outputs: ['output'],
    attributes,
  });
  const inputs = [...shapes, ...tensors.map(({ shape }) => shape)];
  const absent = shapes.map(() => undefined);
  return {
    name: `${operator} ${JSON.stringify(shapes)} ${JSON.stringify(attributes)}`,
    site: { node, inputs, outputs: operatorOf(node).inferShapes(node, inputs), tensors: [...absent, ...tensors] },
    values: [
      ...shapes.map((shape, index) => wholeTensor(shape, seed + index, -128, 127)),
      ...tensors.map(() => undefined),
    ],
  };
}

const CHANNELS = [1, 3, 7, 8, 9, 15, 16, 17];
/** Scales of inputs by scales of outputs: equal, usual, and so far apart that multipliers are cut off. */
const SCALES = [
  [0.02, 0.02],
  [0.031, 0.017],
  [0.004, 0.9],
  [3, 0.0001],
  [2 ** -60, 2 ** 60],
  [2 ** 60, 2 ** -60],
] as const;
const ZERO_POINTS = [-128, -3, 0, 51, 127] as const;

const zeroPointAt = (index: number): number => ZERO_POINTS[index % ZERO_POINTS.length]!;

const quantisations = (index: number): Attributes => {
  const [inputScale, outputScale] = SCALES[index % SCALES.length]!;
  return { inputScale, inputZeroPoint: zeroPointAt(index), outputScale, outputZeroPoint: zeroPointAt(index + 2) };
};

function addition(shape: Shape, index: number): KernelCase {
  const { inputScale, inputZeroPoint, ...output } = quantisations(index);
  return operatorCase('quantisedAddition', [shape, shape], {
    aScale: inputScale!,
    aZeroPoint: inputZeroPoint!,
    bScale: 0.05,
    bZeroPoint: zeroPointAt(index + 1),
    ...output,
    activation: ['none', 'relu', 'relu6'][index % 3]!,
  });
}

function requantise(shape: Shape, index: number): KernelCase {
  const activation = ['prelu', 'none', 'relu', 'prelu', 'relu6'][index % 5]!;
  const slopes = activation === 'prelu' ? [seededTensor([shape[1]!], index, 1.5)] : [];
  return operatorCase('requantise', [shape], { ...quantisations(index), activation }, slopes);
}

const WINDOWS: readonly Attributes[] = [
  { kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], rounding: 'down' },
  { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], rounding: 'up' },
  { kernel: [3, 2], stride: [1, 2], padding: [2, 0, 1, 1], rounding: 'up' },
  { kernel: [5, 7], stride: [1, 1], padding: [0, 0, 0, 0], rounding: 'down' },
  { kernel: [2, 3], stride: [1, 1], padding: [1, 2, 1, 2], rounding: 'down', dilation: [2, 2] },
  { kernel: [1, 1], stride: [1, 3], padding: [0, 0, 0, 0], rounding: 'down' },
];

/** Every case of the operators. */
export const int8OperatorCases: readonly KernelCase[] = [
  ...CHANNELS.flatMap((channels, index) => [
    addition([1 + (index % 2), channels, 3, 1 + index], index),
    requantise([1 + (index % 3), channels, 2, 1 + index], index),
    ...WINDOWS.map((window) => operatorCase('quantisedMaxPool', [[1 + (index % 2), channels, 7, 8]], window)),
    ...WINDOWS.map((window, at) =>
      operatorCase('quantisedAveragePool', [[1 + (index % 2), channels, 7, 8]], {
        ...window,
        ...quantisations(index + at),
        countPadding: (index + at) % 2 === 0,
      }),
    ),
    operatorCase('quantisedGlobalAveragePool', [[2, channels, 7, 7]], quantisations(index)),
    operatorCase(
      'quantisedConcat',
      [
        [2, channels, 3, 5],
        [2, 17 - channels, 3, 5],
        [2, 4, 3, 5],
      ],
      { axis: 1 },
    ),
    operatorCase('quantisedSlice', [[2, channels + 3, 3, 2]], { axis: 1, begin: index % 4, end: channels + 2 }),
  ]),
  addition([2, 5], 1),
  ...SCALES.map((_, index) => addition([1, 40, 9, 9], index)),
  ...SCALES.map((_, index) => requantise([1, 40, 9, 9], 5 * index + 1)),
  requantise([3, 20], 3),
  requantise([1, 40, 9, 9], 0),
  operatorCase('quantisedGlobalAveragePool', [[1, 40, 30, 29]], quantisations(1)),
  operatorCase('quantisedGlobalAveragePool', [[3, 24, 1, 1]], quantisations(0)),
  operatorCase('quantisedGlobalAveragePool', [[8, 120, 1, 2]], { ...quantisations(1), outputScale: 0.02 }),
  ...[0, 2, 3].flatMap((axis) => [
    operatorCase('quantisedSlice', [[3, 11, 4, 5]], { axis, begin: 1, end: 3 }),
    operatorCase(
      'quantisedConcat',
      [
        [2, 11, 3, 4],
        [2, 11, 3, 4],
      ],
      { axis },
    ),
  ]),
  ...[
    [1, 5],
    [2, 8],
    [3, 60],
    [3, 9],
    [4, 40],
    [5, 45],
    [7, 7],
    [8, 128],
  ].map(([groups = 1, channels = 1]) => operatorCase('quantisedChannelShuffle', [[2, channels, 3, 3]], { groups })),
];
