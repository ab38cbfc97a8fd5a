/** The table of operators; importers, builders and passes know operators through it alone. */
import { ModelError } from '../errors.js';
import type { Shape } from '../tensor/shape.js';
import type { ReferenceTensor } from '../tensor/tensor.js';
import { affine, batchNorm, clip, prelu, relu, sigmoid } from './activation.js';
import { add } from './add.js';
import type { AttributesOf, GivenAttributes } from './attributes.js';
import { binary } from './binary.js';
import { channelShuffle } from './channelShuffle.js';
import { concat } from './concat.js';
import { constant } from './constant.js';
import { convolution } from './convolution.js';
import { convolutionTranspose } from './convolutionTranspose.js';
import { dequantisedConvolution } from './dequantisedConvolution.js';
import { expand } from './expand.js';
import { fullyConnected } from './fullyConnected.js';
import { gather } from './gather.js';
import { matMul } from './matMul.js';
import {
  completeNode,
  describeNode,
  type NodeName,
  type Operator,
  type OperatorNode,
  withDefaults,
} from './operator.js';
import { pad } from './pad.js';
import { padAxis } from './padAxis.js';
import { permute } from './permute.js';
import { averagePool, globalAveragePool, maxPool } from './pool.js';
import { dequantise, quantise } from './quantise.js';
import { quantisedConvolution } from './quantisedConvolution.js';
import { quantisedAddition, requantise } from './quantisedElementwise.js';
import { quantisedChannelShuffle, quantisedConcat, quantisedSlice } from './quantisedMove.js';
import { quantisedAveragePool, quantisedGlobalAveragePool, quantisedMaxPool } from './quantisedPool.js';
import { reduce } from './reduce.js';
import { resample } from './resample.js';
import { flatten, reshape } from './reshape.js';
import { resize } from './resize.js';
import { slice } from './slice.js';
import { softmax } from './softmax.js';
import { unary } from './unary.js';

const TABLE = [
  convolution,
  convolutionTranspose,
  fullyConnected,
  matMul,
  batchNorm,
  affine,
  prelu,
  relu,
  clip,
  sigmoid,
  add,
  binary,
  unary,
  maxPool,
  averagePool,
  globalAveragePool,
  reduce,
  softmax,
  concat,
  slice,
  channelShuffle,
  gather,
  pad,
  padAxis,
  resize,
  resample,
  permute,
  expand,
  constant,
  flatten,
  reshape,
  quantise,
  dequantise,
  quantisedConvolution,
  quantisedAddition,
  requantise,
  quantisedMaxPool,
  quantisedAveragePool,
  quantisedGlobalAveragePool,
  quantisedConcat,
  quantisedSlice,
  quantisedChannelShuffle,
  dequantisedConvolution,
];

type Row = (typeof TABLE)[number];

/** The names of all operators. */
export type OperatorName = Row['name'];

/** What each operator's rules make of its attributes. */
type RulesOf = { readonly [R in Row as R['name']]: R['attributes'] };

/** The attributes of an operator's nodes. */
export type OperatorAttributes<Name extends OperatorName> = AttributesOf<RulesOf[Name]>;

/** The attributes that one makes an operator's node with: those with a default may be left out. */
export type OperatorOptions<Name extends OperatorName> = GivenAttributes<RulesOf[Name]>;

/** Every operator that a graph may hold. */
export const operators: readonly Operator[] = TABLE;

const byName: ReadonlyMap<string, Operator> = new Map(operators.map((operator) => [operator.name, operator]));

/** The operator of a node. Throws ModelError UNKNOWN_OPERATOR. */
export function operatorOf(node: NodeName): Operator {
  const operator = byName.get(node.operator);
  if (operator) return operator;
  const accepted = operators.map(({ name }) => name).join(', ');
  throw new ModelError('UNKNOWN_OPERATOR', `${describeNode(node)}: operator is unknown; accepted are ${accepted}.`);
}

/**
 * Checks a node's attributes and fills in those that have a default and are left out. Throws ModelError
 * UNKNOWN_OPERATOR, UNKNOWN_ATTRIBUTE or BAD_ATTRIBUTE.
 */
export function checkedNode<N extends OperatorNode>(node: N): N {
  return completeNode(node, operatorOf(node));
}

/** What a node computes in float64. Throws ShapeError where its inputs do not fit each other. */
export function referenceOf(node: OperatorNode, inputs: readonly (ReferenceTensor | undefined)[]): ReferenceTensor[] {
  const operator = operatorOf(node);
  const complete = withDefaults(node, operator);
  const outputs = operator.inferShapes(
    complete,
    inputs.map((input) => input?.shape),
  );
  return operator.reference(complete, inputs, outputs as [Shape, ...Shape[]]);
}
