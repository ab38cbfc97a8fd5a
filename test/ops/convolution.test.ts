/** Convolution and fully connected: hand-computed numbers, a second formula, shape rules and refusals. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/graph/types.js';
import { checkedNode, operatorOf } from '../../src/ops/index.js';
import type { ReferenceTensor } from '../../src/tensor/tensor.js';
import { compute, digits, nodeOf, tensorOf } from './node.js';

const PLAIN: Attributes = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1, activation: 'none' };
const convolution = (attributes: Attributes = {}) => nodeOf('convolution', { ...PLAIN, ...attributes });

/**
 * Convolution in scatter form over an explicitly padded image: each input element is sent to the outputs that it
 * touches, where the reference gathers.
 */
function scatter(input: ReferenceTensor, weights: ReferenceTensor, attributes: Attributes): number[] {
  const [strideY, strideX] = attributes.stride as [number, number];
  const [top, left, bottom, right] = attributes.padding as [number, number, number, number];
  const [dilationY, dilationX] = attributes.dilation as [number, number];
  const [batch, channels, height, width] = input.shape as [number, number, number, number];
  const [outputs, perGroup, kernelY, kernelX] = weights.shape as [number, number, number, number];
  const rows = Math.ceil((height + top + bottom - dilationY * (kernelY - 1)) / strideY);
  const columns = Math.ceil((width + left + right - dilationX * (kernelX - 1)) / strideX);
  const result = new Array<number>(batch * outputs * rows * columns).fill(0);
  const perOutputGroup = outputs / (attributes.groups as number);
  input.data.forEach((value, index) => {
    const x = (index % width) + left;
    const y = (Math.floor(index / width) % height) + top;
    const channel = Math.floor(index / width / height) % channels;
    const image = Math.floor(index / width / height / channels);
    const group = Math.floor(channel / perGroup);
    for (let output = group * perOutputGroup; output < (group + 1) * perOutputGroup; output++) {
      for (let tap = 0; tap < kernelY * kernelX; tap++) {
        const row = (y - Math.floor(tap / kernelX) * dilationY) / strideY;
        const column = (x - (tap % kernelX) * dilationX) / strideX;
        if (!Number.isInteger(row) || !Number.isInteger(column)) continue;
        if (row < 0 || column < 0 || row >= rows || column >= columns) continue;
        const weight = weights.data[(output * perGroup + (channel % perGroup)) * kernelY * kernelX + tap]!;
        result[((image * outputs + output) * rows + row) * columns + column]! += value * weight;
      }
    }
  });
  return result;
}

