/**
 * The native model file: safetensors whose metadata holds a format version, the graphs and the model card.
 * A graph's tensors stand in the file as `graph.tensor`.
 */
import { verifyGraph } from '../build/verify.js';
import { ModelError } from '../errors.js';
import type { Graph } from '../graph/types.js';
import { describeValue, parseJson, readObject } from '../model/json.js';
import type { Model } from '../model/model.js';
import { parseCard, printCard } from '../model/parseCard.js';
import { QUANTISED_SLOPES, QUANTISED_WEIGHTS, WEIGHT_SCALES } from '../ops/quantisedConvolution.js';
import { LARGEST_FLOAT16, narrowFloat16, widenFloat16 } from '../tensor/float16.js';
import type { Tensor } from '../tensor/tensor.js';
import { checkModel } from './checkModel.js';
import { printGraphJson, readGraphJson } from './graphJson.js';
import { located } from './located.js';
import {
  parseSafetensors,
  type Safetensors,
  type Storage,
  type StoredTensor,
  tensorSection,
  writeSafetensors,
} from './safetensors.js';
import { sha256 } from './sha256.js';

/** The version that this package writes, and the only one that it reads. */
export const FORMAT_VERSION = '1';

const VERSION_KEY = 'format_version';
const GRAPHS_KEY = 'graphs';
const CARD_KEY = 'card';
const GRAPH_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const GRAPH_NAME_RULE = 'letters, digits, _ and -, a letter first, 64 at most';

function metadataText(file: Safetensors, key: string, where: string): string {
  const text = file.metadata.get(key);
  if (text !== undefined) return text;
  throw new ModelError(
    'NO_GRAPH',
    `${where}: is a safetensors file without "${key}" in its metadata, so it holds tensors but no model; ` +
      'saving a model file again with PyTorch drops the graph: use the file that import wrote, or a state dictionary with ' +
      'the layer names of a known MobileFaceNet.',
  );
}

function checkVersion(file: Safetensors, where: string): void {
  const version = metadataText(file, VERSION_KEY, where);
  if (version !== FORMAT_VERSION) {
    const found = describeValue(version);
    throw new ModelError(
      'FORMAT_VERSION',
      `${where}: is of format version ${found}; this package reads ${FORMAT_VERSION}.`,
    );
  }
}

/** Splits `graph.tensor` names by graph. Throws ModelError UNKNOWN_TENSOR for a tensor of no graph. */
function tensorsByGraph(file: Safetensors, graphs: readonly string[], where: string): Map<string, Map<string, Tensor>> {
  const byGraph = new Map(graphs.map((name) => [name, new Map<string, Tensor>()]));
  for (const [name, tensor] of file.tensors) {
    const dot = name.indexOf('.');
    const tensors = byGraph.get(name.slice(0, dot));
    if (dot < 0 || !tensors) {
      const accepted = graphs.map((graph) => `"${graph}."`).join(', ');
      throw new ModelError(
        'UNKNOWN_TENSOR',
        `${where}, tensor ${describeValue(name)}: belongs to no graph; names begin with ${accepted}.`,
      );
    }
    tensors.set(name.slice(dot + 1), tensor);
  }
  return byGraph;
}

function readGraphs(file: Safetensors, where: string): Map<string, Graph> {
  const text = metadataText(file, GRAPHS_KEY, where);
  const described = Object.entries(readObject(parseJson(text, `${where}: graphs`), `${where}: graphs`));
  if (described.length === 0) throw new ModelError('NO_GRAPH', `${where}: holds no graph; at least one is needed.`);
  for (const [name] of described) checkGraphName(name, where);
  const names = described.map(([name]) => name);
  const tensors = tensorsByGraph(file, names, where);
  const graphs = new Map<string, Graph>();
  for (const [name, value] of described) {
    const at = `${where}, graph "${name}"`;
    const graph = readGraphJson(value, tensors.get(name)!, at);
    try {
      graphs.set(name, verifyGraph(graph));
    } catch (error) {
      throw located(error, at);
    }
  }
  return graphs;
}

function checkGraphName(name: string, where: string): void {
  if (!GRAPH_NAME.test(name)) {
    throw new ModelError(
      'BAD_NAME',
      `${where}: a graph is named ${describeValue(name)}; accepted are ${GRAPH_NAME_RULE}.`,
    );
  }
}

/**
 * Reads a native model file. The card's hash is compared with the tensor section's: a damaged file is refused, not
 * run. `where` names the file in messages.
 * Throws ModelError or ShapeError: what `parseSafetensors`, `parseCard` and `verifyGraph` throw, and NO_GRAPH,
 * FORMAT_VERSION, NO_HASH, DAMAGED, BAD_NAME, UNKNOWN_TENSOR, CARD_MISMATCH.
 */
