/** What quantised graphs may not be, and what equalising leaves as it was. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { referenceValues } from '../../src/build/reference.js';
import { equaliseChannels } from '../../src/passes/equaliseChannels.js';
import { seededTensor } from '../kernels/makeCase.js';

const PLAIN = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1, activation: 'none' } as const;
const INT8 = { scale: 0.1, zeroPoint: 3 };

describe('element types', () => {
  it('refuses a float32 operator that reads an int8 value', () => {
    const builder = new GraphBuilder();
    builder.input('x', [1, 3, 4, 4]);
    builder.node('q', 'quantise', ['x'], INT8);
    expect(() => builder.node('y', 'relu', ['q'])).toThrow(expect.objectContaining({ code: 'ELEMENT_TYPE' }));
  });

  it('refuses an int8 operator that reads a float32 value', () => {
    const builder = new GraphBuilder();
    builder.input('x', [1, 3, 4, 4]);
    expect(() => builder.node('y', 'dequantise', ['x'], INT8)).toThrow(
      expect.objectContaining({ code: 'ELEMENT_TYPE' }),
    );
  });

  it('refuses an int8 output', () => {
    const builder = new GraphBuilder();
    builder.input('x', [1, 3, 4, 4]);
    builder.node('q', 'quantise', ['x'], INT8);
    expect(() => builder.build(['q'])).toThrow(expect.objectContaining({ code: 'ELEMENT_TYPE' }));
  });

  it.each([
    { scale: 0, zeroPoint: 0 },
    { scale: -1, zeroPoint: 0 },
    { scale: 1, zeroPoint: 128 },
    { scale: 1, zeroPoint: 0.5 },
  ])('refuses $scale and $zeroPoint', (attributes) => {
    const builder = new GraphBuilder();
    builder.input('x', [1, 3, 4, 4]);
    expect(() => builder.node('q', 'quantise', ['x'], attributes)).toThrow(
      expect.objectContaining({ code: 'BAD_ATTRIBUTE' }),
    );
  });
});

/** Expansion, depthwise convolution, projection with a residual, and a layer that reads the sum. */
function bottleneck() {
  const builder = new GraphBuilder();
  const tensor = (name: string, shape: number[], seed: number): string =>
    builder.tensor(name, seededTensor(shape, seed));
  builder.input('x', [1, 4, 5, 5]);
  const pointwise = { ...PLAIN, padding: [0, 0, 0, 0] } as const;
  const slopes = tensor('a', [8], 3);
  builder.node('first', 'convolution', ['x', tensor('w0', [4, 4, 1, 1], 4), tensor('b0', [4], 5)], pointwise);
  builder.node('wide', 'convolution', ['first', tensor('w1', [8, 4, 1, 1], 6), tensor('b1', [8], 7), slopes], {
    ...pointwise,
    activation: 'prelu',
  });
  builder.node('deep', 'convolution', ['wide', tensor('w2', [8, 1, 3, 3], 8), '', slopes], {
    ...PLAIN,
    groups: 8,
    activation: 'prelu',
  });
  const projection = ['deep', tensor('w3', [4, 8, 1, 1], 9), '', '', 'first'];
  builder.node('sum', 'convolution', projection, pointwise);
  builder.node('y', 'convolution', ['sum', tensor('w4', [3, 4, 3, 3], 10)], PLAIN);
  return builder.build(['y']);
}

describe('equaliseChannels', () => {
  const graph = bottleneck();
  const inputs = { x: seededTensor([1, 4, 5, 5], 1, 2) };
  const sizes = new Map(
    [...referenceValues(graph, inputs)].map(([name, { shape }]) => {
      const channels = shape[1] ?? 1;
      return [name, Float64Array.from({ length: channels }, (_, channel) => 2 ** (channel % 5))];
    }),
  );
  const { graph: equalised, factors } = equaliseChannels(graph, sizes);
  const [before, after] = [referenceValues(graph, inputs), referenceValues(equalised, inputs)];

  it('leaves what the graph computes', () => {
    const [expected, found] = [before.get('y')!.data, after.get('y')!.data];
    for (let index = 0; index < expected.length; index++) expect(found[index]).toBeCloseTo(expected[index]!, 4);
  });

  it('scales values between layers, and those tied by a residual alike', () => {
    const factor = (name: string, channel: number): number => {
      const at = channel * 25 + 7;
      return after.get(name)!.data[at]! / before.get(name)!.data[at]!;
    };
    expect(factor('wide', 4) / factor('wide', 0)).toBeCloseTo(1 / 16, 4);
    expect(factor('deep', 4) / factor('deep', 0)).toBeCloseTo(1 / 16, 4);
    for (const channel of [0, 1, 2, 3]) expect(factor('first', channel)).toBeCloseTo(factor('sum', channel), 4);
    expect(factor('first', 3) / factor('first', 0)).not.toBeCloseTo(1, 2);
    for (const [name, channels] of factors) expect(factor(name, 2)).toBeCloseTo(channels[2]!, 4);
    expect([...factors.keys()].sort()).toEqual(['deep', 'first', 'sum', 'wide']);
  });
});
