/** The embedder: sample portraits, batches, mirror images, and models or images that it refuses. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { createEmbedder, type Embedder } from '../../src/face/embed.js';
import { addEmbeddings, cosineSimilarity } from '../../src/face/match.js';
import { importModel } from '../../src/formats/index.js';
import { decodeImage } from '../../src/image/decode.js';
import { mirrorImage, type RgbImage } from '../../src/image/image.js';
import type { Model } from '../../src/model/model.js';
import { codeOf } from '../formats/codeOf.js';
import { tinyModel } from '../formats/tinyModel.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const shared = fileURLToPath(new URL('../../../shared/', import.meta.url));

function readFiles(...paths: string[]) {
  return paths.map((name) => ({ name, bytes: new Uint8Array(readFileSync(name)) }));
}

function readImage(path: string): Promise<RgbImage> {
  return decodeImage(new Uint8Array(readFileSync(path)), path);
}

/** Euclidean distance relative to the length of `expected`. */
function relativeDistance(found: Float32Array, expected: ArrayLike<number>): number {
  let distance = 0;
  let length = 0;
  for (let index = 0; index < expected.length; index++) {
    distance += (found[index]! - expected[index]!) ** 2;
    length += expected[index]! ** 2;
  }
  return Math.sqrt(distance / length);
}

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

describe('the default weights', () => {
  let embedder: Embedder;
  const portraits = new Map<string, RgbImage>();
  beforeAll(async () => {
    embedder = await createEmbedder(engine, await importModel(readFiles(`${root}weights/mobilefacenet.safetensors`)));
    for (const name of ['a-1', 'a-2', 'b-1', 'b-2']) {
      portraits.set(name, await readImage(`${root}samples/aligned-${name}.png`));
    }
  });
  afterAll(() => embedder.dispose());

  it('tell the sample portraits apart', () => {
    const [a1, a2, b1, b2] = embedder.embedBatch([...portraits.values()]) as [Float32Array, ...Float32Array[]];
    const same = [cosineSimilarity(a1, a2!), cosineSimilarity(b1!, b2!)];
    const different = [a1, a2!].flatMap((a) => [b1!, b2!].map((b) => cosineSimilarity(a, b)));
    expect(Math.min(...same)).toBeGreaterThan(0.6);
    expect(Math.max(...different)).toBeLessThan(0.3);
  });

  it('give every image of a batch the embedding that it has alone', () => {
    const names = ['a-1', 'b-1', 'a-2', 'b-2', 'a-1', 'b-1', 'a-2', 'b-2', 'b-1', 'a-1', 'a-2'];
    const images = names.map((name) => portraits.get(name)!);
    const embeddings = embedder.embedBatch(images);
    expect(embeddings.map(({ length }) => length)).toEqual(names.map(() => 128));
    for (const [index, image] of images.entries()) {
      expect(relativeDistance(embeddings[index]!, embedder.embed(image))).toBeLessThan(1e-6);
    }
    expect(embedder.embedBatch([])).toEqual([]);
  });

  it('add the mirror image’s embedding', () => {
    const image = portraits.get('a-1')!;
    const sum = addEmbeddings(embedder.embed(image), embedder.embed(mirrorImage(image)));
    expect(relativeDistance(embedder.embed(image, { mirror: true }), sum)).toBeLessThan(1e-6);
    expect(relativeDistance(sum, embedder.embed(image))).toBeGreaterThan(0.1);
  });

  it('take the same pixels as RGBA, and grey as RGB with equal channels', () => {
    const { data, width, height } = portraits.get('a-1')!;
    const rgba = new Uint8ClampedArray(width * height * 4).fill(9);
    const grey = Uint8Array.from({ length: width * height }, (_, pixel) => data[pixel * 3]!);
    for (let pixel = 0; pixel < width * height; pixel++) rgba.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    const spread = Uint8Array.from({ length: data.length }, (_, index) => grey[Math.floor(index / 3)]!);
    const size = { width, height };
    expect(embedder.embed({ data: rgba, ...size })).toEqual(embedder.embed({ data, ...size }));
    expect(embedder.embed({ data: grey, ...size })).toEqual(embedder.embed({ data: spread, ...size }));
  });

  it('say what they take, and refuse everything else', async () => {
    expect([embedder.inputSize, embedder.embeddingLength]).toEqual([{ height: 112, width: 112 }, 128]);
    expect(embedder.card.name).toBeTruthy();
    const pixel = { data: new Uint8Array(3), width: 1, height: 1, channels: 3 } as const;
    expect(await codeOf(() => embedder.embed(pixel))).toBe('FACE_SIZE');
    const photograph = await readImage(`${root}samples/person-a-1.jpg`);
    expect(() => embedder.embed(photograph)).toThrow(/exactly 112×112: align the face/);
    expect(() => embedder.embedBatch([portraits.get('a-1')!, photograph])).toThrow(/^image 2 of 2 has 480×400 pixels/);
    expect(await codeOf(() => embedder.embed({ ...pixel, width: 2 }))).toBe('IMAGE_LENGTH');
  });

  it('are gone after dispose', async () => {
    const other = await createEmbedder(engine, tinyModel());
    other.dispose();
    const { height, width } = other.inputSize;
    const face = { data: new Uint8Array(height * width * 3), height, width };
    expect(await codeOf(() => other.embed(face))).toBe('DISPOSED');
  });
});

describe('createEmbedder', () => {
  it('refuses models that are no embedder, or whose card does not say what the input is', async () => {
    const model = tinyModel();
    const refused = (other: Model) => codeOf(() => createEmbedder(engine, other));
    expect(await refused(model)).toBe('accepted');
    const { input: _, ...card } = model.card;
    expect(await refused({ ...model, card })).toBe('CARD_INPUT');
    expect(await refused({ ...model, graphs: new Map() })).toBe('NO_EMBEDDER');
    const graph = model.graphs.get('embed')!;
    const twice = { ...graph, outputs: [...graph.outputs, ...graph.outputs] };
    expect(await refused({ ...model, graphs: new Map([['embed', twice]]) })).toBe('NO_EMBEDDER');
  });
});

describe.skipIf(!existsSync(shared))('a public MobileFaceNet (needs ../shared)', () => {
  const golden = existsSync(shared) ? JSON.parse(readFileSync(`${shared}golden/embeddings.json`, 'utf8')).y1 : {};

  it('gives the embeddings of ONNX Runtime', async () => {
    const stem = `${shared}models/mobilefacenet-y1/mobilefacenet`;
    using embedder = await createEmbedder(engine, await importModel(readFiles(`${stem}.param`, `${stem}.bin`)));
    expect(Object.keys(golden).length).toBe(4);
    for (const [name, expected] of Object.entries<number[]>(golden)) {
      const found = embedder.embed(await readImage(`${shared}faces/lfw-aligned-112/${name}`));
      expect(relativeDistance(found, expected)).toBeLessThan(1e-5);
    }
  });
});
