/** Tasks: what all lanes do together, written into shared memory so that no thread needs a message for it. */
import type { Barrier } from './barrier.js';
import { counterBytes, finishedCounter, type KernelFunction, runProgram, runShared } from './run.js';

/** An input or output of a job: where its images stand outside the arena, and where inside it; dense in both. */
export interface TaskValue {
  readonly address: number;
  /** From the arena's base. */
  readonly offsetBytes: number;
  /** Of one image. */
  readonly elements: number;
}

/** The programs of one number of images a job. */
export interface JobPrograms {
  readonly images: number;
  /** By lane. */
  readonly programs: readonly number[];
  readonly inputs: readonly TaskValue[];
  readonly outputs: readonly TaskValue[];
}

/** One run of a network. */
export type Task =
  /** Every lane takes a share of every step. Inputs and outputs are copied by the caller. */
  | { readonly kind: 'steps'; readonly programs: readonly number[]; readonly counters: number }
  /** Every lane takes whole jobs of `whole.images` images, the last of which may be `rest`; values are copied by lanes. */
  | {
      readonly kind: 'images';
      readonly jobs: number;
      readonly counters: number;
      readonly whole: JobPrograms;
      readonly rest: JobPrograms;
      /** Base of each lane's arena. */
      readonly arenas: readonly number[];
    };

const VALUE_WORDS = 3;

/** Inputs and outputs, taken together, that a task of images may have. */
export const MOST_TASK_VALUES = 64;

/** Bytes that hold any descriptor of so many lanes. */
export function taskBytes(lanes: number): number {
  return 4 * (8 + 3 * lanes + 2 * (3 + lanes + VALUE_WORDS * MOST_TASK_VALUES));
}

const STEPS = 0;
const IMAGES = 1;

/** What a lane needs to run a task. */
export interface LaneContext {
  readonly words: Int32Array;
  readonly floats: Float32Array;
  readonly kernels: readonly KernelFunction[];
  readonly barrier: Barrier;
}

function writeJob(words: Int32Array, at: number, job: JobPrograms): number {
  let next = at;
  words[next++] = job.images;
  words[next++] = job.inputs.length;
  words[next++] = job.outputs.length;
  for (const program of job.programs) words[next++] = program;
  for (const { address, offsetBytes, elements } of [...job.inputs, ...job.outputs]) {
    words.set([address, offsetBytes, elements], next);
    next += VALUE_WORDS;
  }
  return next;
}

/** Steps that a task's counters count: those of its program, or one whose units are the jobs. */
function countedSteps(words: Int32Array, task: Task): number {
  return task.kind === 'images' ? 1 : words[task.programs[0]! / 4]!;
}

/** The counter that tells when a task is done, and what it then is. */
export interface TaskEnd {
  readonly counter: number;
  readonly whole: number;
}

/**
 * Writes a task's descriptor, sets its counters to zero, and tells how its end is known. `firstLane` is the lane of the
 * first worker: 1 where the calling thread is lane 0, 0 where workers are all lanes.
 */
export function writeTask(words: Int32Array, address: number, task: Task, lanes: number, firstLane: number): TaskEnd {
  const at = address / 4;
  const { counters } = task;
  const steps = countedSteps(words, task);
  words.fill(0, counters / 4, (counters + counterBytes(steps, lanes)) / 4);
  words.set([task.kind === 'steps' ? STEPS : IMAGES, lanes, firstLane, counters], at);
  const counter = finishedCounter(counters, steps, lanes, steps - 1);
  let next = at + 4;
  if (task.kind === 'steps') {
    words.set(task.programs, next);
    if (steps === 0) return { counter: counters / 4, whole: 0 };
    return { counter, whole: words[task.programs[0]! / 4 + 3 * steps - 1]! };
  }
  words[next++] = task.jobs;
  for (const arena of task.arenas) words[next++] = arena;
  const whole = next + 1;
  words[next] = writeJob(words, whole, task.whole);
  writeJob(words, words[next]!, task.rest);
  return { counter, whole: task.jobs };
}

/** The lane of a worker in the task at `address`, or −1 where the task needs fewer. */
export function laneOfWorker(words: Int32Array, address: number, worker: number): number {
  const lane = worker + words[address / 4 + 2]!;
  return lane < words[address / 4 + 1]! ? lane : -1;
}

/** Copies a job's images of `count` values into the arena, or out of it. */
function copyValues(
  { words, floats }: LaneContext,
  at: number,
  count: number,
  images: number,
  firstImage: number,
  arena: number,
  inward: boolean,
): void {
  for (let value = at; value < at + VALUE_WORDS * count; value += VALUE_WORDS) {
    const elements = words[value + 2]!;
    const outside = words[value]! / 4 + firstImage * elements;
    const inside = (arena + words[value + 1]!) / 4;
    const from = inward ? outside : inside;
    floats.copyWithin(inward ? inside : outside, from, from + images * elements);
  }
}

function runJobs(context: LaneContext, address: number, lane: number, lanes: number): boolean {
  const { words, kernels, barrier } = context;
  const at = address / 4 + 4;
  const counters = words[at - 1]!;
  const jobs = words[at]!;
  const arena = words[at + 1 + lane]!;
  const whole = at + 2 + lanes;
  const rest = words[whole - 1]!;
  const wholeImages = words[whole]!;
  let wasLast = false;
  for (;;) {
    const job = Atomics.add(words, counters / 4, 1);
    if (job >= jobs) return wasLast;
    const from = job === jobs - 1 ? rest : whole;
    const [images, inputs, outputs] = [words[from]!, words[from + 1]!, words[from + 2]!];
    const values = from + 3 + lanes;
    copyValues(context, values, inputs, images, job * wholeImages, arena, true);
    runProgram(words, words[from + 3 + lane]!, kernels);
    copyValues(context, values + VALUE_WORDS * inputs, outputs, images, job * wholeImages, arena, false);
    wasLast = barrier.complete(finishedCounter(counters, 1, lanes, 0), 1, jobs);
  }
}

/** Runs one lane's part of the task at `address`; true where it finished the last of it. */
export function runLane(context: LaneContext, address: number, lane: number): boolean {
  const { words, kernels, barrier } = context;
  const at = address / 4;
  const [kind, lanes, counters] = [words[at]!, words[at + 1]!, words[at + 3]!];
  if (kind === IMAGES) return runJobs(context, address, lane, lanes);
  return runShared(words, words[at + 4 + lane]!, kernels, { lane, lanes, counters, barrier });
}
