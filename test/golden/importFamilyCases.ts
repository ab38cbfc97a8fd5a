/** ONNX operators that map, combine and reduce elements, in the forms that other programs write. */
import { DATA_TYPES } from '../../src/formats/onnx/messages.js';
import { floats, integers, node, weights } from '../formats/onnx/onnxFile.js';
import type { GoldenCase } from './goldenCase.js';
import { ABSENT, imported, of, pair, single } from './importCase.js';

const MAPS: readonly (readonly [operator: string, operatorSet?: number, attributes?: Parameters<typeof node>[3]])[] = [
  ['Celu', 12],
  ['Celu', 12, { alpha: { float: 0.6 } }],
  ['Selu'],
  ['Selu', 13, { alpha: { float: 1.5 }, gamma: { float: 0.8 } }],
  ['ThresholdedRelu', 10],
  ['ThresholdedRelu', 10, { alpha: { float: 0.3 } }],
  ['Elu'],
  ['HardSigmoid', 13, { alpha: { float: 0.5 }, beta: { float: 0.25 } }],
  ['Softplus'],
  ['Softsign'],
  ['Mish', 18],
  ['Gelu', 20],
  ['Gelu', 20, { approximate: 'tanh' }],
  ['Erf'],
  ['Exp'],
  ['Reciprocal'],
  ['Abs'],
  ['Neg'],
  ['Sign'],
  ['Floor'],
  ['Ceil'],
  ['Round'],
];

function label(operatorSet: number, attributes: object): string {
  return `set ${operatorSet}, ${JSON.stringify(attributes).replace(/["{}]/g, '')}`;
}

const maps: readonly GoldenCase[] = MAPS.map(([operator, operatorSet = 13, attributes = {}]) =>
  single(label(operatorSet, attributes), operator, attributes, [], { operatorSet, ...of(2, 3, 5) }),
);

/** Functions of numbers above 0 alone. */
const positive: readonly GoldenCase[] = ['Log', 'Sqrt'].map((operator) =>
  imported(`${operator}: of magnitudes`, {
    nodes: [node('Abs', ['x'], ['a']), node(operator, ['a'], ['y'])],
    ...of(2, 3, 5),
  }),
);

const casts: readonly GoldenCase[] = [
  imported('Cast: to whole numbers and back', {
    nodes: [
      node('Mul', ['x', 'c'], ['m']),
      node('Cast', ['m'], ['i'], { to: DATA_TYPES.int32 }),
      node('Transpose', ['i'], ['t'], { perm: [1, 0] }),
      node('Cast', ['t'], ['y'], { to: DATA_TYPES.float }),
    ],
    tensors: [floats('c', [], [7])],
    ...of(3, 5),
  }),
  imported('Cast: to truth and back', {
    nodes: [
      node('Relu', ['x'], ['r']),
      node('Cast', ['r'], ['b'], { to: DATA_TYPES.bool }),
      node('Cast', ['b'], ['y'], { to: DATA_TYPES.float }),
    ],
    ...of(3, 5),
  }),
  imported('Cast: through 16 bits of whole numbers', {
    nodes: [
      node('Round', ['x'], ['r']),
      node('Cast', ['r'], ['h'], { to: DATA_TYPES.float16 }),
      node('Cast', ['h'], ['y'], { to: DATA_TYPES.float }),
    ],
    ...of(3, 5),
  }),
];

const SIX = [2, 1, 2, 3, 1, 2] as const;
const OTHER_SIX = [1, 3, 2, 1, 2, 1] as const;

