/** Pooling: the largest or the mean value of each window. */
import { isNode } from '../graph/types.js';
import { imageShape } from '../tensor/shape.js';
import { poolArguments } from './furtherArguments.js';
import { channelBlocks, kernelRow, type Places, type Site, storedRows } from './kernel.js';
import type { ArgumentsOf } from './struct.js';
import { windowArguments } from './window.js';

/** The arguments of a window's pooling, gaps aside. */
export function windowPoolArguments(
  site: Site<'maxPool' | 'averagePool'>,
  places: Places,
): ArgumentsOf<typeof poolArguments> {
  const { kernel, stride, padding } = site.node.attributes;
  const countPadding = isNode(site.node, 'averagePool') && site.node.attributes.countPadding;
  const input = imageShape(site.inputs[0]!);
  return {
    input: places.inputs[0]!,
    output: places.outputs[0]!,
    ...windowArguments(site, { kernel, stride, padding }),
    countedHeight: input.height + (countPadding ? padding[2] : 0),
    countedWidth: input.width + (countPadding ? padding[3] : 0),
    countsPadding: countPadding ? 1 : 0,
    blocks: channelBlocks(input.channels),
  };
}

function pool(name: 'maxPool' | 'averagePool') {
  return kernelRow({
    name,
    operators: [name],
    struct: poolArguments,
    accepts: ({ node }) => node.attributes.dilation.every((length) => length === 1),
    extent: (site) => storedRows(site.outputs[0]!),
    arguments: windowPoolArguments,
  });
}

export const maxPool = pool('maxPool');
export const averagePool = pool('averagePool');
