/** Quantised ONNX files as onnxruntime's tools write them: with QuantizeLinear and DequantizeLinear, or as operators. */
import { DATA_TYPES, type NodeMessage, type TensorMessage } from '../../src/formats/onnx/messages.js';
import type { Shape } from '../../src/tensor/shape.js';
import { elementCount } from '../../src/tensor/shape.js';
import { added, bytes, floats, node, type OnnxContent, value, words } from '../formats/onnx/onnxFile.js';
import { type GoldenCase, seededValues } from './goldenCase.js';
import { imported } from './importCase.js';

const { int8, uint8 } = DATA_TYPES;

/** Whole numbers from `least` to `most`. */
function whole(name: string, shape: Shape, least: number, most: number): number[] {
  const { data } = seededValues(name, shape);
  return Array.from(data, (number) => Math.round(least + ((number + 1) / 2) * (most - least)));
}

/** Weights from −127 to 127. */
function weights(name: string, shape: Shape): TensorMessage {
  return bytes(name, shape, int8, whole(name, shape, -127, 127));
}

/** Scales about a size, no two alike. */
function scales(name: string, count: number, size: number): TensorMessage {
  const factors = Array.from({ length: count }, (_, index) => size * (0.6 + ((index * 7) % 5) / 6));
  return floats(name, count === 1 ? [] : [count], factors);
}

/** The scale and zero point of a value, named after it. */
function level(name: string, scale: number, zeroPoint: number, type: number): TensorMessage[] {
  return [floats(`${name}.s`, [], [scale]), bytes(`${name}.z`, [], type, [zeroPoint])];
}

const at = (name: string): string[] => [`${name}.s`, `${name}.z`];

/** Nodes that quantise a value under the given levels and dequantise it again. */
function rounded(from: string, to: string, levels = to): NodeMessage[] {
  return [
    node('QuantizeLinear', [from, ...at(levels)], [`${to}.q`]),
    node('DequantizeLinear', [`${to}.q`, ...at(levels)], [to]),
  ];
}

/** Weights of a layer, their scales, and a bias in units of both, with the nodes that dequantise them. */
function layer(name: string, shape: Shape, inputScale: number, perChannel: boolean, axis = 0) {
  const outputs = shape[axis]!;
  const size = 1 / (40 * Math.sqrt(elementCount(shape) / outputs));
  const weightScales = scales(`${name}.ws`, perChannel ? outputs : 1, size);
  const units = Array.from({ length: outputs }, (_, index) => {
    return Math.fround(inputScale * (weightScales.floatData![perChannel ? index : 0] ?? 0));
  });
  const biasScale = perChannel ? units : units.slice(0, 1);
  const tensors = [
    weights(`${name}.w`, shape),
    weightScales,
    bytes(`${name}.wz`, perChannel ? [outputs] : [], int8, new Array<number>(perChannel ? outputs : 1).fill(0)),
    words(`${name}.b`, [outputs], whole(`${name}.b`, [outputs], -3000, 3000)),
    floats(`${name}.bs`, perChannel ? [outputs] : [], biasScale),
  ];
  const nodes = [
    node('DequantizeLinear', [`${name}.w`, `${name}.ws`, `${name}.wz`], [`${name}.wf`], perChannel ? { axis } : {}),
    node('DequantizeLinear', [`${name}.b`, `${name}.bs`], [`${name}.bf`], perChannel ? { axis: 0 } : {}),
  ];
  return { tensors, nodes };
}

const IN_SCALE = 2 / 255;

function quantised(name: string, unit: number, content: OnnxContent): GoldenCase {
  return { ...imported(name, content), unit };
}

interface Form {
  readonly type: number;
  readonly perChannel: boolean;
}

