/** `npm run bench -- barrier`: what a step costs beside its kernel, by number of lanes. */
import { worker } from '#worker';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { alignTable } from '../src/cli/text.js';
import { RegionMemory } from '../src/runtime/memory.js';
import { instantiate } from '../src/runtime/module.js';
import { LanePool } from '../src/runtime/pool.js';
import { counterBytes } from '../src/runtime/run.js';
import type { Task as LaneTask } from '../src/runtime/task.js';
import { measureInterleaved, type Task } from './measure.js';
import { availableThreads } from './options.js';

const STEPS = 200;
/** Units of each step; lanes claim them in pieces, as those of any kernel. */
const EXTENT = 64;
const ROUNDS = 15;
const SLICE_MS = 30;
const MEMORY_BYTES = 16 * 1024 * 1024;

/** Kernels that do nothing, in WebAssembly's binary form: `(func (export "empty") (param i32 i32 i32))` over a shared memory. */
const EMPTY_KERNEL = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x07, 0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x00], // type: (i32, i32, i32) → nothing
  ...[0x02, 0x12, 0x01, 0x03, 0x65, 0x6e, 0x76, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79], // import "env" "memory",
  ...[0x02, 0x03, 0x01, 0x80, 0x80, 0x04], // shared, of 1 to 65,536 pages
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x09, 0x01, 0x05, 0x65, 0x6d, 0x70, 0x74, 0x79, 0x00, 0x00], // export "empty"
  ...[0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b], // its body: end
]);

/** One number of lanes. */
export interface BarrierRow {
  readonly lanes: number;
  /** A step of empty kernels: claiming its units, and waiting for the other lanes. */
  readonly microsecondsPerStep: number;
  /** A run of one such step: waking the workers too. */
  readonly microsecondsPerRun: number;
}

/** What `npm run bench -- barrier --json` prints. */
export interface BarrierDocument {
  readonly node: string;
  readonly rows: readonly BarrierRow[];
}

/** A program of empty steps in memory, as a task of so many lanes. */
function emptyTask(memory: RegionMemory, steps: number, lanes: number): LaneTask {
  const counters = memory.allocate(counterBytes(steps, lanes)).begin;
  const program = memory.allocate(4 * (1 + 3 * steps)).begin;
  const words = new Int32Array(memory.memory.buffer);
  words[program / 4] = steps;
  // Kernel 0, its extent, and no argument struct.
  for (let step = 0; step < steps; step++) words.set([0, EXTENT, 0], program / 4 + 1 + 3 * step);
  return { kind: 'steps', programs: Array.from({ length: lanes }, () => program), counters };
}

/** Measures runs of one step and of many, at all numbers of lanes in turn. */
export async function measureBarrier(rounds = ROUNDS): Promise<BarrierDocument> {
  const module = new WebAssembly.Module(EMPTY_KERNEL);
  const counts = availableThreads();
  const pools: LanePool[] = [];
  const tasks: Task[] = [];
  for (const lanes of counts) {
    const memory = new RegionMemory(MEMORY_BYTES);
    const kernels = { modules: [module], list: [instantiate(module, memory.memory).empty!] };
    const [short, long] = [emptyTask(memory, 1, lanes), emptyTask(memory, 1 + STEPS, lanes)];
    const pool = new LanePool(memory, kernels, { code: worker }, lanes, () => {});
    await pool.start(lanes - 1);
    pools.push(pool);
    tasks.push({ name: `${lanes} lanes`, run: () => pool.run(short, lanes), warmUps: 500 });
    tasks.push({ name: `${lanes} lanes, ${STEPS} steps more`, run: () => pool.run(long, lanes), warmUps: 500 });
  }
  const timings = await measureInterleaved(tasks, rounds, SLICE_MS);
  for (const pool of pools) pool.dispose();
  const rows = counts.map((lanes, index) => {
    const [short, long] = [timings[2 * index]!, timings[2 * index + 1]!];
    return {
      lanes,
      microsecondsPerStep: (1000 * (long.medianMs - short.medianMs)) / STEPS,
      microsecondsPerRun: 1000 * short.medianMs,
    };
  });
  return { node: process.version, rows };
}

/** The rows as cells. */
export function barrierTable({ rows }: BarrierDocument): string[][] {
  const head = ['lanes', 'µs a step', 'µs a run of one step'];
  return [
    head,
    ...rows.map(({ lanes, microsecondsPerStep, microsecondsPerRun }) => [
      String(lanes),
      microsecondsPerStep.toFixed(2),
      microsecondsPerRun.toFixed(1),
    ]),
  ];
}

async function barrier(): Promise<Outcome> {
  const document = await measureBarrier();
  return { document, text: `Node ${document.node}, empty kernels\n\n${alignTable(barrierTable(document))}` };
}

export const barrierCommand = defineCommand<object>({
  name: 'barrier',
  summary: 'measure what a step costs beside its kernel',
  declare() {},
  run: barrier,
});
