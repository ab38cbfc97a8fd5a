/** Softmax over the channels of each pixel, and over images, rows or columns. */
import { imageAxis, isImageAxis, storedAxis } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { softmaxAcrossArguments, softmaxArguments } from './furtherArguments.js';
import { channelBlocks, kernelRow, type Site, storedPixels, tailChannels } from './kernel.js';

function axis(site: Site<'softmax'>) {
  return imageAxis(site.inputs[0]!, site.node.attributes.axis);
}

export const softmax = kernelRow({
  name: 'softmax',
  operators: ['softmax'],
  struct: softmaxArguments,
  accepts: (site) => axis(site) === 'channels',
  extent: (site) => storedPixels(site.inputs[0]!),
  arguments(site, places) {
    const { channels } = imageShape(site.inputs[0]!);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      blocks: channelBlocks(channels),
      tail: tailChannels(channels),
    };
  },
});

export const softmaxAcross = kernelRow({
  name: 'softmaxAcross',
  operators: ['softmax'],
  struct: softmaxAcrossArguments,
  accepts: (site) => axis(site) !== 'channels' && isImageAxis(site.inputs[0]!, site.node.attributes.axis),
  extent(site) {
    const { outer, inner } = storedAxis(site.inputs[0]!, axis(site));
    return (outer * inner) / 4;
  },
  arguments(site, places) {
    const { channels } = imageShape(site.inputs[0]!);
    const { length, inner } = storedAxis(site.inputs[0]!, axis(site));
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      length,
      inner: inner / 4,
      blocks: channelBlocks(channels),
      tail: tailChannels(channels),
    };
  },
});
