/** `npm run bench -- report`: runs the benchmarks, each in a process of its own, and writes their tables to README.md. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { type BarrierDocument, barrierTable } from './barrier.js';
import { BenchError } from './benchError.js';
import { type EventLoopDocument, eventLoopTable } from './eventLoop.js';
import { type KernelRow, type KernelsDocument, kernelsTable } from './kernels.js';
import { type LayersDocument, layersTable } from './layers.js';
import { markdownTable, replaceSection } from './markdown.js';
import { peersTable } from './peers.js';
import type { PeersDocument } from './peersDocument.js';
import { root } from './root.js';
import { type SuiteDocument, suiteNotes, suiteTables } from './suite.js';
import { targetsOf, targetsTable } from './targets.js';

interface ReportOptions {
  readonly node: string;
}

/** A section of README.md. */
interface Section {
  readonly name: string;
  /** Its Markdown; `node` is the Node to measure on. */
  write(node: string): string;
}

/** Networks that are compared with the fastest other engine. */
const COMPARED = ['MobileNetV1', 'MobileNetV2', 'ShuffleNet'] as const;

/** Runs a benchmark and gives its document. */
function measure<T>(node: string, args: readonly string[]): T {
  console.error(`npm run bench -- ${args.join(' ')}`);
  // Paths of this machine stay out of what is printed and written.
  const script = ['scripts/run.js', 'bench/main.ts', ...args, '--json'];
  const options = { cwd: fileURLToPath(root), encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  return JSON.parse(execFileSync(node, script, { ...options, stdio: ['ignore', 'pipe', 2] })) as T;
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: fileURLToPath(root), encoding: 'utf8' }).trim();
}

/** What a section was made by and on. */
function provenance(command: string, node: string): string {
  const changed = git('status', '--porcelain', '--', 'assembly', 'src', 'bench/*.ts', 'bench/peers') !== '';
  const commit = `commit ${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes' : ''}`;
  const cores = `${availableParallelism()} cores of ${cpus()[0]!.model.trim()}`;
  const memory = `${Math.round(totalmem() / 1e9)} GB`;
  return `\`${command}\`: ${commit}, Node ${node}, ${cores}, ${memory}, ${platform()} ${process.arch}.`;
}

function writeNetworks(node: string): string {
  const document = measure<SuiteDocument>(node, []);
  const { latencies, batches, int8 } = suiteTables(document);
  const source = provenance('npm run bench', document.node);
  return [
    source,
    markdownTable(latencies),
    markdownTable(batches),
    markdownTable(int8),
    suiteNotes(document).join(' '),
  ].join('\n\n');
}

function nameRows(rows: readonly KernelRow[]): string {
  const names = rows.map((row) => {
    const speed = `${row.gmaddsPerSecond.toFixed(1)} GMAdd/s, ${row.gigabytesPerSecond.toFixed(1)} GB/s`;
    return `- ${row.network}, ${row.layer}: ${row.shapes}, ${row.kernel}, ${speed}`;
  });
  return names.length > 0 ? names.join('\n') : '- none';
}

function writeKernels(node: string): string {
  const {
    node: version,
    build,
    peakGmaddsPerSecond,
    rows,
  } = measure<KernelsDocument>(node, ['kernels', '--all', '--candidates']);
  const chosen = rows.filter((row) => row.chosen);
  const table1 = chosen.filter((row) => row.network === 'MobileFaceNet');
  const moving = chosen.filter((row) => row.memoryBound);
  const passedOver = chosen.filter((row) => row.slowerThan);
  const marks = passedOver.map((row) => `- ${row.network}, ${row.layer}: ${row.kernel}; ${row.slowerThan} was faster`);
  return [
    provenance('npm run bench -- kernels --all --candidates', version),
    `The ${build} build; the peak is ${peakGmaddsPerSecond.toFixed(1)} GMAdd/s. Of ${chosen.length} distinct layers, those of Table 1:`,
    markdownTable(kernelsTable(table1)),
    'Layers of all networks below a fifth of the peak, those aside that move more than they compute:',
    nameRows(chosen.filter((row) => row.slow)),
    'Layers that move more than they compute:',
    markdownTable(kernelsTable(moving)),
    'Layers on which a kernel that dispatch passes over was more than 5 % faster:',
    marks.length > 0 ? marks.join('\n') : '- none',
  ].join('\n\n');
}

