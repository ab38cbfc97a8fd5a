/** Stored inputs and outputs of a network, by which an import is checked: one safetensors file, or ONNX data sets. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { InputError } from '../errors.js';
import type { Graph } from '../graph/types.js';
import type { Tensor } from '../tensor/tensor.js';
import { readTensorFile } from './tensorFiles.js';

/** One run of a network: what goes in, and what another engine gave. */
export interface ReferenceSet {
  /** The data set's folder, or the file. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** At least one of the graph's outputs. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

const DATA_SET = /^test_data_set_\d+$/;

function refuse(path: string, found: string, accepted: string): never {
  throw new InputError('BAD_REFERENCE', `${path}: ${found}; accepted ${accepted}.`);
}

/** Sorts tensors by name into inputs and outputs of a graph; all of its inputs are needed, and one output or more. */
function assign(path: string, graph: Graph, tensors: ReadonlyMap<string, Tensor>): ReferenceSet {
  const inputNames = graph.inputs.map(({ name }) => name);
  const known = [...inputNames, ...graph.outputs];
  const unknown = [...tensors.keys()].filter((name) => !known.includes(name));
  const missing = inputNames.filter((name) => !tensors.has(name));
  const outputs = graph.outputs.filter((name) => tensors.has(name));
  if (unknown.length > 0 || missing.length > 0 || outputs.length === 0) {
    const found = [
      ...(unknown.length > 0 ? [`has unknown tensors ${unknown.slice(0, 10).join(', ')}`] : []),
      ...(missing.length > 0 ? [`lacks the inputs ${missing.join(', ')}`] : []),
      ...(outputs.length === 0 ? ['has no output'] : []),
    ];
    const accepted = `are the inputs ${inputNames.join(', ')} and one or more of the outputs ${graph.outputs.join(', ')}`;
    refuse(path, found.join(', '), accepted);
  }
  const pick = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, tensors.get(name)!]));
  return { name: basename(path), inputs: pick(inputNames), outputs: pick(outputs) };
}

/** The files `PREFIX_0.pb`, `PREFIX_1.pb` … of a folder, in the order of their numbers. */
function numbered(files: readonly string[], prefix: string): string[] {
  const number = (file: string) => Number(file.slice(prefix.length + 1, -'.pb'.length));
  const pattern = new RegExp(`^${prefix}_\\d+\\.pb$`);
  return files.filter((file) => pattern.test(file)).sort((a, b) => number(a) - number(b));
}

/** A `test_data_set_N` folder: `input_I.pb` and `output_I.pb` in the order of the graph's inputs and outputs. */
async function readDataSet(folder: string, graph: Graph): Promise<ReferenceSet> {
  const files = await readdir(folder);
  const tensors = new Map<string, Tensor>();
  for (const [prefix, names] of [
    ['input', graph.inputs.map(({ name }) => name)],
    ['output', graph.outputs],
  ] as const) {
    const found = numbered(files, prefix);
    if (found.length > names.length) {
      refuse(folder, `has ${found.length} ${prefix} files`, `are as many as the graph has ${prefix}s, ${names.length}`);
    }
    for (const [index, file] of found.entries()) {
      for (const tensor of (await readTensorFile(join(folder, file))).values()) tensors.set(names[index]!, tensor);
    }
  }
  return assign(folder, graph, tensors);
}

/**
 * Reads what `--verify` names: a safetensors file with inputs and outputs by name, a `test_data_set_N` folder, or a
 * folder with several of them. Throws InputError BAD_REFERENCE where the tensors are not those of the graph, and as
 * reading files throws.
 */
export async function readReference(path: string, graph: Graph): Promise<readonly ReferenceSet[]> {
  const isFolder = await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) return [assign(path, graph, await readTensorFile(path))];
  const names = (await readdir(path)).sort();
  if (names.some((name) => /^(in|out)put_\d+\.pb$/.test(name))) return [await readDataSet(path, graph)];
  const folders = names.filter((name) => DATA_SET.test(name)).map((name) => join(path, name));
  if (folders.length === 0) refuse(path, 'holds no data set', 'is test_data_set_N with input_I.pb and output_I.pb');
  return Promise.all(folders.map((folder) => readDataSet(folder, graph)));
}
