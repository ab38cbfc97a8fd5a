/** Shape inference over a whole graph, and the counts that follow from shapes. */
import { ModelError, ShapeError } from '../errors.js';
import type { Graph, GraphInput, Node } from '../graph/types.js';
import { operatorOf } from '../ops/index.js';
import { describeNode, withDefaults } from '../ops/operator.js';
import { elementCount, formatShape, type Shape } from '../tensor/shape.js';

/** The shapes of a graph's inputs by name. */
export type InputShapes = Readonly<Record<string, Shape>>;

/** The shapes that the graph was written for. */
export function defaultShapes(graph: Graph): InputShapes {
  return Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, shape]));
}

/** A node's input shapes by position, `undefined` where an optional input is absent. */
export function nodeShapes(node: Node, shapes: ReadonlyMap<string, Shape>): (Shape | undefined)[] {
  return node.inputs.map((name) => (name === '' ? undefined : shapes.get(name)));
}

/** A shape that an input may take: its own, with another batch, height and width. Throws ShapeError INPUT_SHAPE. */
export function checkInputShape({ name, shape: expected }: GraphInput, found: Shape | undefined): Shape {
  const positive = found?.every((length) => Number.isSafeInteger(length) && length > 0);
  const variable = [0, 2, 3];
  const fits =
    found?.length === expected.length && found.every((n, axis) => variable.includes(axis) || n === expected[axis]);
  if (!found || !positive || !fits) {
    const shape = found ? formatShape(found) : 'nothing';
    throw new ShapeError(
      'INPUT_SHAPE',
      `input "${name}" expects ${formatShape(expected)} (batch, height and width may differ), got ${shape}.`,
    );
  }
  return found;
}

/** The shapes of a node's outputs among known shapes. Throws ModelError OUTPUT_COUNT, ShapeError NODE_SHAPE. */
export function outputShapes(node: Node, shapes: ReadonlyMap<string, Shape>): readonly Shape[] {
  const operator = operatorOf(node);
  const outputs = operator.inferShapes(withDefaults(node, operator), nodeShapes(node, shapes));
  if (outputs.length === node.outputs.length) return outputs;
  const found = `has ${node.outputs.length} outputs; accepted are ${outputs.length}.`;
  throw new ModelError('OUTPUT_COUNT', `${describeNode(node)}: ${found}`);
}

/**
 * The shape of every value and tensor of a graph for the given input shapes.
 * Throws ShapeError INPUT_SHAPE for an input that the graph cannot take, NODE_SHAPE inside the graph, and ModelError
 * OUTPUT_COUNT for a node whose outputs are not as many as its operator's.
 */
export function inferShapes(graph: Graph, inputs: InputShapes = defaultShapes(graph)): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const input of graph.inputs) shapes.set(input.name, checkInputShape(input, inputs[input.name]));
  for (const [name, tensor] of graph.tensors) shapes.set(name, tensor.shape);
  for (const node of graph.nodes) {
    for (const [index, shape] of outputShapes(node, shapes).entries()) shapes.set(node.outputs[index]!, shape);
  }
  return shapes;
}

/** Multiply-adds of one run at the given shapes, as the paper counts them. */
export function countMultiplyAdds(graph: Graph, shapes = inferShapes(graph)): number {
  let total = 0;
  for (const node of graph.nodes) {
    const outputs = node.outputs.map((name) => shapes.get(name)!);
    total += operatorOf(node).multiplyAdds(node, nodeShapes(node, shapes), outputs);
  }
  return total;
}

/** Elements of all tensors; equal to the paper's parameters once batch normalisation is folded. */
export function countParameters(graph: Graph): number {
  let total = 0;
  for (const tensor of graph.tensors.values()) total += elementCount(tensor.shape);
  return total;
}
