/** Graph′ → packed weights, once per build: each node's tensors in the order of the kernels that will read them. */
import { inferShapes } from '../build/infer.js';
import { ModelError } from '../errors.js';
import type { Graph, Node } from '../graph/types.js';
import { chooseKernel } from '../kernels/dispatch.js';
import { type Build, type Kernel, type PackedPart, type PackedParts, type Site, writePart } from '../kernels/kernel.js';
import type { Address } from '../kernels/struct.js';
import { describeNode } from '../ops/operator.js';
import { isReshape } from '../ops/reshape.js';
import { formatShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { siteOf } from './site.js';

/** Alignment of every packed part: a cache line. */
const PART_ALIGNMENT_BYTES = 64;

/**
 * Packed bytes that a graph's tensors may come to: no packing writes more than this many times what it reads, and small
 * ones may be shared by many nodes. A file cannot ask for gigabytes by having a tensor packed thousands of times.
 */
const MOST_TIMES_PACKED = 16;
const FREE_BYTES = 64 * 1024 * 1024;

/** Where a node's packed parts stand in the weights, and the packing that they have. */
export interface PackedNode {
  readonly packing: string;
  readonly parts: Readonly<Record<string, Address>>;
}

/** A graph with its weights in one build's packed order. */
export interface PackedGraph {
  readonly graph: Graph;
  readonly build: Build;
  /** The table that kernels are chosen from, for other input shapes too. */
  readonly kernels: readonly Kernel[];
  /** By node position; `undefined` for nodes that need no kernel. */
  readonly nodes: readonly (PackedNode | undefined)[];
  readonly sizeBytes: number;
  /** Writes all parts into `target`, which holds `sizeBytes`. */
  write(target: Float32Array): void;
}

/** Chooses a kernel for a site. Throws ModelError NO_KERNEL where the table has none for this build. */
export function requireKernel(kernels: readonly Kernel[], site: Site, build: Build, packing?: string): Kernel {
  const kernel = chooseKernel(kernels, site, build, packing);
  if (kernel) return kernel;
  const shapes = site.inputs.map((shape) => (shape ? formatShape(shape) : '-')).join(', ');
  const attributes = JSON.stringify(site.node.attributes);
  throw new ModelError(
    'NO_KERNEL',
    `${describeNode(site.node)}: no kernel runs it with inputs ${shapes} and attributes ${attributes}.`,
  );
}

/** What a node's packed parts depend on: nodes for which it is the same share them. */
function partsKey({ packing }: Kernel, { node, inputs, tensors }: Site, numbers: ReadonlyMap<Tensor, number>): string {
  const { operator, attributes } = node;
  return JSON.stringify([
    packing,
    operator,
    attributes,
    inputs,
    tensors.map((tensor) => tensor && numbers.get(tensor)),
  ]);
}

/** Keeps the parts of a graph, one after the other. */
class PartList {
  readonly placed: { readonly offsetBytes: number; readonly part: PackedPart }[] = [];
  readonly #mostBytes: number;
  sizeBytes = 0;

  constructor(tensors: Iterable<Tensor>) {
    let tensorBytes = 0;
    for (const { data } of new Set(tensors)) tensorBytes += data.byteLength;
    this.#mostBytes = FREE_BYTES + MOST_TIMES_PACKED * tensorBytes;
  }

  /** Throws ModelError PLAN_TOO_LARGE. */
  place(node: Node, part: PackedPart): Address {
    if (part.length === 0) return null;
    const address = { region: 'weights', offsetBytes: this.sizeBytes } as const;
    this.placed.push({ offsetBytes: this.sizeBytes, part });
    this.sizeBytes += Math.ceil((4 * part.length) / PART_ALIGNMENT_BYTES) * PART_ALIGNMENT_BYTES;
    if (this.sizeBytes <= this.#mostBytes) return address;
    const found = `brings the packed tensors to ${this.sizeBytes} bytes`;
    throw new ModelError(
      'PLAN_TOO_LARGE',
      `${describeNode(node)}: ${found}; at most ${this.#mostBytes} are accepted for this model's tensors.`,
    );
  }
}

/**
 * Packs a graph's tensors for one build. Kernels are chosen from the given table, best first, and for the graph's own input shapes; other shapes may later
 * use other kernels of the same packing. Nodes whose parts are the same share them.
 * Throws ModelError NO_KERNEL, and PLAN_TOO_LARGE where tensors would be packed too many times over.
 */
export function packGraph(graph: Graph, build: Build, kernels: readonly Kernel[]): PackedGraph {
  const shapes = inferShapes(graph);
  const numbers = new Map([...new Set(graph.tensors.values())].map((tensor, number) => [tensor, number] as const));
  const list = new PartList(graph.tensors.values());
  const shared = new Map<string, PackedNode>();
  const nodes = graph.nodes.map((node) => {
    if (isReshape(node)) return undefined;
    const site = siteOf(graph, node, shapes);
    const kernel = requireKernel(kernels, site, build);
    const key = partsKey(kernel, site, numbers);
    const found = shared.get(key);
    if (found) return found;
    const parts: PackedParts = kernel.pack(site);
    const addresses = Object.entries(parts).map(([name, part]) => [name, list.place(node, part)] as const);
    const packed = { packing: kernel.packing, parts: Object.fromEntries(addresses) };
    shared.set(key, packed);
    return packed;
  });
  const { placed, sizeBytes } = list;
  const write = (target: Float32Array): void => {
    for (const { offsetBytes, part } of placed) {
      writePart(part, target.subarray(offsetBytes / 4, offsetBytes / 4 + part.length));
    }
  };
  return { graph, build, kernels, nodes, sizeBytes, write };
}
