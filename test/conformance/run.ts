/** The cases of the ONNX project's tests, run on this engine. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { Engine, type Tensors } from '../../src/engine.js';
import { MobileFaceNetError } from '../../src/errors.js';
import { EMBEDDER } from '../../src/formats/checkModel.js';
import { readConstant } from '../../src/formats/onnx/constant.js';
import { importOnnx } from '../../src/formats/onnx/importOnnx.js';
import { suppliedInputs } from '../../src/formats/onnx/inputShapes.js';
import { TENSOR } from '../../src/formats/onnx/messages.js';
import { readMessage } from '../../src/formats/onnx/protobuf.js';
import { readModel } from '../../src/formats/onnx/readModel.js';
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

/** The elements of a file's inputs, in the order of its list; none where the case has no files of them. */
function valuesOf(model: Uint8Array, where: string, files: readonly string[] | undefined) {
  if (!files) return undefined;
  const inputs = suppliedInputs(readModel(model, where).graph);
  const known = inputs.slice(0, files.length).map(({ name = '' }, index) => {
    const path = files[index]!;
    return [name, readConstant(readMessage(TENSOR, new Uint8Array(readFileSync(path)), path), path)] as const;
  });
  return Object.fromEntries(known);
}

function inputsOf(graph: Graph, values: ReturnType<typeof valuesOf>): Tensors {
  const entries = graph.inputs.map(({ name, shape }) => {
    const value = values?.[name];
    return [
      name,
      value ? float32Tensor(value.shape, Float32Array.from(value.data)) : seededValues(name, shape),
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** Keeps arithmetic on pixels in the graph: the cases' inputs are what it computes from. */
const AS_GIVEN = { mean: [0, 0, 0], scale: [1, 1, 1] } as const;

async function runSet(
  model: string,
  { inputs, outputs }: Case['sets'][number],
  engine: Engine,
): Promise<string | undefined> {
  const bytes = new Uint8Array(readFileSync(model));
  const values = valuesOf(bytes, basename(model), inputs);
  const readBeside = (name: string) => new Uint8Array(readFileSync(join(dirname(model), name)));
  const options = { inputValues: values, normalisation: AS_GIVEN };
  const graph = importOnnx(bytes, basename(model), options, readBeside).graphs.get(EMBEDDER)!;
  const network = await engine.compile(graph);
  try {
    const found = network.run(inputsOf(graph, values));
    for (const [index, path] of outputs.entries()) {
      const name = graph.outputs[index]!;
      const wrong = difference(name, found[name]!, readTensor(path));
      if (wrong) return wrong;
    }
  } finally {
    network.dispose();
  }
  return undefined;
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
async function runCase({ model, sets }: Case, engine: Engine): Promise<string | undefined> {
  for (const set of sets) {
    const wrong = await runSet(model, set, engine);
    if (wrong) return wrong;
  }
  return undefined;
}

async function reportOf(one: Case, engine: Engine): Promise<CaseReport> {
  try {
    const wrong = await runCase(one, engine);
    return { name: one.name, status: wrong ? 'failed' : 'passed', message: wrong ?? '' };
  } catch (error) {
    const refused = error instanceof MobileFaceNetError;
    return { name: one.name, status: refused ? 'refused' : 'failed', message: String(error) };
  }
}

/** Runs every case below a folder. */
export async function runConformance(root: string): Promise<ConformanceReport> {
  const engine = await Engine.create();
  const cases: CaseReport[] = [];
  for (const one of findCases(root)) cases.push(await reportOf(one, engine));
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
