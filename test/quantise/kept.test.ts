/** Layers that int8 makes too noisy: found by their own error, and kept in float32. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { Engine } from '../../src/engine.js';
import { EMBEDDER } from '../../src/formats/checkModel.js';
import type { RgbImage } from '../../src/image/image.js';
import type { Model } from '../../src/model/model.js';
import { calibrateGraph } from '../../src/quantise/calibrate.js';
import { quantiseModel } from '../../src/quantise/quantiseModel.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { seededTensor } from '../kernels/makeCase.js';

const SIDE = 12;
const CHANNELS = 8;
const WINDOW = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1, activation: 'none' } as const;

/**
 * Four layers, of which the third has weights of `poison` for a channel that is always zero: in int8 they leave nothing
 * of the other weights.
 */
function model(poison: number): Model {
  const builder = new GraphBuilder();
  let value = builder.input('input', [1, 3, SIDE, SIDE]);
  for (const [index, inputs] of [3, CHANNELS, CHANNELS, CHANNELS].entries()) {
    const weights = seededTensor([CHANNELS, inputs, 3, 3], index, 0.3).data.slice();
    const bias = seededTensor([CHANNELS], 10 + index, 0.1).data.slice();
    if (index === 1) {
      weights.fill(0, 0, inputs * 9);
      bias[0] = -1;
    }
    if (index === 2) for (let output = 0; output < CHANNELS; output++) weights[output * inputs * 9] = poison;
    const tensors = [
      builder.tensor(`weights${index}`, float32Tensor([CHANNELS, inputs, 3, 3], weights)),
      builder.tensor(`bias${index}`, float32Tensor([CHANNELS], bias)),
    ];
    value = builder.node(`layer${index}`, 'convolution', [value, ...tensors], { ...WINDOW, activation: 'relu' });
  }
  const embedding = builder.node('embedding', 'flatten', [builder.node('pool', 'globalAveragePool', [value])]);
  const normalisation = { mean: [127.5, 127.5, 127.5], scale: [1 / 128, 1 / 128, 1 / 128] } as const;
  return {
    format: 'native',
    graphs: new Map([[EMBEDDER, builder.build([embedding])]]),
    card: {
      name: 'poisoned',
      input: { height: SIDE, width: SIDE, channelOrder: 'rgb', normalisation },
      embeddingLength: CHANNELS,
      thresholds: [],
      accuracy: [],
      licence: 'none',
    },
  };
}

const images = Array.from({ length: 12 }, (_, seed): RgbImage => {
  const noise = seededTensor([SIDE * SIDE * 3], 40 + seed).data;
  return { width: SIDE, height: SIDE, channels: 3, data: Uint8Array.from(noise, (value) => 127.5 * (value + 1)) };
});

let engine: Engine;

beforeAll(async () => {
  engine = await Engine.create({ build: 'plain' });
});

afterAll(() => engine.dispose());

const wider = (layers: readonly { node: string; int8: boolean }[]): string[] =>
  layers.filter(({ int8 }) => !int8).map(({ node }) => node);

describe('layers kept by their own error', () => {
  it('are none where all are sound', async () => {
    const { report } = await quantiseModel(engine, model(0.2), images);
    expect(wider(report.layers)).toEqual([]);
    expect(report.meanCosine).toBeGreaterThan(0.99);
  });

  it('are just the one that int8 spoils, and the embedding is whole again', async () => {
    const { report } = await quantiseModel(engine, model(1000), images);
    expect(wider(report.layers)).toEqual(['layer2']);
    const own = new Map(report.layers.map(({ node, ownSignalToNoise }) => [node, ownSignalToNoise!]));
    expect(own.get('layer2')).toBeLessThan(6);
    for (const name of ['layer0', 'layer1', 'layer3']) expect(own.get(name)).toBeGreaterThan(16);
    expect(report.meanCosine).toBeGreaterThan(0.99);
    const all = await quantiseModel(engine, model(1000), images, { leastSignalToNoise: Number.NEGATIVE_INFINITY });
    expect(wider(all.report.layers)).toEqual([]);
    expect(all.report.meanCosine).toBeLessThan(0.98);
  });

  it('are refused by names that no layer has', async () => {
    const quantising = quantiseModel(engine, model(0.2), images, { keep: ['layer9'] });
    await expect(quantising).rejects.toMatchObject({ code: 'UNKNOWN_LAYER' });
  });

  it('come beside those that are named', async () => {
    const { report } = await quantiseModel(engine, model(1000), images, { keep: ['layer0'] });
    expect(wider(report.layers)).toEqual(['layer0', 'layer2']);
  });
});

describe('calibrateGraph', () => {
  const graph = model(0.2).graphs.get(EMBEDDER)!;

  it('refuses no images, and several in one input', async () => {
    await expect(calibrateGraph(engine, graph, [])).rejects.toMatchObject({ code: 'TOO_FEW_IMAGES' });
    const two = seededTensor([2, 3, SIDE, SIDE], 1);
    await expect(calibrateGraph(engine, graph, [two])).rejects.toMatchObject({ code: 'ONE_IMAGE' });
  });
});
