/** A compiled graph: plans for the shapes that it meets, bound to its engine's memory, and the runs themselves. */
import { checkInputShape, type InputShapes, inferShapes } from './build/infer.js';
import { ShapeError } from './errors.js';
import type { Graph, GraphInput } from './graph/types.js';
import { commonBatch, imagesAreIndependent, withBatch } from './plan/images.js';
import { lower } from './plan/lower.js';
import type { PackedGraph } from './plan/pack.js';
import type { Plan, PlannedValue } from './plan/plan.js';
import { argumentBytes, bind } from './runtime/bind.js';
import type { MemoryRegion } from './runtime/memory.js';
import { counterBytes, programBytes, writeProgram } from './runtime/run.js';
import { requireAlive, type Session } from './runtime/session.js';
import { type JobPrograms, MOST_TASK_VALUES, type Task, type TaskValue } from './runtime/task.js';
import { elementCount, formatShape, type Shape } from './tensor/shape.js';
import type { Tensor } from './tensor/tensor.js';

/** Tensors by the names of a graph's inputs or outputs. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Plans that a network keeps, by input shapes; the least recently used goes first. */
const CACHED_PLANS = 24;

/** Images run together while their arena is smaller than this: about what a core's second cache holds. */
const JOB_ARENA_BYTES = 1024 * 1024;

/** Whether lanes share one image's arena, or have an image and an arena each. */
type Sharing = 'steps' | 'images';

/** A plan in memory. */
interface CachedPlan {
  readonly plan: Plan;
  readonly region: MemoryRegion;
  /** The session's generation that its addresses belong to; −1 before the first. */
  generation: number;
  /** By lane. */
  programs: readonly number[];
}

/** A task with the way to read what it gives. */
interface PreparedRun {
  readonly task: Task;
  readonly lanes: number;
  collect(): Record<string, Tensor>;
}

/** A compiled graph. Make one with `Engine.compile`. */
export class Network {
  readonly #session: Session;
  readonly #packed: PackedGraph;
  readonly #weights: MemoryRegion;
  readonly #plans = new Map<string, CachedPlan>();
  readonly #imagesPerJob = new Map<string, number>();
  /** `undefined` until a batch asks. */
  #independent: boolean | undefined;
  #disposed = false;

