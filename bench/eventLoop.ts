/** `npm run bench -- eventloop`: how long the event loop waits while a network runs, by `runAsync` and by `run`. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { parseCount } from '../src/cli/options.js';
import { alignTable } from '../src/cli/text.js';
import { Engine, type Network, type Tensors } from '../src/engine.js';
import { mobileFaceNet } from '../src/networks/mobileFaceNet.js';
import { seededWeights } from '../src/networks/seededWeights.js';
import { float32Tensor } from '../src/tensor/tensor.js';
import { availableThreads } from './options.js';

const RUNS = 1000;
const WARM_UPS = 20;
/** How often the loop is looked at. */
const RESOLUTION_MS = 1;
const IDLE_MS = 2000;

/** How the event loop fared during one kind of work. */
export interface EventLoopRow {
  readonly call: string;
  readonly threads: number;
  /** By how much a timer came late. */
  readonly largestMs: number;
  readonly p99Ms: number;
  readonly meanMs: number;
  /** Of one run, from call to result. */
  readonly runMs: number;
}

/** What `npm run bench -- eventloop --json` prints. */
export interface EventLoopDocument {
  readonly node: string;
  readonly build: string;
  readonly runs: number;
  readonly rows: readonly EventLoopRow[];
}

/** Watches the event loop while `work` goes on. */
async function watch(call: string, threads: number, runs: number, work: () => Promise<void>): Promise<EventLoopRow> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  // The first look is no delay.
  await setTimeout(4 * RESOLUTION_MS);
  delay.reset();
  const begin = performance.now();
  await work();
  const elapsedMs = performance.now() - begin;
  delay.disable();
  // The histogram holds the time from look to look, so the wait that was asked for is taken off.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
  return {
    call,
    threads,
    largestMs: late(delay.max),
    p99Ms: late(delay.percentile(99)),
    meanMs: late(delay.mean),
    runMs: elapsedMs / runs,
  };
}

async function runInTurn(runs: number, one: () => Promise<unknown>): Promise<void> {
  for (let run = 0; run < runs; run++) await one();
}

/** Measures an idle loop, `runAsync` at every number of threads, and `run`, which the loop gets a turn after. */
export async function measureEventLoop(runs = RUNS): Promise<EventLoopDocument> {
  const rows = [await watch('idle', 0, 1, () => setTimeout(IDLE_MS))];
  const inputs: Tensors = { input: float32Tensor([1, 3, 112, 112]) };
  let build = '';
  for (const threads of availableThreads()) {
    const engine = await Engine.create({ threads });
    const network: Network = await engine.compile(mobileFaceNet(seededWeights()));
    await runInTurn(WARM_UPS, () => network.runAsync(inputs));
    rows.push(await watch('runAsync', threads, runs, () => runInTurn(runs, () => network.runAsync(inputs))));
    const block = async (): Promise<void> => {
      network.run(inputs);
      await setImmediate();
    };
    rows.push(await watch('run', threads, runs, () => runInTurn(runs, block)));
    build = engine.build;
    engine.dispose();
  }
  return { node: process.version, build, runs, rows };
}

/** The rows as cells. */
export function eventLoopTable({ rows }: EventLoopDocument): string[][] {
  const head = ['call', 'threads', 'largest delay, ms', 'p99', 'mean', 'ms a run'];
  return [
    head,
    ...rows.map(({ call, threads, largestMs, p99Ms, meanMs, runMs }) => [
      call,
      call === 'idle' ? '' : String(threads),
      largestMs.toFixed(1),
      p99Ms.toFixed(2),
      meanMs.toFixed(2),
      call === 'idle' ? '' : runMs.toFixed(2),
    ]),
  ];
}

interface EventLoopOptions {
  readonly runs: number;
}

async function eventLoop(_: readonly string[], { runs }: EventLoopOptions): Promise<Outcome> {
  const document = await measureEventLoop(runs);
  const title = `Node ${document.node}, ${document.build} build, MobileFaceNet, ${runs} runs one after the other`;
  return { document, text: `${title}\n\n${alignTable(eventLoopTable(document))}` };
}

export const eventLoopCommand = defineCommand<EventLoopOptions>({
  name: 'eventloop',
  summary: 'measure the largest delay of the event loop during 1,000 runs',
  declare(command: Command) {
    const option = new Option('--runs <n>', 'runs of each kind').default(RUNS);
    command.addOption(option.argParser((text) => parseCount(text, '--runs', 1, 1_000_000)));
  },
  run: eventLoop,
});
