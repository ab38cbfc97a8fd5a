/** The structural check that every graph passes before anything else looks at it. */
import { ModelError } from '../errors.js';
import type { Graph, Node } from '../graph/types.js';
import { operatorOf } from '../ops/index.js';
import { checkInt8Tensors } from '../ops/int8Tensors.js';
import { describeNode, inputName, readsInt8 } from '../ops/operator.js';
import { elementCount, formatShape, MOST_AXES, type Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { inferShapes } from './infer.js';

/** Elements that a value may have: more than that is a damaged or hostile file. */
export const LARGEST_VALUE = 2 ** 28;
/** Nodes that a graph may have, and so its inputs and outputs: planning takes time with the square of them. */
export const MOST_NODES = 4096;

function checkCount(what: string, count: number): void {
  if (count <= MOST_NODES) return;
  throw new ModelError('TOO_MANY_NODES', `graph has ${count} ${what}; at most ${MOST_NODES} are accepted.`);
}

function define(names: Set<string>, name: string, where: string): void {
  if (name === '')
    throw new ModelError('EMPTY_NAME', `${where} defines a value without a name; names have at least one letter.`);
  if (names.has(name))
    throw new ModelError('DUPLICATE_NAME', `${where} defines "${name}" again; each name is defined once.`);
  names.add(name);
}

function verifyNode(node: Node, names: Set<string>): void {
  const operator = operatorOf(node);
  const where = describeNode(node);
  const { required, inputNames, repeatsLast } = operator;
  if (node.inputs.length < required || (node.inputs.length > inputNames.length && !repeatsLast)) {
    const most = repeatsLast ? `${required} or more` : `${required} to ${inputNames.length}`;
    const accepted = !repeatsLast && required === inputNames.length ? `${required}` : most;
    throw new ModelError('INPUT_COUNT', `${where}: has ${node.inputs.length} inputs; accepted are ${accepted}.`);
  }
  for (const [index, name] of node.inputs.entries()) {
    if (name === '' ? index < required || repeatsLast : !names.has(name)) {
      const found = name === '' ? 'nothing' : `"${name}"`;
      throw new ModelError(
        'UNDEFINED_VALUE',
        `${where}: ${inputName(operator, index)} reads ${found}, which no earlier node defines.`,
      );
    }
  }
  operator.checkAttributes(node);
  for (const name of node.outputs) define(names, name, where);
}

/** Refuses a node that reads an int8 value as float32 or the other way round; `int8` holds the names of all int8 values. */
function checkElementTypes(node: Node, int8: Set<string>): void {
  const operator = operatorOf(node);
  for (const [index, name] of node.inputs.entries()) {
    const wantsInt8 = readsInt8(operator, index);
    if (name === '' || int8.has(name) === wantsInt8) continue;
    const [found, accepted] = wantsInt8 ? ['float32', 'int8'] : ['int8', 'float32'];
    throw new ModelError(
      'ELEMENT_TYPE',
      `${describeNode(node)}: ${inputName(operator, index)} "${name}" is ${found}; accepted is ${accepted}.`,
    );
  }
  if (operator.int8Output) for (const name of node.outputs) int8.add(name);
}

function checkLengths(name: string, shape: Shape): void {
  if (shape.every((length) => Number.isSafeInteger(length) && length > 0)) return;
  throw new ModelError('BAD_SHAPE', `value "${name}" is ${formatShape(shape)}; axes have lengths of at least 1.`);
}

const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Searched by the runtime's own loop: a weight is looked at once or twice, too seldom for the compiler to speed up ours. */
function allFinite({ data }: Tensor): boolean {
  return !NOT_FINITE.some((value) => data.includes(value));
}

/** Graphs that have passed. A graph never changes, so that looking at every weight again could tell nothing new. */
const verified = new WeakSet<Graph>();

/**
 * Checks names, order, arity, attributes and shapes of a graph, and that its tensors are finite.
 * Throws ModelError or ShapeError naming the first node that is wrong; returns the same graph.
 */
export function verifyGraph(graph: Graph): Graph {
  if (verified.has(graph)) return graph;
  checkGraph(graph);
  verified.add(graph);
  return graph;
}

function checkGraph(graph: Graph): void {
  checkCount('nodes', graph.nodes.length);
  checkCount('inputs', graph.inputs.length);
  checkCount('outputs', graph.outputs.length);
  const names = new Set<string>();
  for (const { name } of graph.inputs) define(names, name, `input "${name}"`);
  for (const [name, tensor] of graph.tensors) {
    define(names, name, `tensor "${name}"`);
    checkLengths(name, tensor.shape);
    if (!allFinite(tensor)) {
      const index = tensor.data.findIndex((value) => !Number.isFinite(value));
      throw new ModelError(
        'NOT_FINITE',
        `tensor "${name}": element ${index} is ${tensor.data[index]}; weights are finite numbers.`,
      );
    }
  }
  const int8 = new Set<string>();
  for (const node of graph.nodes) {
    verifyNode(node, names);
    checkElementTypes(node, int8);
    checkInt8Tensors(node, graph.tensors);
  }
  if (graph.outputs.length === 0) throw new ModelError('NO_OUTPUT', 'graph has no output; at least one is needed.');
  for (const name of graph.outputs) {
    if (!names.has(name)) throw new ModelError('UNDEFINED_VALUE', `output "${name}" is defined by no node.`);
    if (int8.has(name)) throw new ModelError('ELEMENT_TYPE', `output "${name}" is int8; outputs are float32.`);
  }
  for (const [name, shape] of inferShapes(graph)) {
    if (shape.length > MOST_AXES) {
      throw new ModelError('AXES', `value "${name}" is ${formatShape(shape)}; up to ${MOST_AXES} axes are accepted.`);
    }
    checkLengths(name, shape);
    if (elementCount(shape) > LARGEST_VALUE) {
      throw new ModelError(
        'TOO_LARGE',
        `value "${name}" has ${elementCount(shape)} elements; at most ${LARGEST_VALUE} are accepted.`,
      );
    }
  }
}
