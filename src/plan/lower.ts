/** Packed graph → Plan for one set of input shapes. */
import { type InputShapes, inferShapes } from '../build/infer.js';
import { ModelError } from '../errors.js';
import type { Kernel, Site } from '../kernels/kernel.js';
import { conversions } from '../kernels/layout.js';
import type { Address } from '../kernels/struct.js';
import { describeNode, NO_ATTRIBUTES } from '../ops/operator.js';
import { isReshape } from '../ops/reshape.js';
import { elementTypeOf, type Layout } from '../tensor/layout.js';
import type { Shape } from '../tensor/shape.js';
import { placeLifetimes } from './arena.js';
import { type PackedGraph, requireKernel } from './pack.js';
import type { Plan, PlannedValue, Step } from './plan.js';
import { siteOf } from './site.js';
import { type Storage, Storages, storageBytes } from './storages.js';

/** A step whose storages have no offsets yet. */
interface Draft {
  readonly kernel: Kernel;
  readonly site: Site;
  readonly inputs: readonly (Storage | undefined)[];
  readonly outputs: readonly Storage[];
  readonly parts: Readonly<Record<string, Address>>;
}

/** Where a storage stands; `null` for none. */
type AddressOf = (storage: Storage | undefined) => Address;

/** Chooses kernels in order and puts conversions between them where a value stands in another layout than is read. */
class Drafter {
  readonly steps: Draft[] = [];
  readonly storages: Storages;
  readonly #packed: PackedGraph;
  readonly #shapes: ReadonlyMap<string, Shape>;

  constructor(packed: PackedGraph, shapes: ReadonlyMap<string, Shape>) {
    this.#packed = packed;
    this.#shapes = shapes;
    this.storages = new Storages(shapes);
    for (const { name } of packed.graph.inputs) this.storages.add(name, 'rowMajor', -1);
    for (const [index, node] of packed.graph.nodes.entries()) {
      if (isReshape(node)) this.storages.alias(node.outputs[0]!, node.inputs[0]!);
      else this.#draft(siteOf(packed.graph, node, shapes), index);
    }
  }

  /** The dense storage that an output is read from. Throws ModelError CONSTANT_OUTPUT. */
  output(name: string): Storage {
    const storage = this.#storage(name, 'rowMajor');
    if (storage) return storage;
    throw new ModelError('CONSTANT_OUTPUT', `output "${name}" is a tensor of the model; an output is computed.`);
  }

  #draft(site: Site, index: number): void {
    const { build, kernels, nodes } = this.#packed;
    const { packing, parts } = nodes[index]!;
    const kernel = requireKernel(kernels, site, build, packing);
    const inputs = site.node.inputs.map((name, position) => {
      if (name === '' || site.tensors[position]) return undefined;
      const storage = this.#storage(name, kernel.layout);
      if (storage) return storage;
      const found = `"${name}" is computed from tensors of the model alone`;
      throw new ModelError('NO_KERNEL', `${describeNode(site.node)}: ${found}; kernels read computed values.`);
    });
    this.#step({ kernel, site, inputs, parts }, site.node.outputs, kernel.outputLayout);
  }

  /**
   * The storage of a value in a layout. Where it has none yet, `nhwc` is made from dense elements, and dense elements
   * from any `nhwc` storage of them. `undefined` for a reshaped tensor.
   */
  #storage(name: string, layout: Layout): Storage | undefined {
    const found = this.storages.find(name, layout);
    if (found || layout === 'nhwcInt8') return found;
    const source = layout === 'nhwc' ? this.#storage(name, 'rowMajor') : this.storages.findNhwc(name);
    return source && this.#convert(source, layout, layout === 'nhwc' ? name : source.name);
  }

  #convert(source: Storage, layout: Exclude<Layout, 'nhwcInt8'>, name: string): Storage {
    const shape = this.#shapes.get(name)!;
    const node = { name, operator: 'reshape', inputs: [name], outputs: [name], attributes: NO_ATTRIBUTES };
    const site: Site = { node, inputs: [shape], outputs: [shape], tensors: [undefined] };
    return this.#step({ kernel: conversions[layout], site, inputs: [source], parts: {} }, [name], layout)[0]!;
  }

  #step(draft: Omit<Draft, 'outputs'>, outputs: readonly string[], layout: Layout): Storage[] {
    const step = this.steps.length;
    for (const storage of draft.inputs) if (storage) storage.end = step;
    const made = outputs.map((name) => this.storages.add(name, layout, step));
    this.steps.push({ ...draft, outputs: made });
    return made;
  }
}

