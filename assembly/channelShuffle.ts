/** Channel shuffle: each pixel's channels as a matrix of groups, transposed (Zhang et al. 2018, section 3.1). */
import { check, F32, VECTOR } from './simd';

/** The parallel axis is pixels of all images. */
@unmanaged
export class ChannelShuffleArguments {
  input: usize;
  output: usize;
  groups: i32;
  /** Channels of one group. */
  groupChannels: i32;
  /** Bytes from one pixel to the next. */
  stride: i32;
}

/** output[i · groups + g] = input[g · groupChannels + i]. */
export function channelShuffle(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ChannelShuffleArguments>(pointer);
  const groups = args.groups;
  const groupChannels = args.groupChannels;
  check(groups > 0 && groupChannels > 0 && args.stride >= groups * groupChannels * 4);
  const step = <usize>groups * F32;
  const used = <usize>groupChannels * step;
  const stride = <usize>args.stride;
  for (let pixel = begin; pixel < end; pixel++) {
    let from = args.input + <usize>pixel * stride;
    const output = args.output + <usize>pixel * stride;
    for (let group = 0; group < groups; group++) {
      let to = output + <usize>group * F32;
      let left = groupChannels;
      for (; left >= 4; left -= 4) {
        const four = v128.load(from);
        v128.store_lane<f32>(to, four, 0);
        v128.store_lane<f32>(to + step, four, 1);
        v128.store_lane<f32>(to + 2 * step, four, 2);
        v128.store_lane<f32>(to + 3 * step, four, 3);
        from += VECTOR;
        to += 4 * step;
      }
      for (; left > 0; left--, from += F32, to += step) store<f32>(to, load<f32>(from));
    }
    for (let at = used; at < stride; at += F32) store<f32>(output + at, 0);
  }
}

/** The same of int8 elements. */
export function channelShuffleInt8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ChannelShuffleArguments>(pointer);
  const groups = <usize>args.groups;
  const groupChannels = <usize>args.groupChannels;
  check(groups > 0 && groupChannels > 0 && <usize>args.stride >= groups * groupChannels);
  const stride = <usize>args.stride;
  for (let pixel = begin; pixel < end; pixel++) {
    let from = args.input + <usize>pixel * stride;
    const output = args.output + <usize>pixel * stride;
    for (let group: usize = 0; group < groups; group++) {
      const last = from + groupChannels;
      for (let to = output + group; from < last; from++, to += groups) store<u8>(to, load<u8>(from));
    }
  }
}
