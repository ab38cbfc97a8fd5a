/** The engine: compiles graphs into networks and owns all state — memory, kernels, arena, plans. */
import type { InputShapes } from './build/infer.js';
import { RuntimeError, ShapeError } from './errors.js';
import type { Graph, GraphInput } from './graph/types.js';
import type { Build } from './kernels/kernel.js';
import { optimise } from './passes/index.js';
import { lower } from './plan/lower.js';
import { type PackedGraph, packGraph } from './plan/pack.js';
import type { Plan, PlannedValue } from './plan/plan.js';
import { inlineBinaries } from './runtime/binaries.js';
import { argumentBytes, bind } from './runtime/bind.js';
import { type MemoryRegion, RegionMemory } from './runtime/memory.js';
import { type KernelBinaries, type KernelModule, loadKernels } from './runtime/module.js';
import { type BoundPlan, runPlan } from './runtime/run.js';
import { readLayout, storedElements, writeLayout } from './tensor/layout.js';
import { elementCount, formatShape, type Shape } from './tensor/shape.js';
import type { Tensor } from './tensor/tensor.js';

/** How an engine is made. */
export interface EngineOptions {
  /** One build of the kernels; by default the best that this runtime runs rightly. */
  readonly build?: Build;
  /** Where the kernels come from; by default they are part of this JavaScript. */
  readonly binaries?: KernelBinaries;
  /** Largest size of the engine's memory; 512 MiB by default. The memory grows as networks need it and never shrinks. */
  readonly maximumMemoryBytes?: number;
}

const DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024;

/** Plans that a network keeps, by input shapes; the least recently used goes first. */
const CACHED_PLANS = 16;

/** Tensors by the names of a graph's inputs or outputs. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** A plan in memory, and the arena that its addresses point into. */
interface CachedPlan {
  readonly plan: Plan;
  readonly region: MemoryRegion;
  bound: BoundPlan | undefined;
  arena: MemoryRegion | undefined;
  scratch: MemoryRegion | undefined;
}

/** What networks ask of their engine. */
interface EngineState {
  readonly memory: RegionMemory;
  readonly kernels: KernelModule;
  arena: MemoryRegion | undefined;
  scratch: MemoryRegion | undefined;
  disposed: boolean;
}

function requireAlive(state: EngineState, what: string, disposed: boolean): void {
  if (state.disposed || disposed) {
    throw new RuntimeError('DISPOSED', `the ${what} was disposed; make a new one.`);
  }
}

/** Makes the arena or the scratch at least that large; a failed attempt leaves none, never a region that was given back. */
function growRegion(state: EngineState, which: 'arena' | 'scratch', sizeBytes: number): void {
  const region = state[which];
  if (region && region.end - region.begin >= sizeBytes) return;
  if (region) state.memory.release(region);
  state[which] = undefined;
  state[which] = state.memory.allocate(sizeBytes);
}

/** A compiled graph. Make one with `Engine.compile`. */
export class Network {
  readonly #state: EngineState;
  readonly #packed: PackedGraph;
  readonly #weights: MemoryRegion;
  readonly #plans = new Map<string, CachedPlan>();
  #disposed = false;

  /** @internal */
  constructor(state: EngineState, packed: PackedGraph) {
    this.#state = state;
    this.#packed = packed;
    this.#weights = state.memory.allocate(packed.sizeBytes);
    const { begin } = this.#weights;
    packed.write(state.memory.floats.subarray(begin / 4, (begin + packed.sizeBytes) / 4));
  }

  /** Inputs with the shapes that the graph was written for; batch, height and width may differ where the graph allows. */
  get inputs(): readonly GraphInput[] {
    return this.#packed.graph.inputs;
  }

  /** Names of the outputs. */
  get outputs(): readonly string[] {
    return this.#packed.graph.outputs;
  }

  /** The graph as it runs, after all passes. */
  get graph(): Graph {
    return this.#packed.graph;
  }

