/** ONNX operators that convolve, multiply, pool, pad, resize and regroup, in the forms that other programs write. */
import { floats, integers, node, weights } from '../formats/onnx/onnxFile.js';
import type { GoldenCase } from './goldenCase.js';
import { ABSENT, imported, of, pair, single } from './importCase.js';

const W = weights('w', [3, 4, 3, 3]);
const B = weights('b', [4]);
const IMAGE = of(2, 3, 4, 5);

const transposes: readonly GoldenCase[] = [
  single('defaults', 'ConvTranspose', {}, [W], IMAGE),
  single(
    'strides, pads, output_padding',
    'ConvTranspose',
    { strides: [3, 2], pads: [1, 0, 0, 1], output_padding: [2, 1] },
    [W, B],
    IMAGE,
  ),
  single('output_shape', 'ConvTranspose', { strides: [3, 2], output_shape: [14, 12] }, [W, B], IMAGE),
  single(
    'output_shape, less than is made',
    'ConvTranspose',
    { strides: [3, 2], output_shape: [11, 10] },
    [W, B],
    IMAGE,
  ),
  single(
    'output_shape, less by an odd number, upper',
    'ConvTranspose',
    { strides: [3, 2], output_shape: [11, 8], auto_pad: 'SAME_UPPER' },
    [W, B],
    IMAGE,
  ),
  single('SAME_UPPER', 'ConvTranspose', { strides: [2, 2], auto_pad: 'SAME_UPPER' }, [W, B], IMAGE),
  single('SAME_LOWER', 'ConvTranspose', { strides: [2, 2], auto_pad: 'SAME_LOWER' }, [W, B], IMAGE),
  single('VALID', 'ConvTranspose', { strides: [2, 1], auto_pad: 'VALID', kernel_shape: [3, 3] }, [W, B], IMAGE),
  single('dilations', 'ConvTranspose', { dilations: [2, 3] }, [W, B], IMAGE),
  single('groups', 'ConvTranspose', { group: 3, strides: [2, 2] }, [weights('w', [3, 2, 2, 2])], IMAGE),
  single('of rows', 'ConvTranspose', { strides: [2], pads: [1, 0] }, [weights('w', [3, 4, 3]), B], of(2, 3, 7)),
];

const products: readonly GoldenCase[] = [
  pair('matrices', 'MatMul', [4, 5], [5, 3]),
  pair('vectors', 'MatMul', [5], [5]),
  pair('a vector first', 'MatMul', [5], [5, 3]),
  pair('a vector last', 'MatMul', [2, 4, 5], [5]),
  pair('side by side, repeated', 'MatMul', [2, 1, 4, 5], [3, 5, 6]),
  single('constant matrix, 3 axes', 'MatMul', {}, [weights('m', [5, 6])], of(2, 4, 5)),
  single('constant matrix, one axis', 'MatMul', {}, [weights('m', [5, 6])], of(5)),
  single('constant matrices', 'MatMul', {}, [weights('m', [2, 5, 6])], of(2, 4, 5)),
  imported('MatMul: a constant first', {
    nodes: [node('MatMul', ['m', 'x'], ['y'])],
    tensors: [weights('m', [4, 5])],
    ...of(2, 5, 3),
  }),
  pair('two values', 'Gemm', [4, 5], [5, 3]),
  pair('two values, both turned, alpha', 'Gemm', [5, 4], [3, 5], { transA: 1, transB: 1, alpha: { float: 0.5 } }),
  single(
    'transA, beta',
    'Gemm',
    { transA: 1, beta: { float: 0.25 } },
    [weights('m', [5, 3]), weights('b', [3])],
    of(5, 4),
  ),
  single(
    'offsets for each row',
    'Gemm',
    { beta: { float: 2 } },
    [weights('m', [5, 3]), weights('b', [4, 1])],
    of(4, 5),
  ),
  single('offsets for each element', 'Gemm', { transB: 1 }, [weights('m', [3, 5]), weights('b', [4, 3])], of(4, 5)),
  imported('Gemm: computed offsets, a constant first', {
    nodes: [node('Gemm', ['m', 'x', 'x'], ['y'], { beta: { float: 0.5 } })],
    tensors: [weights('m', [5, 5])],
    ...of(5, 5),
  }),
];