const pairs: readonly GoldenCase[] = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max'].flatMap((operator) => [
    pair('6 axes, alternately repeated', operator, SIX, OTHER_SIX),
    pair('5 axes, the inner ones repeated', operator, [2, 3, 2, 2, 3], [3, 2, 1, 3]),
    pair('one axis', operator, [5], [5]),
    pair('a single number first', operator, [], [2, 3]),
    pair('two single numbers', operator, [], []),
  ]),
  imported('Min: three, constants among them', {
    nodes: [node('Min', ['c', 'x', 'd'], ['y'])],
    tensors: [weights('c', [3, 5]), floats('d', [], [0.2])],
    ...of(2, 3, 5),
  }),
  single('one value', 'Max', {}, [], of(2, 3)),
  imported('Sum: three', {
    nodes: [node('Sum', ['x', 'c', 'x'], ['y'])],
    tensors: [weights('c', [5])],
    ...of(2, 3, 5),
  }),
  imported('Mean: three', {
    nodes: [node('Mean', ['x', 'c', 'x'], ['y'])],
    tensors: [weights('c', [5])],
    ...of(2, 3, 5),
  }),
  imported('Sub: a constant by pixel and row first', {
    nodes: [node('Sub', ['c', 'x'], ['y'])],
    tensors: [weights('c', [4, 5])],
    ...of(2, 3, 4, 5),
  }),
  ...[2, 3, 1, -1, 0.5, 0].map((exponent) =>
    imported(`Pow: of magnitudes, ${exponent}`, {
      nodes: [node('Abs', ['x'], ['a']), node('Pow', ['a', 'e'], ['y'])],
      tensors: [floats('e', [], [exponent])],
      ...of(2, 3, 5),
    }),
  ),
  single('whole exponents of any sign', 'Pow', {}, [integers('e', [2, 3, -1, 0, 1])], of(2, 3, 5)),
  imported('Pow: a constant base', {
    nodes: [node('Pow', ['b', 'x'], ['y'])],
    tensors: [floats('b', [], [2.5])],
    ...of(2, 3, 5),
  }),
  pair('computed slopes', 'PRelu', [2, 3, 4], [3, 1]),
  pair('computed slopes by pixel', 'PRelu', [2, 3, 4, 5], [4, 5]),
  single('slopes by pixel', 'PRelu', {}, [weights('s', [1, 4, 5])], of(2, 3, 4, 5)),
  single('of one axis', 'PRelu', {}, [floats('s', [1], [0.3])], of(7)),
  single('of one axis', 'LeakyRelu', { alpha: { float: 0.2 } }, [], of(7)),
  imported('Clip: computed limits', {
    nodes: [
      node('ReduceMean', ['x'], ['m'], { keepdims: 0 }),
      node('Add', ['m', 'c'], ['n']),
      node('Clip', ['x', 'm', 'n'], ['y']),
    ],
    tensors: [floats('c', [], [0.3])],
    ...of(2, 3, 5),
  }),
];

const REDUCTIONS = [
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceSumSquare',
  'ReduceLogSumExp',
] as const;

const reductions: readonly GoldenCase[] = [
  ...REDUCTIONS.flatMap((operator) => [
    single('all axes', operator, {}, [], of(2, 3, 4)),
    single('all axes, dropped', operator, { keepdims: 0 }, [], of(2, 3, 4)),
    single('outer axes from the end, dropped', operator, { axes: [-2, 0], keepdims: 0 }, [], of(2, 3, 4)),
    single('axis 1 as input', operator, {}, [integers('a', [1])], { operatorSet: 18, ...of(2, 3, 4) }),
    single('no axes', operator, { noop_with_empty_axes: 1 }, [integers('a', [])], { operatorSet: 18, ...of(2, 3, 4) }),
  ]),
  single('attribute', 'ReduceSum', { axes: [1, 2] }, [], { operatorSet: 11, ...of(2, 3, 4) }),
  single('input', 'ReduceSum', { keepdims: 0 }, [integers('a', [1, -1])], of(2, 3, 4)),
  single('no axes', 'ReduceSum', { noop_with_empty_axes: 1 }, [], of(2, 3, 4)),
  single('alternate axes of 6', 'ReduceSum', {}, [integers('a', [0, 2, 4])], of(2, 2, 3, 2, 2, 3)),
  imported('ReduceLogSum: of magnitudes', {
    nodes: [node('Abs', ['x'], ['a']), node('ReduceLogSum', ['a'], ['y'], { axes: [1] })],
    ...of(2, 3, 4),
  }),
  imported('ReduceLogSum: no axes', {
    nodes: [node('Abs', ['x'], ['a']), node('ReduceLogSum', ['a', 'n'], ['y'], { noop_with_empty_axes: 1 })],
    tensors: [integers('n', [])],
    operatorSet: 18,
    ...of(2, 3, 4),
  }),
  ...[
    [2, 3, 7],
    [2, 3, 4, 5],
    [2, 3, 2, 4, 3],
  ].flatMap((shape) => [
    single(`${shape.length} axes`, 'GlobalMaxPool', {}, [], of(...shape)),
    single(`${shape.length} axes of images`, 'GlobalAveragePool', {}, [], of(...shape)),
  ]),
  ...[1, 2].flatMap((p) => [
    single(`p ${p}`, 'LpNormalization', { p }, [], of(2, 3, 4)),
    single(`p ${p}, axis 1`, 'LpNormalization', { p, axis: 1 }, [], of(2, 3, 4, 5)),
  ]),
  imported('LpNormalization: of zeros', {
    nodes: [
      node('Mul', ['x', 'c'], ['z']),
      node('LpNormalization', ['z'], ['n'], { axis: 1 }),
      node('Add', ['n', 'x'], ['y']),
    ],
    tensors: [floats('c', [3, 1], [0, 0, 0])],
    ...of(2, 3, 4),
  }),
];