/** A convolution between QuantizeLinear and DequantizeLinear. */
function conv(name: string, { type, perChannel }: Form, shape: Shape, attributes = {}, after: NodeMessage[] = []) {
  const made = layer('c', shape, IN_SCALE, perChannel);
  const zero = type === uint8 ? 128 : 3;
  return quantised(`QDQ: ${name}`, 0.02, {
    nodes: [
      ...rounded('x', 'xd'),
      ...made.nodes,
      node('Conv', ['xd', 'c.wf', 'c.bf'], [after.length > 0 ? 'c' : 'r'], attributes),
      ...after,
      ...rounded('r', 'y'),
    ],
    tensors: [...level('xd', IN_SCALE, zero, type), ...made.tensors, ...level('y', 0.02, zero, type)],
  });
}

const UNSIGNED: Form = { type: uint8, perChannel: true };
const SIGNED: Form = { type: int8, perChannel: false };
const slopes = floats('a', [6, 1, 1], [0.3, -0.2, 0.25, 1.5, 0, 0.1]);

function withTensors(golden: OnnxContent, ...tensors: readonly TensorMessage[]): OnnxContent {
  return { ...golden, tensors: [...(golden.tensors ?? []), ...tensors] };
}

/** A whole block: convolutions, a residual, poolings and a fully connected layer. */
function block(): GoldenCase {
  const [first, second, last] = [
    layer('c', [8, 4, 3, 3], IN_SCALE, true),
    layer('d', [8, 1, 3, 3], 0.02, true),
    layer('f', [5, 8], 0.015, true),
  ];
  return quantised('QDQ: a residual block', 0.03, {
    nodes: [
      ...[...first.nodes, ...second.nodes, ...last.nodes],
      ...rounded('x', 'xd'),
      node('Conv', ['xd', 'c.wf', 'c.bf'], ['c'], { pads: [1, 1, 1, 1] }),
      node('Relu', ['c'], ['cr']),
      ...rounded('cr', 'cd'),
      node('Conv', ['cd', 'd.wf', 'd.bf'], ['d'], { pads: [1, 1, 1, 1], group: 8 }),
      ...rounded('d', 'dd'),
      node('Add', ['dd', 'cd'], ['e']),
      ...rounded('e', 'ed'),
      node('GlobalAveragePool', ['ed'], ['g']),
      ...rounded('g', 'gd'),
      node('Flatten', ['gd'], ['h']),
      ...rounded('h', 'hd', 'gd'),
      node('Gemm', ['hd', 'f.wf', 'f.bf'], ['f'], { transB: 1 }),
      ...rounded('f', 'y'),
    ],
    tensors: [
      ...[...first.tensors, ...second.tensors, ...last.tensors],
      ...level('xd', IN_SCALE, 128, uint8),
      ...level('cd', 0.02, 0, uint8),
      ...level('dd', 0.03, 120, uint8),
      ...level('ed', 0.035, 99, uint8),
      ...level('gd', 0.015, 110, uint8),
      ...level('y', 0.03, 127, uint8),
    ],
  });
}

/** One operator between QuantizeLinear and DequantizeLinear. */
function around(name: string, nodes: readonly NodeMessage[], content: Partial<OnnxContent> = {}): GoldenCase {
  return quantised(`QDQ: ${name}`, 0.011, {
    nodes: [...rounded('x', 'xd'), ...nodes, ...rounded('r', 'y')],
    ...content,
    tensors: [...level('xd', IN_SCALE, -5, int8), ...level('y', 0.011, 7, int8), ...(content.tensors ?? [])],
  });
}

const product = layer('m', [7, 5], IN_SCALE, false, 1);