const pools: readonly GoldenCase[] = ['MaxPool', 'AveragePool'].flatMap((operator) => {
  const operatorSet = 22;
  const counted = operator === 'AveragePool' ? { count_include_pad: 1 } : {};
  return [
    single('dilations', operator, { kernel_shape: [2, 3], dilations: [2, 2], ...counted }, [], {
      operatorSet,
      ...of(2, 3, 7, 9),
    }),
    single(
      'dilations, pads, ceil_mode',
      operator,
      { kernel_shape: [3, 2], dilations: [2, 3], pads: [1, 1, 2, 1], strides: [2, 2], ceil_mode: 1 },
      [],
      { operatorSet, ...of(2, 3, 7, 9) },
    ),
    single('of rows, dilations', operator, { kernel_shape: [3], dilations: [2], pads: [1, 1] }, [], {
      operatorSet,
      ...of(2, 3, 11),
    }),
    single('three axes', operator, { kernel_shape: [2, 3, 2], strides: [1, 2, 2] }, [], {
      operatorSet,
      ...of(2, 2, 4, 7, 5),
    }),
    single(
      'three axes, pads, ceil_mode',
      operator,
      { kernel_shape: [3, 3, 2], strides: [2, 2, 2], pads: [1, 0, 1, 1, 1, 0], ceil_mode: 1, ...counted },
      [],
      { operatorSet, ...of(1, 2, 5, 6, 6) },
    ),
    single('three axes, SAME_LOWER', operator, { kernel_shape: [2, 3, 2], auto_pad: 'SAME_LOWER' }, [], {
      operatorSet,
      ...of(1, 2, 4, 5, 4),
    }),
  ];
});

const PADS = integers('p', [1, 0, 2, 0, 0, 2, 0, 1]);
const pads: readonly GoldenCase[] = [
  ...['constant', 'edge', 'reflect', 'wrap'].flatMap((mode) => [
    single(`${mode}, all axes`, 'Pad', { mode }, [PADS], { operatorSet: 19, ...of(2, 3, 4, 5) }),
    single(`${mode}, axes cut and padded`, 'Pad', { mode }, [integers('p', [0, -1, 2, 1, 1, 0, -1, -2])], {
      operatorSet: 19,
      ...of(2, 3, 4, 5),
    }),
    single(`${mode}, one axis`, 'Pad', { mode }, [integers('p', [2, 3])], { operatorSet: 19, ...of(7) }),
  ]),
  single('value, 3 axes', 'Pad', {}, [integers('p', [0, 1, 2, 1, 0, 3]), floats('v', [], [1.5])], of(2, 3, 4)),
];

function resized(
  name: string,
  attributes: Parameters<typeof node>[3],
  sizes: readonly number[],
  shape: readonly number[],
): GoldenCase {
  return single(name, 'Resize', attributes, [ABSENT, ABSENT, integers('s', sizes)], {
    operatorSet: 19,
    ...of(...shape),
  });
}

const MODES = ['half_pixel', 'half_pixel_symmetric', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];

const NEAREST = ['floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil'];
/** The other engine computes positions in float32, and a whole one as little less than it is. */
const NOISE = 'floor half_pixel_symmetric';

const sizes: readonly GoldenCase[] = [
  ...MODES.flatMap((coordinate_transformation_mode) => [
    resized(
      `cubic, ${coordinate_transformation_mode}`,
      { mode: 'cubic', coordinate_transformation_mode },
      [1, 2, 9, 7],
      [1, 2, 4, 5],
    ),
    resized(
      `linear, ${coordinate_transformation_mode}, to one pixel`,
      { mode: 'linear', coordinate_transformation_mode },
      [1, 2, 1, 3],
      [1, 2, 4, 5],
    ),
    ...NEAREST.filter((nearest) => `${nearest} ${coordinate_transformation_mode}` !== NOISE).map((nearest_mode) =>
      resized(
        `${nearest_mode}, ${coordinate_transformation_mode}`,
        { mode: 'nearest', nearest_mode, coordinate_transformation_mode },
        [3, 2, 7, 3],
        [2, 2, 4, 5],
      ),
    ),
  ]),
  resized('3 axes', { mode: 'linear' }, [2, 4, 9], [2, 3, 5]),
  resized('2 axes', { mode: 'cubic' }, [7, 3], [4, 5]),
  resized('5 axes', { mode: 'linear' }, [1, 2, 5, 3, 6], [1, 2, 3, 4, 5]),
  resized('nearest, 5 axes', { mode: 'nearest' }, [1, 2, 5, 3, 6], [1, 2, 3, 4, 5]),
  resized('axes', { mode: 'cubic', axes: [3, 2] }, [7, 3], [1, 2, 4, 5]),
  resized('not_larger', { mode: 'linear', axes: [2, 3], keep_aspect_ratio_policy: 'not_larger' }, [7, 8], [1, 2, 4, 5]),
  resized(
    'not_smaller',
    { mode: 'nearest', axes: [2, 3], keep_aspect_ratio_policy: 'not_smaller' },
    [7, 8],
    [1, 2, 4, 5],
  ),
  single(
    'antialias, linear',
    'Resize',
    { mode: 'linear', antialias: 1 },
    [ABSENT, floats('s', [4], [1, 1, 0.6, 0.5])],
    { operatorSet: 18, ...of(1, 2, 7, 8) },
  ),
  single('antialias, cubic', 'Resize', { mode: 'cubic', antialias: 1 }, [ABSENT, floats('s', [4], [1, 1, 0.6, 0.5])], {
    operatorSet: 18,
    ...of(1, 2, 7, 8),
  }),
  single(
    'cubic_coeff_a, exclude_outside',
    'Resize',
    { mode: 'cubic', cubic_coeff_a: { float: -0.5 }, exclude_outside: 1 },
    [ABSENT, floats('s', [4], [1, 1, 1.7, 0.8])],
    of(1, 2, 4, 5),
  ),
  single(
    'tf_crop_and_resize',
    'Resize',
    { mode: 'linear', coordinate_transformation_mode: 'tf_crop_and_resize', extrapolation_value: { float: 4 } },
    [floats('r', [8], [0, 0, 0.4, 0.6, 1, 1, 1.2, 1.7]), ABSENT, integers('s', [1, 1, 3, 3])],
    of(1, 1, 4, 4),
  ),
  single(
    'tf_half_pixel_for_nn',
    'Resize',
    { mode: 'nearest', coordinate_transformation_mode: 'tf_half_pixel_for_nn', nearest_mode: 'floor' },
    [floats('r', [0], []), floats('q', [0], []), integers('s', [1, 2, 7, 3])],
    { operatorSet: 11, ...of(1, 2, 4, 5) },
  ),
  single('linear, 3 axes', 'Upsample', { mode: 'linear' }, [floats('s', [2], [2, 1.5])], {
    operatorSet: 9,
    ...of(3, 4),
  }),
];

