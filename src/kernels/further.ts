/** The rows of the set `further`: what other graphs need, and tiles that dispatch passes over. */
import { binary } from './binary.js';
import { channelShuffle, channelShuffleInt8 } from './channelShuffle.js';
import { convolution } from './convolution.js';
import { convolutionInt7x8, convolutionInt7x8Pairs, convolutionInt7x16, convolutionInt8 } from './convolutionInt8.js';
import { convolutionTranspose } from './convolutionTranspose.js';
import { copyRuns, copyRunsInt8 } from './copyRuns.js';
import {
  depthwise3x3Int8Stride1,
  depthwise3x3Int8Stride2,
  depthwise3x3NarrowStride1,
  depthwise3x3NarrowStride2,
  depthwiseInt8,
} from './depthwiseInt8.js';
import { dequantisedConvolution, dequantisedDepthwise } from './dequantisedConvolution.js';
import { dilatedPool } from './dilatedPool.js';
import { additionInt8, requantiseInt8 } from './elementwiseInt8.js';
import { gather } from './gather.js';
import { groupedPointwise4x8, groupedPointwise6x8 } from './groupedPointwise.js';
import type { Kernel } from './kernel.js';
import { matMul } from './matMul.js';
import { pad } from './pad.js';
import { pointwise2x16, pointwise4x16 } from './pointwise.js';
import { averagePool, maxPool } from './pool.js';
import { averagePoolInt8, maxPoolInt8 } from './poolInt8.js';
import { dequantise, quantise } from './quantise.js';
import { reduce } from './reduce.js';
import { resample } from './resample.js';
import { resize } from './resize.js';
import { softmax, softmaxAcross } from './softmax.js';
import { stridedCopy } from './stridedCopy.js';
import { unary } from './unary.js';
import { winograd3x3 } from './winograd3x3.js';

/** The further kernels, best first. */
export const furtherKernels: readonly Kernel[] = [
  pointwise2x16,
  pointwise4x16,
  winograd3x3,
  groupedPointwise6x8,
  groupedPointwise4x8,
  convolution,
  convolutionTranspose,
  matMul,
  binary,
  unary,
  maxPool,
  averagePool,
  dilatedPool,
  reduce,
  softmax,
  softmaxAcross,
  copyRuns,
  channelShuffle,
  gather,
  pad,
  resize,
  resample,
  quantise,
  dequantise,
  depthwise3x3NarrowStride1,
  depthwise3x3NarrowStride2,
  depthwise3x3Int8Stride1,
  depthwise3x3Int8Stride2,
  depthwiseInt8,
  convolutionInt7x8,
  convolutionInt7x8Pairs,
  convolutionInt7x16,
  convolutionInt8,
  dequantisedDepthwise,
  dequantisedConvolution,
  additionInt8,
  requantiseInt8,
  maxPoolInt8,
  averagePoolInt8,
  copyRunsInt8,
  channelShuffleInt8,
  stridedCopy,
];