const pairs: readonly GoldenCase[] = [
  conv('per channel, uint8', UNSIGNED, [6, 4, 3, 3], { pads: [1, 1, 1, 1] }),
  conv('per tensor, int8, strides', SIGNED, [6, 4, 3, 3], { pads: [1, 0, 1, 1], strides: [2, 2] }),
  conv('pointwise', UNSIGNED, [6, 4, 1, 1]),
  conv('depthwise', UNSIGNED, [4, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }),
  conv('groups and dilation', SIGNED, [6, 2, 2, 2], { group: 2, dilations: [2, 1] }),
  conv('ReLU', UNSIGNED, [6, 4, 3, 3], {}, [node('Relu', ['c'], ['r'])]),
  {
    ...conv('PReLU', SIGNED, [6, 4, 3, 3]),
    ...quantised(
      'QDQ: PReLU',
      0.02,
      withTensors(
        {
          nodes: [
            ...rounded('x', 'xd'),
            ...layer('c', [6, 4, 3, 3], IN_SCALE, true).nodes,
            node('Conv', ['xd', 'c.wf', 'c.bf'], ['c'], { pads: [1, 1, 1, 1] }),
            node('PRelu', ['c', 'a'], ['r']),
            ...rounded('r', 'y'),
          ],
          tensors: [...level('xd', IN_SCALE, 128, uint8), ...level('y', 0.02, 100, uint8)],
        },
        slopes,
        ...layer('c', [6, 4, 3, 3], IN_SCALE, true).tensors,
      ),
    ),
  },
  block(),
  around('MaxPool', [node('MaxPool', ['xd'], ['r'], { kernel_shape: [2, 2], strides: [2, 2] })]),
  around('AveragePool', [node('AveragePool', ['xd'], ['r'], { kernel_shape: [3, 2], pads: [1, 0, 1, 1] })]),
  around(
    'Concat',
    [node('Relu', ['xd'], ['t']), ...rounded('t', 'td'), node('Concat', ['td', 'xd'], ['r'], { axis: 1 })],
    {
      tensors: level('td', 0.004, -128, int8),
    },
  ),
  around('Transpose and Reshape', [
    node('Transpose', ['xd'], ['t'], { perm: [0, 2, 3, 1] }),
    ...rounded('t', 'td', 'xd'),
    node('Flatten', ['td'], ['r']),
  ]),
  around('MatMul', [...product.nodes, node('MatMul', ['xd', 'm.wf'], ['r'])], {
    inputs: [value('x', [3, 7])],
    tensors: product.tensors,
  }),
  around(
    'MatMul of three axes',
    [...product.nodes, node('MatMul', ['xd', 'm.wf'], ['p']), node('Add', ['p', 'm.bf'], ['r'])],
    {
      inputs: [value('x', [2, 3, 7])],
      tensors: product.tensors,
    },
  ),
  around('Conv of rows', [...layer('k', [6, 4, 3], IN_SCALE, false).nodes, node('Conv', ['xd', 'k.wf'], ['r'])], {
    inputs: [value('x', [2, 4, 9])],
    tensors: layer('k', [6, 4, 3], IN_SCALE, false).tensors,
  }),
  around('weights of uint8', [node('DequantizeLinear', ['w', 'ws', 'wz'], ['wf']), node('Conv', ['xd', 'wf'], ['r'])], {
    tensors: [
      bytes('w', [6, 4, 3, 3], uint8, whole('u', [6, 4, 3, 3], 0, 255)),
      floats('ws', [], [0.004]),
      bytes('wz', [], uint8, [101]),
    ],
  }),
  around(
    'weights that are quantised in the file',
    [
      node('QuantizeLinear', ['w', 'ws', 'wz'], ['wq'], { axis: 0 }),
      node('DequantizeLinear', ['wq', 'ws', 'wz'], ['wf'], { axis: 0 }),
      node('Conv', ['xd', 'wf'], ['r']),
    ],
    {
      tensors: [
        floats('w', [3, 4, 2, 2], [...seededValues('w', [3, 4, 2, 2]).data]),
        floats('ws', [3], [0.008, 0.006, 0.01]),
        bytes('wz', [3], int8, [0, 0, 0]),
      ],
    },
  ),
  quantised('QuantizeLinear: a constant', 1 / 50, {
    nodes: [
      node('QuantizeLinear', ['c', 'q.s'], ['cq']),
      node('DequantizeLinear', ['cq', 'q.s'], ['cd']),
      node('Add', ['x', 'cd'], ['y']),
    ],
    tensors: [floats('c', [5], [-1, 0.25, 0.5, 3.75, 1000]), floats('q.s', [], [0.5])],
  }),
  quantised('QuantizeLinear: uint8 given out', 1, {
    nodes: [node('QuantizeLinear', ['x', ...at('q')], ['y'])],
    tensors: level('q', 0.01, 90, uint8),
    outputType: uint8,
  }),
  quantised('QuantizeLinear: int8 vectors given out', 1, {
    nodes: [node('QuantizeLinear', ['x', ...at('q')], ['y'])],
    tensors: level('q', 0.01, -9, int8),
    inputs: [value('x', [2, 6])],
    outputType: int8,
  }),
];

