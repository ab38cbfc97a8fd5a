/** Operators that move int8 elements and compute nothing: all values of a node have one quantisation. */
import { channelShuffle } from './channelShuffle.js';
import { concat } from './concat.js';
import { onInt8 } from './operator.js';
import { slice } from './slice.js';

/** `concat` of int8 values of one quantisation; others are brought to it by `requantise` before. */
export const quantisedConcat = onInt8(concat, 'quantisedConcat');

/** `slice` of an int8 value. */
export const quantisedSlice = onInt8(slice, 'quantisedSlice');

/** `channelShuffle` of an int8 value. */
export const quantisedChannelShuffle = onInt8(channelShuffle, 'quantisedChannelShuffle');
