/** ONNX files as models. */
import { verifyGraph } from '../../build/verify.js';
import { ModelError } from '../../errors.js';
import type { Graph } from '../../graph/types.js';
import type { Normalisation } from '../../model/card.js';
import { describeValue } from '../../model/json.js';
import type { Model } from '../../model/model.js';
import { EMBEDDER } from '../checkModel.js';
import { countNames } from '../countNames.js';
import { cardOf, checkInputSize, type ImportOptions } from '../importOptions.js';
import { type ReadFile, readConstant } from './constant.js';
import { foldByReference } from './foldByReference.js';
import { folderOf, folders } from './foldConstants.js';
import { GraphImporter } from './graphImporter.js';
import { suppliedInput, suppliedInputs } from './inputShapes.js';
import type { GraphMessage, NodeMessage, TensorMessage } from './messages.js';
import type { NodeImporter } from './nodeImporter.js';
import { OnnxNode, type Operand, UnsupportedNode } from './onnxNode.js';
import { addedImporters, nodeImporters } from './operators/index.js';
import { importKept } from './operators/quantised.js';
import { takePixelAffine } from './pixelAffine.js';
import { hasAddedDomain, hasOwnDomain, type OnnxFile, readModel } from './readModel.js';

/** Nodes that one message names; the rest are counted. */
const MOST_NAMED = 50;

/** The nodes that the outputs depend on, in the file's order. */
function neededNodes({ node = [], output = [] }: GraphMessage): readonly NodeMessage[] {
  const needed = new Set(output.map(({ name = '' }) => name));
  const kept: NodeMessage[] = [];
  for (const message of [...node].reverse()) {
    if (!(message.output ?? []).some((name) => name !== '' && needed.has(name))) continue;
    for (const name of message.input ?? []) needed.add(name);
    kept.push(message);
  }
  return kept.reverse();
}

/** The importer of a node's operator, by its name in the operator's domain. */
function importerOf(message: NodeMessage): NodeImporter | undefined {
  const { opType = '' } = message;
  if (hasOwnDomain(message)) return nodeImporters.get(opType);
  return hasAddedDomain(message) ? addedImporters.get(opType) : undefined;
}

/** True for operators that move or choose elements, which may be int8. */
function keepsInt8({ int8, wholeNumbers }: NodeImporter): boolean {
  return int8 === 'kept' || (int8 === undefined && wholeNumbers === 'moved');
}

/** Imports the nodes of a file one after another, and remembers those that it cannot. */
class NodeWalk {
  readonly #file: OnnxFile;
  readonly #where: string;
  readonly #readFile: ReadFile | undefined;
  readonly #graph: GraphImporter;
  readonly #initialisers = new Map<string, TensorMessage>();
  /** Outputs of nodes that cannot be imported: what reads them is not looked at. */
  readonly #lost = new Set<string>();
  readonly #unsupported: string[] = [];
  #unknownOperator = false;

  constructor(file: OnnxFile, where: string, graph: GraphImporter, readFile: ReadFile | undefined) {
    this.#file = file;
    this.#where = where;
    this.#graph = graph;
    this.#readFile = readFile;
    for (const tensor of file.graph.initializer ?? []) this.#initialisers.set(tensor.name ?? '', tensor);
  }

