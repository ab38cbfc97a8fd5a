/** ONNX files as checked messages: version, size and names first, so that importers meet nothing unbounded. */
import { ModelError } from '../../errors.js';
import { describeValue } from '../../model/json.js';
import { type GraphMessage, MODEL, type NodeMessage } from './messages.js';
import { readMessage } from './protobuf.js';

/** Nodes that a file may have; the largest networks of this engine's kind have some thousands. */
export const MOST_NODES = 1 << 16;
/** Values that one node may read or make. */
export const MOST_OPERANDS = 1 << 10;
/** Inputs and outputs that a graph may have. */
export const MOST_GRAPH_VALUES = 1 << 8;
/** Characters of a name: native files hold longer ones, made of these, in their turn. */
export const LONGEST_NAME = 200;
/** The oldest operator set whose operators mean what is read here. */
export const OLDEST_OPERATOR_SET = 6;
/** The newest operator set known to change nothing that is read here. */
export const NEWEST_OPERATOR_SET = 25;

/** Names of the operators that ONNX itself defines. */
const OWN_DOMAINS: readonly string[] = ['', 'ai.onnx'];

/** A file's graph, and the version of the operators in it. */
export interface OnnxFile {
  readonly operatorSet: number;
  readonly graph: GraphMessage;
}

/** True where a node's operator is one of ONNX's own. */
export function hasOwnDomain({ domain = '' }: NodeMessage): boolean {
  return OWN_DOMAINS.includes(domain);
}

/** True where a node's operator is one that onnxruntime adds. */
export function hasAddedDomain({ domain = '' }: NodeMessage): boolean {
  return domain === 'com.microsoft';
}

function checkCount(where: string, count: number, most: number, things: string): void {
  if (count <= most) return;
  throw new ModelError('TOO_LARGE', `${where}: has ${count} ${things}; at most ${most} are accepted.`);
}

function checkName(name: string, where: string): void {
  if (name.length <= LONGEST_NAME && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) return;
  const accepted = `up to ${LONGEST_NAME} printable characters`;
  throw new ModelError('BAD_NAME', `${where}: holds the name ${describeValue(name)}; accepted are ${accepted}.`);
}

function checkNames({ node = [], input = [], output = [], initializer = [] }: GraphMessage, where: string): void {
  checkCount(where, node.length, MOST_NODES, 'nodes');
  checkCount(where, input.length - initializer.length, MOST_GRAPH_VALUES, 'inputs');
  checkCount(where, output.length, MOST_GRAPH_VALUES, 'outputs');
  for (const { name = '' } of [...input, ...output, ...initializer]) checkName(name, where);
  for (const { name = '', opType = '', input: reads = [], output: makes = [] } of node) {
    checkCount(where, Math.max(reads.length, makes.length), MOST_OPERANDS, 'inputs or outputs at one node');
    for (const text of [name, opType, ...reads, ...makes]) checkName(text, where);
  }
}

/**
 * Reads an ONNX file. Throws ModelError BAD_PROTOBUF, BAD_MODEL for one without graph or operator set,
 * UNSUPPORTED_OPERATOR_SET, TOO_LARGE and BAD_NAME.
 */
export function readModel(bytes: Uint8Array, where: string): OnnxFile {
  const { graph, opsetImport = [] } = readMessage(MODEL, bytes, where);
  const own = opsetImport.find(({ domain = '' }) => OWN_DOMAINS.includes(domain));
  if (!graph?.node || !own) {
    const found = graph?.node ? 'names no operator set' : 'holds no graph with nodes';
    throw new ModelError('BAD_MODEL', `${where}: ${found}; an ONNX model has both.`);
  }
  const { version = 0 } = own;
  if (version < OLDEST_OPERATOR_SET || version > NEWEST_OPERATOR_SET) {
    const accepted = `${OLDEST_OPERATOR_SET} to ${NEWEST_OPERATOR_SET}`;
    throw new ModelError(
      'UNSUPPORTED_OPERATOR_SET',
      `${where}: was written for operator set ${version}; accepted are ${accepted}.`,
    );
  }
  checkNames(graph, where);
  return { operatorSet: version, graph };
}
