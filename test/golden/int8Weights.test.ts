/** The default int8 weights: file, card and README agree, and every build gives the bits of the integer reference. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine.js';
import { createEmbedder } from '../../src/face/embed.js';
import { cosineSimilarity } from '../../src/face/match.js';
import { FaceVerifier } from '../../src/face/verifier.js';
import { importNative } from '../../src/formats/native.js';
import { decodeImage } from '../../src/image/decode.js';
import { parseCard } from '../../src/model/parseCard.js';

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
  it('are a file of at most 1.1 MB whose hashes stand in the README', () => {
    const readme = readFileSync('weights/README.md', 'utf8');
    expect(bytes.length).toBeLessThanOrEqual(1_100_000);
    expect(readme).toContain(createHash('sha256').update(bytes).digest('hex'));
    expect(readme).toContain(model.card.sha256);
    expect(readme).toContain(bytes.length.toLocaleString('en-GB'));
  });

  it('carry the card that stands beside them, which names the weights that they were made from', () => {
    const { sha256, ...card } = model.card;
    expect(card).toEqual(parseCard(readFileSync('weights/mobilefacenet-int8.card.json', 'utf8'), 'card'));
    expect(card.provenance).toContain(original.card.sha256);
    expect(card.provenance).toContain(sha256);
    expect(golden.weights).toBe(sha256);
    expect(card.thresholds[0]!.value).not.toBe(original.card.thresholds[0]!.value);
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