const shares: readonly GoldenCase[] = ['Softmax', 'LogSoftmax'].flatMap((operator) => [
  single('default axis of 3', operator, {}, [], of(2, 3, 4)),
  single('axis 0', operator, { axis: 0 }, [], of(2, 3, 4)),
  single('one axis', operator, {}, [], of(7)),
  single('axis 2 of 6', operator, { axis: 2 }, [], of(2, 2, 3, 2, 2, 2)),
  single('last axis of 5', operator, { axis: -1 }, [], of(2, 2, 3, 2, 4)),
  single('set 11, axis 0', operator, { axis: 0 }, [], { operatorSet: 11, ...of(2, 3, 4) }),
  single('set 11, default axis', operator, {}, [], { operatorSet: 11, ...of(2, 3, 4) }),
  single('set 11, axis -1', operator, { axis: -1 }, [], { operatorSet: 11, ...of(2, 3, 4) }),
]);

const slices: readonly GoldenCase[] = [
  single('steps of both signs', 'Slice', {}, [
    integers('s', [0, -1, 1]),
    integers('e', [5, -5, 5]),
    integers('a', [2, 3, 1]),
    integers('t', [2, -2, 3]),
  ]),
  single('backwards from the end to before the beginning', 'Slice', {}, [
    integers('s', [1000]),
    integers('e', [-(2n ** 63n)]),
    integers('a', [1]),
    integers('t', [-1]),
  ]),
  single(
    'axis 4 of 6',
    'Slice',
    {},
    [integers('s', [1]), integers('e', [3]), integers('a', [4])],
    of(2, 1, 2, 2, 3, 2),
  ),
  single('6 axes', 'Transpose', { perm: [5, 0, 3, 1, 4, 2] }, [], of(2, 3, 2, 2, 3, 2)),
];

const folded: readonly GoldenCase[] = [
  imported('weights that are computed from constants', {
    nodes: [
      node('ReduceL2', ['w'], ['n'], { axes: [1], keepdims: 1 }),
      node('Div', ['w', 'n'], ['u']),
      node('Exp', ['g'], ['e']),
      node('Mul', ['u', 'e'], ['v']),
      node('MatMul', ['x', 'v'], ['y']),
    ],
    tensors: [weights('w', [6, 4]), weights('g', [4])],
    ...of(3, 6),
  }),
  imported('lengths that are multiplied, the least of them', {
    nodes: [
      node('Shape', ['x'], ['s']),
      node('ReduceProd', ['s'], ['p'], { keepdims: 1 }),
      node('Min', ['p', 'most'], ['m']),
      node('Concat', ['m', 'rest'], ['t'], { axis: 0 }),
      node('Reshape', ['x', 't'], ['y']),
    ],
    tensors: [integers('most', [6]), integers('rest', [-1])],
    ...of(3, 6),
  }),
  imported('a constant output beside a computed one', {
    nodes: [node('Relu', ['x'], ['y']), node('Identity', ['c'], ['z'])],
    tensors: [weights('c', [2, 3])],
    outputs: ['y', 'z'],
    ...of(3, 6),
  }),
];

export const importFamilyCases: readonly GoldenCase[] = [
  ...maps,
  ...positive,
  ...casts,
  ...pairs,
  ...reductions,
  ...shares,
  ...slices,
  ...folded,
  single('maximum alone, one axis', 'Clip', {}, [ABSENT, floats('m', [], [0.1])], of(9)),
];
