/** Pooling: hand-computed numbers, a second formula, shape rules. */
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/graph/types.js';
import { checkedNode, operatorOf } from '../../src/ops/index.js';
import { pooledLength } from '../../src/ops/pool.js';
import { compute, digits, nodeOf, tensorOf } from './node.js';

describe('globalAveragePool', () => {
  const node = nodeOf('globalAveragePool');

  it('gives the mean of each channel: numbers computed by hand', () => {
    const output = compute(node, [tensorOf([1, 2, 2, 2], [1, 2, 3, 6, -1, -1, -1, 5])]);
    expect(output.shape).toEqual([1, 2, 1, 1]);
    expect([...output.data]).toEqual([3, 0.5]);
  });

  it('equals a depthwise convolution of the input’s size with weights 1 / (H · W)', () => {
    const input = digits([2, 3, 4, 8], 9);
    const weights = tensorOf([3, 1, 4, 8], new Array(96).fill(1 / 32));
    const attributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 3, activation: 'none' };
    const depthwise = compute(nodeOf('convolution', attributes), [input, weights]);
    expect(compute(node, [input])).toEqual(depthwise);
  });

  it('refuses anything but an image, and attributes', () => {
    expect(() => operatorOf(node).inferShapes(node, [[1, 2]])).toThrow(expect.objectContaining({ code: 'NODE_SHAPE' }));
    const withSize = nodeOf('globalAveragePool', { kernel: [7, 7] });
    expect(() => checkedNode(withSize)).toThrow(expect.objectContaining({ code: 'UNKNOWN_ATTRIBUTE' }));
  });
});

const plain = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0], rounding: 'down' };
const nine = tensorOf([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
const pooled = (operator: string, attributes: Attributes) => [...compute(nodeOf(operator, attributes), [nine]).data];

describe('maxPool', () => {
  it('drops or completes the last windows: numbers computed by hand', () => {
    expect(pooled('maxPool', plain)).toEqual([5]);
    expect(pooled('maxPool', { ...plain, rounding: 'up' })).toEqual([5, 6, 8, 9]);
    expect(pooled('maxPool', { ...plain, padding: [1, 0, 0, 1] })).toEqual([2, 3, 8, 9]);
    const negative = tensorOf([1, 1, 1, 2], [-3, -2]);
    const padded = { ...plain, kernel: [1, 2], padding: [0, 1, 0, 1], stride: [1, 1] };
    expect([...compute(nodeOf('maxPool', padded), [negative]).data]).toEqual([-3, -2, -2]);
  });

  it('keeps images and channels apart', () => {
    const input = tensorOf([2, 2, 1, 2], [1, 2, 4, 3, -1, -2, 0, 0]);
    const node = nodeOf('maxPool', { ...plain, kernel: [1, 2], stride: [1, 1] });
    expect([...compute(node, [input]).data]).toEqual([2, 4, -1, 0]);
  });
});

describe('averagePool', () => {
  it('counts what is in the window, and the padding where asked: numbers computed by hand', () => {
    const up = { ...plain, rounding: 'up' };
    expect(pooled('averagePool', { ...up, countPadding: false })).toEqual([3, 4.5, 7.5, 9]);
    expect(pooled('averagePool', { ...up, countPadding: true })).toEqual([3, 4.5, 7.5, 9]);
    const padded = { ...plain, padding: [1, 1, 0, 0] };
    expect(pooled('averagePool', { ...padded, countPadding: false })).toEqual([1, 2.5, 5.5, 7]);
    expect(pooled('averagePool', { ...padded, countPadding: true })).toEqual([0.25, 1.25, 2.75, 7]);
  });

  it('counts padding below and right, but not what rounding up adds', () => {
    // The last window of three columns from column 2 on holds 3 and one column of padding; the third is beyond it.
    const row = tensorOf([1, 1, 1, 3], [1, 2, 3]);
    const attributes = { kernel: [1, 3], stride: [1, 2], padding: [0, 0, 0, 1], rounding: 'up', countPadding: true };
    expect([...compute(nodeOf('averagePool', attributes), [row]).data]).toEqual([2, 1.5]);
  });
});

describe('pooledLength', () => {
  it.each([
    [5, 2, 2, 0, 0, 2, 3],
    [4, 2, 2, 0, 0, 2, 2],
    [112, 3, 2, 1, 1, 56, 57],
    [3, 2, 3, 0, 0, 1, 1],
    [4, 2, 3, 0, 0, 1, 2],
    [2, 2, 2, 0, 1, 1, 1],
    [1, 2, 1, 0, 0, 0, 0],
  ])(
    '%d values, kernel %d, stride %d, padding %d and %d: %d rounded down, %d up',
    (length, kernel, stride, before, after, down, up) => {
      expect(pooledLength(length, kernel, stride, before, after, 'down')).toBe(down);
      expect(pooledLength(length, kernel, stride, before, after, 'up')).toBe(up);
    },
  );
});

describe('refusals', () => {
  it.each<[string, Attributes]>([
    ['maxPool', { ...plain, padding: [2, 0, 0, 0] }],
    ['maxPool', { ...plain, padding: [0, 0, 0, 2] }],
    ['maxPool', { ...plain, rounding: 'nearest' }],
    ['maxPool', { ...plain, stride: [0, 1] }],
    ['averagePool', plain],
    ['averagePool', { ...plain, countPadding: 1 }],
  ])('%s %j', (operator, attributes) => {
    const node = nodeOf(operator, attributes);
    expect(() => checkedNode(node)).toThrow(expect.objectContaining({ code: 'BAD_ATTRIBUTE' }));
  });

  it('of a kernel larger than the image', () => {
    const node = checkedNode(nodeOf('maxPool', { ...plain, kernel: [4, 1], padding: [0, 0, 0, 0] }));
    const shapes = [[1, 1, 3, 3]];
    expect(() => operatorOf(node).inferShapes(node, shapes)).toThrow(expect.objectContaining({ code: 'NODE_SHAPE' }));
  });
});