function writeLayers(node: string): string {
  const document = measure<LayersDocument>(node, ['layers', 'MobileFaceNet']);
  const { node: version, sumMs, runMs, leastRunMs } = document;
  return [
    provenance('npm run bench -- layers MobileFaceNet', version),
    markdownTable(layersTable(document)),
    `All layers: ${sumMs.toFixed(2)} ms; the whole run: ${runMs.toFixed(2)} ms, at its fastest ${leastRunMs.toFixed(2)} ms.`,
  ].join('\n\n');
}

function writeThreads(node: string): string {
  const loop = measure<EventLoopDocument>(node, ['eventloop']);
  const barrier = measure<BarrierDocument>(node, ['barrier']);
  return [
    provenance('npm run bench -- eventloop', loop.node),
    `The largest delay of the event loop during ${loop.runs} runs of MobileFaceNet, one after the other.`,
    markdownTable(eventLoopTable(loop)),
    provenance('npm run bench -- barrier', barrier.node),
    'What a step costs beside its kernel, and a run beside its steps.',
    markdownTable(barrierTable(barrier)),
  ].join('\n\n');
}

/** Other engines; on the Node that measures, and on the one that this command runs on where that has plain SIMD alone. */
function writePeers(node: string): string {
  const parts: string[] = [];
  const add = (command: string, document: PeersDocument, trained: boolean): void => {
    parts.push(provenance(command, document.node));
    parts.push(`Medians of ${document.rounds} rounds; "ours / its" below 1 says that this engine is ahead.`);
    parts.push(markdownTable(peersTable(document)));
    parts.push(markdownTable(targetsTable(targetsOf(document, trained))));
  };
  const newer = measure<PeersDocument>(process.execPath, ['peers', '--wide', '--node', node]);
  add('npm run bench:peers -- --wide', newer, true);
  if (newer.node !== process.version) {
    add('npm run bench:peers', measure<PeersDocument>(process.execPath, ['peers', '--threads', '1']), true);
  }
  for (const network of COMPARED) {
    const args = ['--network', network, '--threads', '1'];
    const document = measure<PeersDocument>(process.execPath, ['peers', ...args, '--node', node]);
    add(`npm run bench:peers -- ${args.join(' ')}`, document, false);
  }
  return parts.join('\n\n');
}

const SECTIONS: readonly Section[] = [
  { name: 'networks', write: writeNetworks },
  { name: 'peers', write: writePeers },
  { name: 'threads', write: writeThreads },
  { name: 'kernels', write: writeKernels },
  { name: 'layers', write: writeLayers },
];

async function report(names: readonly string[], { node }: ReportOptions): Promise<Outcome> {
  const known = SECTIONS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BenchError('BAD_SECTION', `${unknown} is no section of the report; accepted are ${known.join(', ')}.`);
  }
  const path = fileURLToPath(new URL('bench/README.md', root));
  const sections = SECTIONS.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const { name, write } of sections) {
    const text = write(node);
    writeFileSync(path, replaceSection(readFileSync(path, 'utf8'), name, text));
  }
  const written = sections.map(({ name }) => name);
  return { document: { sections: written }, text: `bench/README.md: ${written.join(', ')}` };
}

export const reportCommand = defineCommand<ReportOptions>({
  name: 'report',
  summary: 'measure everything and write bench/README.md; takes a quarter of an hour on a quiet machine',
  declare(command: Command) {
    command.argument('[section...]', `some of ${SECTIONS.map(({ name }) => name).join(', ')}; all by default`);
    command.option('--node <path>', 'the Node to measure on', process.execPath);
  },
  run: report,
});
