/** A tensor as a value, for graphs that give one out. */
import { operator } from './operator.js';

/** The input's elements; the input is a tensor of the graph. */
export const constant = operator({
  name: 'constant',
  inputNames: ['tensor'],
  inferShapes: (_node, [tensor]) => [tensor!],
  reference: (_node, [tensor]) => [tensor!],
});
