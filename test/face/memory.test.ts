/** Memory over ten thousand embeddings: the engine's does not grow, and JavaScript keeps nothing. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Engine } from '../../src/engine.js';
import { createEmbedder } from '../../src/face/embed.js';
import { tinyModel } from '../formats/tinyModel.js';

const EMBEDDINGS = 10_000;
/** A hundred bytes an embedding: less than an array takes. */
const MOST_GROWTH = 1024 * 1024;

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('ten thousand embeddings on one engine, and a second engine beside it, leave no trace', async () => {
  const engine = await Engine.create();
  const beside = await Engine.create();
  const [embedder, other] = [await createEmbedder(engine, tinyModel()), await createEmbedder(beside, tinyModel())];
  const face = { data: Uint8Array.from({ length: 90 }, (_, index) => index * 2), width: 5, height: 6, channels: 3 };
  const expected = embedder.embed(face);
  const embed = (count: number): void => {
    for (let index = 0; index < count; index++) {
      const embedding = (index % 10 === 0 ? other : embedder).embed(face);
      if (embedding[0] !== expected[0]) throw new Error(`embedding ${index} differs`);
    }
  };
  embed(EMBEDDINGS);
  const memoryBytes = engine.memoryBytes;
  // Compiled code comes and goes; what is kept of each embedding would show in every window.
  const growths = [0, 1, 2].map(() => {
    const before = usedBytes();
    embed(EMBEDDINGS);
    return usedBytes() - before;
  });
  expect(Math.min(...growths)).toBeLessThan(MOST_GROWTH);
  expect(engine.memoryBytes).toBe(memoryBytes);
  engine.dispose();
  expect(other.embed(face)).toEqual(expected);
  beside.dispose();
});
