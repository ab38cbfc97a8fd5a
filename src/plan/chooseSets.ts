/** Which sets of kernels a graph needs. */
import { inferShapes } from '../build/infer.js';
import type { Graph } from '../graph/types.js';
import { coreKernels } from '../kernels/core.js';
import { chooseKernel } from '../kernels/dispatch.js';
import type { Build, Kernel, KernelSet } from '../kernels/kernel.js';
import { isReshape } from '../ops/reshape.js';
import { siteOf } from './site.js';

/** Sets of kernels with all their rows, best first. */
export interface ChosenSets {
  readonly sets: readonly KernelSet[];
  readonly kernels: readonly Kernel[];
  /** Whether a node would run on a kernel with the relaxed dot product of bytes, which must be tried first. */
  readonly relaxedDot: boolean;
}

function kernelsOf(graph: Graph, build: Build, kernels: readonly Kernel[]): (Kernel | undefined)[] {
  const shapes = inferShapes(graph);
  const nodes = graph.nodes.filter((node) => !isReshape(node));
  return nodes.map((node) => chooseKernel(kernels, siteOf(graph, node, shapes), build));
}

/**
 * The core alone for a graph that its kernels run, otherwise all sets. The core's rows come before all others, so a node
 * has the same kernel in both.
 */
export async function chooseSets(graph: Graph, build: Build): Promise<ChosenSets> {
  if (kernelsOf(graph, build, coreKernels).every((kernel) => kernel !== undefined)) {
    return { sets: ['core'], kernels: coreKernels, relaxedDot: false };
  }
  const { furtherKernels } = await import('../kernels/further.js');
  const kernels = [...coreKernels, ...furtherKernels];
  const relaxedDot = kernelsOf(graph, build, kernels).some((kernel) => kernel?.relaxedDot);
  return { sets: ['core', 'further'], kernels, relaxedDot };
}
