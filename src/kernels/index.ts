/** The table of kernels. Its order is the dispatch policy: the first row that accepts a site and suits it runs it. */
import { binary } from './binary.js';
import { channelShuffle } from './channelShuffle.js';
import { conv3x3Stride1, conv3x3Stride2 } from './conv3x3.js';
import { convolution } from './convolution.js';
import { convolutionInt8 } from './convolutionInt8.js';
import { convolutionTranspose } from './convolutionTranspose.js';
import { copyRuns } from './copyRuns.js';
import { depthwise } from './depthwise.js';
import {
  depthwise3x3Stride1,
  depthwise3x3Stride1Tiles,
  depthwise3x3Stride2,
  depthwise3x3Stride2Tiles,
} from './depthwise3x3.js';
import { depthwise3x3Int8Stride1, depthwise3x3Int8Stride2, depthwiseInt8 } from './depthwiseInt8.js';
import { dilatedPool } from './dilatedPool.js';
import { add, affine, clip, prelu, sigmoid } from './elementwise.js';
import { fullyConnected } from './fullyConnected.js';
import { gather } from './gather.js';
import { globalDepthwise } from './globalDepthwise.js';
import { groupedPointwise4x8, groupedPointwise6x8 } from './groupedPointwise.js';
import type { Build, Kernel, Site } from './kernel.js';
import { conversions } from './layout.js';
import { matMul } from './matMul.js';
import { pad } from './pad.js';
import { pointwise2x16, pointwise4x8, pointwise4x16, pointwise6x8, pointwise6x16 } from './pointwise.js';
import { averagePool, globalAveragePool, maxPool } from './pool.js';
import { dequantise, quantise } from './quantise.js';
import { reduce } from './reduce.js';
import { resample } from './resample.js';
import { resize } from './resize.js';
import { softmax, softmaxAcross } from './softmax.js';
import { stridedCopy } from './stridedCopy.js';
import { unary } from './unary.js';
import { winograd3x3 } from './winograd3x3.js';

/** Every kernel, best first. */
export const kernels: readonly Kernel[] = [
  pointwise6x8,
  pointwise4x8,
  pointwise2x16,
  pointwise4x16,
  pointwise6x16,
  fullyConnected,
  depthwise3x3Stride1Tiles,
  depthwise3x3Stride2Tiles,
  depthwise3x3Stride1,
  depthwise3x3Stride2,
  globalDepthwise,
  depthwise,
  conv3x3Stride1,
  conv3x3Stride2,
  winograd3x3,
  groupedPointwise6x8,
  groupedPointwise4x8,
  convolution,
  convolutionTranspose,
  matMul,
  prelu,
  clip,
  sigmoid,
  affine,
  add,
  binary,
  unary,
  maxPool,
  averagePool,
  dilatedPool,
  globalAveragePool,
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
  depthwise3x3Int8Stride1,
  depthwise3x3Int8Stride2,
  depthwiseInt8,
  convolutionInt8,
  stridedCopy,
  conversions.rowMajor,
  conversions.nhwc,
];

/** Whether a kernel can run a site. None computes from a constant: it is given out as it is. */
function runs(kernel: Kernel, site: Site): boolean {
  if (site.tensors[0] && site.node.operator !== 'constant') return false;
  return kernel.operators.includes(site.node.operator) && kernel.accepts(site);
}

/** All kernels that can run a site, whatever the build; tests and benchmarks try each. */
export function acceptingKernels(site: Site): Kernel[] {
  return kernels.filter((kernel) => runs(kernel, site));
}

/** The kernel that a build runs a site with, among those of one packing where that is given. */
export function chooseKernel(site: Site, build: Build, packing?: string): Kernel | undefined {
  return kernels.find(
    (kernel) =>
      (packing === undefined || kernel.packing === packing) && runs(kernel, site) && kernel.suits(site, build),
  );
}
