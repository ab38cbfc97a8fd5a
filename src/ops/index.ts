/** The table of operators; importers, builders and passes know operators through it alone. */
import { ModelError } from '../errors.js';
import type { Node } from '../graph/types.js';
import { affine, batchNorm, clip, prelu, relu, sigmoid } from './activation.js';
import { add } from './add.js';
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
import { describeNode, type Operator } from './operator.js';
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

/** Every operator that a graph may hold. */
export const operators: readonly Operator[] = [
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

const byName: ReadonlyMap<string, Operator> = new Map(operators.map((operator) => [operator.name, operator]));

/** The operator of a node. Throws ModelError UNKNOWN_OPERATOR. */
export function operatorOf(node: Node): Operator {
  const operator = byName.get(node.operator);
  if (operator) return operator;
  const accepted = operators.map(({ name }) => name).join(', ');
  throw new ModelError('UNKNOWN_OPERATOR', `${describeNode(node)}: operator is unknown; accepted are ${accepted}.`);
}
