/** Graph′ → packed weights, once per build: each node's tensors in the order of the kernels that will read them. */
import { inferShapes } from '../build/infer.js';
import { ModelError } from '../errors.js';
import type { Graph } from '../graph/types.js';
import { chooseKernel } from '../kernels/index.js';
import { type Build, type Kernel, type PackedPart, type PackedParts, type Site, writePart } from '../kernels/kernel.js';
import type { Address } from '../kernels/struct.js';
import { describeNode } from '../ops/operator.js';
import { isReshape } from '../ops/reshape.js';
import { formatShape } from '../tensor/shape.js';
import { siteOf } from './site.js';

/** Alignment of every packed part: a cache line. */
const PART_ALIGNMENT_BYTES = 64;

/** Where a node's packed parts stand in the weights, and the packing that they have. */
export interface PackedNode {
  readonly packing: string;
  readonly parts: Readonly<Record<string, Address>>;
}

/** A graph with its weights in one build's packed order. */
export interface PackedGraph {
  readonly graph: Graph;
  readonly build: Build;
  /** By node position; `undefined` for nodes that need no kernel. */
  readonly nodes: readonly (PackedNode | undefined)[];
  readonly sizeBytes: number;
  /** Writes all parts into `target`, which holds `sizeBytes`. */
  write(target: Float32Array): void;
}

/** Chooses a kernel for a site. Throws ModelError NO_KERNEL where this build has none. */
export function requireKernel(site: Site, build: Build, packing?: string): Kernel {
  const kernel = chooseKernel(site, build, packing);
  if (kernel) return kernel;
  const shapes = site.inputs.map((shape) => (shape ? formatShape(shape) : '-')).join(', ');
  const attributes = JSON.stringify(site.node.attributes);
  throw new ModelError(
    'NO_KERNEL',
    `${describeNode(site.node)}: no kernel runs it with inputs ${shapes} and attributes ${attributes}.`,
  );
}

/**
 * Packs a graph's tensors for one build. Kernels are chosen for the graph's own input shapes; other shapes may later
 * use other kernels of the same packing. Throws ModelError NO_KERNEL.
 */
export function packGraph(graph: Graph, build: Build): PackedGraph {
  const shapes = inferShapes(graph);
  const placed: { offsetBytes: number; part: PackedPart }[] = [];
  let sizeBytes = 0;
  const place = (part: PackedPart): Address => {
    if (part.length === 0) return null;
    const address = { region: 'weights', offsetBytes: sizeBytes } as const;
    placed.push({ offsetBytes: sizeBytes, part });
    sizeBytes += Math.ceil((4 * part.length) / PART_ALIGNMENT_BYTES) * PART_ALIGNMENT_BYTES;
    return address;
  };
  const nodes = graph.nodes.map((node) => {
    if (isReshape(node)) return undefined;
    const site = siteOf(graph, node, shapes);
    const kernel = requireKernel(site, build);
    const parts: PackedParts = kernel.pack(site);
    const addresses = Object.entries(parts).map(([name, part]) => [name, place(part)] as const);
    return { packing: kernel.packing, parts: Object.fromEntries(addresses) };
  });
  const write = (target: Float32Array): void => {
    for (const { offsetBytes, part } of placed) {
      writePart(part, target.subarray(offsetBytes / 4, offsetBytes / 4 + part.length));
    }
  };
  return { graph, build, nodes, sizeBytes, write };
}
