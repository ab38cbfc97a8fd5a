/** What the passes for imported graphs do, and what they must leave alone, on graphs small enough to read. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { referenceValues } from '../../src/build/reference.js';
import type { Attributes, Graph } from '../../src/graph/types.js';
import type { OperatorOptions } from '../../src/ops/index.js';
import { foldConstants } from '../../src/passes/foldConstants.js';
import { foldForwards } from '../../src/passes/foldForwards.js';
import { foldPad } from '../../src/passes/foldPad.js';
import { joinCommon } from '../../src/passes/joinCommon.js';
import { simplifyClip } from '../../src/passes/simplifyClip.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { noiseTensor } from './randomGraph.js';

/** A builder with the layers of these tests, on an input of two channels. */
class Sketch extends GraphBuilder {
  readonly x = this.input('x', [1, 2, 4, 5]);

  #any(name: string, operator: string, inputs: readonly string[], attributes: Attributes): string {
    return this.append({ name, operator, inputs, outputs: [name], attributes });
  }

  layer(input: string, padding = [0, 0, 0, 0], groups = 1): string {
    const weights = this.tensor('w', noiseTensor([2, 2 / groups, 2, 2], 3));
    const attributes = { stride: [1, 1], padding, dilation: [1, 1], groups, activation: 'none' };
    return this.#any('y', 'convolution', [input, weights], attributes);
  }

  pad(input: string, value = 0, mode = 'constant'): string {
    const attributes = { mode, padding: [1, 0, 0, 1] };
    return this.#any('pad', 'pad', [input], mode === 'constant' ? { ...attributes, value } : attributes);
  }

  pool(operator: string, input: string, padding = [0, 0, 0, 0], more: Attributes = {}): string {
    const window = { kernel: [2, 2], stride: [1, 1], padding, rounding: 'down' };
    return this.#any('y', operator, [input], { ...window, ...more });
  }

  affine(input: string, offsets: number[], scales = [2, -3]): string {
    const tensors = [this.tensor('s', float32Tensor([2], scales)), this.tensor('o', float32Tensor([2], offsets))];
    return this.node('a', 'affine', [input, ...tensors]);
  }
}

const operatorsOf = (graph: Graph) => graph.nodes.map(({ operator }) => operator);

function expectSame(before: Graph, after: Graph): void {
  const x = noiseTensor([1, 2, 4, 5], 9);
  const [a, b] = [before, after].map((graph) => referenceValues(graph, { x }).get('y')!);
  expect(b!.shape).toEqual(a!.shape);
  for (const [index, value] of a!.data.entries()) expect(b!.data[index]).toBeCloseTo(value, 5);
}

describe('foldPad', () => {
  it.each<[string, (s: Sketch) => string, string[]]>([
    ['a convolution', (s) => s.layer(s.pad(s.x), [0, 1, 1, 0]), ['convolution']],
    [
      'an average that counts',
      (s) => s.pool('averagePool', s.pad(s.x), [0, 1, 0, 0], { countPadding: true }),
      ['averagePool'],
    ],
    [
      'an average without padding',
      (s) => s.pool('averagePool', s.pad(s.x), [0, 0, 0, 0], { countPadding: false }),
      ['averagePool'],
    ],
    ['a maximum of values from 0', (s) => s.pool('maxPool', s.pad(s.node('r', 'relu', [s.x]))), ['relu', 'maxPool']],
    ['not a maximum of others', (s) => s.pool('maxPool', s.pad(s.x)), ['pad', 'maxPool']],
    ['not other numbers', (s) => s.layer(s.pad(s.x, 0.5)), ['pad', 'convolution']],
    ['not edges', (s) => s.layer(s.pad(s.x, 0, 'edge')), ['pad', 'convolution']],
    [
      'not an average whose own padding does not count',
      (s) => s.pool('averagePool', s.pad(s.x), [0, 1, 0, 0], { countPadding: false }),
      ['pad', 'averagePool'],
    ],
    [
      'not as much as the kernel is long',
      (s) => s.pool('averagePool', s.pad(s.x), [1, 0, 0, 0], { countPadding: true }),
      ['pad', 'averagePool'],
    ],
  ])('joins %s', (_name, make, expected) => {
    const sketch = new Sketch();
    const before = sketch.build([make(sketch)]);
    const after = foldPad(before);
    expect(operatorsOf(after)).toEqual(expected);
    expectSame(before, after);
  });
});