  /**
   * Imports nodes. Of those that read what could not be imported the operator alone is looked at, so that one error
   * names every operator that is not supported. Throws ModelError where one cannot be imported.
   */
  walk(nodes: readonly NodeMessage[]): void {
    for (const message of nodes) {
      const readsLost = (message.input ?? []).some((name) => this.#lost.has(name));
      try {
        this.#checkOperator(message);
        if (readsLost) this.#lose(message);
        else this.#import(message);
      } catch (error) {
        if (!(error instanceof UnsupportedNode)) throw error;
        const { name, output = [], opType = '' } = message;
        const called = describeValue(name || (output[0] ?? ''));
        this.#unsupported.push(`node ${called} (${describeValue(opType).slice(1, -1)}: ${error.message})`);
        this.#lose(message);
      }
    }
    if (this.#unsupported.length > 0) this.#refuse();
  }

  /** What a name stands for. Throws ModelError UNDEFINED_VALUE for one that nothing before defines. */
  operand(name: string, reader: string): Operand {
    const known = this.#graph.find(name);
    if (known) return known;
    const tensor = this.#initialisers.get(name);
    if (!tensor) {
      const found = `reads ${describeValue(name)}, which nothing before it defines`;
      throw new ModelError('UNDEFINED_VALUE', `${this.#where}, ${reader}: ${found}; nodes stand in order.`);
    }
    const where = `${this.#where}, tensor ${describeValue(name)}`;
    const operand = { name, constant: readConstant(tensor, where, this.#readFile) };
    this.#graph.define(name, operand);
    return operand;
  }

  #lose({ output = [] }: NodeMessage): void {
    for (const name of output) if (name !== '') this.#lost.add(name);
  }

  #checkOperator(message: NodeMessage): void {
    const { opType = '', domain } = message;
    const own = hasOwnDomain(message);
    if (importerOf(message) || (own && folders.has(opType))) return;
    this.#unknownOperator = true;
    throw new UnsupportedNode(own ? 'unknown' : `of ${describeValue(domain)}`);
  }

  #import(message: NodeMessage): void {
    const { opType = '', input = [], output = [] } = message;
    const importer = importerOf(message);
    const reader = `node ${describeValue(message.name || (output[0] ?? ''))} (${opType})`;
    const operands = input.map((name) => (name === '' ? undefined : this.operand(name, reader)));
    const folds = hasOwnDomain(message) || folders.get(opType)?.added;
    const folder = folds ? folderOf(opType, operands) : undefined;
    const attributes = folder?.attributes ?? importer?.attributes;
    if (!attributes) throw new UnsupportedNode('it reads a computed value; accepted are constants and shapes');
    const node = new OnnxNode(message, operands, this.#file.operatorSet, attributes, this.#where);
    const most = folder ? 1 : (importer?.outputs ?? 1);
    if (output.length < 1 || output[0] === '' || output.length > most) {
      node.refuse(`has ${output.length} outputs, the first ${describeValue(output[0])}`, `are 1 to ${most} with names`);
    }
    if (folder) {
      this.#graph.defineConstant(node, folder.fold(node, { graph: this.#graph, readFile: this.#readFile }));
      return;
    }
    const [least, largest] = importer!.inputs;
    if (operands.length < least || operands.length > largest) {
      node.refuse(`has ${operands.length} inputs`, `are ${least === largest ? least : `${least} to ${largest}`}`);
    }
    if (operands.every((operand) => operand === undefined || operand.constant) && operands.some(Boolean)) {
      foldByReference(message, node, importer!, this.#graph);
      return;
    }
    for (const operand of operands) {
      if (operand && !operand.constant && this.#graph.isWhole(operand.value) && importer!.wholeNumbers !== 'moved') {
        throw new UnsupportedNode(
          'it computes with whole numbers that are computed; accepted are Cast to float before it',
        );
      }
    }
    const readsInt8 = operands.some((operand) => operand && !operand.constant && operand.quantised);
    if (!readsInt8 || importer!.int8 === 'read') importer!.import(node, this.#graph);
    else if (keepsInt8(importer!)) importKept(node, this.#graph, importer!);
    else throw new UnsupportedNode('it reads int8 values; accepted is DequantizeLinear before it');
  }

  #refuse(): never {
    const more = this.#unsupported.length - MOST_NAMED;
    const named = this.#unsupported.slice(0, MOST_NAMED).join('; ') + (more > 0 ? `; and ${more} more` : '');
    const accepted = [...new Set([...nodeImporters.keys(), ...folders.keys(), ...addedImporters.keys()])].join(', ');
    const code = this.#unknownOperator ? 'UNSUPPORTED_OPERATOR' : 'UNSUPPORTED_ATTRIBUTE';
    throw new ModelError(code, `${this.#where}: not supported are ${named}; supported operators are ${accepted}.`);
  }
}

function importGraph(
  file: OnnxFile,
  nodes: readonly NodeMessage[],
  where: string,
  options: ImportOptions,
  readFile: ReadFile | undefined,
): Graph {
  const outputs = (file.graph.output ?? []).map(({ name = '' }) => name);
  const graph = new GraphImporter(where, outputs);
  for (const info of suppliedInputs(file.graph)) {
    const name = info.name ?? '';
    const { constant, shape, given } = suppliedInput(info, options.inputSize, options.inputValues?.[name], where);
    if (constant) graph.define(name, { constant, name });
    else graph.input(name, shape, given);
  }
  const walk = new NodeWalk(file, where, graph, readFile);
  walk.walk(nodes);
  for (const name of outputs) walk.operand(name, 'the graph');
  return verifyGraph(graph.graph(outputs));
}

/** True where the one input is an image of three channels. */
function isImageGraph({ inputs: [input, ...others] }: Graph): boolean {
  return others.length === 0 && input?.shape.length === 4 && input.shape[1] === 3;
}

/** What the format that a graph comes from says beside it. */
export interface GraphSource {
  readonly format: Model['format'];
  /** The format's own operators, one for each node. */
  readonly operators?: readonly string[];
  /** How pixels become the input, where the file says so. */
  readonly stated?: Normalisation | undefined;
  /** Gives the files of external tensors, by their names in the model's folder. */
  readonly readFile?: ReadFile | undefined;
}

/** Imports the graph of a file, read or lowered; see `importOnnx`. */
export function importOnnxGraph(file: OnnxFile, where: string, options: ImportOptions, source: GraphSource): Model {
  const nodes = neededNodes(file.graph);
  const imported = importGraph(file, nodes, where, options, source.readFile);
  const known = options.normalisation ?? source.stated;
  const given = { graph: imported, normalisation: isImageGraph(imported) ? known : undefined };
  const takes = isImageGraph(imported) && !known;
  const { graph, normalisation } = takes ? takePixelAffine(imported) : given;
  const card = cardOf(where, graph, normalisation, options);
  const name = options.graph ?? EMBEDDER;
  const operators = new Map([[name, countNames(source.operators ?? nodes.map(({ opType = '' }) => opType))]]);
  const origin = { operators, normalisation: takes ? normalisation : undefined };
  return { format: source.format, graphs: new Map([[name, graph]]), card, origin };
}

/**
 * Imports an ONNX file. `readFile` gives the files of external tensors, by their names in the model's folder.
 *
 * Shape arithmetic is folded for the input size; a symbolic batch is one. Nodes that no output depends on are left out,
 * and every other one that cannot be imported is named in one error. Batch normalisation is not folded here. Arithmetic
 * with constants on an image at the input becomes the card's normalisation, unless one is given.
 *
 * Throws ModelError or ShapeError: what `readModel`, `readConstant` and `verifyGraph` throw, and UNSUPPORTED_OPERATOR,
 * UNSUPPORTED_ATTRIBUTE, UNSUPPORTED_INPUT, BAD_NODE, UNDEFINED_VALUE, DUPLICATE_NAME, CONSTANT_OUTPUT, INPUT_SHAPE,
 * NODE_SHAPE, TOO_LARGE.
 */
export function importOnnx(
  bytes: Uint8Array,
  where: string,
  options: ImportOptions = {},
  readFile?: ReadFile | undefined,
): Model {
  checkInputSize(options.inputSize);
  return importOnnxGraph(readModel(bytes, where), where, options, { format: 'onnx', readFile });
}
