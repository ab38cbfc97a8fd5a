/** Products of matrices. */
import { elementCount, type Shape } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { repeatedStrides } from './binary.js';
import { type NodeName, operator, refuseShape } from './operator.js';
import { rowMajorStrides } from './permute.js';

function productShape(node: NodeName, a: Shape | undefined, b: Shape | undefined): Shape {
  if (!a || a.length < 2) refuseShape(node, 'a', a, 'a shape of 2 axes or more');
  const outer = a.slice(0, -2);
  const fits =
    b?.length === a.length &&
    b.at(-2) === a.at(-1) &&
    outer.every((length, axis) => length === b[axis] || length === 1 || b[axis] === 1);
  if (!fits) {
    refuseShape(
      node,
      'b',
      b,
      `a shape of ${a.length} axes with ${a.at(-1)} rows, which repeats with [${a.join(', ')}]`,
    );
  }
  return [...outer.map((length, axis) => Math.max(length, b[axis]!)), a.at(-2)!, b.at(-1)!];
}

/** a · b of their last two axes, for each place along the axes before, along which one of them may have length 1. */
export const matMul = operator({
  name: 'matMul',
  inputNames: ['a', 'b'],
  inferShapes: (node, [a, b]) => [productShape(node, a, b)],
  reference(_node, [a, b], [shape]) {
    const output = referenceTensor(shape);
    const outer = output.shape.slice(0, -2);
    const [rows = 0, columns = 0] = output.shape.slice(-2);
    const depth = a!.shape.at(-1)!;
    const places = rowMajorStrides(outer);
    const [stepsA, stepsB] = [repeatedStrides(a!.shape), repeatedStrides(b!.shape)];
    for (let product = 0; product < elementCount(outer); product++) {
      let [fromA, fromB] = [0, 0];
      for (const [axis, length] of outer.entries()) {
        const at = Math.floor(product / places[axis]!) % length;
        fromA += at * stepsA[axis]!;
        fromB += at * stepsB[axis]!;
      }
      for (let index = 0; index < rows * columns; index++) {
        const [row, column] = [Math.floor(index / columns), index % columns];
        let sum = 0;
        for (let k = 0; k < depth; k++) {
          sum += a!.data[fromA + row * depth + k]! * b!.data[fromB + k * columns + column]!;
        }
        output.data[product * rows * columns + index] = sum;
      }
    }
    return [output];
  },
  multiplyAdds: (_node, [a], [output]) => elementCount(output!) * a!.at(-1)!,
});
