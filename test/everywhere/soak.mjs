/** `node --expose-gc soak.mjs CHECKOUT [COUNT]`: embeds a portrait so often, 10,000 times unless told, and watches the memory. */
import { readFile } from 'node:fs/promises';
import { createEmbedder, decodeImage, Engine, importModel } from 'mobilefacenet';

const [checkout, count = '10000'] = process.argv.slice(2);
const BATCH = 8;
const MEGABYTE = 2 ** 20;
/** What the process may grow by in its second half: five thousand embeddings that were kept would be more. */
const MOST_GROWTH = 2 * MEGABYTE;

const read = async (name) => new Uint8Array(await readFile(`${checkout}/${name}`));
const engine = await Engine.create({ threads: 2 });
const weights = { name: 'mobilefacenet.safetensors', bytes: await read('weights/mobilefacenet.safetensors') };
const embedder = await createEmbedder(engine, await importModel([weights]));
const face = await decodeImage(await read('samples/aligned-a-1.png'), 'sample');
const batch = Array.from({ length: BATCH }, () => face);

function measure() {
  // One collection only queues the memory of arrays for release; it is given back by the next ones.
  for (let time = 0; time < 3; time++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return { javaScript: heapUsed + external, engine: engine.memoryBytes };
}

const first = embedder.embed(face);
const samples = [];
const rounds = Math.ceil(Number(count) / BATCH);
for (let round = 1; round <= rounds; round++) {
  const embeddings = embedder.embedBatch(batch);
  if (embeddings.some((embedding) => embedding.some((value, index) => value !== first[index]))) {
    throw new Error(`round ${round} gives another embedding`);
  }
  if (round % Math.max(1, Math.floor(rounds / 10)) === 0) samples.push(measure());
  // Timers and messages of workers are heard, as in a server.
  await new Promise((resolve) => setImmediate(resolve));
}
const [begin, end] = [samples[Math.floor(samples.length / 2) - 1], samples.at(-1)];
const growth = end.javaScript - begin.javaScript;
const failed = [];
if (growth > MOST_GROWTH) failed.push({ name: 'JavaScript memory is flat', reason: `it grew by ${growth} bytes` });
if (end.engine !== begin.engine)
  failed.push({ name: 'the engine’s memory is flat', reason: `it grew to ${end.engine}` });
console.error(samples.map(({ javaScript }) => `${(javaScript / MEGABYTE).toFixed(1)} MB`).join(' → '));
const { build, threads } = engine;
embedder.dispose();
engine.dispose();
console.log(JSON.stringify({ build, threads, passed: [`${rounds * BATCH} embeddings`], failed }));
