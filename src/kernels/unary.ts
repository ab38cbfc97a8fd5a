/** Operators that map each element by itself, whatever its channel. */
import { UNARY_OPERATIONS, unaryAttributes } from '../ops/unary.js';
import { imageShape } from '../tensor/shape.js';
import { type UnaryArguments, unaryArguments } from './furtherArguments.js';
import { channelBlocks, kernelRow, storedPixels, tailChannels } from './kernel.js';

export const unary = kernelRow<UnaryArguments>({
  name: 'unary',
  operators: ['unary'],
  struct: unaryArguments,
  accepts: () => true,
  extent: (site) => storedPixels(site.inputs[0]!),
  arguments(site, places) {
    const { channels } = imageShape(site.inputs[0]!);
    const { operation, alpha, beta } = unaryAttributes(site.node);
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      alpha,
      beta,
      blocks: channelBlocks(channels),
      tail: tailChannels(channels),
      operation: UNARY_OPERATIONS.indexOf(operation),
    };
  },
});
