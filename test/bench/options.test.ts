/** The benchmarks' options: threads, and networks by a part of their names. */
import { describe, expect, it } from 'vitest';
import { findNetwork, parseThreads, threadCounts } from '../../bench/options.js';

describe('threadCounts', () => {
  it('doubles up to what is there', () => {
    expect(threadCounts(1)).toEqual([1]);
    expect(threadCounts(2)).toEqual([1, 2]);
    expect(threadCounts(6)).toEqual([1, 2, 4, 6]);
    expect(threadCounts(8)).toEqual([1, 2, 4, 8]);
  });
});

describe('parseThreads', () => {
  it('reads a list', () => {
    expect(parseThreads('1')).toEqual([1]);
    expect(parseThreads('1,2,64')).toEqual([1, 2, 64]);
  });

  it.each(['', '0', '65', '1.5', '1,', 'two'])('refuses %j', (text) => {
    expect(() => parseThreads(text)).toThrow(expect.objectContaining({ code: 'BAD_NUMBER' }));
  });
});

describe('findNetwork', () => {
  it.each([
    ['MobileFaceNet', 'MobileFaceNet'],
    ['mobilefacenet-m', 'MobileFaceNet-M'],
    ['shufflenet', 'ShuffleNet (1×, g=3)'],
    ['MobileFaceNet 112x96', 'MobileFaceNet (112×96)'],
    ['mobilenetv2', 'MobileNetV2'],
    ['mobilenetv2g', 'MobileNetV2-GDConv'],
  ])('%s is %s', (name, network) => {
    expect(findNetwork(name).network).toBe(network);
  });

  it.each(['', 'mobile', 'resnet', '-'])('refuses %j', (name) => {
    expect(() => findNetwork(name)).toThrow(expect.objectContaining({ code: 'BAD_NETWORK' }));
  });
});
