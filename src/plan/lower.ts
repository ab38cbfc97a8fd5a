/** Packed graph → Plan for one set of input shapes. */
import { type InputShapes, inferShapes } from '../build/infer.js';
import { ModelError } from '../errors.js';
import type { Site } from '../kernels/kernel.js';
import type { Address } from '../kernels/struct.js';
import { describeNode } from '../ops/operator.js';
import { storedElements } from '../tensor/layout.js';
import type { Shape } from '../tensor/shape.js';
import { type Lifetime, placeLifetimes } from './arena.js';
import { type PackedGraph, requireKernel } from './pack.js';
import type { Plan, PlannedValue, Step } from './plan.js';
import { isAlias, siteOf } from './site.js';

/** Resolves names that are only another name for a value's bytes. */
type Aliases = ReadonlyMap<string, string>;

function resolve(aliases: Aliases, name: string): string {
  let current = name;
  for (let next = aliases.get(current); next !== undefined; next = aliases.get(current)) current = next;
  return current;
}

function lifetimesOf(packed: PackedGraph, shapes: ReadonlyMap<string, Shape>, aliases: Aliases) {
  const { inputs, nodes, outputs } = packed.graph;
  const lives = new Map<string, { sizeBytes: number; begin: number; end: number }>();
  const define = (name: string, step: number): void => {
    if (aliases.has(name)) return;
    lives.set(name, { sizeBytes: 4 * storedElements(shapes.get(name)!, 'nhwc'), begin: step, end: step });
  };
  const use = (name: string, step: number): void => {
    const life = lives.get(resolve(aliases, name));
    if (life) life.end = Math.max(life.end, step);
  };
  for (const { name } of inputs) define(name, -1);
  for (const [step, node] of nodes.entries()) {
    for (const name of node.outputs) define(name, step);
    for (const name of node.inputs) use(name, step);
  }
  for (const name of outputs) use(name, nodes.length);
  return lives as ReadonlyMap<string, Lifetime>;
}

function findAliases(sites: readonly Site[]): Aliases {
  const aliases = new Map<string, string>();
  for (const site of sites) if (isAlias(site)) aliases.set(site.node.outputs[0]!, site.node.inputs[0]!);
  return aliases;
}

/**
 * Plans a packed graph for the given input shapes; cheap enough to do for every new shape.
 * Throws ShapeError for inputs that the graph cannot take, ModelError NO_KERNEL where no kernel of the packed order runs
 * a node at this shape, ModelError CONSTANT_OUTPUT where an output is a tensor.
 */
export function lower(packed: PackedGraph, inputShapes?: InputShapes): Plan {
  const { graph, build } = packed;
  const shapes = inferShapes(graph, inputShapes);
  const sites = graph.nodes.map((node) => siteOf(graph, node, shapes));
  const aliases = findAliases(sites);
  const lives = lifetimesOf(packed, shapes, aliases);
  const arena = placeLifetimes([...lives.values()]);
  const offsets = new Map([...lives.keys()].map((name, index) => [name, arena.offsets[index]!]));

  const value = (name: string): PlannedValue => {
    const source = resolve(aliases, name);
    const offsetBytes = offsets.get(source);
    if (offsetBytes === undefined) {
      throw new ModelError('CONSTANT_OUTPUT', `output "${name}" is a tensor of the model; an output is computed.`);
    }
    const life = lives.get(source)!;
    return { name, shape: shapes.get(name)!, elementType: 'float32', layout: 'nhwc', offsetBytes, ...life };
  };
  const address = (name: string): Address => {
    const offsetBytes = offsets.get(resolve(aliases, name));
    return offsetBytes === undefined ? null : { region: 'arena', offsetBytes };
  };

  const steps: Step[] = [];
  let scratchBytes = 0;
  for (const [index, site] of sites.entries()) {
    const node = packed.nodes[index];
    if (isAlias(site)) continue;
    if (!node)
      throw new ModelError('NO_KERNEL', `${describeNode(site.node)}: no kernel changes the shape of this input.`);
    const kernel = requireKernel(site, build, node.packing);
    scratchBytes = Math.max(scratchBytes, kernel.scratchBytes(site));
    const places = {
      inputs: site.node.inputs.map(address),
      outputs: site.node.outputs.map(address),
      parts: node.parts,
      scratch: { region: 'scratch', offsetBytes: 0 } as const,
    };
    steps.push({
      node: site.node.name,
      kernel: kernel.name,
      arguments: kernel.writeArguments(site, places),
      extent: kernel.extent(site),
    });
  }
  return {
    build,
    inputs: graph.inputs.map(({ name }) => value(name)),
    outputs: graph.outputs.map(value),
    values: [...lives.keys()].map(value),
    steps,
    arenaBytes: arena.sizeBytes,
    scratchBytes,
  };
}
