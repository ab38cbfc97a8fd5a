/** The passes, pure functions from graph to graph, and the order in which they run. */
import type { Graph } from '../graph/types.js';
import { dropDead } from './dropDead.js';
import { dropFlatten } from './dropFlatten.js';
import { foldBatchNorm } from './foldBatchNorm.js';
import { fuseActivation } from './fuseActivation.js';
import { fuseResidual } from './fuseResidual.js';
import { joinChannelShuffle } from './joinChannelShuffle.js';

/** One step of the optimiser. Inputs and outputs of the graph keep their names. */
export interface Pass {
  readonly name: string;
  readonly apply: (graph: Graph) => Graph;
}

/**
 * Every pass in order: shuffles recognised and reshapes out of the way first, then normalisation into the bare sums, then residuals, and
 * activations last, because a layer applies its activation after its residual.
 */
export const passes: readonly Pass[] = [
  { name: 'joinChannelShuffle', apply: joinChannelShuffle },
  { name: 'dropFlatten', apply: dropFlatten },
  { name: 'foldBatchNorm', apply: foldBatchNorm },
  { name: 'fuseResidual', apply: fuseResidual },
  { name: 'fuseActivation', apply: fuseActivation },
  { name: 'dropDead', apply: dropDead },
];

/** Runs every pass once; the result computes the same outputs up to the rounding of folded weights. */
export function optimise(graph: Graph): Graph {
  return passes.reduce((current, pass) => pass.apply(current), graph);
}
