/**
 * `npm run fuzz -- --runs N [--seed S]`: damaged files for every parser, N in all, shared evenly. Prints what was
 * refused and why; exit 1 on a crash, a case of over a second, over 512 MB, or an acceptance with wrong sizes.
 *
 * The suites run in a worker, so that a case that never ends is seen from here.
 */
import { inspect, parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { evaluationSuites } from './evaluation/hostile.js';
import { gallerySuite } from './face/hostile.js';
import { type HostileReport, hostileSuites, LONGEST_CASE_MS, runHostile } from './formats/hostile.js';
import { imageSuites } from './image/hostile.js';

const MOST_BYTES = 512 * 2 ** 20;
/** A case that still runs after this has hung: a slow one ends by itself and says which it was. */
const HUNG_AFTER_MS = 20 * LONGEST_CASE_MS;
const WATCH_EVERY_MS = 500;
const DEFAULT_RUNS = 10_000;
const LARGEST_SEED = 2 ** 31 - 1;

/** What the worker is given: how many cases, the seed, and a shared count of the cases that have begun. */
interface Task {
  readonly runs: number;
  readonly seed: number;
  readonly begun: Int32Array;
}

/** What the worker says. */
type Message =
  | { readonly kind: 'suite'; readonly name: string }
  | { readonly kind: 'report'; readonly report: HostileReport }
  | { readonly kind: 'failure'; readonly suite: string; readonly message: string };

async function work({ runs, seed, begun }: Task): Promise<void> {
  const say = (message: Message) => parentPort!.postMessage(message);
  const suites = [...(await hostileSuites()), ...imageSuites, ...evaluationSuites, gallerySuite];
  for (const [index, suite] of suites.entries()) {
    const share = Math.floor(((index + 1) * runs) / suites.length) - Math.floor((index * runs) / suites.length);
    if (share === 0) continue;
    say({ kind: 'suite', name: suite.name });
    Atomics.store(begun, 0, 0);
    try {
      say({ kind: 'report', report: await runHostile(suite, share, seed, () => Atomics.add(begun, 0, 1)) });
    } catch (error) {
      say({ kind: 'failure', suite: suite.name, message: inspect(error) });
    }
  }
}

function printReport({ name, runs, accepted, refusals, slowestMs, slowestLabel }: HostileReport): void {
  const label = slowestLabel.length > 100 ? `${slowestLabel.slice(0, 100)}…` : slowestLabel;
  console.log(`${name}: ${runs} runs, ${accepted} accepted, slowest ${slowestMs.toFixed(1)} ms (${label})`);
  const codes = [...refusals].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
  console.log(`  refused: ${codes.join(', ') || 'nothing'}`);
}

/** The totals over all suites. */
function printTotals(reports: readonly HostileReport[], peakBytes: number): void {
  const sum = (count: (report: HostileReport) => number) => reports.reduce((total, report) => total + count(report), 0);
  const runs = sum((report) => report.runs);
  const accepted = sum((report) => report.accepted);
  const slowest = reports.reduce((most, report) => (report.slowestMs > most.slowestMs ? report : most));
  console.log(
    `${runs} runs: ${accepted} accepted, ${runs - accepted} refused; slowest case ${slowest.slowestMs.toFixed(1)} ms ` +
      `(${slowest.name}); peak memory ${Math.round(peakBytes / 2 ** 20)} MB`,
  );
}

/** Runs the worker to its end and gives what went wrong, one sentence each. */
async function watch({ runs, seed }: Omit<Task, 'begun'>): Promise<string[]> {
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL(import.meta.url), { workerData: { runs, seed, begun } satisfies Task });
  const reports: HostileReport[] = [];
  const wrong: string[] = [];
  let suite = 'no suite yet';
  let seen = { suite, count: 0, atMs: performance.now() };
  const timer = setInterval(() => {
    const count = Atomics.load(begun, 0);
    if (count !== seen.count || suite !== seen.suite) seen = { suite, count, atMs: performance.now() };
    else if (performance.now() - seen.atMs > HUNG_AFTER_MS) {
      wrong.push(`${suite}, seed ${seed}: case ${count} does not end`);
      worker.terminate();
    }
  }, WATCH_EVERY_MS);
  worker.on('message', (message: Message) => {
    if (message.kind === 'suite') suite = message.name;
    else if (message.kind === 'failure') wrong.push(`${message.suite}: ${message.message}`);
    else {
      printReport(message.report);
      reports.push(message.report);
    }
  });
  worker.on('error', (error) => wrong.push(`${suite}, seed ${seed}, case ${Atomics.load(begun, 0)}: ${error.stack}`));
  await new Promise((resolve) => worker.once('exit', resolve));
  clearInterval(timer);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  if (reports.length > 0) printTotals(reports, peakBytes);
  if (peakBytes > MOST_BYTES) wrong.push(`peak memory is ${Math.round(peakBytes / 2 ** 20)} MB; 512 MB are accepted`);
  return wrong;
}

function parseCount(text: string, option: string, most: number): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= most) return count;
  throw new Error(`${option} is ${JSON.stringify(text)}; accepted is a whole number from 1 to ${most}`);
}

/** Reads the options; `undefined` where they cannot be used. */
function readOptions(): Omit<Task, 'begun'> | undefined {
  try {
    const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
    return {
      runs: values.runs === undefined ? DEFAULT_RUNS : parseCount(values.runs, '--runs', LARGEST_SEED),
      seed: values.seed === undefined ? Date.now() & LARGEST_SEED : parseCount(values.seed, '--seed', LARGEST_SEED),
    };
  } catch (error) {
    console.error(`fuzz: ${(error as Error).message}.`);
    return undefined;
  }
}

async function main(): Promise<number> {
  const options = readOptions();
  if (!options) return 2;
  console.log(`seed ${options.seed}`);
  const wrong = await watch(options);
  for (const sentence of wrong) console.error(`✗ ${sentence}`);
  return wrong.length > 0 ? 1 : 0;
}

if (isMainThread) process.exitCode = await main();
else await work(workerData as Task);
