/** float32 values to int8 ones and back. */
import { leastElement, quantisationAttributes, quantisingFactor } from '../ops/quantise.js';
import { INT8_CHANNEL_BLOCK, int8ChannelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { type QuantiseArguments, quantiseArguments } from './furtherArguments.js';
import { kernelRow, type Places, type Site, storedPixels } from './kernel.js';

function argumentsOf(site: Site, places: Places, factor: number): QuantiseArguments {
  const { channels, height, width } = imageShape(site.inputs[0]!);
  return {
    input: places.inputs[0]!,
    output: places.outputs[0]!,
    pixels: height * width,
    channels,
    blocks: int8ChannelStride(channels) / INT8_CHANNEL_BLOCK,
    factor,
    zeroPoint: quantisationAttributes(site.node).zeroPoint,
    least: leastElement(site.node),
  };
}

export const quantise = kernelRow<QuantiseArguments>({
  name: 'quantise',
  operators: ['quantise'],
  layout: 'rowMajor',
  outputLayout: 'nhwcInt8',
  struct: quantiseArguments,
  accepts: () => true,
  extent: (site) => storedPixels(site.inputs[0]!),
  arguments: (site, places) => argumentsOf(site, places, quantisingFactor(quantisationAttributes(site.node))),
});

export const dequantise = kernelRow<QuantiseArguments>({
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
  arguments: (site, places) => argumentsOf(site, places, quantisationAttributes(site.node).scale),
});
