/** Channel shuffle. */
import { elementBytes, storedAxis } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { channelShuffleArguments } from './furtherArguments.js';
import { kernelRow, storedPixels } from './kernel.js';

function shuffle(name: string, operator: 'channelShuffle' | 'quantisedChannelShuffle', layout: 'nhwc' | 'nhwcInt8') {
  return kernelRow({
    name,
    operators: [operator],
    layout,
    struct: channelShuffleArguments,
    accepts: () => true,
    extent: (site) => storedPixels(site.inputs[0]!),
    arguments(site, places) {
      const { channels } = imageShape(site.inputs[0]!);
      const { groups } = site.node.attributes;
      return {
        input: places.inputs[0]!,
        output: places.outputs[0]!,
        groups,
        groupChannels: channels / groups,
        stride: storedAxis(site.inputs[0]!, 'width', layout).inner * elementBytes(layout),
      };
    },
  });
}

export const channelShuffle = shuffle('channelShuffle', 'channelShuffle', 'nhwc');
export const channelShuffleInt8 = shuffle('channelShuffleInt8', 'quantisedChannelShuffle', 'nhwcInt8');