/** The operands of a quantised operator: a value and its levels. */
const operand = (name: string, levels = name): string[] => [name, ...at(levels)];

const qConv = layer('c', [8, 4, 3, 3], IN_SCALE, true);
const qGemm = layer('f', [5, 8], 0.015, true);
const convOperands = [...operand('q', 'xd'), 'c.w', 'c.ws', 'c.wz', ...at('cd'), 'c.b'];

function operators(name: string, unit: number, nodes: readonly NodeMessage[], content: Partial<OnnxContent> = {}) {
  return quantised(name, unit, {
    nodes: [
      node('QuantizeLinear', ['x', ...at('xd')], ['q']),
      ...nodes,
      node('DequantizeLinear', ['r', ...at('y')], ['y']),
    ],
    ...content,
    tensors: [...level('xd', IN_SCALE, 128, uint8), ...level('y', unit, 101, uint8), ...(content.tensors ?? [])],
  });
}

const byOperators: readonly GoldenCase[] = [
  operators(
    'QLinearConv: per channel',
    0.02,
    [
      node('QLinearConv', [...operand('q', 'xd'), 'c.w', 'c.ws', 'c.wz', ...at('y'), 'c.b'], ['r'], {
        pads: [1, 1, 1, 1],
        strides: [2, 1],
      }),
    ],
    { tensors: qConv.tensors },
  ),
  operators(
    'QLinearConv: and all that follows',
    0.03,
    [
      node('QLinearConv', convOperands, ['c'], { pads: [1, 1, 1, 1] }),
      added('QLinearAdd', [...operand('c', 'cd'), ...operand('c', 'cd'), ...at('e')], ['e']),
      node('MaxPool', ['e'], ['m'], { kernel_shape: [2, 2], strides: [1, 1] }),
      added('QLinearLeakyRelu', [...operand('m', 'e'), ...at('l')], ['l'], { alpha: { float: 0.2 } }),
      added('QLinearGlobalAveragePool', [...operand('l'), ...at('g')], ['g'], { channels_last: 0 }),
      node('Reshape', ['g', 'shape'], ['h']),
      added('QGemm', [...operand('h', 'g'), 'f.w', 'f.ws', 'f.wz', 'f.b', ...at('y')], ['r'], { transB: 1 }),
    ],
    {
      tensors: [
        ...qConv.tensors,
        ...qGemm.tensors,
        ...level('cd', 0.02, 40, uint8),
        ...level('e', 0.04, 60, uint8),
        ...level('l', 0.03, 30, uint8),
        ...level('g', 0.015, 90, uint8),
        {
          name: 'shape',
          dims: [2],
          dataType: DATA_TYPES.int64,
          rawData: new Uint8Array(BigInt64Array.of(2n, 8n).buffer),
        },
      ],
    },
  ),
  operators(
    'QGemm: alpha, which its bias counts too',
    0.03,
    [
      node('QLinearConv', convOperands, ['c'], { pads: [1, 1, 1, 1] }),
      added('QLinearAdd', [...operand('c', 'cd'), ...operand('c', 'cd'), ...at('e')], ['e']),
      node('MaxPool', ['e'], ['m'], { kernel_shape: [2, 2], strides: [1, 1] }),
      added('QLinearLeakyRelu', [...operand('m', 'e'), ...at('l')], ['l'], { alpha: { float: 0.2 } }),
      added('QLinearGlobalAveragePool', [...operand('l'), ...at('g')], ['g'], { channels_last: 0 }),
      node('Reshape', ['g', 'shape'], ['h']),
      added('QGemm', [...operand('h', 'g'), 'f.w', 'f.ws', 'f.wz', 'f.b', ...at('y')], ['r'], {
        transB: 1,
        alpha: { float: 0.5 },
      }),
    ],
    {
      tensors: [
        ...qConv.tensors,
        ...qGemm.tensors,
        ...level('cd', 0.02, 40, uint8),
        ...level('e', 0.04, 60, uint8),
        ...level('l', 0.03, 30, uint8),
        ...level('g', 0.015, 90, uint8),
        {
          name: 'shape',
          dims: [2],
          dataType: DATA_TYPES.int64,
          rawData: new Uint8Array(BigInt64Array.of(2n, 8n).buffer),
        },
      ],
    },
  ),
  operators(
    'QLinearMatMul: constant weights',
    0.02,
    [node('QLinearMatMul', [...operand('q', 'xd'), 'm.w', 'm.ws', 'm.wz', ...at('y')], ['r'])],
    { inputs: [value('x', [3, 7])], tensors: product.tensors },
  ),
  operators('QLinearMul: of two', 0.01, [
    added('QLinearMul', [...operand('q', 'xd'), ...operand('q', 'xd'), ...at('y')], ['r']),
  ]),
  operators(
    'QLinearConcat: of two',
    0.011,
    [
      added('QLinearSigmoid', [...operand('q', 'xd'), ...at('t')], ['t']),
      added('QLinearConcat', [...at('y'), ...operand('q', 'xd'), ...operand('t')], ['r'], { axis: 1 }),
    ],
    { tensors: level('t', 1 / 256, 0, uint8) },
  ),
  operators('QLinearAveragePool: with padding', 0.012, [
    added('QLinearAveragePool', [...operand('q', 'xd'), ...at('y')], ['r'], {
      kernel_shape: [2, 3],
      pads: [0, 1, 0, 1],
      count_include_pad: 0,
    }),
  ]),
];

