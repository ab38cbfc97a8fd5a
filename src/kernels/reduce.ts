/** Dense values reduced along some of their axes. */
import { rowMajorStrides } from '../ops/permute.js';
import { REDUCE_OPERATIONS } from '../ops/reduce.js';
import { reduceArguments } from './furtherArguments.js';
import { kernelRow, type Site } from './kernel.js';

/** Axes that follow each other, as one. */
interface AxisGroup {
  readonly length: number;
  readonly stride: number;
}

/** Groups of either kind that the kernel loops over. */
const LOOPS = 3;

/** Axes that stay or are reduced, neighbours of one kind taken together; at most three of each. */
function axisGroups(site: Site<'reduce'>): {
  readonly kept: readonly AxisGroup[];
  readonly reduced: readonly AxisGroup[];
} {
  const { axes } = site.node.attributes;
  const shape = site.inputs[0]!;
  const strides = rowMajorStrides(shape);
  const groups = { kept: [] as AxisGroup[], reduced: [] as AxisGroup[] };
  let last: AxisGroup[] | undefined;
  for (const [axis, length] of shape.entries()) {
    if (length === 1) continue;
    const kind = axes.includes(axis) ? groups.reduced : groups.kept;
    const outer = last === kind ? kind.pop() : undefined;
    kind.push({ length: length * (outer?.length ?? 1), stride: strides[axis]! });
    last = kind;
  }
  const filled = (list: readonly AxisGroup[]) => [
    ...new Array<AxisGroup>(LOOPS - list.length).fill({ length: 1, stride: 0 }),
    ...list,
  ];
  return { kept: filled(groups.kept), reduced: filled(groups.reduced) };
}

export const reduce = kernelRow({
  name: 'reduce',
  operators: ['reduce'],
  layout: 'rowMajor',
  struct: reduceArguments,
  accepts: () => true,
  extent(site) {
    const [outer, middle, inner] = axisGroups(site).kept;
    return outer!.length * middle!.length * Math.ceil(inner!.length / 4);
  },
  arguments(site, places) {
    const { kept, reduced } = axisGroups(site);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      length1: kept[1]!.length,
      length2: kept[2]!.length,
      stride0: kept[0]!.stride,
      stride1: kept[1]!.stride,
      stride2: kept[2]!.stride,
      reduced0: reduced[0]!.length,
      reduced1: reduced[1]!.length,
      reduced2: reduced[2]!.length,
      step0: reduced[0]!.stride,
      step1: reduced[1]!.stride,
      step2: reduced[2]!.stride,
      operation: REDUCE_OPERATIONS.indexOf(site.node.attributes.operation),
    };
  },
});
