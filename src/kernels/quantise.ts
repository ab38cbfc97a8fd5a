/** float32 values to int8 ones and back. */
import { isNode } from '../graph/types.js';
import { quantisingFactor } from '../ops/quantise.js';
import { INT8_CHANNEL_BLOCK, int8ChannelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { quantiseArguments } from './furtherArguments.js';
import { kernelRow, type Places, type Site, storedPixels } from './kernel.js';
import type { ArgumentsOf } from './struct.js';

function argumentsOf(
  site: Site<'quantise' | 'dequantise'>,
  places: Places,
  factor: number,
): ArgumentsOf<typeof quantiseArguments> {
  const { channels, height, width } = imageShape(site.inputs[0]!);
  return {
    input: places.inputs[0]!,
    output: places.outputs[0]!,
    pixels: height * width,
    channels,
    blocks: int8ChannelStride(channels) / INT8_CHANNEL_BLOCK,
    factor,
    zeroPoint: site.node.attributes.zeroPoint,
    least: isNode(site.node, 'quantise') ? site.node.attributes.least : 0,
  };
}

export const quantise = kernelRow({
  name: 'quantise',
  operators: ['quantise'],
  layout: 'rowMajor',
  outputLayout: 'nhwcInt8',
  struct: quantiseArguments,
  accepts: () => true,
  extent: (site) => storedPixels(site.inputs[0]!),
  arguments: (site, places) => argumentsOf(site, places, quantisingFactor(site.node.attributes)),
});

export const dequantise = kernelRow({
  name: 'dequantise',
  operators: ['dequantise'],
  layout: 'nhwcInt8',
  outputLayout: 'rowMajor',
  struct: quantiseArguments,
  accepts: () => true,
  extent(site) {
    const { batch, channels } = imageShape(site.inputs[0]!);
    return batch * channels;
  },
  arguments: (site, places) => argumentsOf(site, places, site.node.attributes.scale),
});
