/** Channel shuffle: lets information pass between the groups of grouped convolutions (Zhang et al. 2018, section 3.1). */

import { elementCount } from '../tensor/shape.js';
import { referenceTensor } from '../tensor/tensor.js';
import { integer, LARGEST } from './attributes.js';
import { operator, refuseShape } from './operator.js';

/** The channel of the input that stands at a channel of the output: [groups, C / groups] transposed. */
export function shuffledChannel(channel: number, channels: number, groups: number): number {
  return (channel % groups) * (channels / groups) + Math.floor(channel / groups);
}

/** Channels as a matrix of `groups` rows, transposed: output channel i · groups + g is channel i of group g. */
export const channelShuffle = operator({
  name: 'channelShuffle',
  inputNames: ['input'],
  attributes: { groups: integer(1, LARGEST, 'groups of channels') },
  inferShapes(node, [input]) {
    const { groups } = node.attributes;
    if (!input || input.length < 2 || input[1]! % groups !== 0) {
      refuseShape(node, 'input', input, `a shape whose channels are a multiple of ${groups} groups`);
    }
    return [input];
  },
  reference(node, [input]) {
    const { groups } = node.attributes;
    const output = referenceTensor(input!.shape);
    const [batch = 0, channels = 0, ...rest] = input!.shape;
    const pixels = elementCount(rest);
    for (let image = 0; image < batch; image++) {
      for (let channel = 0; channel < channels; channel++) {
        const from = (image * channels + shuffledChannel(channel, channels, groups)) * pixels;
        output.data.set(input!.data.subarray(from, from + pixels), (image * channels + channel) * pixels);
      }
    }
    return [output];
  },
});
