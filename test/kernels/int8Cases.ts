/** Cases for the int8 kernels: layers of real networks, every remainder, weights and values over their whole range. */
import type { Node } from '../../src/graph/types.js';
import type { Activation } from '../../src/ops/activation.js';
import { checkedNode, operatorOf } from '../../src/ops/index.js';
import { elementCount, type Shape } from '../../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';
import { type KernelCase, seededTensor } from './makeCase.js';

/** Whole numbers from `least` to `most`. */
export function wholeTensor(shape: Shape, seed: number, least: number, most: number): Tensor {
  const { data } = seededTensor(shape, seed);
  return float32Tensor(
    shape,
    data.map((value) => Math.floor(((value + 1) / 2) * (most - least + 1)) + least),
  );
}

interface Int8Layer {
  readonly input: Shape;
  readonly outputs: number;
  readonly kernel: readonly [number, number];
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly activation?: Activation;
  readonly residual?: boolean;
  readonly bias?: boolean;
  /** Weights of so many bits: 8, which are −127 to 127, or less, which are the whole range. */
  readonly bits?: number;
}

let count = 0;

function layer(options: Int8Layer): KernelCase {
  const { input, outputs, kernel, stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const { activation = 'none', residual = false, bias = true, bits = 8 } = options;
  const most = 2 ** (bits - 1);
  const seed = 100 * ++count;
  const fanIn = (input[1]! / groups) * kernel[0] * kernel[1];
  const node: Node = {
    name: `int8 ${count}`,
    operator: 'quantisedConvolution',
    inputs: ['x', 'w', 's', bias ? 'b' : '', activation === 'prelu' ? 'a' : '', residual ? 'r' : ''],
    outputs: ['y'],
    attributes: {
      stride: [stride, stride],
      padding: [padding, padding, padding, padding],
      dilation: [dilation, dilation],
      groups,
      activation,
      inputScale: 0.02,
      inputZeroPoint: (seed % 256) - 128,
      outputScale: 0.02,
      outputZeroPoint: activation.startsWith('relu') ? -128 : (seed % 100) - 50,
      residualScale: 0.03,
      residualZeroPoint: 11,
    },
  };
  const weights = [outputs, input[1]! / groups, ...kernel];
  const scales = seededTensor([outputs], seed + 1).data.map((value) => (1.1 + value) / ((most / 2) * Math.sqrt(fanIn)));
  const tensors = [
    undefined,
    wholeTensor(weights, seed + 2, bits === 8 ? -127 : -most, most - 1),
    float32Tensor([outputs], scales),
    bias ? wholeTensor([outputs], seed + 3, -5000, 5000) : undefined,
    activation === 'prelu' ? seededTensor([outputs], seed + 4, 1.5) : undefined,
    undefined,
  ];
  const shapes = tensors.map((tensor) => tensor?.shape);
  shapes[0] = input;
  const geometry = operatorOf(node).inferShapes(node, shapes)[0]!;
  if (residual) shapes[5] = geometry;
  const values = [
    wholeTensor(input, seed + 5, -128, 127),
    ...new Array<undefined>(4).fill(undefined),
    residual ? wholeTensor(geometry, seed + 6, -128, 127) : undefined,
  ];
  const name = `${JSON.stringify(options)}`;
  return { name, site: { node, inputs: shapes, outputs: [geometry], tensors }, values };
}

const depthwise = (channels: number, height: number, width: number, options: Partial<Int8Layer> = {}): KernelCase =>
  layer({
    input: [1, channels, height, width],
    outputs: channels,
    kernel: [3, 3],
    padding: 1,
    groups: channels,
    ...options,
  });

/** Dense and grouped layers, fully connected ones among them. */
const DENSE: readonly Int8Layer[] = [
  { input: [1, 3, 16, 14], outputs: 64, kernel: [3, 3], stride: 2, padding: 1, activation: 'prelu' },
  { input: [2, 3, 9, 7], outputs: 13, kernel: [3, 3], stride: 1, padding: 1, activation: 'relu' },
  { input: [1, 64, 5, 5], outputs: 128, kernel: [1, 1], activation: 'prelu' },
  { input: [1, 128, 7, 7], outputs: 64, kernel: [1, 1], residual: true },
  { input: [2, 40, 3, 3], outputs: 72, kernel: [1, 1], activation: 'relu', residual: true, bias: false },
  { input: [1, 32, 4, 3], outputs: 24, kernel: [1, 1], activation: 'relu6' },
  { input: [1, 512, 1, 1], outputs: 128, kernel: [1, 1] },
  { input: [1, 512, 5, 7], outputs: 16, kernel: [1, 1], activation: 'prelu' },
  { input: [1, 8, 23, 23], outputs: 8, kernel: [1, 1] },
  { input: [3, 24, 2, 3], outputs: 20, kernel: [2, 3] },
  { input: [1, 7, 6, 5], outputs: 9, kernel: [3, 2], dilation: 2, padding: 2, bias: false },
  { input: [2, 16, 7, 12], outputs: 24, kernel: [3, 3], padding: 1, activation: 'relu' },
  { input: [1, 24, 9, 21], outputs: 16, kernel: [5, 3], padding: 2, stride: 2 },
  { input: [1, 48, 4, 4], outputs: 48, kernel: [1, 1], groups: 3, activation: 'relu' },
  { input: [1, 60, 3, 3], outputs: 24, kernel: [1, 1], groups: 3 },
  { input: [2, 12, 5, 4], outputs: 6, kernel: [3, 3], groups: 2, padding: 1, stride: 2 },
  { input: [1, 32, 6, 9], outputs: 32, kernel: [3, 3], groups: 2, padding: 1 },
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map(
    (channels): Int8Layer => ({
      input: [1, channels, 3, channels],
      outputs: 17 - channels,
      kernel: [1, 1],
      activation: 'prelu',
    }),
  ),
];

/** Widths around the tiles of depthwise 3×3, with weights of so many bits. */
const depthwise3x3 = (bits: number): KernelCase[] => [
  depthwise(64, 7, 7, { activation: 'prelu', bits }),
  depthwise(128, 8, 6, { stride: 2, activation: 'prelu', bits }),
  depthwise(24, 5, 9, { residual: true, bits }),
  depthwise(20, 1, 1, { activation: 'relu6', bits }),
  depthwise(8, 2, 2, { stride: 2, bias: false, bits }),
  depthwise(72, 5, 4, { padding: 0, bits }),
  depthwise(9, 6, 7, { padding: 0, stride: 2, activation: 'relu', bits }),
  depthwise(11, 5, 5, { stride: 2, bits }),
  depthwise(16, 3, 1, { input: [2, 16, 3, 1], bits }),
  depthwise(8, 5, 6, { padding: 2, bits }),
  depthwise(8, 6, 8, { padding: 3, stride: 2, bits }),
  ...[3, 5, 6, 8, 10, 11, 14].flatMap((width) =>
    ([1, 2] as const).map((stride) => depthwise(8, 3, width, { stride, residual: width % 2 === 1, bits })),
  ),
];

/** Every layer case. */
export const int8LayerCases: readonly KernelCase[] = [
  ...DENSE.map(layer),
  ...DENSE.map((options) => layer({ ...options, bits: 7 })),
  ...depthwise3x3(8),
  ...depthwise3x3(5),
  depthwise(512, 7, 7, { kernel: [7, 7], padding: 0 }),
  depthwise(20, 6, 6, { kernel: [5, 5], padding: 2, activation: 'prelu' }),
  depthwise(12, 7, 6, { dilation: 2, padding: 2 }),
  depthwise(8, 9, 9, { kernel: [5, 3], stride: 3, padding: 1, bias: false }),
  depthwise(24, 4, 5, { kernel: [2, 2], padding: 0, residual: true }),
];

function conversion(
  operator: 'quantise' | 'dequantise',
  shape: Shape,
  scale: number,
  zeroPoint: number,
  limits = {},
): KernelCase {
  const attributes = { scale, zeroPoint, ...limits };
  const node = checkedNode({ name: operator, operator, inputs: ['x'], outputs: ['y'], attributes });
  const value =
    operator === 'quantise' ? seededTensor(shape, 5 + elementCount(shape), 2) : wholeTensor(shape, 6, -128, 127);
  return {
    name: `${operator} ${shape.join('×')}, ${scale}, ${zeroPoint}`,
    site: { node, inputs: [shape], outputs: [shape], tensors: [undefined] },
    values: [value],
  };
}

/** Conversions from and to float32. */
export const int8ConversionCases: readonly KernelCase[] = [
  conversion('quantise', [1, 3, 9, 7], 0.0078, 0, { least: -127 }),
  conversion('quantise', [1, 3, 9, 7], 0.0078, -5, { least: -20 }),
  ...(['quantise', 'dequantise'] as const).flatMap((operator) => [
    conversion(operator, [1, 3, 12, 11], 0.0078, -1),
    conversion(operator, [2, 5, 3, 3], 0.01, 127),
    conversion(operator, [1, 128, 1, 1], 0.5, -128),
    conversion(operator, [3, 8, 1, 5], 1e-15, 3),
    conversion(operator, [2, 9, 2, 2], 1e15, 0),
  ]),
];
