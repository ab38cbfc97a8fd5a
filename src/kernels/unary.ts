/** Operators that map each element by itself, whatever its channel. */
import { UNARY_OPERATIONS, unaryNumbers } from '../ops/unary.js';
import { imageShape } from '../tensor/shape.js';
import { unaryArguments } from './furtherArguments.js';
import { channelBlocks, kernelRow, storedPixels, tailChannels } from './kernel.js';

export const unary = kernelRow({
  name: 'unary',
  operators: ['unary'],
  struct: unaryArguments,
  accepts: () => true,
  extent: (site) => storedPixels(site.inputs[0]!),
  arguments(site, places) {
    const { channels } = imageShape(site.inputs[0]!);
    const { attributes } = site.node;
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      ...unaryNumbers(attributes),
      blocks: channelBlocks(channels),
      tail: tailChannels(channels),
      operation: UNARY_OPERATIONS.indexOf(attributes.operation),
    };
  },
});