/** Fields of all argument structs and their tables: the tables of resizes and concatenations are as long as a file asks. */
export const MOST_ARGUMENTS = 1 << 19;

/** Writes a draft's step. `count` is the number of arguments before it, and then with it. */
function stepOf(
  { kernel, site, inputs, outputs, parts }: Draft,
  address: AddressOf,
  count: { arguments: number },
): Step {
  const scratch = { region: 'scratch', offsetBytes: 0 } as const;
  const places = { inputs: inputs.map(address), outputs: outputs.map(address), parts, scratch };
  const written = kernel.writeArguments(site, places);
  count.arguments += written.length;
  if (count.arguments > MOST_ARGUMENTS) {
    const found = `brings the plan to ${count.arguments} arguments`;
    throw new ModelError(
      'PLAN_TOO_LARGE',
      `${describeNode(site.node)}: ${found}; at most ${MOST_ARGUMENTS} are accepted.`,
    );
  }
  return { node: site.node.name, kernel: kernel.name, arguments: written, extent: kernel.extent(site) };
}

/**
 * Plans a packed graph for the given input shapes; cheap enough to do for every new shape. Inputs and outputs stand in
 * the frameworks' dense order, `rowMajor`.
 * Throws ShapeError for inputs that the graph cannot take, ModelError NO_KERNEL where no kernel of the packed order runs
 * a node at this shape, CONSTANT_OUTPUT where an output is a tensor, PLAN_TOO_LARGE beyond MOST_ARGUMENTS.
 */
export function lower(packed: PackedGraph, inputShapes?: InputShapes): Plan {
  const { graph, build } = packed;
  const shapes = inferShapes(graph, inputShapes);
  const drafter = new Drafter(packed, shapes);
  const outputs = graph.outputs.map((name) => drafter.output(name));
  for (const storage of outputs) storage.end = drafter.steps.length;
  const storages = drafter.storages.all;
  const arena = placeLifetimes(storages.map((storage) => ({ ...storage, sizeBytes: storageBytes(storage) })));
  const offsets = new Map(storages.map((storage, index) => [storage, arena.offsets[index]!]));

  const address: AddressOf = (storage) => (storage ? { region: 'arena', offsetBytes: offsets.get(storage)! } : null);
  const planned = (storage: Storage, name: string, layout: Layout): PlannedValue => ({
    name,
    shape: shapes.get(name)!,
    elementType: elementTypeOf(layout),
    layout,
    offsetBytes: offsets.get(storage)!,
    sizeBytes: storageBytes(storage),
    begin: storage.begin,
    end: storage.end,
  });
  const count = { arguments: 0 };
  const steps = drafter.steps.map((draft) => stepOf(draft, address, count));
  return {
    build,
    inputs: graph.inputs.map(({ name }) => planned(drafter.storages.find(name, 'rowMajor')!, name, 'rowMajor')),
    outputs: graph.outputs.map((name, index) => planned(outputs[index]!, name, 'rowMajor')),
    values: storages.map((storage) => planned(storage, storage.name, storage.layout)),
    steps,
    arenaBytes: arena.sizeBytes,
    scratchBytes: Math.max(0, ...drafter.steps.map(({ kernel, site }) => kernel.scratchBytes(site))),
  };
}
