/** Dense copies at fixed steps along each axis: permuted axes, slices, repeated values, constants. */
import { isNode } from '../graph/types.js';
import { repeatedStrides } from '../ops/binary.js';
import { rowMajorStrides } from '../ops/permute.js';
import type { Shape } from '../tensor/shape.js';
import { stridedCopyArguments } from './furtherArguments.js';
import { kernelRow, type Site } from './kernel.js';
import { moved } from './struct.js';

/** An axis of the output: its length, and the elements of the input from one step along it to the next. */
interface CopiedAxis {
  readonly length: number;
  readonly stride: number;
}

type CopySite = Site<'permute' | 'slice' | 'expand' | 'constant'>;

/** The elements of the input between steps along each axis of the output, and the element that comes first. */
function stepsOf(
  node: CopySite['node'],
  input: Shape,
): { readonly strides: readonly number[]; readonly first: number } {
  const strides = rowMajorStrides(input);
  if (isNode(node, 'permute')) return { strides: node.attributes.order.map((axis) => strides[axis]!), first: 0 };
  if (isNode(node, 'expand')) return { strides: repeatedStrides(input), first: 0 };
  if (isNode(node, 'constant')) return { strides, first: 0 };
  const { axis, begin, step } = node.attributes;
  return { strides: strides.with(axis, strides[axis]! * step), first: begin * strides[axis]! };
}

/** Axes that the kernel loops over. */
const LOOPS = 6;

/** The output's axes, those taken together that follow each other in input and output alike; 6 with those of length 1. */
function copiedAxes({ node, inputs, outputs }: CopySite): readonly CopiedAxis[] {
  const axes: CopiedAxis[] = [];
  for (const [axis, stride] of stepsOf(node, inputs[0]!).strides.entries()) {
    const length = outputs[0]![axis]!;
    const outer = axes.at(-1);
    if (outer && outer.stride === stride * length) axes[axes.length - 1] = { length: outer.length * length, stride };
    else if (length !== 1) axes.push({ length, stride });
  }
  return [...new Array<CopiedAxis>(LOOPS - axes.length).fill({ length: 1, stride: 0 }), ...axes];
}

export const stridedCopy = kernelRow({
  name: 'stridedCopy',
  operators: ['permute', 'slice', 'expand', 'constant'],
  layout: 'rowMajor',
  struct: stridedCopyArguments,
  accepts: () => true,
  pack: ({ tensors: [tensor] }) => (tensor ? { constant: tensor.data } : {}),
  extent: (site) =>
    copiedAxes(site)
      .slice(0, -1)
      .reduce((product, { length }) => product * length, 1),
  arguments(site, places) {
    const { first } = stepsOf(site.node, site.inputs[0]!);
    const [axis0, axis1, axis2, axis3, axis4, axis5] = copiedAxes(site);
    return {
      input: moved(places.inputs[0] ?? places.parts.constant!, 4 * first),
      output: places.outputs[0]!,
      length1: axis1!.length,
      length2: axis2!.length,
      length3: axis3!.length,
      length4: axis4!.length,
      length5: axis5!.length,
      stride0: axis0!.stride,
      stride1: axis1!.stride,
      stride2: axis2!.stride,
      stride3: axis3!.stride,
      stride4: axis4!.stride,
      stride5: axis5!.stride,
    };
  },
});
