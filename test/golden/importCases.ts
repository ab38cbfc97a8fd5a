/** ONNX operators in the forms that other programs write, each a file by hand: what our own export never writes. */
import { DATA_TYPES, type TensorMessage } from '../../src/formats/onnx/messages.js';
import { narrowFloat16 } from '../../src/tensor/float16.js';
import { floats, integers, node, value, weights } from '../formats/onnx/onnxFile.js';
import type { GoldenCase } from './goldenCase.js';
import { ABSENT, imported, single } from './importCase.js';
import { importFamilyCases } from './importFamilyCases.js';
import { importLayerCases } from './importLayerCases.js';

const VECTORS = { inputs: [value('x', [2, 6])] };
const ROWS = { inputs: [value('x', [2, 4, 11])] };
const SMALLEST = -(2n ** 63n);
const LARGEST = 2n ** 63n - 1n;

const W = weights('w', [6, 4, 3, 3]);
const B = weights('b', [6]);

function halfWeights(): TensorMessage {
  const { floatData = [] } = W;
  const rawData = new Uint8Array(narrowFloat16(Float32Array.from(floatData)).buffer);
  return { name: 'h', dims: [6, 4, 3, 3], dataType: DATA_TYPES.float16, rawData };
}

const convolutions: readonly GoldenCase[] = [
  single('defaults', 'Conv', {}, [W]),
  single('SAME_UPPER', 'Conv', { auto_pad: 'SAME_UPPER', strides: [2, 2] }, [W, B]),
  single('SAME_LOWER', 'Conv', { auto_pad: 'SAME_LOWER', strides: [2, 2] }, [W, B]),
  single('VALID', 'Conv', { auto_pad: 'VALID', strides: [2, 1] }, [W, B]),
  single('pads and dilations', 'Conv', { pads: [2, 0, 1, 3], dilations: [2, 1], kernel_shape: [3, 3] }, [W, B]),
  single('groups', 'Conv', { group: 2, pads: [1, 1, 1, 1] }, [weights('w', [6, 2, 3, 3])]),
  single('depthwise with multiplier', 'Conv', { group: 4, pads: [1, 1, 1, 1] }, [weights('w', [8, 1, 3, 3])]),
  single('of rows', 'Conv', { pads: [1, 2], strides: [2] }, [weights('w', [6, 4, 3]), B], ROWS),
  single('of rows, SAME_UPPER', 'Conv', { auto_pad: 'SAME_UPPER', strides: [2] }, [weights('w', [6, 4, 3])], ROWS),
  imported('Conv: float16 weights', {
    nodes: [node('Cast', ['h'], ['w'], { to: DATA_TYPES.float }), node('Conv', ['x', 'w'], ['y'])],
    tensors: [halfWeights()],
  }),
  imported('Conv: weights of a Constant', {
    nodes: [node('Constant', [], ['w'], { value: W }), node('Conv', ['x', 'w'], ['y'])],
  }),
];

const M = weights('m', [6, 3]);
const MT = weights('m', [3, 6]);

const products: readonly GoldenCase[] = [
  single('transB', 'Gemm', { transB: 1 }, [MT, weights('b', [3])], VECTORS),
  single('alpha and beta', 'Gemm', { alpha: { float: 0.5 }, beta: { float: 3 } }, [M, weights('b', [1, 3])], VECTORS),
  single('one offset', 'Gemm', {}, [M, floats('b', [], [0.25])], VECTORS),
  single('no offsets', 'Gemm', { transB: 1, alpha: { float: 2 } }, [MT], { ...VECTORS, operatorSet: 11 }),
  single('constant weights', 'MatMul', {}, [M], VECTORS),
  imported('MatMul: and offsets', {
    nodes: [node('MatMul', ['x', 'm'], ['p']), node('Add', ['b', 'p'], ['y'])],
    tensors: [M, weights('b', [3])],
    ...VECTORS,
  }),
  imported('MatMul: transposed weights', {
    nodes: [node('Transpose', ['m'], ['t'], { perm: [1, 0] }), node('MatMul', ['x', 't'], ['y'])],
    tensors: [MT],
    ...VECTORS,
  }),
];

