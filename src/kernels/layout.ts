/** Values from one layout to the other, and permuted axes of dense values. */
import { permuteOrder, rowMajorStrides } from '../ops/permute.js';
import { CHANNEL_BLOCK, channelStride, type Layout } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { type LayoutArguments, layoutArguments, type PermuteArguments, permuteArguments } from './arguments.js';
import { channelBlocks, type Kernel, kernelRow, type Site } from './kernel.js';

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

/** Axes that the kernel loops over. */
const LOOPS = 4;

/** A list of four numbers, with `fill` before the given ones. */
function fourOf(numbers: readonly number[], fill: number): [number, number, number, number] {
  return [...new Array<number>(LOOPS - numbers.length).fill(fill), ...numbers] as [number, number, number, number];
}

/** The output's axes with the input's steps along them, those taken together that follow each other in both. */
function permutedAxes(site: Site): { readonly length: number; readonly stride: number }[] {
  const strides = rowMajorStrides(site.inputs[0]!);
  const axes: { length: number; stride: number }[] = [];
  for (const [place, axis] of permuteOrder(site.node).entries()) {
    const [length, stride] = [site.outputs[0]![place]!, strides[axis]!];
    const outer = axes.at(-1);
    if (outer && outer.stride === stride * length) axes[axes.length - 1] = { length: outer.length * length, stride };
    else if (length !== 1) axes.push({ length, stride });
  }
  return axes;
}

export const permute = kernelRow<PermuteArguments>({
  name: 'permute',
  operators: ['permute'],
  layout: 'rowMajor',
  struct: permuteArguments,
  accepts: (site) => permutedAxes(site).length <= LOOPS,
  extent: (site) =>
    permutedAxes(site)
      .slice(0, -1)
      .reduce((product, { length }) => product * length, 1),
  arguments(site, places) {
    const axes = permutedAxes(site);
    const lengths = fourOf(
      axes.map(({ length }) => length),
      1,
    );
    const strides = fourOf(
      axes.map(({ stride }) => stride),
      0,
    );
    const [, length1, length2, length3] = lengths;
    const [stride0, stride1, stride2, stride3] = strides;
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      length1,
      length2,
      length3,
      stride0,
      stride1,
      stride2,
      stride3,
    };
  },
});
