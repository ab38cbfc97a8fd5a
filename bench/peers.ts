/** `npm run bench:peers`: this engine and others on the same weights and input, one process each, round by round. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { parseCount } from '../src/cli/options.js';
import { alignTable, roundTo } from '../src/cli/text.js';
import { InputError } from '../src/errors.js';
import { BenchError } from './benchError.js';
import { counterpart, isInt8, OWN, variants } from './engines.js';
import { median } from './measure.js';
import { addWideOption, parseThreads } from './options.js';
import { installPeers, type PeerFiles, seededFiles, trainedFiles } from './peerFiles.js';
import { type FirstRun, measureFirstRun, PeerProcess, type PeerStart } from './peerProcess.js';
import type { PeerRow, PeersDocument } from './peersDocument.js';
import { root } from './root.js';
import { targetsOf, targetsTable } from './targets.js';

const ROUNDS = 15;
const FRESH_ROUNDS = 7;
/** Calls of an engine in one round, and those before them that are not counted. */
const RUNS = 10;
const WARM_UPS = 3;
/** Calls before the first round. */
const FIRST_WARM_UPS = 60;

/** Between two engines' turns: threads that spin after their work have then gone to sleep. */
const PAUSE_MS = 20;

/** Outputs of float32 networks that agree are closer than this, relative to the largest output. */
const LARGEST_DIFFERENCE = 1e-4;
/** Outputs in int8 carry what its rounding adds; a wrong network is further away than this. */
const LARGEST_INT8_DIFFERENCE = 0.25;

/** From this version of Node on, all engines start: one that does not fails the run. */
const ALL_START_FROM = 24;

/** The first V8 that joins vectors; the option is the same that this engine sets for itself. */
const FIRST_WIDE_V8 = 12;
const WIDE_FLAG = '--experimental-wasm-revectorize';

interface PeersOptions {
  readonly wide?: boolean;
  readonly threads: readonly number[];
  readonly node: string;
  readonly models: string;
  readonly weights: string;
  readonly network?: string;
  readonly rounds: number;
}

/** The Node that engines run on. */
interface NodeVersion {
  readonly path: string;
  readonly node: string;
  readonly v8: string;
  readonly arch: string;
}

function askNode(path: string): NodeVersion {
  const question = 'JSON.stringify({ node: process.version, v8: process.versions.v8, arch: process.arch })';
  try {
    return { path, ...JSON.parse(execFileSync(path, ['-p', question], { encoding: 'utf8' })) };
  } catch (cause) {
    throw new InputError('BAD_NODE', `option --node is ${path}; accepted is a Node that runs.`, { cause });
  }
}

/** Everything that is to be started. */
function planStarts(node: NodeVersion, files: PeerFiles, threads: readonly number[], wide: boolean): PeerStart[] {
  if (wide && (node.arch !== 'x64' || Number.parseInt(node.v8, 10) < FIRST_WIDE_V8)) {
    throw new BenchError(
      'NOT_WIDE',
      `option --wide needs Node 22 or newer on x64; this is ${node.node} on ${node.arch}.`,
    );
  }
  return threads.flatMap((count) =>
    variants(wide).flatMap(({ engine, module, format, options, wide: widened, mostThreads = count }) => {
      const model = files.models[format];
      if (!model || count > mostThreads) return [];
      // This engine sets the option itself.
      const nodeOptions = widened && module !== OWN ? [WIDE_FLAG] : [];
      const { inputs } = files;
      return { engine, module, model, threads: count, inputs, options, node: node.path, nodeOptions };
    }),
  );
}

/** A started engine and what is known of it. */
interface Measured {
  readonly start: PeerStart;
  readonly peer: PeerProcess;
  readonly version: string;
  readonly output: readonly number[];
  /** The median of each round. */
  readonly roundsMs: number[];
  readonly fresh: FirstRun[];
}

async function startAll(starts: readonly PeerStart[], nodeMajor: number): Promise<Measured[]> {
  const measured: Measured[] = [];
  try {
    for (const start of starts) {
      try {
        measured.push({ start, ...(await PeerProcess.start(start)), roundsMs: [], fresh: [] });
      } catch (error) {
        if (nodeMajor >= ALL_START_FROM || start.module === OWN || !(error instanceof BenchError)) throw error;
        console.error(`Left out: ${error.message}`);
      }
    }
  } catch (error) {
    for (const { peer } of measured) peer.stop();
    throw error;
  }
  return measured;
}

/** Leaves out the variants of this engine that are what it chooses by itself here. */
function dropSame(measured: readonly Measured[]): Measured[] {
  const seen = new Set<string>();
  return measured.filter(({ start: { module, model, threads }, peer, version }) => {
    const key = `${version} ${model} ${threads}`;
    const same = module === OWN && seen.has(key);
    seen.add(key);
    if (same) peer.stop();
    return !same;
  });
}

/** The largest difference of two outputs, relative to the largest expected one; infinite where one is not a number. */
export function relativeDifference(found: readonly number[], expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...found.map((value, index) => Math.abs(value - expected[index]!)));
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / largest;
}

/** Throws BenchError PEERS_DISAGREE where outputs differ by more than rounding. */
function checkOutputs(measured: readonly Measured[]): void {
  const [{ output: expected }] = measured as [Measured];
  for (const { start, output } of measured) {
    const difference = relativeDifference(output, expected);
    const largest = isInt8(start.engine) ? LARGEST_INT8_DIFFERENCE : LARGEST_DIFFERENCE;
    if (difference <= largest) continue;
    const found = `is ${difference.toExponential(1)} away from ${OWN}`;
    throw new BenchError('PEERS_DISAGREE', `${start.engine} ${found}; at most ${largest} is accepted.`);
  }
}