export async function importNative(bytes: Uint8Array, where: string): Promise<Model> {
  const file = parseSafetensors(bytes, where);
  checkVersion(file, where);
  const graphs = readGraphs(file, where);
  const card = parseCard(metadataText(file, CARD_KEY, where), `${where}: card`);
  if (card.sha256 === undefined) {
    throw new ModelError('NO_HASH', `${where}: the card has no sha256; the hash of the tensor section is needed.`);
  }
  const hash = await sha256(file.tensorSection);
  if (hash !== card.sha256) {
    throw new ModelError(
      'DAMAGED',
      `${where}: the tensors' SHA-256 is ${hash}, the card says ${card.sha256}: the file is damaged or was changed.`,
    );
  }
  return checkModel({ format: 'native', graphs, card }, where);
}

/** How a model's float32 tensors are stored; those of int8 layers have storages of their own. */
export type ModelStorage = Exclude<Storage, 'int8'>;

/** Vectors stay float32: biases and slopes are a fiftieth of the file and carry every channel's error. */
function storageOf(tensor: Tensor, storage: ModelStorage): Storage {
  return tensor.shape.length > 1 ? storage : 'float32';
}

function isFloat16({ data }: Tensor): boolean {
  return widenFloat16(narrowFloat16(data)).every((value, index) => value === data[index]);
}

function isInt8({ data }: Tensor): boolean {
  return data.every((value) => value === (value << 24) >> 24);
}

/** Layers with int8 weights; weights, scales and slopes stand at the same places in all of them. */
const INT8_LAYERS = ['quantisedConvolution', 'dequantisedConvolution'];

/** By tensor of int8 layers: weights as int8; scales and slopes as float16 where they are such numbers. */
function quantisedStorages(graph: Graph): Map<string, Storage> {
  const storages = new Map<string, Storage>();
  for (const { operator, inputs } of graph.nodes) {
    if (!INT8_LAYERS.includes(operator)) continue;
    const weights = inputs[QUANTISED_WEIGHTS]!;
    if (graph.tensors.has(weights) && isInt8(graph.tensors.get(weights)!)) storages.set(weights, 'int8');
    for (const index of [WEIGHT_SCALES, QUANTISED_SLOPES]) {
      const tensor = graph.tensors.get(inputs[index] ?? '');
      if (tensor && isFloat16(tensor)) storages.set(inputs[index]!, 'float16');
    }
  }
  return storages;
}

function checkStorable(name: string, { tensor, storage }: StoredTensor): void {
  if (storage !== 'float16') return;
  const index = tensor.data.findIndex((value) => Math.abs(value) > LARGEST_FLOAT16);
  if (index < 0) return;
  const found = `element ${index} is ${tensor.data[index]}`;
  throw new ModelError(
    'FLOAT16_RANGE',
    `tensor "${name}": ${found}; float16 holds at most ${LARGEST_FLOAT16}: store it as float32.`,
  );
}

function checkFolded(name: string, graph: Graph): void {
  const node = graph.nodes.find(({ operator }) => operator === 'batchNorm');
  if (!node) return;
  throw new ModelError(
    'NOT_FOLDED',
    `graph "${name}", node "${node.name}" (batchNorm): model files hold folded graphs; run the passes before exporting.`,
  );
}

/**
 * Writes a native model file; `importNative` reads it back. With float16 storage, tensors of two axes or more are
 * rounded to float16 and vectors stay float32; weights of int8 layers are int8 either way. The card's hash is replaced by the new file's.
 * The file is read back before it is returned, so nothing is written that would not be read. Throws ModelError
 * NOT_FOLDED where batch normalisation is not folded, FLOAT16_RANGE, and what `importNative` throws.
 */
export async function exportNative(
  model: Model,
  options: { readonly storage: ModelStorage },
): Promise<Uint8Array<ArrayBuffer>> {
  const where = `model "${model.card.name}"`;
  const stored = new Map<string, StoredTensor>();
  if (model.graphs.size === 0) throw new ModelError('NO_GRAPH', `${where}: holds no graph; at least one is needed.`);
  for (const [graphName, graph] of model.graphs) {
    checkGraphName(graphName, where);
    checkFolded(graphName, verifyGraph(graph));
    const quantised = quantisedStorages(graph);
    for (const [name, tensor] of graph.tensors) {
      const entry = { tensor, storage: quantised.get(name) ?? storageOf(tensor, options.storage) };
      checkStorable(`${graphName}.${name}`, entry);
      stored.set(`${graphName}.${name}`, entry);
    }
  }
  const section = tensorSection(stored);
  const graphs = Object.fromEntries([...model.graphs].map(([name, graph]) => [name, printGraphJson(graph)]));
  const metadata = new Map([
    [VERSION_KEY, FORMAT_VERSION],
    [GRAPHS_KEY, JSON.stringify(graphs)],
    [CARD_KEY, printCard({ ...model.card, sha256: await sha256(section) })],
  ]);
  const file = writeSafetensors(stored, metadata, section);
  await importNative(file, where);
  return file;
}
