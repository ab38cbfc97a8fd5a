/** Resizing an image: the taps of every row and column are computed while planning. */
import { resizeTaps } from '../ops/resize.js';
import { imageShape } from '../tensor/shape.js';
import { resizeArguments, resizeTap } from './furtherArguments.js';
import { channelBlocks, kernelRow, storedRows } from './kernel.js';
import { orderArguments } from './struct.js';

export const resize = kernelRow({
  name: 'resize',
  operators: ['resize'],
  struct: resizeArguments,
  accepts: () => true,
  extent: (site) => storedRows(site.outputs[0]!),
  arguments(site, places) {
    const input = imageShape(site.inputs[0]!);
    const output = imageShape(site.outputs[0]!);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      inputHeight: input.height,
      inputWidth: input.width,
      outputHeight: output.height,
      outputWidth: output.width,
      blocks: channelBlocks(input.channels),
    };
  },
  trailing(site) {
    const attributes = site.node.attributes;
    const { height, width } = imageShape(site.inputs[0]!);
    const taps = [...resizeTaps(height, 0, attributes), ...resizeTaps(width, 1, attributes)];
    return taps.flatMap((tap) => orderArguments(resizeTap, tap));
  },
});