const places: readonly GoldenCase[] = [
  single('axis 0', 'Gather', {}, [integers('i', [1, 0, 1, 1])], of(2, 3, 4)),
  single('from the end, a matrix of them', 'Gather', { axis: 1 }, [integers('i', [-1, 0, 1, -2], [2, 2])], of(2, 3, 4)),
  single('one', 'Gather', { axis: 2 }, [integers('i', [2], [])], of(2, 3, 4)),
  single('one of a vector', 'Gather', { axis: 0 }, [integers('i', [-1], [])], of(5)),
  single('that follow each other', 'Gather', { axis: 1 }, [integers('i', [1, 2])], of(2, 3, 4)),
  single('to more axes', 'Expand', {}, [integers('s', [2, 1, 3, 4])], of(3, 1)),
  single('to its own shape', 'Expand', {}, [integers('s', [1, 1])], of(3, 4)),
  single('6 axes', 'Expand', {}, [integers('s', [2, 2, 1, 3, 2, 2])], of(1, 2, 3, 1, 2)),
  single('two axes', 'Tile', {}, [integers('r', [1, 3, 2])], of(2, 3, 4)),
  ...['DCR', 'CRD'].map((mode) => single(mode, 'DepthToSpace', { blocksize: 2, mode }, [], of(2, 12, 3, 2))),
  single('blocks', 'SpaceToDepth', { blocksize: 2 }, [], of(2, 3, 4, 6)),
  single('a constant part', 'Concat', { axis: 0 }, [weights('c', [2, 4])], of(3, 4)),
  pair('last axis of 5', 'Concat', [2, 1, 2, 3, 2], [2, 1, 2, 3, 4], { axis: -1 }),
  imported('Split: axis 4 of 5', {
    nodes: [node('Split', ['x'], ['y', 'z'], { axis: -1 })],
    outputs: ['y', 'z'],
    ...of(2, 1, 2, 3, 4),
  }),
];

const normalised: readonly GoldenCase[] = [
  single('defaults', 'LRN', { size: 3 }, [], of(2, 7, 3, 4)),
  single(
    'all given',
    'LRN',
    { size: 5, alpha: { float: 0.5 }, beta: { float: 0.6 }, bias: { float: 1.5 } },
    [],
    of(2, 7, 3, 4),
  ),
  single('wider than the channels', 'LRN', { size: 9, alpha: { float: 2 } }, [], of(1, 3, 3, 4)),
  single(
    'of images',
    'InstanceNormalization',
    { epsilon: { float: 0.01 } },
    [weights('s', [3]), weights('b', [3])],
    of(2, 3, 4, 5),
  ),
  single('of rows', 'InstanceNormalization', {}, [weights('s', [3]), weights('b', [3])], of(2, 3, 7)),
  single('of three axes', 'InstanceNormalization', {}, [weights('s', [3]), weights('b', [3])], of(1, 3, 2, 4, 3)),
];

export const importLayerCases: readonly GoldenCase[] = [
  ...transposes,
  ...products,
  ...pools,
  ...pads,
  ...sizes,
  ...places,
  ...normalised,
];
