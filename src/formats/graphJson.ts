/** A graph as JSON without its tensors: how the native file stores it. */
import type { Attribute, Attributes, Graph, GraphInput, Node } from '../graph/types.js';
import { describeValue, field, readIntegerWithin, readList, readObject, readText, refuseJson } from '../model/json.js';
import { isDefault } from '../ops/attributes.js';
import { operators } from '../ops/index.js';
import { MOST_AXES } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';

/** Characters of a name. */
export const LONGEST_NAME = 256;

const LARGEST_AXIS = 1 << 20;

/** A node's attributes without those that its operator's rules give anyway. */
function storedAttributes(operator: string, attributes: Attributes): Attributes {
  const rules = operators.find(({ name }) => name === operator)?.attributes ?? {};
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => !isDefault(rules[name], value)));
}

/** What stands in the file: everything of a graph but its tensors. */
export function printGraphJson(graph: Graph): unknown {
  return {
    inputs: graph.inputs.map(({ name, shape }) => ({ name, shape })),
    outputs: graph.outputs,
    nodes: graph.nodes.map(({ name, operator, inputs, outputs, attributes }) => ({
      name,
      operator,
      inputs,
      outputs,
      attributes: storedAttributes(operator, attributes),
    })),
  };
}

function readNames(value: unknown, where: string): readonly string[] {
  return readList(value, where).map((name, index) => {
    if (name === '') return '';
    return readText(name, `${where}[${index}]`, LONGEST_NAME);
  });
}

function readInput(value: unknown, where: string): GraphInput {
  const input = readObject(value, where, ['name', 'shape']);
  const axes = readList(field(input, 'shape'), `${where}.shape`);
  if (axes.length > MOST_AXES) {
    refuseJson(`${where}.shape`, axes, `a list of up to ${MOST_AXES} axis lengths`);
  }
  const shape = axes.map((length, axis) => readIntegerWithin(length, `${where}.shape[${axis}]`, 1, LARGEST_AXIS));
  return { name: readText(field(input, 'name'), `${where}.name`, LONGEST_NAME), shape };
}

function isAttribute(value: unknown): value is Attribute {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'number');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function readNode(value: unknown, where: string): Node {
  const node = readObject(value, where, ['name', 'operator', 'inputs', 'outputs', 'attributes']);
  const name = readText(field(node, 'name'), `${where}.name`, LONGEST_NAME);
  const attributes = Object.entries(readObject(field(node, 'attributes'), `${where}.attributes`));
  for (const [key, attribute] of attributes) {
    if (!isAttribute(attribute)) {
      refuseJson(
        `${where}.attributes, ${describeValue(key)}`,
        attribute,
        'a text, a number, true, false or a list of numbers',
      );
    }
  }
  return {
    name,
    operator: readText(field(node, 'operator'), `${where}.operator`, LONGEST_NAME),
    inputs: readNames(field(node, 'inputs'), `${where}.inputs`),
    outputs: readNames(field(node, 'outputs'), `${where}.outputs`),
    attributes: Object.fromEntries(attributes) as Record<string, Attribute>,
  };
}

/**
 * Reads a graph from parsed JSON and joins it with its tensors. Types, names and lengths are checked here; whether it
 * is well formed, `verifyGraph` says. Throws ModelError BAD_JSON or UNKNOWN_FIELD.
 */
export function readGraphJson(value: unknown, tensors: ReadonlyMap<string, Tensor>, where: string): Graph {
  const graph = readObject(value, where, ['inputs', 'outputs', 'nodes']);
  return {
    inputs: readList(field(graph, 'inputs'), `${where}.inputs`).map((input, index) =>
      readInput(input, `${where}.inputs[${index}]`),
    ),
    outputs: readNames(field(graph, 'outputs'), `${where}.outputs`),
    nodes: readList(field(graph, 'nodes'), `${where}.nodes`).map((node, index) =>
      readNode(node, `${where}.nodes[${index}]`),
    ),
    tensors,
  };
}
