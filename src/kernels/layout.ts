/** Values from one layout to the other, and permuted axes of dense values. */
import { permuteOrder, rowMajorStrides } from '../ops/permute.js';
import { CHANNEL_BLOCK, channelStride, type Layout } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { type LayoutArguments, layoutArguments, type PermuteArguments, permuteArguments } from './arguments.js';
import { channelBlocks, type Kernel, kernelRow } from './kernel.js';

function conversion(name: string, layout: Layout, outputLayout: Layout): Kernel {
  return kernelRow<LayoutArguments>({
    name,
    operators: [],
    layout,
    outputLayout,
    struct: layoutArguments,
    accepts: () => true,
    extent(site) {
      const { batch, channels } = imageShape(site.inputs[0]!);
      return (batch * channelStride(channels)) / CHANNEL_BLOCK;
    },
    arguments(site, places) {
      const { channels, height, width } = imageShape(site.inputs[0]!);
      return {
        input: places.inputs[0]!,
        output: places.outputs[0]!,
        pixels: height * width,
        channels,
        blocks: channelBlocks(channels),
      };
    },
  });
}

/** Kernels of no operator: lowering puts them where a value is needed in another layout than it stands in. */
export const conversions: Readonly<Record<Layout, Kernel>> = {
  rowMajor: conversion('toRowMajor', 'nhwc', 'rowMajor'),
  nhwc: conversion('toNhwc', 'rowMajor', 'nhwc'),
};

/** A list of four numbers, with `fill` before the given ones. */
function fourOf(numbers: readonly number[], fill: number): [number, number, number, number] {
  return [...new Array<number>(4 - numbers.length).fill(fill), ...numbers] as [number, number, number, number];
}

export const permute = kernelRow<PermuteArguments>({
  name: 'permute',
  operators: ['permute'],
  layout: 'rowMajor',
  struct: permuteArguments,
  accepts: () => true,
  extent: (site) => site.outputs[0]!.slice(0, -1).reduce((product, length) => product * length, 1),
  arguments(site, places) {
    const strides = rowMajorStrides(site.inputs[0]!);
    const [, length1, length2, length3] = fourOf(site.outputs[0]!, 1);
    const ordered = permuteOrder(site.node).map((axis) => strides[axis]!);
    const [stride0, stride1, stride2, stride3] = fourOf(ordered, 0);
    const lengths = { length1, length2, length3 };
    return { input: places.inputs[0]!, output: places.outputs[0]!, ...lengths, stride0, stride1, stride2, stride3 };
  },
});
