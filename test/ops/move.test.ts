/** Operators that move elements, softmax and sigmoid: hand-computed numbers, second formulas, refusals. */
import { describe, expect, it } from 'vitest';
import { verifyGraph } from '../../src/build/verify.js';
import type { Attributes } from '../../src/graph/types.js';
import { checkedNode, operatorOf } from '../../src/ops/index.js';
import { compute, digits, nodeOf, tensorOf } from './node.js';

const six = tensorOf([1, 2, 1, 3], [1, 2, 3, 4, 5, 6]);
const run = (operator: string, attributes: Attributes, ...inputs: Parameters<typeof compute>[1][number][]) => {
  const { shape, data } = compute(nodeOf(operator, attributes), inputs);
  return { shape, data: [...data] };
};

describe('concat and slice', () => {
  it('join along each axis: numbers computed by hand', () => {
    const other = tensorOf([1, 2, 1, 1], [7, 8]);
    expect(run('concat', { axis: 3 }, six, other)).toEqual({ shape: [1, 2, 1, 4], data: [1, 2, 3, 7, 4, 5, 6, 8] });
    const channel = tensorOf([1, 1, 1, 3], [7, 8, 9]);
    expect(run('concat', { axis: 1 }, channel, six, channel)).toEqual({
      shape: [1, 4, 1, 3],
      data: [7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    });
    expect(run('concat', { axis: 0 }, six, six).shape).toEqual([2, 2, 1, 3]);
  });

  it('cut along each axis: numbers computed by hand', () => {
    expect(run('slice', { axis: 3, begin: 1, end: 3 }, six)).toEqual({ shape: [1, 2, 1, 2], data: [2, 3, 5, 6] });
    expect(run('slice', { axis: 1, begin: 1, end: 2 }, six)).toEqual({ shape: [1, 1, 1, 3], data: [4, 5, 6] });
  });

  it('undo one another on every axis', () => {
    const input = digits([2, 3, 4, 5], 1);
    for (const axis of [0, 1, 2, 3]) {
      const length = input.shape[axis]!;
      const parts = Array.from({ length }, (_, k) => compute(nodeOf('slice', { axis, begin: k, end: k + 1 }), [input]));
      expect(compute(nodeOf('concat', { axis }), parts)).toEqual(input);
    }
  });
});

describe('channelShuffle', () => {
  it('interleaves groups: numbers computed by hand', () => {
    const input = tensorOf([1, 6], [1, 2, 3, 4, 5, 6]);
    expect(run('channelShuffle', { groups: 2 }, input).data).toEqual([1, 4, 2, 5, 3, 6]);
    expect(run('channelShuffle', { groups: 3 }, input).data).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('equals reshape, transpose, reshape (the paper, section 3.1)', () => {
    const input = digits([2, 12, 3, 2], 4);
    const split = compute(nodeOf('reshape', { shape: [3, 4, 6] }), [input]);
    const turned = compute(nodeOf('permute', { order: [0, 2, 1, 3] }), [split]);
    const joined = compute(nodeOf('reshape', { shape: [12, 3, 2] }), [turned]);
    expect(compute(nodeOf('channelShuffle', { groups: 3 }), [input])).toEqual(joined);
  });
});

describe('permute', () => {
  it('puts axis order[i] at place i: numbers computed by hand', () => {
    expect(run('permute', { order: [0, 3, 2, 1] }, six)).toEqual({ shape: [1, 3, 1, 2], data: [1, 4, 2, 5, 3, 6] });
    expect(run('permute', { order: [1, 0] }, tensorOf([2, 2], [1, 2, 3, 4])).data).toEqual([1, 3, 2, 4]);
  });

  it('is undone by the inverse order', () => {
    const input = digits([2, 3, 4, 5], 6);
    const order = [2, 0, 3, 1];
    const inverse = order.map((_, axis) => order.indexOf(axis));
    const turned = compute(nodeOf('permute', { order }), [input]);
    expect(turned.shape).toEqual([4, 2, 5, 3]);
    expect(compute(nodeOf('permute', { order: inverse }), [turned])).toEqual(input);
  });
});

describe('pad', () => {
  const row = tensorOf([1, 1, 1, 3], [1, 2, 3]);

  it('adds a constant, the edge or the mirrored image: numbers computed by hand', () => {
    expect(run('pad', { mode: 'constant', padding: [1, 1, 0, 0], value: 9 }, row).data).toEqual([
      9, 9, 9, 9, 9, 1, 2, 3,
    ]);
    expect(run('pad', { mode: 'edge', padding: [1, 2, 0, 1] }, row)).toEqual({
      shape: [1, 1, 2, 6],
      data: [1, 1, 1, 2, 3, 3, 1, 1, 1, 2, 3, 3],
    });
    expect(run('pad', { mode: 'reflect', padding: [0, 2, 0, 2] }, row).data).toEqual([3, 2, 1, 2, 3, 2, 1]);
  });
});

describe('resize', () => {
  const row = tensorOf([1, 1, 1, 2], [0, 4]);
  const resized = (attributes: Attributes) => run('resize', attributes, row).data;

  it('places pixels by centre, by corner or by their left edge: numbers computed by hand', () => {
    const bilinear = { mode: 'bilinear', size: [1, 4] };
    expect(resized({ ...bilinear, coordinates: 'halfPixel' })).toEqual([0, 1, 3, 4]);
    expect(resized({ ...bilinear, coordinates: 'asymmetric' })).toEqual([0, 2, 4, 4]);
    const corners = resized({ ...bilinear, coordinates: 'alignCorners' });
    [0, 4 / 3, 8 / 3, 4].forEach((value, index) => {
      expect(corners[index]).toBeCloseTo(value, 12);
    });
    expect(resized({ mode: 'bilinear', size: [1, 1], coordinates: 'alignCorners' })).toEqual([0]);
  });

  it('rounds to the nearest pixel as asked', () => {
    const three = tensorOf([1, 1, 1, 3], [1, 2, 3]);
    const nearest = (rounding: string, size: number[]) =>
      run('resize', { mode: 'nearest', coordinates: 'alignCorners', rounding, size }, three).data;
    // Five pixels lie at 0, ½, 1, 1½, 2.
    expect(nearest('floor', [1, 5])).toEqual([1, 1, 2, 2, 3]);
    expect(nearest('ceil', [1, 5])).toEqual([1, 2, 2, 3, 3]);
    expect(nearest('halfDown', [1, 5])).toEqual([1, 1, 2, 2, 3]);
    expect(nearest('halfUp', [1, 5])).toEqual([1, 2, 2, 3, 3]);
  });

  it('takes its steps from the scale where that is given, and rounds the size down', () => {
    const three = tensorOf([1, 1, 1, 3], [0, 8, 16]);
    const scaled = { mode: 'bilinear', coordinates: 'halfPixel', scale: [1, 1.5] };
    const { shape, data } = run('resize', scaled, three);
    expect(shape).toEqual([1, 1, 1, 4]);
    [0, 4, 28 / 3, 44 / 3].forEach((value, index) => {
      expect(data[index]).toBeCloseTo(value, 12);
    });
  });

  it('mixes rows and columns', () => {
    const square = tensorOf([1, 1, 2, 2], [0, 4, 8, 12]);
    expect(run('resize', { mode: 'bilinear', coordinates: 'halfPixel', size: [1, 1] }, square).data).toEqual([6]);
  });
});

describe('softmax and sigmoid', () => {
  it('are shares of e^x', () => {
    const { data } = run('softmax', { axis: 1 }, tensorOf([1, 2, 1, 2], [0, Math.log(3), 0, 0]));
    [0.5, 0.75, 0.5, 0.25].forEach((value, index) => {
      expect(data[index]).toBeCloseTo(value, 12);
    });
    expect(
      run('sigmoid', {}, tensorOf([1, 3], [0, Math.log(3), -1000])).data.map((value) => +value.toFixed(12)),
    ).toEqual([0.5, 0.75, 0]);
  });

  it('do not overflow, and sum to 1 along each axis', () => {
    expect(run('softmax', { axis: 1 }, tensorOf([1, 2], [1000, 1000])).data).toEqual([0.5, 0.5]);
    const input = digits([2, 3, 4, 5], 3);
    for (const axis of [0, 1, 2, 3]) {
      const output = compute(nodeOf('softmax', { axis }), [input]);
      const total = output.data.reduce((sum, value) => sum + value, 0);
      expect(total).toBeCloseTo(input.data.length / input.shape[axis]!, 9);
    }
  });
});

const SHAPE_REFUSALS: [string, Attributes, number[][]][] = [
  [
    'concat',
    { axis: 1 },
    [
      [1, 2],
      [2, 2],
    ],
  ],
  [
    'concat',
    { axis: 2 },
    [
      [1, 2],
      [1, 2],
    ],
  ],
  [
    'concat',
    { axis: 1 },
    [
      [1, 2, 3],
      [1, 2],
    ],
  ],
  ['slice', { axis: 1, begin: 0, end: 3 }, [[1, 2]]],
  ['slice', { axis: 2, begin: 0, end: 1 }, [[1, 2]]],
  ['channelShuffle', { groups: 3 }, [[1, 4]]],
  ['permute', { order: [1, 0] }, [[1, 2, 3]]],
  ['pad', { mode: 'reflect', padding: [0, 0, 3, 0] }, [[1, 1, 3, 3]]],
  ['pad', { mode: 'edge', padding: [0, 0, 3, 0] }, [[1, 3]]],
  ['resize', { mode: 'bilinear', coordinates: 'halfPixel', scale: [0.1, 1] }, [[1, 1, 3, 3]]],
  ['softmax', { axis: 2 }, [[1, 3]]],
];

const ATTRIBUTE_REFUSALS: [string, string, Attributes][] = [
  ['BAD_ATTRIBUTE', 'concat', { axis: 6 }],
  ['BAD_ATTRIBUTE', 'concat', { axis: -1 }],
  ['BAD_ATTRIBUTE', 'slice', { axis: 1, begin: 2, end: 2 }],
  ['BAD_ATTRIBUTE', 'permute', { order: [0, 0] }],
  ['BAD_ATTRIBUTE', 'permute', { order: [] }],
  ['BAD_ATTRIBUTE', 'permute', { order: [0, 1, 2, 3, 4, 5, 6] }],
  ['BAD_ATTRIBUTE', 'pad', { mode: 'constant', padding: [0, 0, 0, 0] }],
  ['UNKNOWN_ATTRIBUTE', 'pad', { mode: 'edge', padding: [0, 0, 0, 0], value: 1 }],
  ['BAD_ATTRIBUTE', 'resize', { mode: 'nearest', coordinates: 'halfPixel', size: [1, 1] }],
  ['UNKNOWN_ATTRIBUTE', 'resize', { mode: 'bilinear', coordinates: 'halfPixel', size: [1, 1], scale: [1, 1] }],
  ['BAD_ATTRIBUTE', 'resize', { mode: 'bilinear', coordinates: 'halfPixel', scale: [0, 1] }],
  ['BAD_ATTRIBUTE', 'channelShuffle', { groups: 0 }],
];

describe('refusals', () => {
  it.each(SHAPE_REFUSALS)('%s %j of %j', (operator, attributes, shapes) => {
    const node = nodeOf(operator, attributes);
    expect(() => operatorOf(node).inferShapes(node, shapes)).toThrow(expect.objectContaining({ code: 'NODE_SHAPE' }));
  });

  it.each(ATTRIBUTE_REFUSALS)('%s: %s %j', (code, operator, attributes) => {
    const node = nodeOf(operator, attributes);
    expect(() => checkedNode(node)).toThrow(expect.objectContaining({ code }));
  });

  it('concat takes two inputs or more, none absent', () => {
    const graph = (inputs: string[]) => ({
      inputs: [{ name: 'x', shape: [1, 2] }],
      outputs: ['y'],
      nodes: [{ name: 'y', operator: 'concat', inputs, outputs: ['y'], attributes: { axis: 1 } }],
      tensors: new Map(),
    });
    expect(() => verifyGraph(graph(['x']))).toThrow(expect.objectContaining({ code: 'INPUT_COUNT' }));
    expect(() => verifyGraph(graph(['x', 'x', '']))).toThrow(expect.objectContaining({ code: 'UNDEFINED_VALUE' }));
    expect(verifyGraph(graph(['x', 'x', 'x', 'x'])).nodes).toHaveLength(1);
  });
});
