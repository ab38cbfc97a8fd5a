/** Pooling: hand-computed numbers, a second formula, shape rules. */
import { describe, expect, it } from 'vitest';
import { operatorOf } from '../../src/ops/index.js';
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
    expect(() => operatorOf(withSize).checkAttributes(withSize)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_ATTRIBUTE' }),
    );
  });
});
