/** The rows of the set `core`: what embedding networks run. They come before all others. */
import { conv3x3Stride1, conv3x3Stride2 } from './conv3x3.js';
import { depthwise } from './depthwise.js';
import {
  depthwise3x3Stride1,
  depthwise3x3Stride1Tiles,
  depthwise3x3Stride2,
  depthwise3x3Stride2Tiles,
} from './depthwise3x3.js';
import { add, affine, clip, prelu, sigmoid } from './elementwise.js';
import { fullyConnected } from './fullyConnected.js';
import { globalAveragePool } from './globalAveragePool.js';
import { globalDepthwise } from './globalDepthwise.js';
import type { Kernel } from './kernel.js';
import { conversions } from './layout.js';
import { pointwise4x8, pointwise6x8, pointwise6x16 } from './pointwise.js';

/** The core's kernels, best first. */
export const coreKernels: readonly Kernel[] = [
  pointwise6x8,
  pointwise4x8,
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
  prelu,
  clip,
  sigmoid,
  affine,
  add,
  globalAveragePool,
  conversions.rowMajor,
  conversions.nhwc,
];
