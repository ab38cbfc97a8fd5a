/**
 * What `npm start` runs. With arguments it is the command line; without, it checks the default weights, verifies
 * sample portraits, says what to type next and ends with the paper's Table 2.
 */
import { readFile } from 'node:fs/promises';
import { Engine } from '../engine.js';
import { createEmbedder, type Embedder } from '../face/embed.js';
import { cosineSimilarity, isSamePerson } from '../face/match.js';
import { embedFile, loadModel } from './models.js';
import { explainNetworks, measureNetworks } from './networks.js';
import { defaultModelFile, packageFile, packageVersion } from './package.js';
import { runCommandLine } from './program.js';
import { formatCosine, formatDuration } from './text.js';

/** The golden output of the default weights: an embedding that another engine computed. */
interface GoldenEmbedding {
  readonly image: string;
  readonly engine: string;
  /** Largest distance between the embeddings, divided by the golden one's length. */
  readonly tolerance: number;
  readonly embedding: readonly number[];
}

const GOLDEN = 'weights/mobilefacenet.golden.json';
const TIMED_RUNS = 20;
const WARM_UP_ROUNDS = 1;
const TABLE_ROUNDS = 3;
const FAILED = 2;

const PAIRS = [
  { a: 'samples/aligned-a-1.png', b: 'samples/aligned-a-2.png', same: true },
  { a: 'samples/aligned-a-1.png', b: 'samples/aligned-b-1.png', same: false },
] as const;

const NEXT = `
Next, from this folder:
  npm run -s cli -- verify samples/aligned-c-1.png samples/aligned-c-2.png
  npm run -s cli -- embed samples/aligned-a-1.png --json
  npm run -s cli -- --help

The samples show nobody. The default weights are for research and evaluation only: see weights/README.md.`;

function report(passed: boolean, text: string): boolean {
  console.log(`${passed ? '✓' : '✗'} ${text}`);
  return passed;
}

async function checkGolden(embedder: Embedder): Promise<boolean> {
  const golden = JSON.parse(await readFile(packageFile(GOLDEN), 'utf8')) as GoldenEmbedding;
  const embedding = await embedFile(packageFile(golden.image), embedder);
  const distance = Math.hypot(...golden.embedding.map((value, index) => value - embedding[index]!));
  const relative = distance / Math.hypot(...golden.embedding);
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
  const limit = `${percent(golden.tolerance)} accepted`;
  const text = `default weights: ${percent(relative)} away from the output of ${golden.engine} (${limit})`;
  return report(golden.embedding.length === embedding.length && relative <= golden.tolerance, text);
}

async function checkPair({ a, b, same }: (typeof PAIRS)[number], embedder: Embedder): Promise<boolean> {
  const begin = performance.now();
  const [first, second] = [await embedFile(packageFile(a), embedder), await embedFile(packageFile(b), embedder)];
  const similarity = cosineSimilarity(first, second);
  const elapsed = formatDuration(performance.now() - begin);
  const decision = isSamePerson(similarity, embedder.card.thresholds[0]!.value);
  const verdict = decision ? 'same person' : 'different people';
  return report(decision === same, `${a} and ${b}: ${formatCosine(similarity)}, ${verdict}, ${elapsed}`);
}

/** The median time of one embedding, decoding not included, once the kernels are warm. */
function timeEmbedding(embedder: Embedder): number {
  const { height, width } = embedder.inputSize;
  const image = { data: new Uint8Array(height * width * 3), width, height, channels: 3 } as const;
  const times = Array.from({ length: TIMED_RUNS }, () => {
    const begin = performance.now();
    embedder.embed(image);
    return performance.now() - begin;
  });
  return times.sort((a, b) => a - b)[TIMED_RUNS / 2]!;
}

async function firstRun(): Promise<boolean> {
  const engine = await Engine.create();
  const embedder = createEmbedder(engine, await loadModel([defaultModelFile()]));
  console.log(`mobilefacenet ${packageVersion()}, ${engine.build} SIMD kernels, one thread\n`);
  const passed = [await checkGolden(embedder)];
  for (const pair of PAIRS) passed.push(await checkPair(pair, embedder));
  console.log(`  one embedding takes ${formatDuration(timeEmbedding(embedder))} here`);
  console.log(NEXT);
  console.log(`\n${explainNetworks(await measureNetworks(WARM_UP_ROUNDS, TABLE_ROUNDS))}`);
  return passed.every(Boolean);
}

const args = process.argv.slice(2);
process.exitCode = await runCommandLine(args, async () => ((await firstRun()) ? 0 : FAILED));
