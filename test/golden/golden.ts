/**
 * `npm run golden [-- --check]`: computes the outputs of every case with onnxruntime-web and stores them, or with
 * --check computes them again and compares; both print how far this engine is from the stored ones.
 */
import { fileURLToPath } from 'node:url';
import { Engine, type Tensors } from '../../src/engine.js';
import type { Graph } from '../../src/graph/types.js';
import { exportOnnx } from '../onnx/exportOnnx.js';
import { compareOutputs, type GoldenCase, inputsOf } from './goldenCase.js';
import { loadOnnxRuntime, type OnnxRuntime } from './onnxRuntime.js';
import { readOutputs, writeOutputs } from './outputs.js';
import { type GoldenSet, goldenSets } from './sets.js';

/** How far two runs of the other engine may be apart: another version may sum in another order. */
const SAME_ENGINE = 1e-5;

const root = new URL('../../', import.meta.url);

/** One case as it was found. */
interface Found {
  readonly name: string;
  readonly outputs: Tensors;
  /** This engine, relative to the other. */
  readonly ours: number;
  /** What `exportOnnx` writes, run by the other engine, relative to the case's own file; 0 where that is the same file. */
  readonly exported: number;
  /** The stored outputs, relative to those made now. */
  readonly stored: number;
}

async function runOurs(engine: Engine, graph: Graph, inputs: Tensors): Promise<Tensors> {
  const network = await engine.compile(graph);
  const outputs = network.run(inputs);
  network.dispose();
  return outputs;
}

async function runCase(
  { name, graph: build, onnx, inputShapes, unit }: GoldenCase,
  stored: Tensors | undefined,
  engine: Engine,
  other: OnnxRuntime,
): Promise<Found> {
  const graph = await build();
  const inputs = inputsOf(graph, inputShapes);
  const shapes = Object.fromEntries(Object.entries(inputs).map(([input, { shape }]) => [input, shape]));
  // Int8 layers have no form in ONNX files that says the same.
  const written = unit === undefined ? exportOnnx(graph, { inputShapes: shapes }) : undefined;
  const outputs = await other.run(onnx?.() ?? written!, inputs);
  const exported = onnx && written ? compareOutputs(await other.run(written, inputs), outputs) : 0;
  const ours = compareOutputs(await runOurs(engine, graph, inputs), outputs, unit);
  return { name, outputs, ours, exported, stored: compareOutputs(stored, outputs) };
}

const format = (difference: number): string => difference.toExponential(1);

/** Prints a set: networks one by one, operators by their largest difference. */
function report({ name, tolerance }: GoldenSet, found: readonly Found[]): void {
  const shown = found.length > 20 ? found.filter(({ ours }) => ours > tolerance) : found;
  for (const { name: label, ours } of shown) console.log(`  ${label.padEnd(40)} ${format(ours)}`);
  const worst = found.reduce((most, one) => (one.ours > most.ours ? one : most));
  console.log(`${name}: ${found.length} cases, this engine at most ${format(worst.ours)} away (${worst.name})`);
}

/** What is wrong with a case, if anything. */
function complaints({ tolerance }: GoldenSet, found: Found, check: boolean): string[] {
  const { name, ours, exported, stored } = found;
  return [
    ...(ours > tolerance ? [`${name}: this engine is ${format(ours)} away; at most ${tolerance} is accepted`] : []),
    ...(exported > tolerance ? [`${name}: what exportOnnx writes is ${format(exported)} away`] : []),
    ...(check && stored > SAME_ENGINE ? [`${name}: stored outputs are ${format(stored)} away from a new run`] : []),
  ];
}

async function runSet(set: GoldenSet, engine: Engine, other: OnnxRuntime, check: boolean): Promise<string[]> {
  if (set.missing) {
    console.log(`${set.name}: skipped, ${set.missing}`);
    return [];
  }
  const stored = readOutputs(root, set.name);
  const found: Found[] = [];
  for (const golden of set.cases) {
    try {
      found.push(await runCase(golden, stored.get(golden.name), engine, other));
    } catch (cause) {
      throw new Error(`case "${golden.name}" cannot be run`, { cause });
    }
  }
  report(set, found);
  const outputs = new Map(found.map(({ name, outputs: made }) => [name, made]));
  if (!check) writeOutputs(root, set.name, outputs, `onnxruntime-web ${other.version}`);
  const obsolete = [...stored.keys()].filter((name) => check && !outputs.has(name));
  const wrong = found.flatMap((one) => complaints(set, one, check));
  return [...wrong, ...obsolete.map((name) => `${name}: stored outputs belong to no case`)];
}

const args = process.argv.slice(2);
const unknown = args.find((argument) => argument !== '--check');
if (unknown !== undefined) {
  console.error(`golden: ${unknown} is not known; accepted is: [--check].`);
  process.exit(2);
}
process.chdir(fileURLToPath(root));
const check = args.includes('--check');
const [engine, other] = [await Engine.create(), await loadOnnxRuntime(root)];
console.log(`this engine (${engine.build}) against onnxruntime-web ${other.version}, relative to the largest output`);
const wrong: string[] = [];
for (const set of goldenSets) wrong.push(...(await runSet(set, engine, other, check)));
for (const sentence of wrong) console.error(`✗ ${sentence}.`);
if (wrong.length > 0) process.exitCode = 1;
else
  console.log(check ? '✓ stored outputs are those that onnxruntime-web gives now' : '✓ stored in test/golden/outputs');
