/** What benchmarks make of networks: channels-last forms for other engines, layers as they run, and their kernels. */
import { describe, expect, it } from 'vitest';
import { measureBarrier } from '../../bench/barrier.js';
import { channelsLast } from '../../bench/channelsLast.js';
import { measureLayers } from '../../bench/layers.js';
import { findNetwork } from '../../bench/options.js';
import { countMultiplyAdds, countParameters } from '../../src/build/infer.js';
import { table2 } from '../../src/networks/index.js';
import { seededWeights } from '../../src/networks/seededWeights.js';

describe('channelsLast', () => {
  it.each(table2)('$network has every value once', ({ build }) => {
    const graph = build(seededWeights());
    const { layers, values } = channelsLast(graph);
    expect(values.length).toBe(countParameters(graph));
    const made = new Set(['input', ...layers.map(({ name }) => name)]);
    expect(made.size).toBe(layers.length + 1);
    const read = layers.flatMap((layer) => [
      layer.source,
      ...(layer.op === 'add' ? [layer.shortcut] : []),
      ...(layer.op === 'concat' ? [layer.other] : []),
    ]);
    expect(read.filter((name) => !made.has(name))).toEqual([]);
  });

  it('turns weights round', () => {
    const graph = findNetwork('mobilefacenet').build(seededWeights());
    const { layers, values } = channelsLast(graph);
    const [conv1, conv2] = layers;
    if (conv1?.op !== 'conv' || conv2?.op !== 'conv') throw new Error('the network begins with convolutions');
    expect(conv1.weight.shape).toEqual([3, 3, 3, 64]);
    expect(conv2.weight.shape).toEqual([3, 3, 64, 1]);
    const [dense, depthwise] = ['conv1', 'conv2'].map((name) => graph.tensors.get(`${name}.weight`)!.data);
    // Row 2, column 1, input channel 1, output channel 5; row 0, column 2, channel 7.
    expect(values[conv1.weight.offset + ((2 * 3 + 1) * 3 + 1) * 64 + 5]).toBe(dense![((5 * 3 + 1) * 3 + 2) * 3 + 1]);
    expect(values[conv2.weight.offset + 2 * 64 + 7]).toBe(depthwise![7 * 9 + 2]);
  });

  it('adds residuals before activations', () => {
    const { layers } = channelsLast(findNetwork('shufflenet').build(seededWeights()));
    const sum = layers.findIndex(({ name }) => name === 'stages.0.1.activation');
    expect(layers[sum]).toMatchObject({ op: 'add', shortcut: 'stages.0.0.activation', activation: 'relu' });
    expect(layers[sum - 1]).toMatchObject({ op: 'conv', name: layers[sum]!.source, activation: 'none', groups: 3 });
  });
});

describe('measureLayers', () => {
  it.each([1, 2])('finds every step of the plan on %i threads', async (threads) => {
    const { network, rows, sumMs } = await measureLayers('mobilefacenet-s', { threads }, 3);
    const graph = findNetwork('mobilefacenet-s').build(seededWeights());
    expect(network).toBe('MobileFaceNet-S');
    expect(rows.reduce((total, { madds }) => total + madds, 0)).toBe(countMultiplyAdds(graph));
    expect(rows.map(({ layer }) => layer)).toContain('blocks.14.proj');
    expect(rows.every(({ medianMs }) => medianMs > 0)).toBe(true);
    expect(rows.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 9);
    expect(sumMs).toBeCloseTo(
      rows.reduce((total, { medianMs }) => total + medianMs, 0),
      9,
    );
  });
});

describe('measureBarrier', () => {
  it('runs empty steps on every number of lanes', async () => {
    const { rows } = await measureBarrier(1);
    expect(rows.map(({ lanes }) => lanes)[0]).toBe(1);
    expect(rows.every(({ microsecondsPerRun }) => microsecondsPerRun > 0)).toBe(true);
  });
});
