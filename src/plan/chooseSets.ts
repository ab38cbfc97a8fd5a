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
}

function runsAll(graph: Graph, build: Build, kernels: readonly Kernel[]): boolean {
  const shapes = inferShapes(graph);
  return graph.nodes.every((node) => isReshape(node) || chooseKernel(kernels, siteOf(graph, node, shapes), build));
}

/**
 * The core alone for a graph that its kernels run, otherwise all sets. The core's rows come before all others, so a node
 * has the same kernel in both.
 */
export async function chooseSets(graph: Graph, build: Build): Promise<ChosenSets> {
  if (runsAll(graph, build, coreKernels)) return { sets: ['core'], kernels: coreKernels };
  const { furtherKernels } = await import('../kernels/further.js');
  return { sets: ['core', 'further'], kernels: [...coreKernels, ...furtherKernels] };
}
