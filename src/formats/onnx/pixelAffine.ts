/** The arithmetic on pixels that a graph begins with, taken out of it and into the model card. */
import type { Graph, Node } from '../../graph/types.js';
import type { Normalisation } from '../../model/card.js';
import { LARGEST_PIXEL_FACTOR } from '../../model/parseCard.js';

const CHANNELS = 3;

type Triple = [number, number, number];

function triple(make: (channel: number) => number): Triple {
  return Array.from({ length: CHANNELS }, (_, channel) => make(channel)) as Triple;
}

/** x · scales + offsets of an affine node with constants; `undefined` for every other node. */
function affineOf(graph: Graph, node: Node | undefined): { scales: Triple; offsets: Triple } | undefined {
  if (node?.operator !== 'affine') return undefined;
  const [scales, offsets] = node.inputs.slice(1).map((name) => graph.tensors.get(name)?.data);
  if (!scales || !offsets) return undefined;
  const at = (values: Float32Array, channel: number) => values[values.length === 1 ? 0 : channel]!;
  return { scales: triple((channel) => at(scales, channel)), offsets: triple((channel) => at(offsets, channel)) };
}

function isUsable({ mean, scale }: Normalisation): boolean {
  const finite = [...mean, ...scale].every((value) => Math.abs(value) <= LARGEST_PIXEL_FACTOR);
  return finite && !scale.includes(0);
}

/** A graph without the arithmetic on pixels, and that arithmetic. */
export interface PixelAffine {
  readonly graph: Graph;
  readonly normalisation: Normalisation;
}

/**
 * Follows the affine nodes that alone read the graph's one input, one after another, and composes them. They end before
 * a factor that a card may not hold, and before the graph's output. Without such nodes the normalisation is mean 0,
 * scale 1.
 */
export function takePixelAffine(graph: Graph): PixelAffine {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  const source = graph.inputs[0]!.name;
  const taken = new Set<Node>();
  let value = source;
  let normalisation: Normalisation = { mean: [0, 0, 0], scale: [1, 1, 1] };
  for (;;) {
    const [node, ...others] = readers.get(value) ?? [];
    const affine = affineOf(graph, node);
    if (!node || !affine || others.length > 0 || graph.outputs.includes(node.outputs[0]!)) break;
    const { mean, scale } = normalisation;
    const scales = triple((channel) => scale[channel]! * affine.scales[channel]!);
    const means = triple((channel) => mean[channel]! - affine.offsets[channel]! / scales[channel]!);
    const next = { mean: means, scale: scales };
    if (!isUsable(next)) break;
    normalisation = next;
    taken.add(node);
    value = node.outputs[0]!;
  }
  const nodes = graph.nodes
    .filter((node) => !taken.has(node))
    .map((node) => ({ ...node, inputs: node.inputs.map((name) => (name === value ? source : name)) }));
  return { graph: { ...graph, nodes }, normalisation };
}
