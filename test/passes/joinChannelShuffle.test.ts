/** joinChannelShuffle: which reshapes and permutes are a shuffle, and which only look like one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { referenceValues } from '../../src/build/reference.js';
import type { Graph } from '../../src/graph/types.js';
import { joinChannelShuffle } from '../../src/passes/joinChannelShuffle.js';
import { noiseTensor } from './randomGraph.js';

interface Chain {
  readonly input: readonly number[];
  readonly split: readonly number[];
  readonly order: readonly number[];
  readonly end: readonly number[];
  readonly readTwice?: boolean;
}

function chain({ input, split, order, end, readTwice = false }: Chain): Graph {
  const builder = new GraphBuilder();
  const x = builder.input('x', input);
  const first = builder.node('split', 'reshape', [x], { shape: split });
  const turned = builder.node('turned', 'permute', [first], { order });
  const y = builder.node('y', 'reshape', [turned], { shape: end });
  return builder.build(readTwice ? [y, turned] : [y]);
}

function operatorsOf(graph: Graph): string[] {
  return graph.nodes.map(({ operator }) => operator);
}

const IMAGE: Chain = { input: [2, 6, 3, 2], split: [3, 2, 6], order: [0, 2, 1, 3], end: [6, 3, 2] };

describe('joinChannelShuffle', () => {
  it('finds shuffles of any number of groups and keeps what they compute', () => {
    const sizes = fc.tuple(...[1, 2, 3, 4].map(() => fc.integer({ min: 1, max: 4 })));
    fc.assert(
      fc.property(sizes, ([batch, groups, channels, rows]) => {
        const end = [groups! * channels!, rows!, 2];
        const split = [groups!, channels!, rows! * 2];
        const graph = chain({ input: [batch!, ...end], split, order: [0, 2, 1, 3], end });
        const joined = joinChannelShuffle(graph);
        expect(operatorsOf(joined)).toEqual(['channelShuffle']);
        expect(joined.nodes[0]!.attributes).toEqual({ groups });
        const inputs = { x: noiseTensor([batch!, ...end], 3) };
        expect(referenceValues(joined, inputs).get('y')).toEqual(referenceValues(graph, inputs).get('y'));
      }),
      { seed: 1313, numRuns: 50 },
    );
  });

  it.each<[what: string, change: Partial<Chain>]>([
    ['in another order', { order: [0, 2, 3, 1] }],
    ['that ends in another shape', { end: [6, 2, 3] }],
    ['whose groups are not of channels alone', { split: [2, 6, 3] }],
    ['whose values another reads', { readTwice: true }],
  ])('leaves a chain %s alone', (_what, change) => {
    const graph = chain({ ...IMAGE, ...change });
    expect(operatorsOf(joinChannelShuffle(graph))).toEqual(['reshape', 'permute', 'reshape']);
  });
});
