/** The structural check that every graph passes before anything else looks at it. */
import { ModelError } from '../errors.js';
import type { Graph, GraphInput, Node } from '../graph/types.js';
import { operatorOf } from '../ops/index.js';
import { checkInt8Tensors } from '../ops/int8Tensors.js';
import { completeNode, describeNode, inputName, readsInt8 } from '../ops/operator.js';
import { elementCount, formatShape, MOST_AXES, type Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { checkInputShape, outputShapes } from './infer.js';

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

/** Checks a node against the names before it; gives it with its defaults. */
function verifyNode(node: Node, names: Set<string>): Node {
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
  for (const name of node.outputs) define(names, name, where);
  return completeNode(node, operator);
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

/** Checks a graph piece by piece, in the order in which it is built, and knows the shape of every value so far. */
export class GraphChecker {
  readonly shapes = new Map<string, Shape>();
  readonly #names = new Set<string>();
  readonly #int8 = new Set<string>();
  readonly #tensors = new Map<string, Tensor>();
  #inputs = 0;
  #nodes = 0;

  /** Throws ModelError TOO_MANY_NODES, EMPTY_NAME, DUPLICATE_NAME, AXES or TOO_LARGE, ShapeError INPUT_SHAPE. */
  input(input: GraphInput): void {
    checkCount('inputs', ++this.#inputs);
    define(this.#names, input.name, `input "${input.name}"`);
    this.#value(input.name, checkInputShape(input, input.shape));
  }

  /** Throws ModelError EMPTY_NAME, DUPLICATE_NAME, BAD_SHAPE, AXES, TOO_LARGE or NOT_FINITE. */
  tensor(name: string, tensor: Tensor): void {
    define(this.#names, name, `tensor "${name}"`);
    this.#value(name, tensor.shape);
    if (!allFinite(tensor)) {
      const index = tensor.data.findIndex((value) => !Number.isFinite(value));
      throw new ModelError(
        'NOT_FINITE',
        `tensor "${name}": element ${index} is ${tensor.data[index]}; weights are finite numbers.`,
      );
    }
    this.#tensors.set(name, tensor);
  }

  /** Gives a node with its defaults. Throws ModelError or ShapeError where it is wrong or does not fit what it reads. */
  node(given: Node): Node {
    checkCount('nodes', ++this.#nodes);
    const node = verifyNode(given, this.#names);
    checkElementTypes(node, this.#int8);
    checkInt8Tensors(node, this.#tensors);
    for (const [index, shape] of outputShapes(node, this.shapes).entries()) this.#value(node.outputs[index]!, shape);
    return node;
  }

  /** Throws ModelError TOO_MANY_NODES, NO_OUTPUT, UNDEFINED_VALUE or ELEMENT_TYPE. */
  outputs(names: readonly string[]): void {
    checkCount('outputs', names.length);
    if (names.length === 0) throw new ModelError('NO_OUTPUT', 'graph has no output; at least one is needed.');
    for (const name of names) {
      if (!this.#names.has(name)) throw new ModelError('UNDEFINED_VALUE', `output "${name}" is defined by no node.`);
      if (this.#int8.has(name)) throw new ModelError('ELEMENT_TYPE', `output "${name}" is int8; outputs are float32.`);
    }
  }

  #value(name: string, shape: Shape): void {
    checkShape(name, shape);
    this.shapes.set(name, shape);
  }
}

function checkShape(name: string, shape: Shape): void {
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

/** Graphs that have passed. A graph never changes, so that looking at every weight again could tell nothing new. */
const verified = new WeakSet<Graph>();

/** Remembers that a graph's pieces have passed a checker, one by one. */
export function markVerified(graph: Graph): Graph {
  verified.add(graph);
  return graph;
}

/**
 * Checks names, order, arity, attributes and shapes of a graph, and that its tensors are finite.
 * Throws ModelError or ShapeError naming the first node that is wrong; returns the same graph, or where nodes leave out
 * attributes that have a default, one with all of them.
 */
export function verifyGraph(graph: Graph): Graph {
  if (verified.has(graph)) return graph;
  checkCount('nodes', graph.nodes.length);
  const checker = new GraphChecker();
  for (const input of graph.inputs) checker.input(input);
  for (const [name, tensor] of graph.tensors) checker.tensor(name, tensor);
  const nodes = graph.nodes.map((node) => checker.node(node));
  checker.outputs(graph.outputs);
  return markVerified(nodes.every((node, index) => node === graph.nodes[index]) ? graph : { ...graph, nodes });
}
