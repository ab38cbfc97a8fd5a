/** One-node calls of operators, for the tests of their references and shape rules. */
import type { Attributes, Node } from '../../src/graph/types.js';
import { checkedNode, operatorOf, referenceOf } from '../../src/ops/index.js';
import type { Shape } from '../../src/tensor/shape.js';
import type { ReferenceTensor } from '../../src/tensor/tensor.js';

/** A node named `node` with one output. */
export function nodeOf(operator: string, attributes: Attributes = {}): Node {
  return { name: 'node', operator, inputs: [], outputs: ['output'], attributes };
}

/** A float64 tensor over the given elements. */
export function tensorOf(shape: Shape, data: Iterable<number>): ReferenceTensor {
  return { elementType: 'float64', shape, data: Float64Array.from(data) };
}

/** Runs an operator's reference on its one output; checks the shape rule on the way. */
export function compute(node: Node, inputs: readonly (ReferenceTensor | undefined)[]): ReferenceTensor {
  const complete = checkedNode(node);
  const shapes = operatorOf(node).inferShapes(
    complete,
    inputs.map((input) => input?.shape),
  );
  const [output] = referenceOf(complete, inputs);
  if (JSON.stringify(output!.shape) !== JSON.stringify(shapes[0])) {
    throw new Error(`the reference gives ${output!.shape}, the shape rule ${shapes[0]}.`);
  }
  return output!;
}

/** Whole numbers that look like noise, so that sums are exact: −9 to 9. */
export function digits(shape: Shape, seed: number): ReferenceTensor {
  const count = shape.reduce((product, length) => product * length, 1);
  return tensorOf(
    shape,
    Array.from({ length: count }, (_, index) => ((((index + seed) * 2654435761) >>> 7) % 19) - 9),
  );
}