/** The items from `first` on and then those before it, so that no engine is always the first of a round. */
function rotate<T>(items: readonly T[], first: number): T[] {
  return items.map((_, index) => items[(index + first) % items.length]!);
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

async function measureRounds(measured: readonly Measured[], rounds: number): Promise<void> {
  for (const { peer } of measured) await peer.run(0, FIRST_WARM_UPS);
  for (let round = 0; round < rounds; round++) {
    for (const { peer, roundsMs } of rotate(measured, round)) {
      await pause();
      roundsMs.push(median(await peer.run(WARM_UPS, RUNS)));
    }
  }
}

async function measureFresh(measured: readonly Measured[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const { start, fresh } of rotate(measured, round)) fresh.push(await measureFirstRun(start));
  }
}

/** The row of this engine that another is compared with. */
function ownCounterpart(measured: readonly Measured[], { engine, threads }: PeerStart): Measured {
  const name = counterpart(engine);
  return measured.find(({ start }) => start.engine === name && start.threads === threads)!;
}

/** The median over rounds of one engine's time divided by another's in the same round. */
export function pairedRatio(ownMs: readonly number[], otherMs: readonly number[]): number {
  return median(ownMs.map((elapsedMs, round) => elapsedMs / otherMs[round]!));
}

function describeMeasured(measured: readonly Measured[]): PeerRow[] {
  const [{ output: expected }] = measured as [Measured];
  return measured.map(({ start, version, output, roundsMs, fresh }) => ({
    engine: start.engine,
    version,
    threads: start.threads,
    medianMs: roundTo(median(roundsMs), 3),
    ratio: roundTo(pairedRatio(ownCounterpart(measured, start).roundsMs, roundsMs), 3),
    maxDifference: relativeDifference(output, expected),
    startMs: roundTo(median(fresh.map(({ startMs }) => startMs)), 1),
    peakMb: roundTo(median(fresh.map(({ peakMb }) => peakMb)), 1),
  }));
}

/** Measures all engines. Throws BenchError PEER_FAILED and PEERS_DISAGREE. */
export async function measurePeers(files: PeerFiles, options: Omit<PeersOptions, 'network'>): Promise<PeersDocument> {
  const node = askNode(options.node);
  const starts = planStarts(node, files, options.threads, options.wide ?? false);
  const measured = dropSame(await startAll(starts, Number.parseInt(node.node.slice(1), 10)));
  try {
    checkOutputs(measured);
    await measureRounds(measured, options.rounds);
  } finally {
    for (const { peer } of measured) peer.stop();
  }
  await measureFresh(measured, Math.min(FRESH_ROUNDS, options.rounds));
  return { node: node.node, rounds: options.rounds, rows: describeMeasured(measured) };
}

/** The rows as cells. */
export function peersTable({ rows }: PeersDocument): string[][] {
  const head = [
    'engine',
    'version',
    'threads',
    'ms',
    'ours / its',
    'difference',
    'start, ms',
    'ours / its',
    'peak, MB',
  ];
  return [
    [...head, 'ours / its'],
    ...rows.map(({ engine, version, threads, medianMs, ratio, maxDifference, startMs, peakMb }) => {
      const name = counterpart(engine);
      const own = rows.find((row) => row.engine === name && row.threads === threads)!;
      return [
        engine,
        version,
        String(threads),
        medianMs.toFixed(2),
        ratio.toFixed(2),
        maxDifference.toExponential(1),
        startMs.toFixed(0),
        (own.startMs / startMs).toFixed(2),
        peakMb.toFixed(0),
        (own.peakMb / peakMb).toFixed(2),
      ];
    }),
  ];
}

async function peers(_: readonly string[], options: PeersOptions): Promise<Outcome> {
  // Files for seeded weights are written by a package of the peers'; missing files are told of before anything is installed.
  if (options.network) installPeers();
  const files = options.network
    ? await seededFiles(options.network)
    : await trainedFiles(options.models, options.weights);
  installPeers();
  const document = await measurePeers(files, options);
  const title = `Node ${document.node}, ${files.network}, medians of ${document.rounds} rounds of ${RUNS} runs; below 1 this engine is ahead`;
  const targets = alignTable(targetsTable(targetsOf(document, options.network === undefined)));
  return { document, text: [title, alignTable(peersTable(document)), targets].join('\n\n') };
}

export const peersCommand = defineCommand<PeersOptions>({
  name: 'peers',
  summary: 'compare with other engines on the same weights and input, one process each; takes minutes',
  declare(command: Command) {
    const shared = (path: string): string => fileURLToPath(new URL(`../shared/${path}`, root));
    addWideOption(command);
    const threads = new Option('--threads <list>', 'numbers of threads, such as 1,2');
    const most = Math.min(2, availableParallelism());
    command.addOption(threads.argParser(parseThreads).default(most === 2 ? [1, 2] : [1], most === 2 ? '1,2' : '1'));
    command.option('--node <path>', 'the Node that all engines run on', process.execPath);
    command.option('--models <folder>', "the other engines' models", shared('peers'));
    command.option(
      '--weights <file>',
      'the weights that they were made from',
      shared(`own/mobilefacenet-student.safetensors`),
    );
    command.option('--network <name>', 'another network of Table 2, with seeded weights');
    const rounds = new Option('--rounds <n>', 'turns of each engine').default(ROUNDS);
    command.addOption(rounds.argParser((text) => parseCount(text, '--rounds', 1, 1000)));
  },
  run: peers,
});
