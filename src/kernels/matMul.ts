/** Products of dense matrices. */
import { repeatedStrides } from '../ops/binary.js';
import { elementCount } from '../tensor/shape.js';
import { matMulArguments } from './furtherArguments.js';
import { kernelRow, type Site } from './kernel.js';

/** Axes before the matrices that the kernel loops over: all that a value may have. */
const LOOPS = 4;

/** Rows of one unit of the parallel axis, as in assembly/matMul.ts. */
const TILE_ROWS = 4;

/** Numbers of the axes before the matrices, with `fill` before them. */
function outerAxes(numbers: readonly number[], fill: number): [number, number, number, number] {
  const outer = numbers.slice(0, -2);
  return [...new Array<number>(LOOPS - outer.length).fill(fill), ...outer] as [number, number, number, number];
}

function outerStrides({ inputs }: Site, index: 0 | 1): [number, number, number, number] {
  return outerAxes(repeatedStrides(inputs[index]!), 0);
}

export const matMul = kernelRow({
  name: 'matMul',
  operators: ['matMul'],
  layout: 'rowMajor',
  struct: matMulArguments,
  accepts: () => true,
  pack: ({ tensors: [, b] }) => (b ? { b: b.data } : {}),
  extent(site) {
    const shape = site.outputs[0]!;
    return elementCount(shape.slice(0, -2)) * Math.ceil(shape.at(-2)! / TILE_ROWS);
  },
  arguments(site, places) {
    const [, length1, length2, length3] = outerAxes(site.outputs[0]!, 1);
    const [aStride0, aStride1, aStride2, aStride3] = outerStrides(site, 0);
    const [bStride0, bStride1, bStride2, bStride3] = outerStrides(site, 1);
    return {
      a: places.inputs[0]!,
      b: places.inputs[1] ?? places.parts.b!,
      output: places.outputs[0]!,
      rows: site.outputs[0]!.at(-2)!,
      depth: site.inputs[0]!.at(-1)!,
      columns: site.outputs[0]!.at(-1)!,
      length1,
      length2,
      length3,
      aStride0,
      aStride1,
      aStride2,
      aStride3,
      bStride0,
      bStride1,
      bStride2,
      bStride3,
    };
  },
});
