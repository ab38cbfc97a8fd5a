/** Operators that move int8 elements and compute nothing: all values of a node have one quantisation. */
import { channelShuffle } from './channelShuffle.js';
import { concat } from './concat.js';
import type { Operator } from './operator.js';
import { slice } from './slice.js';

function onInt8(operator: Operator, name: string): Operator {
  return { ...operator, name, int8Inputs: 'all', int8Output: true };
}

/** `concat` of int8 values of one quantisation; others are brought to it by `requantise` before. */
export const quantisedConcat = onInt8(concat, 'quantisedConcat');

/** `slice` of an int8 value. */
export const quantisedSlice = onInt8(slice, 'quantisedSlice');

/** `channelShuffle` of an int8 value. */
export const quantisedChannelShuffle = onInt8(channelShuffle, 'quantisedChannelShuffle');
