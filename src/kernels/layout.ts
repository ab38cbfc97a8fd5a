/** Values from one layout to the other. */
import { CHANNEL_BLOCK, channelStride, type Layout } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { layoutArguments } from './coreArguments.js';
import { channelBlocks, type Kernel, kernelRow } from './kernel.js';

function conversion(name: string, layout: Layout, outputLayout: Layout): Kernel {
  return kernelRow({
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
export const conversions: Readonly<Record<Exclude<Layout, 'nhwcInt8'>, Kernel>> = {
  rowMajor: conversion('toRowMajor', 'nhwc', 'rowMajor'),
  nhwc: conversion('toNhwc', 'rowMajor', 'nhwc'),
};
