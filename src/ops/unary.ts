/** Operators that map each element by itself, whatever its channel. */
import type { Node } from '../graph/types.js';
import { referenceTensor } from '../tensor/tensor.js';
import { type Operator, onlyAttributes, readNumber, readWord } from './operator.js';

/** What an element becomes. */
export const UNARY_OPERATIONS = ['tanh', 'elu', 'hardSigmoid', 'hardSwish', 'reciprocal'] as const;

/** A unary operator's attributes, read and checked. */
export interface UnaryAttributes {
  readonly operation: (typeof UNARY_OPERATIONS)[number];
  /** Of `elu` and `hardSigmoid`; hard swish is x · hardSigmoid(x) with 1/6. */
  readonly alpha: number;
  /** Of `hardSigmoid`; hard swish has 1/2. */
  readonly beta: number;
}

/** Attributes besides `operation`. */
function namesOf(operation: UnaryAttributes['operation']): readonly string[] {
  if (operation === 'hardSigmoid') return ['alpha', 'beta'];
  return operation === 'elu' ? ['alpha'] : [];
}

/** Reads the attributes. Throws ModelError BAD_ATTRIBUTE. */
export function unaryAttributes(node: Node): UnaryAttributes {
  const operation = readWord(node, 'operation', UNARY_OPERATIONS);
  const names = namesOf(operation);
  return {
    operation,
    alpha: names.includes('alpha') ? readNumber(node, 'alpha') : 1 / 6,
    beta: names.includes('beta') ? readNumber(node, 'beta') : 1 / 2,
  };
}

function compute({ operation, alpha, beta }: UnaryAttributes, x: number): number {
  const hardSigmoid = Math.min(Math.max(alpha * x + beta, 0), 1);
  switch (operation) {
    case 'tanh':
      return Math.tanh(x);
    case 'elu':
      return x < 0 ? alpha * Math.expm1(x) : x;
    case 'hardSigmoid':
      return hardSigmoid;
    case 'hardSwish':
      return x * hardSigmoid;
    case 'reciprocal':
      return 1 / x;
  }
}

/**
 * `tanh`; `elu`, x where x ≥ 0, else `alpha` · (eˣ − 1); `hardSigmoid`, min(max(`alpha` · x + `beta`, 0), 1);
 * `hardSwish`, x · min(max(x / 6 + 1/2, 0), 1); `reciprocal`, 1 / x.
 */
export const unary: Operator = {
  name: 'unary',
  inputNames: ['input'],
  required: 1,
  checkAttributes(node) {
    onlyAttributes(node, ['operation', ...namesOf(unaryAttributes(node).operation)]);
  },
  inferShapes: (_node, [input]) => [input!],
  reference(node, [input]) {
    const attributes = unaryAttributes(node);
    const output = referenceTensor(input!.shape);
    for (let index = 0; index < output.data.length; index++) {
      output.data[index] = compute(attributes, input!.data[index]!);
    }
    return [output];
  },
  multiplyAdds: () => 0,
};
