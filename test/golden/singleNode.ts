/** Golden cases of one node each. */
import { GraphBuilder } from '../../src/build/builder.js';
import type { Attributes } from '../../src/graph/types.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import type { Shape } from '../../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';
import type { GoldenCase } from './goldenCase.js';

export const IMAGE = [2, 5, 4, 3] as const;
export const VECTOR = [2, 5] as const;

/** Operands of a node after its first input: a tensor, another input's shape, or nothing. */
type Operand = Tensor | Shape | undefined;

function isTensor(operand: Tensor | Shape): operand is Tensor {
  return 'data' in operand;
}

/** A graph of one node on the input `input` and the inputs `input1`, `input2` …. */
export function single(
  name: string,
  operator: string,
  input: Shape,
  attributes: Attributes,
  operands: readonly Operand[] = [],
): GoldenCase {
  return {
    name: `${operator}: ${name}`,
    graph() {
      const builder = new GraphBuilder();
      const inputs = [
        builder.input('input', input),
        ...operands.map((operand, index) => {
          if (!operand) return '';
          if (!isTensor(operand)) return builder.input(`input${index + 1}`, operand);
          return builder.tensor(`tensor${index + 1}`, operand);
        }),
      ];
      return builder.build([builder.append({ name: 'output', operator, inputs, outputs: ['output'], attributes })]);
    },
  };
}

/** Seeded numbers. */
export function tensor(name: string, shape: Shape): Tensor {
  return seededWeights()(name, shape);
}

/** Variances, which are positive. */
export function positive(name: string, shape: Shape): Tensor {
  return float32Tensor(
    shape,
    tensor(name, shape).data.map((value) => value + 0.5),
  );
}
