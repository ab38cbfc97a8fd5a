/** The passes, pure functions from graph to graph, and the order in which they run. */
import type { Graph } from '../graph/types.js';
import { activateBeforeConcat } from './activateBeforeConcat.js';
import { dropDead } from './dropDead.js';
import { dropFlatten } from './dropFlatten.js';
import { foldBatchNorm } from './foldBatchNorm.js';
import { foldConstants } from './foldConstants.js';
import { foldForwards } from './foldForwards.js';
import { foldPad } from './foldPad.js';
import { fuseActivation } from './fuseActivation.js';
import { fuseQuantised } from './fuseQuantised.js';
import { fuseResidual } from './fuseResidual.js';
import { joinChannelShuffle } from './joinChannelShuffle.js';
import { joinCommon } from './joinCommon.js';
import { simplifyClip } from './simplifyClip.js';

/** One step of the optimiser. Inputs and outputs of the graph keep their names. */
export interface Pass {
  readonly name: string;
  /** Whether files are stored after it; fusing is the engine's, so that files do not depend on how it fuses. */
  readonly stored: boolean;
  readonly apply: (graph: Graph) => Graph;
}

/** What a pass did to a graph. */
export interface PassEffect {
  readonly name: string;
  /** Nodes fewer than before. */
  readonly removed: number;
  /** Nodes that were not there before. */
  readonly rewritten: number;
}

/**
 * Every pass in order: what is constant or common first, shuffles recognised and reshapes out of the way, then padding
 * and normalisation into the layers, then residuals, and activations last, once they stand behind layers, because a
 * layer applies its activation after its residual.
 */
export const passes: readonly Pass[] = [
  { name: 'foldConstants', stored: true, apply: foldConstants },
  { name: 'joinCommon', stored: true, apply: joinCommon },
  { name: 'simplifyClip', stored: true, apply: simplifyClip },
  { name: 'joinChannelShuffle', stored: true, apply: joinChannelShuffle },
  { name: 'dropFlatten', stored: true, apply: dropFlatten },
  { name: 'foldPad', stored: true, apply: foldPad },
  { name: 'foldBatchNorm', stored: true, apply: foldBatchNorm },
  { name: 'foldForwards', stored: true, apply: foldForwards },
  { name: 'fuseResidual', stored: false, apply: fuseResidual },
  { name: 'activateBeforeConcat', stored: false, apply: activateBeforeConcat },
  { name: 'fuseActivation', stored: false, apply: fuseActivation },
  { name: 'fuseQuantised', stored: false, apply: fuseQuantised },
  { name: 'dropDead', stored: true, apply: dropDead },
];

/** Runs every pass once; the result computes the same outputs up to the rounding of folded weights. */
export function optimise(graph: Graph): Graph {
  return passes.reduce((current, pass) => pass.apply(current), graph);
}

/** Runs the passes that files are stored after, and tells what each of them did. */
export function foldForStorage(graph: Graph): { readonly graph: Graph; readonly effects: readonly PassEffect[] } {
  const effects: PassEffect[] = [];
  let current = graph;
  for (const pass of passes.filter(({ stored }) => stored)) {
    const before = new Set(current.nodes.map((node) => JSON.stringify(node)));
    const next = pass.apply(current);
    const rewritten = next.nodes.filter((node) => !before.has(JSON.stringify(node))).length;
    effects.push({ name: pass.name, removed: current.nodes.length - next.nodes.length, rewritten });
    current = next;
  }
  return { graph: current, effects };
}
