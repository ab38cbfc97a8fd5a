/** The mean of each channel over a whole image. */
import { CHANNEL_BLOCK, channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { globalAveragePoolArguments } from './coreArguments.js';
import { channelBlocks, kernelRow } from './kernel.js';

export const globalAveragePool = kernelRow({
  name: 'globalAveragePool',
  operators: ['globalAveragePool'],
  struct: globalAveragePoolArguments,
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
      blocks: channelBlocks(channels),
    };
  },
});
