/** The runner: every step of a program, each lane taking its share of the step's parallel axis. */
import type { Plan } from '../plan/plan.js';
import type { Barrier } from './barrier.js';
import { LINE_WORDS } from './control.js';

/** A kernel's export: argument struct's address, and a half-open range of its parallel axis. */
export type KernelFunction = (args: number, begin: number, end: number) => void;

/** Words of one step in a program: kernel, extent, address of the argument struct. */
const STEP_WORDS = 3;

/** Bytes of a plan's program for one lane. */
export function programBytes(plan: Plan): number {
  return 4 * (1 + STEP_WORDS * plan.steps.length);
}

/**
 * Writes a plan as words that any thread can run: the number of steps, then kernel, extent and argument address of each.
 * `kernelIndex` gives a kernel's place in the list that all lanes share; `structs` are what `bind` returned.
 */
export function writeProgram(
  plan: Plan,
  structs: readonly number[],
  kernelIndex: ReadonlyMap<string, number>,
  words: Int32Array,
  address: number,
): void {
  let at = address / 4;
  words[at++] = plan.steps.length;
  for (const [index, step] of plan.steps.entries()) {
    words[at++] = kernelIndex.get(step.kernel)!;
    words[at++] = step.extent;
    words[at++] = structs[index]!;
  }
}

/** The part of `[0, extent)` that belongs to a lane; the parts are contiguous and differ by one at most. */
export function share(extent: number, lane: number, lanes: number): [begin: number, end: number] {
  return [Math.floor((extent * lane) / lanes), Math.floor((extent * (lane + 1)) / lanes)];
}

/** Runs a program alone, from its first step to its last. */
export function runProgram(words: Int32Array, address: number, kernels: readonly KernelFunction[]): void {
  let at = address / 4 + 1;
  for (const last = at + STEP_WORDS * words[at - 1]!; at < last; at += STEP_WORDS) {
    kernels[words[at]!]!(words[at + 2]!, 0, words[at + 1]!);
  }
}

/** Pieces that a lane's share of a step is claimed in; what is not yet claimed may be taken by lanes that are done. */
const PIECES = 4;

/** Bytes of the counters of a run over so many lanes: for each lane its claims by step, then the finished units by step. */
export function counterBytes(steps: number, lanes: number): number {
  return 4 * (lanes + 1) * counterStride(steps);
}

/** Words from one lane's claims to the next lane's: whole cache lines, so that lanes do not disturb each other. */
function counterStride(steps: number): number {
  return Math.ceil(Math.max(steps, 1) / LINE_WORDS) * LINE_WORDS;
}

/** The word that counts the finished units of a step. */
export function finishedCounter(counters: number, steps: number, lanes: number, step: number): number {
  return counters / 4 + lanes * counterStride(steps) + step;
}

/** What a lane shares with the others during a run. */
export interface SharedRun {
  readonly lane: number;
  readonly lanes: number;
  /** Address of the counters, all zero when the run begins. */
  readonly counters: number;
  readonly barrier: Barrier;
}

/** Runs the kernel over what can be claimed of one step and returns how many units that was. */
function runClaims(
  words: Int32Array,
  kernel: KernelFunction,
  struct: number,
  extent: number,
  claims: number,
  { lane, lanes }: SharedRun,
  stride: number,
): number {
  let units = 0;
  for (let turn = 0; turn < lanes; turn++) {
    const owner = (lane + turn) % lanes;
    const [begin, end] = share(extent, owner, lanes);
    const piece = Math.max(1, Math.ceil((end - begin) / PIECES));
    const claimed = claims + owner * stride;
    for (;;) {
      const from = begin + Atomics.add(words, claimed, piece);
      if (from >= end) break;
      const to = Math.min(from + piece, end);
      kernel(struct, from, to);
      units += to - from;
    }
  }
  return units;
}

/**
 * Runs a lane of a program that several share: its own part of every step, then what others have not begun, then the
 * wait until the step is done. True where this lane finished the last step.
 */
export function runShared(
  words: Int32Array,
  address: number,
  kernels: readonly KernelFunction[],
  shared: SharedRun,
): boolean {
  const { lanes, counters, barrier } = shared;
  const first = address / 4 + 1;
  const steps = words[first - 1]!;
  const stride = counterStride(steps);
  let wasLast = false;
  for (let step = 0; step < steps; step++) {
    const at = first + STEP_WORDS * step;
    const extent = words[at + 1]!;
    const finished = finishedCounter(counters, steps, lanes, step);
    wasLast = false;
    if (Atomics.load(words, finished) === extent) continue;
    const units = runClaims(words, kernels[words[at]!]!, words[at + 2]!, extent, counters / 4 + step, shared, stride);
    if (units > 0) wasLast = barrier.complete(finished, units, extent);
    if (step < steps - 1 && !wasLast) barrier.await(finished, extent);
  }
  return wasLast;
}
