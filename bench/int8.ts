/** `npm run bench -- int8 [NETWORK…]`: the time of a network in int8 beside that in float32, in turn in one process. */
import type { Command } from 'commander';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { alignTable, formatBytes } from '../src/cli/text.js';
import { Engine } from '../src/engine.js';
import type { Build } from '../src/kernels/kernel.js';
import type { Table2Row } from '../src/networks/index.js';
import { measureInterleaved } from './measure.js';
import { addBuildOption, addWideOption, findNetwork } from './options.js';
import { quantiseRow, seededInput } from './quantised.js';

const ROUNDS = 30;
const CALLS = 10;
const WARM_UPS = 60;

interface Int8Options {
  readonly wide?: boolean;
  readonly build?: Build;
}

/** One network. */
export interface Int8Row {
  readonly network: string;
  readonly float32Ms: number;
  readonly int8Ms: number;
  /** Median in int8 over median in float32. */
  readonly ratio: number;
  /** The same of the fastest calls: near it where other work disturbs many. */
  readonly leastRatio: number;
  /** In memory: packed weights, and the values of one run. */
  readonly weightBytes: { readonly float32: number; readonly int8: number };
  readonly arenaBytes: { readonly float32: number; readonly int8: number };
  /** Layers on int8 values, and convolutions and fully connected layers that stayed float32. */
  readonly int8Layers: number;
  readonly float32Layers: number;
}

/** What `npm run bench -- int8 --json` prints. */
export interface Int8Document {
  readonly node: string;
  readonly build: string;
  readonly rows: readonly Int8Row[];
}

async function measureRow(row: Table2Row, engine: Engine): Promise<Int8Row> {
  const graphs = await quantiseRow(row, engine);
  using float32 = await engine.compile(graphs.float32);
  using int8 = await engine.compile(graphs.int8);
  const [input] = graphs.float32.inputs;
  const inputs = { [input!.name]: seededInput(input!.shape, 9) };
  const task = (name: string, network: typeof int8) => ({
    name,
    run: () => void network.run(inputs),
    warmUps: WARM_UPS,
    callsPerRound: CALLS,
  });
  const timings = await measureInterleaved([task('float32', float32), task('int8', int8)], ROUNDS, 0);
  const [float32Ms, int8Ms] = timings.map(({ medianMs }) => medianMs) as [number, number];
  const [float32LeastMs, int8LeastMs] = timings.map(({ leastMs }) => leastMs) as [number, number];
  const count = (operators: readonly string[]): number =>
    graphs.int8.nodes.filter(({ operator }) => operators.includes(operator)).length;
  return {
    network: row.network,
    float32Ms,
    int8Ms,
    ratio: int8Ms / float32Ms,
    leastRatio: int8LeastMs / float32LeastMs,
    weightBytes: { float32: float32.weightBytes, int8: int8.weightBytes },
    arenaBytes: { float32: float32.plan().arenaBytes, int8: int8.plan().arenaBytes },
    int8Layers: count(['quantisedConvolution']),
    float32Layers: count(['convolution', 'fullyConnected']),
  };
}

/** Times networks on one thread. */
export async function measureInt8(
  networks: readonly Table2Row[],
  { wide = false, build }: Int8Options,
): Promise<Int8Document> {
  using engine = await Engine.create({ wide, ...(build && { build }) });
  const rows: Int8Row[] = [];
  for (const row of networks) rows.push(await measureRow(row, engine));
  return { node: process.version, build: engine.build, rows };
}

/** The rows as cells. */
export function int8Table(rows: readonly Int8Row[]): string[][] {
  return [
    [
      'network',
      'float32, ms',
      'int8, ms',
      'int8 / float32',
      'of the fastest',
      'layers in int8',
      'weights, float32',
      'int8',
      'arena, float32',
      'int8',
    ],
    ...rows.map(({ network, float32Ms, int8Ms, ratio, leastRatio, int8Layers, float32Layers, ...bytes }) => [
      network,
      float32Ms.toFixed(2),
      int8Ms.toFixed(2),
      ratio.toFixed(2),
      leastRatio.toFixed(2),
      `${int8Layers} of ${int8Layers + float32Layers}`,
      ...[bytes.weightBytes, bytes.arenaBytes].flatMap(({ float32, int8 }) => [
        formatBytes(float32),
        formatBytes(int8),
      ]),
    ]),
  ];
}

async function benchInt8(names: readonly string[], options: Int8Options): Promise<Outcome> {
  const networks = (names.length > 0 ? names : ['MobileFaceNet']).map(findNetwork);
  const document = await measureInt8(networks, options);
  const { node, build, rows } = document;
  return { document, text: `Node ${node}, ${build} build, 1 thread\n\n${alignTable(int8Table(rows))}` };
}

export const int8Command = defineCommand<Int8Options>({
  name: 'int8',
  summary: 'measure networks in int8 beside float32, by default that of Table 1',
  declare(command: Command) {
    command.argument('[networks...]', 'names in Table 2; may be cut short');
    addWideOption(command);
    addBuildOption(command);
  },
  run: benchInt8,
});