const byElement: readonly GoldenCase[] = [
  single('of images', 'BatchNormalization', { epsilon: { float: 0.01 } }, [
    weights('s', [4]),
    weights('b', [4]),
    weights('m', [4]),
    floats('v', [4], [0.5, 1, 2, 3]),
  ]),
  single('one slope', 'PRelu', {}, [floats('s', [1], [0.3])]),
  single('by channel', 'PRelu', {}, [floats('s', [4, 1, 1], [0.3, -0.2, 0, 2])]),
  single('by channel, 4 axes', 'PRelu', {}, [floats('s', [1, 4, 1, 1], [0.3, -0.2, 0, 2])]),
  single('of vectors', 'PRelu', {}, [floats('s', [6], [1, 2, 3, 4, 5, 6])], VECTORS),
  single('default', 'LeakyRelu', {}),
  single('alpha', 'LeakyRelu', { alpha: { float: 0.2 } }),
  single('attributes', 'Clip', { min: { float: -0.25 }, max: { float: 0.5 } }, [], { operatorSet: 7 }),
  single('attribute max', 'Clip', { max: { float: 0.5 } }, [], { operatorSet: 7 }),
  single('inputs', 'Clip', {}, [floats('l', [], [0]), floats('m', [], [0.5])]),
  single('input min', 'Clip', {}, [floats('l', [], [0])]),
  single('input max', 'Clip', {}, [ABSENT, floats('m', [], [0.1])]),
  single('', 'Sigmoid', {}),
  single('', 'Relu', {}),
  single('default axis', 'Softmax', {}),
  single('axis 1', 'Softmax', { axis: 1 }),
  single('default axis, set 11', 'Softmax', {}, [], { operatorSet: 11 }),
  single('axis 2, set 11', 'Softmax', { axis: 2 }, [], { operatorSet: 11 }),
];

const arithmetic: readonly GoldenCase[] = ['Add', 'Sub', 'Mul', 'Div'].flatMap((operator) => [
  single('one number', operator, {}, [floats('c', [], [1.5])]),
  single('by channel', operator, {}, [floats('c', [4, 1, 1], [1, -2, 3, 0.5])]),
  single('of vectors', operator, {}, [floats('c', [6], [1, -2, 3, 0.5, 7, 8])], VECTORS),
  ...(operator === 'Div'
    ? []
    : [
        imported(`${operator}: constant first`, {
          nodes: [node(operator, ['c', 'x'], ['y'])],
          tensors: [floats('c', [1, 4, 1, 1], [1, -2, 3, 0.5])],
        }),
      ]),
]);

const TWO = { inputs: [value('x', [2, 4, 6, 5]), value('z', [2, 4, 6, 5])] };

const values: readonly GoldenCase[] = [
  imported('Add: two values', { nodes: [node('Add', ['x', 'z'], ['y'])], ...TWO }),
  imported('Sub: two values', { nodes: [node('Sub', ['x', 'z'], ['y'])], ...TWO }),
  ...['Add', 'Sub', 'Mul', 'Div'].flatMap((operator) => [
    imported(`${operator}: a value by channel`, {
      nodes: [node('GlobalAveragePool', ['x'], ['m']), node(operator, ['x', 'm'], ['y'])],
    }),
    imported(`${operator}: a value of fewer axes first`, {
      nodes: [node(operator, ['z', 'x'], ['y'])],
      inputs: [value('x', [2, 4, 6, 5]), value('z', [6, 1])],
    }),
    single('a constant by pixel', operator, {}, [weights('p', [6, 5])]),
    imported(`${operator}: a constant by pixel first`, {
      nodes: [node(operator, ['p', 'x'], ['y'])],
      tensors: [weights('p', [6, 5])],
    }),
  ]),
  imported('Mul: two values of one shape', { nodes: [node('Mul', ['x', 'z'], ['y'])], ...TWO }),
  single('alpha', 'Elu', { alpha: { float: 0.5 } }),
  single('defaults', 'HardSigmoid', {}),
  single('', 'HardSwish', {}, [], { operatorSet: 14 }),
  single('', 'Tanh', {}),
  imported('Concat: last axis', { nodes: [node('Concat', ['x', 'z'], ['y'], { axis: -1 })], ...TWO }),
  imported('Split: equal parts', { nodes: [node('Split', ['x'], ['y', 'z'], { axis: 1 })], outputs: ['y', 'z'] }),
  imported('Split: attribute', {
    nodes: [node('Split', ['x'], ['y', 'z'], { axis: 1, split: [1, 3] })],
    outputs: ['y', 'z'],
    operatorSet: 11,
  }),
  imported('Split: input', {
    nodes: [node('Split', ['x', 's'], ['y', 'z'], { axis: 2 })],
    tensors: [integers('s', [2, 4])],
    outputs: ['y', 'z'],
  }),
  imported('Split: num_outputs', {
    nodes: [node('Split', ['x'], ['y', 'z'], { axis: 3, num_outputs: 2 })],
    outputs: ['y', 'z'],
    operatorSet: 18,
  }),
];