describe('convolution', () => {
  it('sums the window, zeros outside: numbers computed by hand', () => {
    const input = tensorOf([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const weights = tensorOf([1, 1, 2, 2], [1, 10, 100, 1000]);
    expect([...compute(convolution(), [input, weights]).data]).toEqual([5421, 6532, 8754, 9865]);
    const padded = compute(convolution({ stride: [2, 2], padding: [1, 1, 0, 0] }), [input, weights]);
    expect([...padded.data]).toEqual([1000, 3200, 7040, 9865]);
  });

  it('adds bias, then residual, then applies the activation', () => {
    const input = tensorOf([1, 2, 1, 2], [1, 2, 3, 4]);
    const weights = tensorOf([2, 2, 1, 1], [1, 1, -1, -1]);
    const bias = tensorOf([2], [0.5, -0.5]);
    const slopes = tensorOf([2], [0.25, 0.5]);
    const residual = tensorOf([1, 2, 1, 2], [-10, 1, 5, 2]);
    const sums = [-5.5, 7.5, 0.5, -4.5];
    const run = (activation: string, withSlopes?: ReferenceTensor) => [
      ...compute(convolution({ activation }), [input, weights, bias, withSlopes, residual]).data,
    ];
    expect(run('none')).toEqual(sums);
    expect(run('relu')).toEqual([0, 7.5, 0.5, 0]);
    expect(run('relu6')).toEqual([0, 6, 0.5, 0]);
    expect(run('prelu', slopes)).toEqual([-1.375, 7.5, 0.5, -2.25]);
  });

  it('equals the scatter form for any stride, padding, dilation and groups', () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    const pad = fc.integer({ min: 0, max: 2 });
    const recipe = fc.record({
      batch: size(2),
      groups: size(3),
      perGroup: size(2),
      perOutputGroup: size(2),
      height: fc.integer({ min: 3, max: 6 }),
      width: fc.integer({ min: 3, max: 6 }),
      kernel: fc.tuple(size(2), size(2)),
      stride: fc.tuple(size(3), size(3)),
      padding: fc.tuple(pad, pad, pad, pad),
      dilation: fc.tuple(size(2), size(2)),
    });
    fc.assert(
      fc.property(recipe, ({ batch, groups, perGroup, perOutputGroup, height, width, kernel, ...rest }) => {
        const attributes = { ...rest, groups, activation: 'none' };
        const input = digits([batch, groups * perGroup, height, width], 3);
        const weights = digits([groups * perOutputGroup, perGroup, ...kernel], 11);
        const { data } = compute(nodeOf('convolution', attributes), [input, weights]);
        expect([...data].map((value) => value + 0)).toEqual(scatter(input, weights, attributes));
      }),
      { numRuns: 200, seed: 31 },
    );
  });

  it('counts multiply-adds as the paper does', () => {
    const shapes = [
      [1, 64, 56, 56],
      [128, 64, 1, 1],
    ];
    const node = convolution();
    const outputs = operatorOf(node).inferShapes(node, shapes);
    expect(operatorOf(node).multiplyAdds(node, shapes, outputs)).toBe(56 * 56 * 64 * 128);
    const depthwise = convolution({ groups: 64 });
    const global = [
      [1, 64, 7, 6],
      [64, 1, 7, 6],
    ];
    expect(operatorOf(depthwise).inferShapes(depthwise, global)).toEqual([[1, 64, 1, 1]]);
    expect(operatorOf(depthwise).multiplyAdds(depthwise, global, [[1, 64, 1, 1]])).toBe(64 * 42);
  });

  const image = [1, 4, 5, 5];
  it.each([
    [
      'an input of 3 axes',
      [
        [4, 5, 5],
        [2, 4, 3, 3],
      ],
      {},
    ],
    ['weights of 2 axes', [image, [2, 4]], {}],
    ['weights for other channels', [image, [2, 3, 3, 3]], {}],
    ['outputs that groups do not divide', [image, [3, 2, 3, 3]], { groups: 2 }],
    ['a kernel larger than the image', [image, [2, 4, 6, 1]], {}],
    ['a dilated kernel larger than the image', [image, [2, 4, 3, 3]], { dilation: [3, 1] }],
    ['a bias of other channels', [image, [2, 4, 3, 3], [3]], {}],
    ['slopes without prelu', [image, [2, 4, 3, 3], [2], [2]], {}],
    ['prelu without slopes', [image, [2, 4, 3, 3], [2]], { activation: 'prelu' }],
    ['a residual of another shape', [image, [2, 4, 3, 3], undefined, undefined, [1, 2, 3, 4]], {}],
  ])('refuses %s', (_what, shapes, attributes) => {
    const node = convolution(attributes);
    expect(() => operatorOf(node).inferShapes(node, shapes)).toThrow(expect.objectContaining({ code: 'NODE_SHAPE' }));
  });

  it.each([
    ['BAD_ATTRIBUTE', { stride: [0, 1] }],
    ['BAD_ATTRIBUTE', { stride: [1] }],
    ['BAD_ATTRIBUTE', { padding: [0, 0, 0, -1] }],
    ['BAD_ATTRIBUTE', { dilation: [1, 1.5] }],
    ['BAD_ATTRIBUTE', { groups: 0 }],
    ['BAD_ATTRIBUTE', { activation: 'tanh' }],
    ['UNKNOWN_ATTRIBUTE', { bias: true }],
  ])('%s for %j', (code, attributes) => {
    const node = convolution(attributes);
    expect(() => checkedNode(node)).toThrow(expect.objectContaining({ code }));
  });
});

describe('fullyConnected', () => {
  const node = nodeOf('fullyConnected', { activation: 'relu' });

  it('multiplies the flattened input: numbers computed by hand', () => {
    const input = tensorOf([2, 2, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    const weights = tensorOf([3, 4], [1, 0, 0, 0, 0, 0, 0, 1, -1, -1, -1, -1]);
    const bias = tensorOf([3], [10, 0, 20]);
    const output = compute(node, [input, weights, bias]);
    expect(output.shape).toEqual([2, 3]);
    expect([...output.data]).toEqual([11, 4, 10, 15, 8, 0]);
  });

  it('equals a convolution whose kernel has the input’s size', () => {
    const input = digits([2, 3, 2, 4], 1);
    const weights = digits([5, 24], 2);
    const linear = compute(nodeOf('fullyConnected', { activation: 'none' }), [input, weights]);
    const kernel = { ...weights, shape: [5, 3, 2, 4] };
    expect([...linear.data]).toEqual([...compute(convolution(), [input, kernel]).data]);
  });

  it.each([
    ['an input of one axis', [[4], [3, 4]]],
    [
      'weights of another length',
      [
        [1, 5],
        [3, 4],
      ],
    ],
    [
      'weights of 4 axes',
      [
        [1, 4],
        [3, 4, 1, 1],
      ],
    ],
    ['a bias of other channels', [[1, 4], [3, 4], [4]]],
  ])('refuses %s', (_what, shapes) => {
    expect(() => operatorOf(node).inferShapes(node, shapes)).toThrow(expect.objectContaining({ code: 'NODE_SHAPE' }));
  });

  it('counts a multiply-add a weight and image', () => {
    expect(
      operatorOf(node).multiplyAdds(
        node,
        [
          [2, 512],
          [128, 512],
        ],
        [[2, 128]],
      ),
    ).toBe(2 * 128 * 512);
  });
});
