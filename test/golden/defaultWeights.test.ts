/** The default weights: the embedding is the one that another engine computes. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { referenceValues } from '../../src/build/reference.js';
import { Engine } from '../../src/engine.js';
import { importNative } from '../../src/formats/native.js';
import { decodeImage } from '../../src/image/decode.js';
import { normaliseImages } from '../../src/image/normalise.js';

const FILE = 'weights/mobilefacenet.safetensors';
const bytes = new Uint8Array(readFileSync(FILE));
const golden = JSON.parse(readFileSync('weights/mobilefacenet.golden.json', 'utf8'));
const model = await importNative(bytes, FILE);
const graph = model.graphs.get('embed')!;

function relativeDistance(found: ArrayLike<number>, expected: number[]): number {
  return Math.hypot(...expected.map((value, index) => found[index]! - value)) / Math.hypot(...expected);
}

async function goldenInput() {
  const image = await decodeImage(new Uint8Array(readFileSync(golden.image)), golden.image);
  return normaliseImages([image], model.card.input!);
}

describe('the default weights', () => {
  it('are a file of at most 2.1 MB', () => {
    expect(bytes.length).toBeLessThanOrEqual(2_100_000);
  });

  it('embed as onnxruntime-web does with the float32 weights, in float64', async () => {
    const embedding = referenceValues(graph, { input: await goldenInput() }).get('embedding')!;
    expect(relativeDistance(embedding.data, golden.embedding)).toBeLessThan(golden.tolerance);
  });

  it('embed so on the kernels', async () => {
    const engine = await Engine.create();
    const network = await engine.compile(graph);
    const { embedding } = network.run({ input: await goldenInput() });
    expect(embedding!.shape).toEqual([1, 128]);
    expect(relativeDistance(embedding!.data, golden.embedding)).toBeLessThan(golden.tolerance);
    engine.dispose();
  });

  it('would not pass with red and blue exchanged', async () => {
    const input = await goldenInput();
    const plane = input.data.length / 3;
    const [red, green, blue] = [0, 1, 2].map((channel) => input.data.slice(channel * plane, (channel + 1) * plane));
    const data = new Float32Array([...blue!, ...green!, ...red!]);
    const engine = await Engine.create();
    const { embedding } = (await engine.compile(graph)).run({ input: { ...input, data } });
    expect(relativeDistance(embedding!.data, golden.embedding)).toBeGreaterThan(10 * golden.tolerance);
    engine.dispose();
  });
});