const windows: readonly GoldenCase[] = [
  single('SAME_UPPER', 'MaxPool', { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  single('ceil_mode', 'MaxPool', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
  single('of rows', 'MaxPool', { kernel_shape: [3], strides: [2], pads: [1, 0] }, [], ROWS),
  single('padding', 'AveragePool', { kernel_shape: [3, 3], pads: [1, 0, 1, 1] }),
  single('padding counted', 'AveragePool', { kernel_shape: [3, 3], pads: [1, 0, 1, 1], count_include_pad: 1 }),
  single('SAME_LOWER', 'AveragePool', { kernel_shape: [2, 2], strides: [2, 2], auto_pad: 'SAME_LOWER' }),
  single('', 'GlobalAveragePool', {}),
  single('of rows', 'GlobalAveragePool', {}, [], ROWS),
  single('axes', 'ReduceMean', { axes: [2, 3] }),
  single('axes from the end, dropped', 'ReduceMean', { axes: [-1, -2], keepdims: 0 }),
  single('axes as input', 'ReduceMean', { keepdims: 0 }, [integers('a', [2, 3])], { operatorSet: 18 }),
];

const moves: readonly GoldenCase[] = [
  single('attributes', 'Slice', { starts: [1, -3], ends: [3, 1000], axes: [1, 3] }, [], { operatorSet: 9 }),
  single('inputs', 'Slice', {}, [integers('s', [0, 1]), integers('e', [1, LARGEST]), integers('a', [0, -1])]),
  single('to the end, from before the beginning', 'Slice', {}, [
    integers('s', [SMALLEST, 2]),
    integers('e', [-1, LARGEST]),
    integers('a', [2, 3]),
    integers('t', [1, 1]),
  ]),
  single('given order', 'Transpose', { perm: [0, 2, 3, 1] }),
  single('reversed', 'Transpose', {}),
  single('copied and open lengths', 'Reshape', {}, [integers('s', [0, -1, 5])]),
  single('first length open', 'Reshape', {}, [integers('s', [-1, 4, 30])]),
  single('images to vectors', 'Reshape', {}, [integers('s', [8, -1])]),
  single('to one axis', 'Reshape', {}, [integers('s', [-1])]),
  single('axis 0', 'Flatten', { axis: 0 }),
  single('axis 2', 'Flatten', { axis: 2 }),
  imported('Transpose: a shuffle of 5 axes', {
    nodes: [
      node('Reshape', ['x', 'split'], ['a']),
      node('Transpose', ['a'], ['b'], { perm: [0, 2, 1, 3, 4] }),
      node('Reshape', ['b', 'joined'], ['y']),
    ],
    tensors: [integers('split', [2, 2, 2, 6, 5]), integers('joined', [2, -1, 6, 5])],
  }),
  single('to vectors', 'Reshape', {}, [integers('s', [2, 120])]),
  single('axis 1', 'Flatten', {}),
  single('last axes', 'Flatten', { axis: -3 }),
  single('attribute', 'Squeeze', { axes: [2] }, [], { inputs: [value('x', [2, 4, 1, 5])], operatorSet: 11 }),
  single('input', 'Squeeze', {}, [integers('a', [-1, 2])], { inputs: [value('x', [2, 4, 1, 1])] }),
  single('all', 'Squeeze', {}, [], { inputs: [value('x', [2, 4, 1, 1])] }),
  single('attribute', 'Unsqueeze', { axes: [2] }, [], { inputs: [value('x', [2, 4, 5])], operatorSet: 11 }),
  single('input', 'Unsqueeze', {}, [integers('a', [-1, 2])], { inputs: [value('x', [2, 4])] }),
  single('attributes', 'Pad', { pads: [0, 0, 1, 2, 0, 0, 0, 3], value: { float: 0.5 } }, [], { operatorSet: 10 }),
  single('reflect', 'Pad', { mode: 'reflect' }, [integers('p', [0, 0, 1, 2, 0, 0, 0, 3])]),
  single('edge', 'Pad', { mode: 'edge' }, [integers('p', [0, 0, 1, 2, 0, 0, 0, 3])]),
  single('value', 'Pad', {}, [integers('p', [0, 0, 1, 2, 0, 0, 0, 3]), floats('v', [], [-2])]),
  single('axes', 'Pad', {}, [integers('p', [1, 2, 3, 0]), ABSENT, integers('a', [3, -2])], { operatorSet: 18 }),
];

function resized(name: string, mode: string, coordinates: string, more: Parameters<typeof node>[3] = {}): GoldenCase {
  const attributes = { mode, coordinate_transformation_mode: coordinates, ...more };
  return single(name, 'Resize', attributes, [ABSENT, ABSENT, integers('s', [2, 4, 9, 7])]);
}

const sizes: readonly GoldenCase[] = [
  resized('linear, half pixels', 'linear', 'half_pixel'),
  resized("linear, PyTorch's half pixels", 'linear', 'pytorch_half_pixel'),
  resized('linear, corners', 'linear', 'align_corners'),
  resized('nearest, asymmetric, floor', 'nearest', 'asymmetric', { nearest_mode: 'floor' }),
  resized('nearest, half pixels', 'nearest', 'half_pixel'),
  single('scales', 'Resize', { mode: 'nearest' }, [ABSENT, floats('s', [4], [1, 1, 2, 3])]),
  single('scales of two axes', 'Resize', { mode: 'linear', axes: [2, 3] }, [ABSENT, floats('s', [2], [2, 1.5])], {
    operatorSet: 18,
  }),
  single('set 10', 'Resize', { mode: 'nearest' }, [floats('s', [4], [1, 1, 2, 2])], { operatorSet: 10 }),
  single('set 10, linear', 'Resize', { mode: 'linear' }, [floats('s', [4], [1, 1, 2, 2])], { operatorSet: 10 }),
  single('attribute', 'Upsample', { mode: 'nearest', scales: { floats: [1, 1, 2, 2] } }, [], { operatorSet: 7 }),
  single('input', 'Upsample', { mode: 'linear' }, [floats('s', [4], [1, 1, 2, 2])], { operatorSet: 9 }),
];

const folding: readonly GoldenCase[] = [
  imported('a view by the shape of its input', {
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Constant', [], ['zero'], { value: integers('', [0], []) }),
      node('Gather', ['shape', 'zero'], ['batch'], { axis: 0 }),
      node('Unsqueeze', ['batch', 'axes'], ['first']),
      node('Concat', ['first', 'rest'], ['wanted'], { axis: 0 }),
      node('Reshape', ['x', 'wanted'], ['y']),
    ],
    tensors: [integers('axes', [0]), integers('rest', [-1])],
  }),
  imported('rows and columns of another value', {
    nodes: [
      node('MaxPool', ['x'], ['small'], { kernel_shape: [2, 2], strides: [2, 2] }),
      node('Shape', ['x'], ['shape']),
      node('Slice', ['shape', 'two', 'four', 'axis'], ['sides']),
      node('Shape', ['small'], ['inner']),
      node('Slice', ['inner', 'axis', 'two', 'axis'], ['outer']),
      node('Cast', ['sides'], ['cast'], { to: DATA_TYPES.int64 }),
      node('Concat', ['outer', 'cast'], ['target'], { axis: 0 }),
      node('Resize', ['small', '', '', 'target'], ['y'], { mode: 'nearest' }),
    ],
    tensors: [integers('two', [2]), integers('four', [4]), integers('axis', [0])],
  }),
  imported('arithmetic on lengths', {
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Gather', ['shape', 'one'], ['channels']),
      node('Div', ['channels', 'two'], ['half']),
      node('Mul', ['half', 'three'], ['many']),
      node('Sub', ['many', 'four'], ['begin']),
      node('Add', ['begin', 'two'], ['end']),
      node('Slice', ['x', 'begin', 'end', 'one'], ['y']),
    ],
    tensors: [integers('one', [1]), integers('two', [2]), integers('three', [3]), integers('four', [4])],
  }),
  imported('a constant of a shape', {
    nodes: [
      node('ConstantOfShape', ['dims'], ['ones'], { value: floats('', [1], [1.5]) }),
      node('Mul', ['x', 'ones'], ['y']),
    ],
    tensors: [integers('dims', [4, 1, 1])],
  }),
  imported('names of one value', {
    nodes: [
      node('Relu', ['x'], ['a']),
      node('Identity', ['a'], ['b']),
      node('Dropout', ['b'], ['y']),
      node('Cast', ['y'], ['z'], { to: DATA_TYPES.float }),
      node('Sigmoid', ['z'], ['s']),
    ],
    outputs: ['y', 's', 'z'],
  }),
];

export const importCases: readonly GoldenCase[] = [
  ...convolutions,
  ...products,
  ...byElement,
  ...arithmetic,
  ...values,
  ...windows,
  ...moves,
  ...sizes,
  ...folding,
  ...importFamilyCases,
  ...importLayerCases,
];
