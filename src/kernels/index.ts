/** The table of kernels. Its order is the dispatch policy: the first row that accepts a site runs it. */
import { conv3x3Stride1, conv3x3Stride2, convolution } from './convolution.js';
import { depthwise3x3Stride1, depthwise3x3Stride2 } from './depthwise3x3.js';
import { add, affine, clip, prelu } from './elementwise.js';
import { fullyConnected } from './fullyConnected.js';
import { globalDepthwise } from './globalDepthwise.js';
import type { Build, Kernel, Site } from './kernel.js';
import { pointwise2x16, pointwise4x8, pointwise4x16, pointwise6x8, pointwise6x16 } from './pointwise.js';

/** Every kernel, best first. */
export const kernels: readonly Kernel[] = [
  pointwise6x8,
  pointwise4x8,
  pointwise2x16,
  pointwise4x16,
  pointwise6x16,
  fullyConnected,
  depthwise3x3Stride1,
  depthwise3x3Stride2,
  globalDepthwise,
  conv3x3Stride1,
  conv3x3Stride2,
  convolution,
  prelu,
  clip,
  affine,
  add,
];

/** All kernels that can run a site, whatever the build; tests and benchmarks try each. */
export function acceptingKernels(site: Site): Kernel[] {
  return kernels.filter((kernel) => kernel.operators.includes(site.node.operator) && kernel.accepts(site));
}

/** The kernel that a build runs a site with, among those of one packing where that is given. */
export function chooseKernel(site: Site, build: Build, packing?: string): Kernel | undefined {
  return acceptingKernels(site).find(
    (kernel) => kernel.builds.includes(build) && (packing === undefined || kernel.packing === packing),
  );
}
