/** The operators on int8 values: hand-computed numbers, real arithmetic as the second formula, shape and attribute rules. */
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/graph/types.js';
import { checkedNode, operatorOf } from '../../src/ops/index.js';
import type { Shape } from '../../src/tensor/shape.js';
import type { ReferenceTensor } from '../../src/tensor/tensor.js';
import { compute, nodeOf, tensorOf } from './node.js';

/** Whole numbers from −128 to 127 that look like noise. */
function bytes(shape: Shape, seed: number): ReferenceTensor {
  const count = shape.reduce((product, length) => product * length, 1);
  return tensorOf(
    shape,
    Array.from({ length: count }, (_, index) => ((((index + seed) * 2654435761) >>> 9) % 256) - 128),
  );
}

interface Quantisation {
  readonly scale: number;
  readonly zeroPoint: number;
}

const real = ({ data }: ReferenceTensor, { scale, zeroPoint }: Quantisation): number[] =>
  Array.from(data, (element) => scale * (element - zeroPoint));

/** Checks elements against real numbers: rounded to the nearest, but for `slack` of one step of the output. */
function expectNear(found: ReferenceTensor, expected: readonly number[], output: Quantisation, slack: number): void {
  for (const [index, element] of found.data.entries()) {
    const exact = Math.min(Math.max(expected[index]! / output.scale + output.zeroPoint, -128), 127);
    expect(Number.isInteger(element)).toBe(true);
    expect(Math.abs(element - exact), `element ${index}`).toBeLessThanOrEqual(0.5 + slack);
  }
}

const attributesOf = (...entries: readonly (readonly [string, Quantisation])[]): Attributes =>
  Object.fromEntries(
    entries.flatMap(([name, { scale, zeroPoint }]) => [
      [`${name}Scale`, scale],
      [`${name}ZeroPoint`, zeroPoint],
    ]),
  );

const A = { scale: 0.05, zeroPoint: -7 };
const B = { scale: 0.013, zeroPoint: 90 };
const OUTPUT = { scale: 0.06, zeroPoint: 3 };
/** Multipliers have at least 14 bits below 1 here, and elements less than 9. */
const SLACK = 255 * 2 ** -13;

describe('quantisedAddition', () => {
  const add = (activation: string) =>
    nodeOf('quantisedAddition', { ...attributesOf(['a', A], ['b', B], ['output', OUTPUT]), activation });
  const [a, b] = [bytes([2, 3, 4, 5], 1), bytes([2, 3, 4, 5], 77)];
  const sums = real(a, A).map((value, index) => value + real(b, B)[index]!);

  it('adds numbers computed by hand, and rounds halves up', () => {
    const half = { scale: 2, zeroPoint: 0 };
    const one = { scale: 1, zeroPoint: 0 };
    const node = nodeOf('quantisedAddition', {
      ...attributesOf(['a', one], ['b', one], ['output', half]),
      activation: 'none',
    });
    const found = compute(node, [tensorOf([1, 5], [1, -1, -4, 127, -128]), tensorOf([1, 5], [2, -2, 1, 127, -128])]);
    expect([...found.data]).toEqual([2, -1, -1, 127, -128]);
  });

  it('is the rounded sum of what its inputs stand for', () => {
    expectNear(compute(add('none'), [a, b]), sums, OUTPUT, SLACK);
  });

  it('keeps the limits of ReLU and ReLU6', () => {
    const [relu, relu6] = ['relu', 'relu6'].map((activation) => compute(add(activation), [a, b]));
    expectNear(
      relu!,
      sums.map((sum) => Math.max(sum, 0)),
      OUTPUT,
      SLACK,
    );
    expect(Math.min(...relu!.data)).toBe(OUTPUT.zeroPoint);
    expect(Math.max(...relu6!.data)).toBe(OUTPUT.zeroPoint + 100);
  });

  it('refuses PReLU, scales that are none, and shapes that differ', () => {
    const refused = (attributes: Attributes): void => {
      const node = nodeOf('quantisedAddition', { ...add('none').attributes, ...attributes });
      expect(() => checkedNode(node)).toThrow(expect.objectContaining({ code: 'BAD_ATTRIBUTE' }));
    };
    refused({ activation: 'prelu' });
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) refused({ aScale: scale });
    for (const zeroPoint of [128, -129, 0.5, Number.NaN]) refused({ bZeroPoint: zeroPoint });
    expect(() => compute(add('none'), [a, bytes([2, 3, 5, 4], 1)])).toThrow(
      expect.objectContaining({ code: 'NODE_SHAPE' }),
    );
  });
});

