/** A tensor as a value, for graphs that give one out. */
import { type Operator, onlyAttributes } from './operator.js';

/** The input's elements; the input is a tensor of the graph. */
export const constant: Operator = {
  name: 'constant',
  inputNames: ['tensor'],
  required: 1,
  checkAttributes: (node) => onlyAttributes(node, []),
  inferShapes: (_node, [tensor]) => [tensor!],
  reference: (_node, [tensor]) => [tensor!],
  multiplyAdds: () => 0,
};
