/** Seeded weights have the bits that the documented rule gives in another language. */
import { describe, expect, it } from 'vitest';
import { seededWeights } from '../../src/networks/seededWeights.js';

/** Tensor, shape, seed, bits of elements 0, 1, 2 and 575: computed by the rule in Python with its unbounded integers. */
const BITS: readonly [string, number[], number, number[]][] = [
  ['conv1.weight', [64, 3, 3, 3], 1, [0xbeceb5d0, 0xbe8bfbfc, 0xbedb825e, 0xbef04215]],
  ['conv1.bias', [1024], 1, [0xbdabe0fe, 0xbd9e4ec2, 0x3cddade3, 0xbdb0ed52]],
  ['conv1.prelu', [1024], 1, [0x3ed36b14, 0x3cc876c8, 0x3e8aa43c, 0x3e1dec87]],
  ['blocks.14.dw.weight', [256, 1, 3, 3], 123456789, [0x3f1108f1, 0x3e40fd20, 0xbf3e5bc1, 0xbefe3b34]],
];

describe('seededWeights', () => {
  it.each(BITS)('%s %j of seed %d', (name, shape, seed, expected) => {
    const { data } = seededWeights(seed)(name, shape);
    const bits = new Uint32Array(data.buffer);
    expect([0, 1, 2, 575].map((index) => bits[index])).toEqual(expected);
  });

  it('are uniform with He’s bound: mean 0, variance 2 / inputs', () => {
    const { data } = seededWeights()('conv.weight', [256, 64, 3, 3]);
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const variance = data.reduce((sum, value) => sum + value * value, 0) / data.length;
    const bound = Math.sqrt(6 / 576);
    expect(Math.abs(mean)).toBeLessThan(0.01 * bound);
    expect(variance * 288).toBeCloseTo(1, 1);
    expect(data.every((value) => Math.abs(value) < bound)).toBe(true);
  });

  it('differ between names and between seeds', () => {
    const tensors = [
      seededWeights(1)('a.weight', [8, 8]),
      seededWeights(1)('b.weight', [8, 8]),
      seededWeights(2)('a.weight', [8, 8]),
    ];
    expect(new Set(tensors.map(({ data }) => data.join())).size).toBe(3);
  });
});
