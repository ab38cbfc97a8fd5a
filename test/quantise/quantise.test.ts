/** Quantising as users do it: the samples through the default weights, the file that comes of it, and what it computes. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { createEmbedder } from '../../src/face/embed.js';
import { cosineSimilarity } from '../../src/face/match.js';
import { exportNative, importNative } from '../../src/formats/index.js';
import { decodeImage } from '../../src/image/decode.js';
import type { RgbImage } from '../../src/image/image.js';
import type { Model } from '../../src/model/model.js';
import { type QuantisedModel, quantiseModel } from '../../src/quantise/quantiseModel.js';

const root = new URL('../../', import.meta.url);
const names = ['a-1', 'a-2', 'b-1', 'b-2', 'c-1', 'c-2', 'd-1', 'd-2', 'e-1', 'e-2'];

let engine: Engine;
let model: Model;
let images: RgbImage[];
let quantised: QuantisedModel;

beforeAll(async () => {
  engine = await Engine.create({ build: 'plain' });
  model = await importNative(readFileSync(new URL('weights/mobilefacenet.safetensors', root)), 'default');
  images = await Promise.all(
    names.map((name) => decodeImage(readFileSync(new URL(`samples/aligned-${name}.png`, root)), name)),
  );
  quantised = await quantiseModel(engine, model, images);
}, 120_000);

afterAll(() => engine.dispose());

describe('quantiseModel', { timeout: 120_000 }, () => {
  it('keeps embeddings of held-out images', () => {
    expect(quantised.report.heldOutImages).toBe(2);
    expect(quantised.report.meanCosine).toBeGreaterThan(0.97);
    expect(quantised.report.layers).toHaveLength(50);
    expect(quantised.report.layers.every(({ int8, signalToNoise }) => int8 && signalToNoise > 8)).toBe(true);
    for (const { ownSignalToNoise } of quantised.report.layers) expect(ownSignalToNoise).toBeGreaterThan(16);
  });

  it('takes about a quarter of the memory', () => {
    const { float32, int8 } = quantised.report;
    const total = (sizes: typeof int8): number => sizes.weightBytes + sizes.arenaBytes;
    expect(total(int8) / total(float32)).toBeLessThan(0.35);
  });

  it('drops thresholds, which belong to the embeddings that they were measured on', () => {
    const { card } = quantised.model;
    expect(card.thresholds).toEqual([]);
    expect(card.name).toBe('mobilefacenet-int8');
  });

  it('is written in 1.1 MB with a hash of its own, and read back to the same bits', async () => {
    const bytes = await exportNative(quantised.model, { storage: 'float16' });
    expect(bytes.length).toBeLessThan(1_100_000);
    const read = await importNative(bytes, 'int8');
    expect(read.card.sha256).not.toBe(model.card.sha256);
    using before = await createEmbedder(engine, quantised.model);
    using after = await createEmbedder(engine, read);
    expect(after.embed(images[0]!)).toEqual(before.embed(images[0]!));
  });

  it('gives the same bits in every build, for any number of threads and in batches', async () => {
    const embeddings = [];
    const builds = [{ build: 'plain', threads: 1 }, { build: 'plain', threads: 3 }, { threads: 2 }] as const;
    for (const options of builds) {
      using other = await Engine.create(options);
      using embedder = await createEmbedder(other, quantised.model);
      embeddings.push(embedder.embed(images[1]!), embedder.embedBatch(images.slice(0, 4))[1]!);
    }
    for (const embedding of embeddings) expect(embedding).toEqual(embeddings[0]);
  });

  it('leaves the layers float32 that are to be kept', async () => {
    const [first] = quantised.report.layers;
    const { report, model: mixed } = await quantiseModel(engine, model, images, { keep: [first!.node] });
    expect(report.layers.filter(({ int8 }) => !int8).map(({ node }) => node)).toEqual([first!.node]);
    using embedder = await createEmbedder(engine, mixed);
    using float32 = await createEmbedder(engine, model);
    expect(cosineSimilarity(embedder.embed(images[2]!), float32.embed(images[2]!))).toBeGreaterThan(0.97);
  });

  it('refuses to calibrate on one image', async () => {
    const refused = quantiseModel(engine, model, images.slice(0, 1));
    await expect(refused).rejects.toMatchObject({ code: 'TOO_FEW_IMAGES' });
  });
});
