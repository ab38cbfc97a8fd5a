/** The cases of the ONNX project's tests, run on this engine. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { Engine, type Tensors } from '../../src/engine.js';
import { MobileFaceNetError } from '../../src/errors.js';
import { EMBEDDER } from '../../src/formats/checkModel.js';
import { readConstant } from '../../src/formats/onnx/constant.js';
import { importOnnx } from '../../src/formats/onnx/importOnnx.js';
import { TENSOR } from '../../src/formats/onnx/messages.js';
import { readMessage } from '../../src/formats/onnx/protobuf.js';
import type { Graph } from '../../src/graph/types.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';
import { seededValues } from '../golden/goldenCase.js';

/** What the ONNX runner accepts: |found − expected| ≤ ABSOLUTE + RELATIVE · |expected|. */
const RELATIVE = 1e-3;
const ABSOLUTE = 1e-7;

/** How a case ended: `refused` where the importer or the engine says that it cannot run it. */
export interface CaseReport {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'refused';
  /** Empty for a case that passed. */
  readonly message: string;
}

/** What `--json` prints. */
export interface ConformanceReport {
  readonly passed: number;
  readonly failed: number;
  readonly refused: number;
  readonly cases: readonly CaseReport[];
}

/** A model with the files of its inputs and outputs; inputs are seeded where there are none. */
interface Case {
  readonly name: string;
  readonly model: string;
  readonly sets: readonly { readonly inputs: readonly string[] | undefined; readonly outputs: readonly string[] }[];
}

function numbered(folder: string, files: readonly string[], prefix: string): string[] {
  const pattern = new RegExp(`^${prefix.replace(/[^\w]/g, '\\$&')}_(\\d+)\\.pb$`);
  const found = files.flatMap((file) => {
    const match = pattern.exec(file);
    return match ? [[Number(match[1]), join(folder, file)] as const] : [];
  });
  return found.sort(([a], [b]) => a - b).map(([, path]) => path);
}

/** The cases of one folder: `model.onnx` with `test_data_set_N`, or `NAME.onnx` with `NAME_output_N.pb`. */
function casesOf(root: string, folder: string, files: readonly string[]): Case[] {
  const cases: Case[] = [];
  for (const file of files.filter((name) => name.endsWith('.onnx'))) {
    const stem = file.replace(/\.onnx$/, '');
    const besides = numbered(folder, files, `${stem}_output`);
    const sets: Case['sets'][number][] = files
      .filter((name) => /^test_data_set_\d+$/.test(name))
      .map((name) => {
        const inside = join(folder, name);
        const data = readdirSync(inside);
        return { inputs: numbered(inside, data, 'input'), outputs: numbered(inside, data, 'output') };
      });
    const model = join(folder, file);
    if (besides.length > 0) sets.push({ inputs: undefined, outputs: besides });
    if (sets.length > 0)
      cases.push({ name: relative(root, file === 'model.onnx' ? folder : join(folder, stem)), model, sets });
  }
  return cases;
}

/** Every case below a folder, by name. */
export function findCases(root: string, folder = root): Case[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const own = casesOf(
    root,
    folder,
    entries.map(({ name }) => name),
  );
  const below = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => findCases(root, join(folder, name)));
  return [...own, ...below].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readTensor(path: string): Tensor {
  const constant = readConstant(readMessage(TENSOR, new Uint8Array(readFileSync(path)), path), path);
  return float32Tensor(constant.shape, Float32Array.from(constant.data));
}

function inputsOf(graph: Graph, files: readonly string[] | undefined): Tensors {
  const entries = graph.inputs.map(({ name, shape }, index) => {
    const path = files?.[index];
    return [name, path ? readTensor(path) : seededValues(name, shape)] as const;
  });
  return Object.fromEntries(entries);
}

/** What is wrong with an output; `undefined` where it is within the tolerances. */
function difference(name: string, found: Tensor, expected: Tensor): string | undefined {
  if (found.shape.join() !== expected.shape.join()) {
    return `output "${name}" has shape [${found.shape}], expected is [${expected.shape}]`;
  }
  for (const [index, value] of expected.data.entries()) {
    const error = Math.abs(found.data[index]! - value);
    if (!(error <= ABSOLUTE + RELATIVE * Math.abs(value)) && !Object.is(found.data[index], value)) {
      return `output "${name}" element ${index} is ${found.data[index]}, expected is ${value}`;
    }
  }
  return undefined;
}

/** Runs one case. Throws errors of this package where it is refused. */
function runCase({ model, sets }: Case, engine: Engine): string | undefined {
  const readBeside = (name: string) => new Uint8Array(readFileSync(join(dirname(model), name)));
  const { graphs } = importOnnx(new Uint8Array(readFileSync(model)), basename(model), {}, readBeside);
  const graph = graphs.get(EMBEDDER)!;
  const network = engine.compile(graph);
  try {
    for (const { inputs, outputs } of sets) {
      const found = network.run(inputsOf(graph, inputs));
      for (const [index, path] of outputs.entries()) {
        const name = graph.outputs[index]!;
        const wrong = difference(name, found[name]!, readTensor(path));
        if (wrong) return wrong;
      }
    }
  } finally {
    network.dispose();
  }
  return undefined;
}

function reportOf(one: Case, engine: Engine): CaseReport {
  try {
    const wrong = runCase(one, engine);
    return { name: one.name, status: wrong ? 'failed' : 'passed', message: wrong ?? '' };
  } catch (error) {
    const refused = error instanceof MobileFaceNetError;
    return { name: one.name, status: refused ? 'refused' : 'failed', message: String(error) };
  }
}

/** Runs every case below a folder. */
export async function runConformance(root: string): Promise<ConformanceReport> {
  const engine = await Engine.create();
  const cases = findCases(root).map((one) => reportOf(one, engine));
  engine.dispose();
  const count = (status: CaseReport['status']) => cases.filter((one) => one.status === status).length;
  return { passed: count('passed'), failed: count('failed'), refused: count('refused'), cases };
}

/** The report as text: what did not pass, and the counts. */
export function formatReport({ passed, failed, refused, cases }: ConformanceReport): string {
  const shown = cases.filter(({ status }) => status !== 'passed');
  const lines = shown.map(({ name, status, message }) => `${status.padEnd(8)}${name}: ${message}`);
  return [...lines, `${cases.length} cases: ${passed} passed, ${failed} failed, ${refused} refused`].join('\n');
}