const dynamic: readonly GoldenCase[] = [
  quantised('ConvInteger: of a fixed scale', 0.001, {
    nodes: [
      node('QuantizeLinear', ['x', ...at('xd')], ['q']),
      node('ConvInteger', ['q', 'c.w', 'xd.z', 'wz'], ['i'], { pads: [1, 1, 1, 1] }),
      node('Cast', ['i'], ['s'], { to: DATA_TYPES.float }),
      node('Mul', ['s', 'c.bs'], ['y']),
    ],
    tensors: [
      ...level('xd', IN_SCALE, 128, uint8),
      ...layer('c', [6, 4, 3, 3], IN_SCALE, false).tensors,
      bytes('wz', [], int8, [0]),
    ],
  }),
  quantised('ConvInteger: as dynamic quantisation writes it', 0.001, {
    nodes: [
      node('DynamicQuantizeLinear', ['x'], ['q', 'qs', 'qz']),
      node('ConvInteger', ['q', 'w', 'qz', 'wz'], ['i'], { strides: [2, 2] }),
      node('Cast', ['i'], ['s'], { to: DATA_TYPES.float }),
      node('Mul', ['qs', 'ws'], ['unit']),
      node('Mul', ['s', 'unit'], ['p']),
      node('Add', ['p', 'b'], ['y']),
    ],
    tensors: [
      bytes('w', [6, 4, 3, 3], uint8, whole('v', [6, 4, 3, 3], 0, 255)),
      bytes('wz', [], uint8, [120]),
      floats('ws', [], [0.01]),
      floats('b', [1, 6, 1, 1], [1, -1, 0.5, 0.25, 2, 0]),
    ],
  }),
  quantised('MatMulInteger: as dynamic quantisation writes it', 0.001, {
    nodes: [
      node('DynamicQuantizeLinear', ['x'], ['q', 'qs', 'qz']),
      node('MatMulInteger', ['q', 'm.w', 'qz', 'wz'], ['i']),
      node('Cast', ['i'], ['s'], { to: DATA_TYPES.float }),
      node('Mul', ['qs', 'm.ws'], ['unit']),
      node('Mul', ['s', 'unit'], ['y']),
    ],
    inputs: [value('x', [3, 7])],
    tensors: [...product.tensors, bytes('wz', [], int8, [0])],
  }),
];

/** Every one of them. */
export const quantisedCases: readonly GoldenCase[] = [...pairs, ...byOperators, ...dynamic];
