/** Activations, affines, batch normalisation, addition and reshapes: hand-computed numbers, shape rules, refusals. */
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/graph/types.js';
import { checkedNode, operatorOf, operators } from '../../src/ops/index.js';
import { compute, digits, nodeOf, tensorOf } from './node.js';

const values = tensorOf([1, 2, 1, 3], [-4, 0, 8, -1, 0.5, 6.5]);
const pair = (a: number, b: number) => tensorOf([2], [a, b]);

describe('references, by hand', () => {
  it('relu', () => {
    expect([...compute(nodeOf('relu'), [values]).data]).toEqual([0, 0, 8, 0, 0.5, 6.5]);
  });

  it('clip', () => {
    expect([...compute(nodeOf('clip', { least: 0, most: 6 }), [values]).data]).toEqual([0, 0, 6, 0, 0.5, 6]);
    expect([...compute(nodeOf('clip', { least: -2, most: 1 }), [values]).data]).toEqual([-2, 0, 1, -1, 0.5, 1]);
  });

  it('prelu takes one slope a channel', () => {
    expect([...compute(nodeOf('prelu'), [values, pair(0.25, 3)]).data]).toEqual([-1, 0, 8, -3, 0.5, 6.5]);
    const second = { ...values, shape: [3, 2] };
    expect([...compute(nodeOf('prelu'), [second, pair(0.25, 3)]).data]).toEqual([-1, 0, 8, -3, 0.5, 6.5]);
  });

  it('affine takes one pair a channel, or one for all', () => {
    const node = nodeOf('affine');
    expect([...compute(node, [values, pair(2, 10), pair(1, 0)]).data]).toEqual([-7, 1, 17, -10, 5, 65]);
    const one = [tensorOf([1], [2]), tensorOf([1], [1])];
    expect([...compute(node, [values, ...one]).data]).toEqual([-7, 1, 17, -1, 2, 14]);
  });

  it('batchNorm: channel 0 is (x − 2) / √(3 + 1) · 10 + 1, channel 1 is (x − 0) / √(0 + 1) · 1 + 0', () => {
    const parameters = [pair(10, 1), pair(1, 0), pair(2, 0), pair(3, 0)];
    const output = compute(nodeOf('batchNorm', { epsilon: 1 }), [values, ...parameters]);
    expect([...output.data]).toEqual([-29, -9, 31, -1, 0.5, 6.5]);
  });

  it('add', () => {
    expect([...compute(nodeOf('add'), [values, values]).data]).toEqual([-8, 0, 16, -2, 1, 13]);
  });

  it('flatten and reshape keep the elements and their order', () => {
    const input = digits([2, 3, 2, 4], 5);
    expect(compute(nodeOf('flatten'), [input])).toEqual({ ...input, shape: [2, 24] });
    expect(compute(nodeOf('reshape', { shape: [4, -1] }), [input])).toEqual({ ...input, shape: [2, 4, 6] });
    expect(compute(nodeOf('reshape', { shape: [24] }), [input])).toEqual({ ...input, shape: [2, 24] });
  });

  it('let NaN through', () => {
    const nan = tensorOf([1, 1], [Number.NaN]);
    const one = tensorOf([1], [1]);
    for (const [operator, ...rest] of [['relu'], ['prelu', one], ['affine', one, one]] as const) {
      expect([...compute(nodeOf(operator), [nan, ...rest]).data]).toEqual([Number.NaN]);
    }
    expect([...compute(nodeOf('clip', { least: 0, most: 6 }), [nan]).data]).toEqual([Number.NaN]);
  });
});

const image = [1, 2, 3, 3];
const SHAPE_REFUSALS: [string, Attributes, (number[] | undefined)[]][] = [
  ['prelu', {}, [image, [3]]],
  ['prelu', {}, [[3], [3]]],
  ['affine', {}, [image, [2], [1]]],
  ['affine', {}, [image, [3], [3]]],
  ['affine', {}, [[3], [3], [3]]],
  ['batchNorm', { epsilon: 0 }, [image, [2], [2], [2], [3]]],
  ['batchNorm', { epsilon: 0 }, [[2], [2], [2], [2], [2]]],
  ['add', {}, [image, [1, 2, 3, 4]]],
  ['add', {}, [image, [2, 3, 3]]],
  ['reshape', { shape: [5] }, [image]],
  ['reshape', { shape: [4, -1] }, [image]],
  ['reshape', { shape: [18] }, [[18]]],
];

const ATTRIBUTE_REFUSALS: [string, string, Attributes][] = [
  ['UNKNOWN_ATTRIBUTE', 'relu', { slope: 0.1 }],
  ['UNKNOWN_ATTRIBUTE', 'add', { axis: 1 }],
  ['BAD_ATTRIBUTE', 'clip', { least: 0 }],
  ['BAD_ATTRIBUTE', 'clip', { least: 0, most: Number.POSITIVE_INFINITY }],
  ['BAD_ATTRIBUTE', 'batchNorm', {}],
  ['BAD_ATTRIBUTE', 'batchNorm', { epsilon: 'small' }],
  ['BAD_ATTRIBUTE', 'reshape', {}],
  ['BAD_ATTRIBUTE', 'reshape', { shape: [] }],
  ['BAD_ATTRIBUTE', 'reshape', { shape: [1, 2, 3, 4, 5, 6] }],
  ['BAD_ATTRIBUTE', 'reshape', { shape: [-2] }],
  ['NODE_SHAPE', 'reshape', { shape: [0, 2] }],
  ['NODE_SHAPE', 'reshape', { shape: [-1, -1] }],
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

  it('of an operator that is not in the table name those that are', () => {
    expect(() => operatorOf(nodeOf('convolutoin'))).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPERATOR' }));
    expect(() => operatorOf(nodeOf('convolutoin'))).toThrow(/convolution/);
  });
});

describe('the table', () => {
  it('names each operator once, required inputs first', () => {
    expect(new Set(operators.map(({ name }) => name)).size).toBe(operators.length);
    for (const { inputNames, required } of operators) expect(required).toBeLessThanOrEqual(inputNames.length);
  });
});