  /** The plan for the given input shapes, or for the graph's own. Throws ShapeError, ModelError NO_KERNEL. */
  plan(shapes?: InputShapes): Plan {
    requireAlive(this.#state, 'network', this.#disposed);
    return lower(this.#packed, shapes);
  }

  /**
   * Computes the outputs from the inputs, on this thread, before it returns.
   * Input tensors are row-major, `[N, C, H, W]` for images; outputs are new arrays.
   * Throws ShapeError INPUT_SHAPE, MISSING_INPUT or INPUT_LENGTH; RuntimeError OUT_OF_MEMORY or DISPOSED.
   */
  run(inputs: Tensors): Record<string, Tensor> {
    requireAlive(this.#state, 'network', this.#disposed);
    const { plan, bound, arena } = this.#prepare(this.#shapes(inputs));
    const { floats } = this.#state.memory;
    const slice = (value: PlannedValue): Float32Array => {
      const begin = (arena!.begin + value.offsetBytes) / 4;
      return floats.subarray(begin, begin + storedElements(value.shape, value.layout));
    };
    for (const value of plan.inputs) writeLayout(inputs[value.name]!.data, value.shape, value.layout, slice(value));
    runPlan(bound!);
    const outputs: Record<string, Tensor> = {};
    for (const value of plan.outputs) {
      const data = new Float32Array(elementCount(value.shape));
      readLayout(slice(value), value.shape, value.layout, data);
      outputs[value.name] = { elementType: 'float32', shape: value.shape, data };
    }
    return outputs;
  }

  /** Like `run`, after the calls that came before it; an error becomes the promise's. */
  async runAsync(inputs: Tensors): Promise<Record<string, Tensor>> {
    await Promise.resolve();
    return this.run(inputs);
  }

  /** Gives the network's memory back to the engine. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const { region } of this.#plans.values()) this.#state.memory.release(region);
    this.#plans.clear();
    this.#state.memory.release(this.#weights);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #shapes(inputs: Tensors): InputShapes {
    const shapes: Record<string, Shape> = {};
    for (const { name, shape } of this.inputs) {
      const tensor = inputs[name];
      if (!tensor) throw new ShapeError('MISSING_INPUT', `input "${name}" ${formatShape(shape)} is missing.`);
      if (tensor.data.length !== elementCount(tensor.shape)) {
        throw new ShapeError(
          'INPUT_LENGTH',
          `input "${name}" has ${tensor.data.length} elements; its shape ${formatShape(tensor.shape)} needs ${elementCount(tensor.shape)}.`,
        );
      }
      shapes[name] = tensor.shape;
    }
    return shapes;
  }

  #prepare(shapes: InputShapes): CachedPlan {
    const key = this.inputs.map(({ name }) => shapes[name]!.join('×')).join(' ');
    const cached = this.#plans.get(key) ?? this.#addPlan(shapes);
    this.#plans.delete(key);
    this.#plans.set(key, cached);
    const state = this.#state;
    growRegion(state, 'arena', cached.plan.arenaBytes);
    growRegion(state, 'scratch', cached.plan.scratchBytes);
    if (cached.arena !== state.arena || cached.scratch !== state.scratch) this.#bind(cached);
    return cached;
  }

  #addPlan(shapes: InputShapes): CachedPlan {
    const plan = lower(this.#packed, shapes);
    if (this.#plans.size >= CACHED_PLANS) {
      const [oldest, evicted] = this.#plans.entries().next().value!;
      this.#plans.delete(oldest);
      this.#state.memory.release(evicted.region);
    }
    const region = this.#state.memory.allocate(argumentBytes(plan));
    return { plan, region, bound: undefined, arena: undefined, scratch: undefined };
  }

  #bind(cached: CachedPlan): void {
    const { memory, kernels, arena, scratch } = this.#state;
    const bases = { arena: arena!.begin, scratch: scratch!.begin, weights: this.#weights.begin };
    const addresses = bind(cached.plan, bases, cached.region.begin, memory.view);
    const functions = cached.plan.steps.map((step) => kernels.functions[step.kernel]!);
    cached.bound = { plan: cached.plan, kernels: functions, lanes: [addresses] };
    cached.arena = arena;
    cached.scratch = scratch;
  }
}

/** Owns a memory and the kernels; networks compiled by it share both. */
export class Engine {
  readonly #state: EngineState;

  private constructor(state: EngineState) {
    this.#state = state;
  }

  /** Makes an engine. Throws RuntimeError NO_SIMD or NO_SHARED_MEMORY where the runtime cannot run the kernels. */
  static async create(options: EngineOptions = {}): Promise<Engine> {
    const memory = new RegionMemory(options.maximumMemoryBytes ?? DEFAULT_MEMORY_BYTES);
    const kernels = await loadKernels(options.binaries ?? inlineBinaries, memory.memory, options.build);
    return new Engine({ memory, kernels, arena: undefined, scratch: undefined, disposed: false });
  }

  /** The build of the kernels that this engine runs. */
  get build(): Build {
    return this.#state.kernels.build;
  }

  /** Bytes that the engine's memory has grown to. */
  get memoryBytes(): number {
    return this.#state.memory.sizeBytes;
  }

  /**
   * Optimises a graph, packs its weights into memory and gives the network.
   * Throws ModelError NO_KERNEL for a node that no kernel runs, RuntimeError OUT_OF_MEMORY or DISPOSED.
   */
  compile(graph: Graph): Network {
    requireAlive(this.#state, 'engine', false);
    return new Network(this.#state, packGraph(optimise(graph), this.build));
  }

  /** Ends the engine: its networks refuse to run, and its memory is free once nothing refers to it. */
  dispose(): void {
    this.#state.disposed = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
