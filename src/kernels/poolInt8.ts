/** Pooling of int8 values: the largest or the mean element of each window, and the mean of a whole image. */
import { isNode } from '../graph/types.js';
import type { PoolAttributes } from '../ops/pool.js';
import { meanIntegers } from '../ops/quantisedPool.js';
import { INT8_CHANNEL_BLOCK, int8ChannelStride } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { poolInt8Arguments } from './furtherArguments.js';
import { kernelRow, type Places, type Site, storedPixels } from './kernel.js';
import type { ArgumentsOf } from './struct.js';
import { dilationArguments, windowArguments } from './window.js';

type PoolSite = Site<'quantisedMaxPool' | 'quantisedAveragePool' | 'quantisedGlobalAveragePool'>;

/** The window of a site; that of a global mean is its image. */
function windowOf({ node, inputs }: PoolSite): PoolAttributes {
  if (!isNode(node, 'quantisedGlobalAveragePool')) return node.attributes;
  const { height, width } = imageShape(inputs[0]!);
  const rest = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1] } as const;
  return { kernel: [height, width], ...rest, rounding: 'down', countPadding: false };
}

const NO_MEAN = { inputZeroPoint: 0, zeroPoint: 0, multiplier: 0, shift: 0 };

function blocksOf(site: Site): number {
  return int8ChannelStride(imageShape(site.inputs[0]!).channels) / INT8_CHANNEL_BLOCK;
}

function argumentsOf(site: PoolSite, places: Places, integers: typeof NO_MEAN): ArgumentsOf<typeof poolInt8Arguments> {
  const { kernel, stride, padding, dilation, countPadding } = windowOf(site);
  const input = imageShape(site.inputs[0]!);
  const { inputZeroPoint, zeroPoint, multiplier, shift } = integers;
  return {
    input: places.inputs[0]!,
    output: places.outputs[0]!,
    ...windowArguments(site, { kernel, stride, padding }),
    ...dilationArguments(dilation),
    blocks: blocksOf(site),
    countedHeight: input.height + padding[2],
    countedWidth: input.width + padding[3],
    countsPadding: countPadding ? 1 : 0,
    inputZeroPoint,
    outputZeroPoint: zeroPoint,
    multiplier,
    shift,
  };
}

function pool<const Name extends PoolSite['node']['operator']>(
  name: string,
  operators: readonly Name[],
  integersOf: (site: Site<Name>) => typeof NO_MEAN,
) {
  return kernelRow({
    name,
    operators,
    layout: 'nhwcInt8',
    struct: poolInt8Arguments,
    accepts: () => true,
    extent: (site) => storedPixels(site.outputs[0]!) * blocksOf(site),
    arguments: (site, places) => argumentsOf(site, places, integersOf(site)),
  });
}

export const maxPoolInt8 = pool('maxPoolInt8', ['quantisedMaxPool'], () => NO_MEAN);
export const averagePoolInt8 = pool(
  'averagePoolInt8',
  ['quantisedAveragePool', 'quantisedGlobalAveragePool'],
  ({ node }) => meanIntegers(node.attributes),
);
