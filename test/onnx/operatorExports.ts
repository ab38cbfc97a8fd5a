/** The table of operators as ONNX nodes: one row an operator, each a chain of one node or more. */
import { isNode, type Node } from '../../src/graph/types.js';
import type { Activation } from '../../src/ops/activation.js';
import type { OperatorName } from '../../src/ops/index.js';
import type { ReduceOperation } from '../../src/ops/reduce.js';
import { binarySteps, unarySteps } from './elementExports.js';
import { type ExportContext, float, integer, integers, type OperatorExport, type Step, text } from './exportStep.js';
import { resampleSteps, resizeSteps } from './resizeExports.js';

function clipStep(context: ExportContext, least: number, most: number): Step {
  return { opType: 'Clip', others: [context.floats([], [least]), context.floats([], [most])] };
}

function activationSteps(activation: Activation, slopes: string, rank: number, context: ExportContext): Step[] {
  if (activation === 'relu') return [{ opType: 'Relu' }];
  if (activation === 'relu6') return [clipStep(context, 0, 6)];
  if (activation === 'prelu') return [{ opType: 'PRelu', others: [context.byChannel(slopes, rank)] }];
  return [];
}

/** A layer's sum, then the residual and the activation that it fuses, as nodes of their own. */
function layerSteps(
  node: Node<'convolution' | 'fullyConnected'>,
  context: ExportContext,
  sum: Omit<Step, 'others'>,
): Step[] {
  const [, weights = '', bias, slopes = '', residual] = node.inputs;
  const { length: rank } = context.shapeOf(node.outputs[0]!);
  return [
    { ...sum, others: bias ? [weights, bias] : [weights] },
    ...(residual ? [{ opType: 'Add', others: [residual] }] : []),
    ...activationSteps(node.attributes.activation, slopes, rank, context),
  ];
}

function convolutionSteps(node: Node<'convolution'>, context: ExportContext): Step[] {
  const { stride, padding, dilation, groups } = node.attributes;
  return layerSteps(node, context, {
    opType: 'Conv',
    attributes: {
      kernel_shape: integers(context.shapeOf(node.inputs[1]!).slice(2)),
      strides: integers(stride),
      pads: integers(padding),
      dilations: integers(dilation),
      group: integer(groups),
    },
  });
}

function fullyConnectedSteps(node: Node<'fullyConnected'>, context: ExportContext): Step[] {
  const isFlat = context.shapeOf(node.inputs[0]!).length === 2;
  const flatten: Step = { opType: 'Flatten', attributes: { axis: integer(1) } };
  const product = { opType: 'Gemm', attributes: { transB: integer(1) } };
  return [...(isFlat ? [] : [flatten]), ...layerSteps(node, context, product)];
}

function convolutionTransposeSteps(node: Node<'convolutionTranspose'>, context: ExportContext): Step[] {
  const { stride, padding, outputPadding, dilation, groups } = node.attributes;
  const attributes = {
    kernel_shape: integers(context.shapeOf(node.inputs[1]!).slice(2)),
    strides: integers(stride),
    pads: integers(padding),
    output_padding: integers(outputPadding),
    dilations: integers(dilation),
    group: integer(groups),
  };
  return [{ opType: 'ConvTranspose', others: node.inputs.slice(1), attributes }];
}

function affineSteps(node: Node, context: ExportContext): Step[] {
  const [input = '', scales = '', offsets = ''] = node.inputs;
  const { length: rank } = context.shapeOf(input);
  return [
    { opType: 'Mul', others: [context.byChannel(scales, rank)] },
    { opType: 'Add', others: [context.byChannel(offsets, rank)] },
  ];
}

function poolSteps(node: Node<'maxPool' | 'averagePool'>): Step[] {
  const { kernel, stride, padding, dilation, rounding } = node.attributes;
  const attributes = {
    kernel_shape: integers(kernel),
    strides: integers(stride),
    pads: integers(padding),
    ceil_mode: integer(rounding === 'up' ? 1 : 0),
    ...(dilation.every((length) => length === 1) ? {} : { dilations: integers(dilation) }),
  };
  if (isNode(node, 'maxPool')) return [{ opType: 'MaxPool', attributes }];
  const counts = integer(node.attributes.countPadding ? 1 : 0);
  return [{ opType: 'AveragePool', attributes: { ...attributes, count_include_pad: counts } }];
}

function padSteps(node: Node<'pad'>, context: ExportContext): Step[] {
  const { mode, padding, value = 0 } = node.attributes;
  const [top, left, bottom, right] = padding;
  const pads = context.integers([0, 0, top, left, 0, 0, bottom, right]);
  return [{ opType: 'Pad', others: [pads, context.floats([], [value])], attributes: { mode: text(mode) } }];
}

