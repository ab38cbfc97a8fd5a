/** Channel shuffle. */
import { readInteger } from '../ops/operator.js';
import { channelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { type ChannelShuffleArguments, channelShuffleArguments } from './furtherArguments.js';
import { kernelRow, storedPixels } from './kernel.js';

export const channelShuffle = kernelRow<ChannelShuffleArguments>({
  name: 'channelShuffle',
  operators: ['channelShuffle'],
  struct: channelShuffleArguments,
  accepts: () => true,
  extent: (site) => storedPixels(site.inputs[0]!),
  arguments(site, places) {
    const { channels } = imageShape(site.inputs[0]!);
    const groups = readInteger(site.node, 'groups', 1, channels);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      groups,
      groupChannels: channels / groups,
      stride: 4 * channelStride(channels),
    };
  },
});
