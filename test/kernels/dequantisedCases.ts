/** Cases for int8 convolutions with float32 outputs: every remainder, group, activation and edge. */
import type { Node } from '../../src/graph/types.js';
import type { Activation } from '../../src/ops/activation.js';
import { operatorOf } from '../../src/ops/index.js';
import type { Shape } from '../../src/tensor/shape.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { wholeTensor } from './int8Cases.js';
import { type KernelCase, seededTensor } from './makeCase.js';

interface Layer {
  readonly input: Shape;
  readonly outputs: number;
  readonly kernel?: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: readonly [number, number];
  readonly groups?: number;
  readonly activation?: Activation;
  readonly bias?: boolean;
}

let count = 0;

function layer(options: Layer): KernelCase {
  const { input, outputs, kernel = [1, 1], stride = [1, 1], padding = [0, 0, 0, 0], dilation = [1, 1] } = options;
  const { groups = 1, activation = 'none', bias = true } = options;
  const seed = 5000 + 100 * ++count;
  const slopes = activation === 'prelu';
  const node: Node = {
    name: `dequantised ${count}`,
    operator: 'dequantisedConvolution',
    inputs: ['x', 'w', 's', ...(bias || slopes ? [bias ? 'b' : ''] : []), ...(slopes ? ['a'] : [])],
    outputs: ['y'],
    attributes: {
      stride,
      padding,
      dilation,
      groups,
      activation,
      inputScale: 0.0173,
      inputZeroPoint: (seed % 256) - 128,
    },
  };
  const tensors = [
    undefined,
    wholeTensor([outputs, input[1]! / groups, ...kernel], seed + 2, -127, 127),
    float32Tensor(
      [outputs],
      seededTensor([outputs], seed + 1).data.map((value) => (1.1 + value) / 90),
    ),
    ...(bias || slopes ? [bias ? seededTensor([outputs], seed + 3, 20) : undefined] : []),
    ...(slopes ? [seededTensor([outputs], seed + 4, 1.5)] : []),
  ];
  const shapes = tensors.map((tensor) => tensor?.shape);
  shapes[0] = input;
  const output = operatorOf(node).inferShapes(node, shapes)[0]!;
  const values = tensors.map((_, index) => (index === 0 ? wholeTensor(input, seed + 5, -128, 127) : undefined));
  return { name: JSON.stringify(options), site: { node, inputs: shapes, outputs: [output], tensors }, values };
}

const ONE = [1, 1, 1, 1] as const;

const depthwise = (channels: number, height: number, width: number, options: Partial<Layer> = {}): KernelCase =>
  layer({ input: [1, channels, height, width], outputs: channels, kernel: [3, 3], groups: channels, ...options });

/** Every one of them. */
export const dequantisedCases: readonly KernelCase[] = [
  layer({ input: [1, 3, 16, 14], outputs: 24, kernel: [3, 3], stride: [2, 2], padding: ONE, activation: 'prelu' }),
  layer({ input: [2, 64, 5, 3], outputs: 40, activation: 'relu' }),
  layer({ input: [3, 512, 1, 1], outputs: 128, bias: false }),
  layer({ input: [2, 24, 2, 3], outputs: 20, kernel: [2, 3], activation: 'relu6' }),
  layer({
    input: [1, 7, 6, 5],
    outputs: 9,
    kernel: [3, 2],
    dilation: [2, 1],
    padding: [2, 1, 0, 2],
    activation: 'prelu',
    bias: false,
  }),
  layer({ input: [1, 48, 4, 4], outputs: 48, groups: 3, activation: 'relu' }),
  layer({ input: [1, 60, 3, 3], outputs: 24, groups: 3 }),
  layer({ input: [2, 12, 5, 4], outputs: 6, kernel: [3, 3], groups: 2, padding: ONE, stride: [2, 1] }),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((channels) =>
    layer({ input: [1, channels, 3, channels], outputs: 17 - channels }),
  ),
  depthwise(64, 7, 7, { padding: ONE, activation: 'prelu' }),
  depthwise(20, 6, 5, { padding: ONE, stride: [2, 2], activation: 'relu6' }),
  depthwise(9, 6, 7, { bias: false }),
  depthwise(12, 7, 6, { dilation: [2, 2], padding: [2, 2, 2, 2], activation: 'relu' }),
  depthwise(32, 4, 4, { kernel: [4, 4], input: [2, 32, 4, 4] }),
  depthwise(5, 5, 9, { kernel: [5, 3], stride: [1, 3], padding: ONE }),
];