function gatherSteps(node: Node<'gather'>, context: ExportContext): Step[] {
  const indices = context.integers(node.attributes.indices);
  return [{ opType: 'Gather', others: [indices], attributes: { axis: integer(node.attributes.axis) } }];
}

function padAxisSteps(node: Node<'padAxis'>, context: ExportContext): Step[] {
  const { mode, axis, before, after, value = 0 } = node.attributes;
  const zeros = context.shapeOf(node.inputs[0]!).map(() => 0);
  const pads = context.integers([...zeros.with(axis, before), ...zeros.with(axis, after)]);
  return [{ opType: 'Pad', others: [pads, context.floats([], [value])], attributes: { mode: text(mode) } }];
}

/** The end of a slice that goes backwards to the first element: −1 would be the last. */
const BEFORE_ALL = -(2 ** 31);

function sliceSteps(node: Node<'slice'>, context: ExportContext): Step[] {
  const { axis, begin, end, step } = node.attributes;
  const beyond = end < 0 ? BEFORE_ALL : end;
  return [{ opType: 'Slice', others: [begin, beyond, axis, step].map((value) => context.integers([value])) }];
}

/** Channels as [groups, C / groups], transposed. */
function channelShuffleSteps(node: Node<'channelShuffle'>, context: ExportContext): Step[] {
  const [, channels = 1, ...rest] = context.shapeOf(node.inputs[0]!);
  const groups = node.attributes.groups;
  return [
    { opType: 'Reshape', others: [context.integers([0, groups, channels / groups, -1])] },
    { opType: 'Transpose', attributes: { perm: integers([0, 2, 1, 3]) } },
    { opType: 'Reshape', others: [context.integers([0, channels, ...rest])] },
  ];
}

const REDUCTIONS: Readonly<Record<ReduceOperation, string>> = {
  sum: 'ReduceSum',
  mean: 'ReduceMean',
  squares: 'ReduceSumSquare',
  l1: 'ReduceL1',
  l2: 'ReduceL2',
  logSum: 'ReduceLogSum',
  product: 'ReduceProd',
  largest: 'ReduceMax',
  smallest: 'ReduceMin',
  logSumOfPowers: 'ReduceLogSumExp',
};

function reduceSteps(node: Node<'reduce'>, context: ExportContext): Step[] {
  const { operation, axes, keepAxes } = node.attributes;
  const attributes = { keepdims: integer(keepAxes ? 1 : 0) };
  return [{ opType: REDUCTIONS[operation], others: [context.integers(axes)], attributes }];
}

/** Every operator's row. */
export const operatorExports: { readonly [Name in OperatorName]?: OperatorExport<Name> } = {
  convolution: convolutionSteps,
  convolutionTranspose: convolutionTransposeSteps,
  fullyConnected: fullyConnectedSteps,
  matMul: (node) => [{ opType: 'MatMul', others: node.inputs.slice(1) }],
  batchNorm: (node) => [
    {
      opType: 'BatchNormalization',
      others: node.inputs.slice(1),
      attributes: { epsilon: float(node.attributes.epsilon) },
    },
  ],
  affine: affineSteps,
  prelu: ({ inputs: [input = '', slopes = ''] }, context) =>
    activationSteps('prelu', slopes, context.shapeOf(input).length, context),
  relu: () => [{ opType: 'Relu' }],
  clip: (node, context) => [clipStep(context, node.attributes.least, node.attributes.most)],
  sigmoid: () => [{ opType: 'Sigmoid' }],
  add: (node) => [{ opType: 'Add', others: node.inputs.slice(1) }],
  binary: binarySteps,
  unary: unarySteps,
  maxPool: poolSteps,
  averagePool: poolSteps,
  globalAveragePool: () => [{ opType: 'GlobalAveragePool' }],
  reduce: reduceSteps,
  softmax: (node) => [{ opType: 'Softmax', attributes: { axis: integer(node.attributes.axis) } }],
  concat: (node) => [
    {
      opType: 'Concat',
      others: node.inputs.slice(1),
      attributes: { axis: integer(node.attributes.axis) },
    },
  ],
  slice: sliceSteps,
  channelShuffle: channelShuffleSteps,
  gather: gatherSteps,
  pad: padSteps,
  padAxis: padAxisSteps,
  resize: resizeSteps,
  resample: resampleSteps,
  permute: (node) => [{ opType: 'Transpose', attributes: { perm: integers(node.attributes.order) } }],
  expand: (node, context) => [{ opType: 'Expand', others: [context.integers(node.attributes.shape)] }],
  constant: () => [{ opType: 'Identity' }],
  flatten: () => [{ opType: 'Flatten', attributes: { axis: integer(1) } }],
  reshape: (node, context) => {
    const { shape, whole } = node.attributes;
    const lengths = whole ? shape : [0, ...shape];
    return [{ opType: 'Reshape', others: [context.integers(lengths)] }];
  },
};