  /** @internal */
  constructor(session: Session, packed: PackedGraph) {
    this.#session = session;
    this.#packed = packed;
    this.#weights = session.memory.allocate(packed.sizeBytes);
    const { begin } = this.#weights;
    packed.write(session.memory.floats.subarray(begin / 4, (begin + packed.sizeBytes) / 4));
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

  /** Bytes of the packed weights in the engine's memory. */
  get weightBytes(): number {
    return this.#packed.sizeBytes;
  }

  /** The plan for the given input shapes, or for the graph's own. Throws ShapeError, ModelError NO_KERNEL. */
  plan(shapes?: InputShapes): Plan {
    requireAlive(this.#session, 'network', this.#disposed);
    return lower(this.#packed, shapes);
  }

  /**
   * Computes the outputs from the inputs before it returns, on this thread and the engine's workers.
   * Input tensors are row-major, `[N, C, H, W]` for images; outputs are new arrays. The result has the same bits for
   * any number of threads and any batch.
   * Throws ShapeError INPUT_SHAPE, MISSING_INPUT, INPUT_TYPE or INPUT_LENGTH; UnavailableError OUT_OF_MEMORY, DISPOSED, WORKER_LOST.
   */
  run(inputs: Tensors): Record<string, Tensor> {
    requireAlive(this.#session, 'network', this.#disposed);
    this.#session.settle();
    const { task, lanes, collect } = this.#prepare(inputs, this.#session.lanes);
    this.#session.run(task, lanes);
    return collect();
  }

  /**
   * The same on worker threads alone, so that the event loop stays free; runs wait for those that were asked for before.
   * Do not change the input arrays until the promise is settled. Rejects as `run` throws.
   */
  runAsync(inputs: Tensors): Promise<Record<string, Tensor>> {
    return this.#session.enqueue(async () => {
      requireAlive(this.#session, 'network', this.#disposed);
      const background = await this.#session.startBackground();
      if (background === 0) return this.run(inputs);
      requireAlive(this.#session, 'network', this.#disposed);
      const { task, lanes, collect } = this.#prepare(inputs, background);
      return this.#session.runInBackground(task, lanes, collect);
    });
  }

  /** Gives the network's memory back to the engine. */
  dispose(): void {
    if (this.#disposed) return;
    this.#session.settle();
    this.#disposed = true;
    for (const { region } of this.#plans.values()) this.#session.memory.release(region);
    this.#plans.clear();
    this.#session.memory.release(this.#weights);
  }

  /** `dispose`, for a declaration with `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #shapes(inputs: Tensors): InputShapes {
    const shapes: Record<string, Shape> = {};
    for (const input of this.inputs) {
      const { name, shape } = input;
      const tensor = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
      if (!tensor) throw new ShapeError('MISSING_INPUT', `input "${name}" ${formatShape(shape)} is missing.`);
      if (!(tensor.data instanceof Float32Array) || !Array.isArray(tensor.shape)) {
        throw new ShapeError('INPUT_TYPE', `input "${name}" is no tensor with a shape and a Float32Array of data.`);
      }
      shapes[name] = checkInputShape(input, tensor.shape);
      const count = elementCount(tensor.shape);
      if (tensor.data.length !== count) {
        throw new ShapeError(
          'INPUT_LENGTH',
          `input "${name}" has ${tensor.data.length} elements; its shape ${formatShape(tensor.shape)} needs ${count}.`,
        );
      }
    }
    return shapes;
  }

  #prepare(inputs: Tensors, lanes: number): PreparedRun {
    const shapes = this.#shapes(inputs);
    const batch = commonBatch(shapes);
    if (batch !== undefined && batch > 1 && this.#imagesAreIndependent()) {
      const images = this.#imagesOfJob(shapes);
      if (images < batch) return this.#prepareImages(inputs, shapes, batch, images, lanes);
    }
    return this.#prepareSteps(inputs, shapes, lanes);
  }

  /** Whether images may run apart, and a task can name all their inputs and outputs. */
  #imagesAreIndependent(): boolean {
    this.#independent ??=
      this.inputs.length + this.outputs.length <= MOST_TASK_VALUES && imagesAreIndependent(this.graph);
    return this.#independent;
  }

  /** How many images of these shapes run together. */
  #imagesOfJob(shapes: InputShapes): number {
    const one = withBatch(shapes, 1);
    const key = keyOf(one);
    let images = this.#imagesPerJob.get(key);
    if (images === undefined) {
      if (this.#imagesPerJob.size >= CACHED_PLANS) this.#imagesPerJob.clear();
      images = Math.max(1, Math.floor(JOB_ARENA_BYTES / Math.max(1, lower(this.#packed, one).arenaBytes)));
      this.#imagesPerJob.set(key, images);
    }
    return images;
  }

  #prepareSteps(inputs: Tensors, shapes: InputShapes, lanes: number): PreparedRun {
    const cached = this.#cachedPlan(shapes, 'steps');
    const { plan } = cached;
    const session = this.#session;
    const counted = counterBytes(plan.steps.length, session.mostLanes);
    session.reserve({ ...plan, arenas: 1, stagingBytes: 0, counterBytes: counted });
    this.#bind(cached, 'steps');
    const arena = session.arenas[0]!.begin;
    const { floats } = session.memory;
    const begin = (value: PlannedValue): number => (arena + value.offsetBytes) / 4;
    for (const value of plan.inputs) floats.set(inputs[value.name]!.data, begin(value));
    const collect = (): Record<string, Tensor> => {
      const outputs: Record<string, Tensor> = {};
      for (const value of plan.outputs) {
        const data = floats.slice(begin(value), begin(value) + elementCount(value.shape));
        outputs[value.name] = { elementType: 'float32', shape: value.shape, data };
      }
      return outputs;
    };
    return { task: { kind: 'steps', programs: cached.programs, counters: session.counters.begin }, lanes, collect };
  }

  #prepareImages(inputs: Tensors, shapes: InputShapes, batch: number, images: number, most: number): PreparedRun {
    const jobs = Math.ceil(batch / images);
    const lanes = Math.min(most, jobs);
    const rest = batch - (jobs - 1) * images;
    const session = this.#session;
    const whole = this.#cachedPlan(withBatch(shapes, images), 'images');
    const last = rest === images ? whole : this.#cachedPlan(withBatch(shapes, rest), 'images');
    const values = [...whole.plan.inputs, ...whole.plan.outputs];
    const imageElements = values.map(({ shape }) => elementCount(shape.slice(1)));
    const stagingBytes = imageElements.reduce((total, elements) => total + 4 * elements * batch, 0);
    const counted = counterBytes(1, session.mostLanes);
    session.reserve({ ...whole.plan, arenas: session.mostLanes, stagingBytes, counterBytes: counted });
    this.#bind(whole, 'images');
    this.#bind(last, 'images');

    const places = new Map<string, number>();
    let next = session.staging.begin;
    for (const [index, { name }] of values.entries()) {
      places.set(name, next);
      next += 4 * imageElements[index]! * batch;
    }
    const { floats } = session.memory;
    for (const { name } of whole.plan.inputs) floats.set(inputs[name]!.data, places.get(name)! / 4);
    const job = ({ plan, programs }: CachedPlan, count: number): JobPrograms => {
      const taskValue = ({ name, offsetBytes, shape }: PlannedValue): TaskValue => {
        return { address: places.get(name)!, offsetBytes, elements: elementCount(shape.slice(1)) };
      };
      const lanePrograms = programs.slice(0, lanes);
      return {
        images: count,
        programs: lanePrograms,
        inputs: plan.inputs.map(taskValue),
        outputs: plan.outputs.map(taskValue),
      };
    };
    const task: Task = {
      kind: 'images',
      jobs,
      counters: session.counters.begin,
      whole: job(whole, images),
      rest: job(last, rest),
      arenas: session.arenas.slice(0, lanes).map(({ begin }) => begin),
    };
    const outputShapes = inferShapes(this.graph, shapes);
    const collect = (): Record<string, Tensor> => {
      const outputs: Record<string, Tensor> = {};
      for (const name of this.outputs) {
        const shape = outputShapes.get(name)!;
        const begin = places.get(name)! / 4;
        const data = session.memory.floats.slice(begin, begin + elementCount(shape));
        outputs[name] = { elementType: 'float32', shape, data };
      }
      return outputs;
    };
    return { task, lanes, collect };
  }

  #cachedPlan(shapes: InputShapes, sharing: Sharing): CachedPlan {
    const key = `${sharing} ${keyOf(shapes)}`;
    const cached = this.#plans.get(key) ?? this.#addPlan(shapes);
    this.#plans.delete(key);
    this.#plans.set(key, cached);
    return cached;
  }

  #addPlan(shapes: InputShapes): CachedPlan {
    const plan = lower(this.#packed, shapes);
    const { memory, mostLanes } = this.#session;
    if (this.#plans.size >= CACHED_PLANS) {
      const [oldest, evicted] = this.#plans.entries().next().value!;
      this.#plans.delete(oldest);
      memory.release(evicted.region);
    }
    const region = memory.allocate(mostLanes * (argumentBytes(plan) + programBytes(plan)));
    return { plan, region, generation: -1, programs: [] };
  }

  /** Writes argument structs and programs of all lanes where the regions have moved since. */
  #bind(cached: CachedPlan, sharing: Sharing): void {
    const session = this.#session;
    if (cached.generation === session.generation) return;
    const { plan, region } = cached;
    const { memory, mostLanes, arenas, scratches, kernels } = session;
    const words = new Int32Array(memory.memory.buffer);
    let at = region.begin;
    cached.programs = Array.from({ length: mostLanes }, (_, lane) => {
      const arena = arenas[sharing === 'steps' ? 0 : lane]!.begin;
      const bases = { arena, scratch: scratches[lane]!.begin, weights: this.#weights.begin };
      const structs = bind(plan, bases, at, memory.view);
      const program = at + argumentBytes(plan);
      writeProgram(plan, structs, kernels.index, words, program);
      at = program + programBytes(plan);
      return program;
    });
    cached.generation = session.generation;
  }
}

function keyOf(shapes: InputShapes): string {
  return Object.values(shapes)
    .map((shape) => shape.join('×'))
    .join(' ');
}
