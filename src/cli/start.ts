/**
 * What `npm start` runs. With arguments it is the command line; without, it checks the default weights, verifies
 * sample photographs, from pixels to decision, says what to type next and ends with the paper's Table 2.
 */
import { readFile } from 'node:fs/promises';
import { compareFaces } from '../face/comparison.js';
import { normaliseEmbedding } from '../face/match.js';
import type { FaceVerifier } from '../face/verifier.js';
import { embedFile, loadVerifier } from './models.js';
import { explainNetworks, measureNetworks } from './networks.js';
import { packageFile, packageVersion } from './package.js';
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
  { a: 'samples/person-a-1.jpg', b: 'samples/person-a-2.jpg', same: true },
  { a: 'samples/person-a-1.jpg', b: 'samples/person-b-1.jpg', same: false },
] as const;

const NEXT = `
Next, from this folder:
  npm run -s cli -- verify samples/person-b-1.jpg samples/person-b-2.jpg
  npm run -s cli -- detect samples/group.jpg --draw faces.png
  npm run -s cli -- --help

The samples show nobody. What the default weights were made from, and how often they err: see weights/README.md.`;

function report(passed: boolean, text: string): boolean {
  console.log(`${passed ? '✓' : '✗'} ${text}`);
  return passed;
}

async function checkGolden(verifier: FaceVerifier): Promise<boolean> {
  const golden = JSON.parse(await readFile(packageFile(GOLDEN), 'utf8')) as GoldenEmbedding;
  const { embedding } = await embedFile(packageFile(golden.image), verifier, { input: 'crop' });
  const expected = normaliseEmbedding(golden.embedding);
  const relative = Math.hypot(...embedding.map((value, index) => value - expected[index]!));
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
  const limit = `${percent(golden.tolerance)} accepted`;
  const text = `default weights: ${percent(relative)} away from the output of ${golden.engine} (${limit})`;
  return report(golden.embedding.length === embedding.length && relative <= golden.tolerance, text);
}

async function checkPair({ a, b, same }: (typeof PAIRS)[number], verifier: FaceVerifier): Promise<boolean> {
  const begin = performance.now();
  const first = await embedFile(packageFile(a), verifier, {});
  const second = await embedFile(packageFile(b), verifier, {});
  const { similarity, same: decision, undecided } = compareFaces(verifier.card, [first], [second]);
  const elapsed = formatDuration(performance.now() - begin);
  const verdict = undecided ?? (decision ? 'same person' : 'different people');
  return report(decision === same, `${a} and ${b}: ${formatCosine(similarity)}, ${verdict}, ${elapsed}`);
}

/** The median time of one embedding, decoding not included, once the kernels are warm. */
function timeEmbedding({ embedder }: FaceVerifier): number {
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
  using verifier = await loadVerifier();
  console.log(`mobilefacenet ${packageVersion()}, ${verifier.engine.build} SIMD kernels, one thread\n`);
  const passed = [await checkGolden(verifier)];
  for (const pair of PAIRS) passed.push(await checkPair(pair, verifier));
  console.log(`  one embedding takes ${formatDuration(timeEmbedding(verifier))} here`);
  console.log(NEXT);
  console.log(`\n${explainNetworks(await measureNetworks(WARM_UP_ROUNDS, TABLE_ROUNDS))}`);
  return passed.every(Boolean);
}

const args = process.argv.slice(2);
process.exitCode = await runCommandLine(args, async () => ((await firstRun()) ? 0 : FAILED));