describe('requantise', () => {
  const input = bytes([2, 5, 3, 3], 4);
  const node = (activation: string, from: Quantisation, to: Quantisation) => ({
    ...nodeOf('requantise', { ...attributesOf(['input', from], ['output', to]), activation }),
    inputs: activation === 'prelu' ? ['x', 'a'] : ['x'],
  });

  it('changes nothing between equal quantisations', () => {
    for (const quantisation of [A, B, { scale: 2 ** -60, zeroPoint: 127 }, { scale: 2 ** 60, zeroPoint: -128 }]) {
      expect(compute(node('none', quantisation, quantisation), [input])).toEqual(input);
    }
  });

  it('rounds what the elements stand for to the output’s steps', () => {
    expectNear(compute(node('none', A, OUTPUT), [input]), real(input, A), OUTPUT, SLACK);
  });

  it('saturates where the scales differ by more than the integers hold', () => {
    const [small, large] = [
      { scale: 2 ** -60, zeroPoint: 0 },
      { scale: 2 ** 60, zeroPoint: 5 },
    ] as const;
    expect(new Set(compute(node('none', small, large), [input]).data)).toEqual(new Set([5]));
    expect(new Set(compute(node('none', large, small), [input]).data)).toEqual(new Set([-128, 0, 127]));
  });

  it('applies a slope to each channel below 0', () => {
    const slopes = tensorOf([5], [0.25, -0.5, 0, 1, 0.9]);
    const expected = real(input, A).map((value, index) => {
      return value < 0 ? value * slopes.data[Math.floor(index / 9) % 5]! : value;
    });
    expectNear(compute(node('prelu', A, OUTPUT), [input, slopes]), expected, OUTPUT, SLACK);
  });

  it('takes slopes with PReLU alone', () => {
    for (const wrong of [
      { ...node('prelu', A, B), inputs: ['x'] },
      { ...node('relu', A, B), inputs: ['x', 'a'] },
    ]) {
      expect(() => checkedNode(wrong)).toThrow(expect.objectContaining({ code: 'BAD_ATTRIBUTE' }));
    }
  });
});

describe('quantised pooling', () => {
  const input = bytes([2, 3, 7, 6], 11);
  const window = { kernel: [3, 2], stride: [2, 1], padding: [1, 1, 1, 1], rounding: 'up' };
  const inQuantisation = attributesOf(['input', A], ['output', OUTPUT]);

  it('takes the largest element', () => {
    expect(compute(nodeOf('quantisedMaxPool', window), [input])).toEqual(compute(nodeOf('maxPool', window), [input]));
  });

  it.each([true, false])('takes the mean of what the elements stand for; padding counts: %s', (countPadding) => {
    const found = compute(nodeOf('quantisedAveragePool', { ...window, ...inQuantisation, countPadding }), [input]);
    const reals = tensorOf(input.shape, real(input, A));
    const expected = compute(nodeOf('averagePool', { ...window, countPadding }), [reals]);
    expectNear(found, [...expected.data], OUTPUT, 1e-6);
  });

  it('takes the mean of a whole image', () => {
    const found = compute(nodeOf('quantisedGlobalAveragePool', inQuantisation), [input]);
    const expected = compute(nodeOf('globalAveragePool'), [tensorOf(input.shape, real(input, A))]);
    expectNear(found, [...expected.data], OUTPUT, 1e-6);
  });

  it('rounds halves up: numbers computed by hand', () => {
    const same = attributesOf(['input', { scale: 1, zeroPoint: 10 }], ['output', { scale: 1, zeroPoint: 0 }]);
    const found = compute(nodeOf('quantisedGlobalAveragePool', same), [
      tensorOf([1, 3, 1, 2], [11, 12, 9, 8, 127, 127]),
    ]);
    expect([...found.data]).toEqual([2, -1, 117]);
  });

  it('saturates where the scales differ by more than the integers hold', () => {
    const large = { scale: 2 ** 60, zeroPoint: 0 };
    const small = { scale: 2 ** -60, zeroPoint: 1 };
    const pooled = (from: Quantisation, to: Quantisation): number[] => [
      ...compute(nodeOf('quantisedGlobalAveragePool', attributesOf(['input', from], ['output', to])), [
        tensorOf([1, 2, 1, 1], [1, -1]),
      ]).data,
    ];
    expect(pooled(large, small)).toEqual([127, -128]);
    expect(pooled(small, large)).toEqual([0, 0]);
  });

  it('refuses windows whose sums might not fit', () => {
    const node = nodeOf('quantisedGlobalAveragePool', inQuantisation);
    expect(() => operatorOf(node).inferShapes(node, [[1, 1, 4096, 4096]])).toThrow(
      expect.objectContaining({ code: 'NODE_SHAPE' }),
    );
  });
});
