/** What a golden case is: a graph on a seeded input, whose outputs another engine computes. */
import type { InputShapes } from '../../src/build/infer.js';
import type { Tensors } from '../../src/engine.js';
import type { Graph } from '../../src/graph/types.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import type { Shape } from '../../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';

/** A graph with a name that no other case of its file has. */
export interface GoldenCase {
  readonly name: string;
  readonly graph: () => Graph | Promise<Graph>;
  /** The ONNX file for the other engine; `exportOnnx` writes it where this is absent. */
  readonly onnx?: () => Uint8Array;
  /** The shapes that it runs with, where they are not those that it was written for. */
  readonly inputShapes?: InputShapes;
  /** The step between two levels of the outputs, where they are quantised: differences are measured in it. */
  readonly unit?: number;
}

/** Uniform in (−1, 1), by the rule of the seeded weights: ten times their biases. */
export function seededValues(name: string, shape: Shape): Tensor {
  const { data } = seededWeights()(name, shape);
  return float32Tensor(
    shape,
    data.map((value) => 10 * value),
  );
}

/** The inputs that a case runs with. */
export function inputsOf(graph: Graph, inputShapes: InputShapes = {}): Tensors {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [name, seededValues(name, inputShapes[name] ?? shape)]),
  );
}

/** The largest difference of two outputs, divided by the largest magnitude of the expected one; NaN counts as infinite. */
export function relativeDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  let magnitude = 0;
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(found[index]! - expected[index]!);
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference);
    magnitude = Math.max(magnitude, Math.abs(expected[index]!));
  }
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return largest === 0 ? 0 : largest / magnitude;
}

/** The largest difference of two outputs in units; NaN and another length count as infinite. */
export function differenceInUnits(found: ArrayLike<number>, expected: ArrayLike<number>, unit: number): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  const differences = Array.from(expected, (value, index) => Math.abs(found[index]! - value) / unit);
  return differences.some(Number.isNaN) ? Number.POSITIVE_INFINITY : Math.max(...differences);
}

/**
 * The largest difference over all outputs, in units where one is given and otherwise relative; infinite where their
 * names or shapes differ.
 */
export function compareOutputs(found: Tensors | undefined, expected: Tensors, unit?: number): number {
  const names = Object.keys(expected);
  if (!found || Object.keys(found).sort().join() !== [...names].sort().join()) return Number.POSITIVE_INFINITY;
  const differences = names.map((name) => {
    const [own, other] = [found[name]!, expected[name]!];
    if (own.shape.join() !== other.shape.join()) return Number.POSITIVE_INFINITY;
    return unit === undefined
      ? relativeDifference(own.data, other.data)
      : differenceInUnits(own.data, other.data, unit);
  });
  return Math.max(...differences);
}
