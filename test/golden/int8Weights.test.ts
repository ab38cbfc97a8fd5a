/** The default int8 weights: every build gives the bits of the integer reference, and decisions are right. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { createEmbedder } from '../../src/face/embed.js';
import { cosineSimilarity } from '../../src/face/match.js';
import { FaceVerifier } from '../../src/face/verifier.js';
import { importNative } from '../../src/formats/native.js';
import { decodeImage } from '../../src/image/decode.js';

// Node 20 runs the relaxed build with this option alone, and computes its product of bytes wrongly: a trial finds out.
if (process.version.startsWith('v20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');

const FILE = 'weights/mobilefacenet-int8.safetensors';
const bytes = new Uint8Array(readFileSync(FILE));
const golden = JSON.parse(readFileSync('weights/mobilefacenet-int8.golden.json', 'utf8'));
const float32 = JSON.parse(readFileSync('weights/mobilefacenet.golden.json', 'utf8'));
const original = await importNative(new Uint8Array(readFileSync('weights/mobilefacenet.safetensors')), 'default');
const model = await importNative(bytes, FILE);

const sample = async (name: string) => new Uint8Array(readFileSync(`samples/${name}`));

describe('the default int8 weights', () => {
  it('are a file of at most 1.1 MB', () => {
    expect(bytes.length).toBeLessThanOrEqual(1_100_000);
  });

  it('run in int8 from end to end', () => {
    const operators = model.graphs.get('embed')!.nodes.map(({ operator }) => operator);
    expect(operators).not.toContain('convolution');
    expect(operators).not.toContain('fullyConnected');
  });

  it.each(['plain', 'relaxed'] as const)('embed to the bits of the integer reference: %s', async (build) => {
    for (const threads of [1, 2, 3]) {
      const engine = await Engine.create({ build, threads });
      const embedder = await createEmbedder(engine, model);
      const embedding = embedder.embed(await decodeImage(await sample('aligned-a-1.png'), 'sample'));
      expect(Array.from(embedding)).toEqual(golden.embedding);
      engine.dispose();
    }
  });

  it('embed nearly as the float32 weights do on another engine', () => {
    const [a, b] = [golden.embedding, float32.embedding].map((values) => Float32Array.from(values));
    expect(cosineSimilarity(a!, b!)).toBeGreaterThan(0.97);
  });

  it('decide about the samples, and refuse embeddings of the float32 weights', async () => {
    const verifier = await FaceVerifier.load({ model: bytes });
    const [first, second, other] = [
      await sample('person-a-1.jpg'),
      await sample('person-a-2.jpg'),
      await sample('person-b-1.jpg'),
    ];
    expect((await verifier.verify(first, second)).same).toBe(true);
    expect((await verifier.verify(first, other)).same).toBe(false);
    const foreign = { embedding: new Float32Array(128).fill(1), weights: original.card.sha256! };
    await expect(verifier.verify(foreign, second)).rejects.toMatchObject({ code: 'OTHER_WEIGHTS' });
    verifier.dispose();
  });
});