describe('foldForwards', () => {
  it.each<[string, (s: Sketch) => string, string[]]>([
    ['a convolution without padding', (s) => s.layer(s.affine(s.x, [1, 2])), ['convolution']],
    ['one of groups', (s) => s.layer(s.affine(s.x, [1, 2]), [0, 0, 0, 0], 2), ['convolution']],
    ['scales alone before padding', (s) => s.layer(s.affine(s.x, [0, 0]), [1, 1, 1, 1]), ['convolution']],
    ['not offsets before padding', (s) => s.layer(s.affine(s.x, [1, 2]), [1, 1, 1, 1]), ['affine', 'convolution']],
    [
      'a fully connected layer of an image',
      (s) => {
        const weights = s.tensor('w', noiseTensor([3, 40], 5));
        return s.node('y', 'fullyConnected', [s.affine(s.x, [1, 2]), weights], { activation: 'none' });
      },
      ['fullyConnected'],
    ],
  ])('folds into %s', (_name, make, expected) => {
    const sketch = new Sketch();
    const before = sketch.build([make(sketch)]);
    const after = foldForwards(before);
    expect(operatorsOf(after)).toEqual(expected);
    expectSame(before, after);
  });

  it('leaves an affine that is an output or has two readers', () => {
    const sketch = new Sketch();
    const a = sketch.affine(sketch.x, [1, 2]);
    expect(operatorsOf(foldForwards(sketch.build([sketch.layer(a), a])))).toEqual(['affine', 'convolution']);
  });
});

describe('foldConstants', () => {
  it('computes what depends on constants, and keeps outputs as nodes', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 2, 4, 5]);
    const t = builder.tensor('t', float32Tensor([1, 2, 1, 1], [-1, 3]));
    const c = builder.node('c', 'constant', [t]);
    const r = builder.node('r', 'relu', [c]);
    const before = builder.build([builder.node('y', 'binary', [x, r], { operation: 'multiply' }), r]);
    const after = foldConstants(before);
    expect(operatorsOf(after)).toEqual(['constant', 'constant', 'binary']);
    expect([...after.tensors.get(after.nodes[1]!.inputs[0]!)!.data]).toEqual([0, 3]);
    expectSame(before, after);
  });

  it('leaves what is not finite', () => {
    const builder = new GraphBuilder();
    const c = builder.node('c', 'constant', [builder.tensor('t', float32Tensor([1, 1], [0]))]);
    const graph = builder.build([builder.node('y', 'unary', [c], { operation: 'reciprocal' })]);
    expect(operatorsOf(foldConstants(graph))).toEqual(['constant', 'unary']);
  });
});

describe('joinCommon', () => {
  it('joins equal nodes through a chain, whatever the order of attributes', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 2, 4, 5]);
    const clip = (name: string, attributes: OperatorOptions<'clip'>) => builder.node(name, 'clip', [x], attributes);
    const [a, b] = [clip('a', { least: 0, most: 1 }), clip('b', { most: 1, least: 0 })];
    const [c, d] = [builder.node('c', 'sigmoid', [a]), builder.node('d', 'sigmoid', [b])];
    const before = builder.build([builder.node('y', 'add', [c, d])]);
    const after = joinCommon(before);
    expect(operatorsOf(after)).toEqual(['clip', 'sigmoid', 'add']);
    expectSame(before, after);
  });

  it('keeps every output under its name', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 2, 4, 5]);
    const graph = builder.build([builder.node('y', 'relu', [x]), builder.node('z', 'relu', [x])]);
    expect(joinCommon(graph).nodes).toHaveLength(2);
  });
});

it('simplifyClip names the clips that are a ReLU', () => {
  const clipped = (least: number, most: number) => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 2, 4, 5]);
    return operatorsOf(simplifyClip(builder.build([builder.node('y', 'clip', [x], { least, most })])));
  };
  expect(clipped(0, 3.4028234663852886e38)).toEqual(['relu']);
  expect(clipped(0, 6)).toEqual(['clip']);
  expect(clipped(-1, 3.4028234663852886e38)).toEqual(['clip']);
});
