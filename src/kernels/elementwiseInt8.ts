/** Element-wise operators on int8 values. */
import { additionIntegers, REQUANTISE_SLOPES, requantiseIntegers } from '../ops/quantisedElementwise.js';
import { INT8_CHANNEL_BLOCK, int8ChannelStride, storedElements } from '../tensor/layout.js';
import { imageShape } from '../tensor/shape.js';
import { additionInt8Arguments, requantiseInt8Arguments } from './furtherArguments.js';
import { kernelRow, type PackedParts, type Site, storedPixels } from './kernel.js';
import { bytesPart } from './requantisation.js';

/** Half a unit and a zero point in units of 2^−shift. */
function shiftedOffset(zeroPoint: number, shift: number): number {
  return zeroPoint * 2 ** shift + 2 ** (shift - 1);
}

export const additionInt8 = kernelRow({
  name: 'additionInt8',
  operators: ['quantisedAddition'],
  layout: 'nhwcInt8',
  struct: additionInt8Arguments,
  accepts: ({ tensors }) => tensors.every((tensor) => tensor === undefined),
  extent: (site) => storedElements(site.outputs[0]!, 'nhwcInt8') / INT8_CHANNEL_BLOCK,
  arguments(site, places) {
    const { multipliers, shift, zeroPoint, zeroPoints, least, most } = additionIntegers(site.node.attributes);
    const [multiplierA = 0, multiplierB = 0] = multipliers;
    return {
      a: places.inputs[0]!,
      b: places.inputs[1]!,
      output: places.outputs[0]!,
      multiplierA,
      multiplierB,
      shift,
      offset: shiftedOffset(zeroPoint, shift) - zeroPoints[0] * multiplierA - zeroPoints[1] * multiplierB,
      least,
      most,
    };
  },
});

function slopesOf({ tensors }: Site): Float32Array | undefined {
  return tensors[REQUANTISE_SLOPES]?.data;
}

/** Packs the multipliers of elements below the zero point, int16 by channel; nothing where there are no slopes. */
function packNegatives(site: Site<'requantise'>): PackedParts {
  const slopes = slopesOf(site);
  if (!slopes) return {};
  const { negative } = requantiseIntegers(site.node.attributes, slopes);
  return {
    negatives: bytesPart(2 * int8ChannelStride(slopes.length), (target) => {
      for (const [channel, multiplier] of negative.entries()) target.setInt16(2 * channel, multiplier, true);
    }),
  };
}

export const requantiseInt8 = kernelRow({
  name: 'requantiseInt8',
  operators: ['requantise'],
  layout: 'nhwcInt8',
  struct: requantiseInt8Arguments,
  accepts: ({ inputs, tensors }) => !inputs[REQUANTISE_SLOPES] || tensors[REQUANTISE_SLOPES] !== undefined,
  pack: packNegatives,
  extent: (site) => storedPixels(site.outputs[0]!),
  arguments(site, places) {
    const integers = requantiseIntegers(site.node.attributes, slopesOf(site));
    const { positive, inputZeroPoint, shift, zeroPoint, least, most } = integers;
    return {
      input: places.inputs[0]!,
      output: places.outputs[0]!,
      negatives: places.parts.negatives ?? null,
      multiplier: positive,
      inputZeroPoint,
      shift,
      offset: shiftedOffset(zeroPoint, shift),
      least,
      most,
      blocks: int8ChannelStride(imageShape(site.inputs[0]!).channels) / INT8_CHANNEL_BLOCK,
    };
  },
});
