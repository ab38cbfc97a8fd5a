/** Options and arguments that several benchmarks share. */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { parseCount } from '../src/cli/options.js';
import { type Table2Row, table2 } from '../src/networks/index.js';
import { BenchError } from './benchError.js';

/** Most threads that may be asked for; as many as an engine takes. */
const MOST_THREADS = 64;

/** Reads a list of thread counts, such as `1,2`. Throws InputError BAD_NUMBER. */
export function parseThreads(text: string): number[] {
  return text.split(',').map((part) => parseCount(part, '--threads', 1, MOST_THREADS));
}

/** 1, 2, 4 … and the number itself. */
export function threadCounts(available: number): number[] {
  const counts: number[] = [];
  for (let threads = 1; threads < available; threads *= 2) counts.push(threads);
  return [...counts, available];
}

/** What this machine can use at once. */
export function availableThreads(): number[] {
  return threadCounts(availableParallelism());
}

/** `--wide`. */
export function addWideOption(command: Command): void {
  command.option('--wide', 'join vectors in pairs where the runtime can');
}

/** `--threads N`. */
export function addThreadsOption(command: Command): void {
  const option = new Option('--threads <n>', 'threads that share a run').default(1);
  command.addOption(option.argParser((text) => parseCount(text, '--threads', 1, MOST_THREADS)));
}

/** A name's letters and digits. */
function plainName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('×', 'x')
    .replace(/[^a-z0-9]/g, '');
}

/**
 * The row of Table 2 of a network, whose name may be cut short while it is clear, in any case and without marks:
 * `shufflenet`, `mobilefacenet-m`. Throws BenchError BAD_NETWORK.
 */
export function findNetwork(name: string): Table2Row {
  const wanted = plainName(name);
  const exact = table2.filter(({ network }) => plainName(network) === wanted);
  const found = exact.length > 0 ? exact : table2.filter(({ network }) => plainName(network).startsWith(wanted));
  if (wanted !== '' && found.length === 1) return found[0]!;
  const accepted = table2.map(({ network }) => network).join(', ');
  throw new BenchError('BAD_NETWORK', `${JSON.stringify(name)} is not one network; accepted are ${accepted}.`);
}

/** `--build NAME`: one of the shipped builds in place of the best that runs here. */
export function addBuildOption(command: Command): void {
  command.addOption(new Option('--build <name>', 'the build of the kernels').choices(['plain', 'relaxed']));
}
