/** The aims that comparisons are judged by: ratios of one interleaved run, and whether they are reached. */
import { isWasm, OWN } from './engines.js';
import type { PeerRow, PeersDocument } from './peersDocument.js';

/** An aim and what was found. */
export interface Target {
  readonly what: string;
  readonly found: number;
  readonly limit: number;
  /** Reached from the limit on upwards; otherwise up to the limit. */
  readonly atLeast: boolean;
  readonly reached: boolean;
}

/** Time of this engine, relative to others' on one thread. */
const TIMES = [
  { other: 'litert', limit: 0.72 },
  { other: 'onnxruntime-web', limit: 0.45 },
  { other: 'tfjs-wasm', limit: 0.55 },
  { other: 'onnxruntime-node', limit: 0.7 },
] as const;

const PLAIN_LIMIT = 0.6;
const WIDE_LIMIT = 0.9;
const THREADS_LIMIT = 1.85;
const START_LIMIT = 0.6;
const PEAK_LIMIT = 0.75;
const NETWORK_LIMIT = 0.85;
const INT8_LIMIT = 0.7;
const INT8_PLAIN_LIMIT = 0.6;
const INT8_NATIVE_LIMIT = 0.5;

function atMost(what: string, found: number, limit: number): Target {
  return { what, found, limit, atLeast: false, reached: found <= limit };
}

/** Aims for MobileFaceNet with relaxed SIMD, as far as the rows tell. */
function trainedTargets(find: (engine: string, threads: number) => PeerRow | undefined): Target[] {
  const targets: Target[] = [];
  const own = find(OWN, 1);
  const plainOnly = own?.version.endsWith(' plain');
  for (const { other, limit } of plainOnly ? [] : TIMES) {
    const row = find(other, 1);
    if (row) targets.push(atMost(`one thread, against ${other}`, row.ratio, limit));
  }
  const plain = plainOnly ? own : find(`${OWN} plain`, 1);
  const web = find('onnxruntime-web', 1);
  if (plain && web) {
    const ratio = plainOnly ? web.ratio : plain.medianMs / web.medianMs;
    targets.push(atMost('one thread, plain SIMD, against onnxruntime-web', ratio, PLAIN_LIMIT));
  }
  const wide = find('litert wide', 1);
  if (wide) targets.push(atMost('one thread, joined vectors, against litert wide', wide.ratio, WIDE_LIMIT));
  const two = find(OWN, 2);
  if (own && two) {
    const faster = own.medianMs / two.medianMs;
    const what = 'two threads, times as fast as one';
    targets.push({ what, found: faster, limit: THREADS_LIMIT, atLeast: true, reached: faster >= THREADS_LIMIT });
  }
  const tfjs = find('tfjs-wasm', 1);
  if (own && tfjs) {
    targets.push(atMost('start to first output, against tfjs-wasm', own.startMs / tfjs.startMs, START_LIMIT));
    targets.push(atMost('peak memory of that, against tfjs-wasm', own.peakMb / tfjs.peakMb, PEAK_LIMIT));
  }
  return targets;
}

/** Aims for the network in int8 beside float32 in the same build, and beside native code in float32. */
function int8Targets(find: (engine: string, threads: number) => PeerRow | undefined): Target[] {
  const targets: Target[] = [];
  for (const build of ['', ' plain', ' wide']) {
    const [float32, int8] = [find(`${OWN}${build}`, 1), find(`${OWN} int8${build}`, 1)];
    if (!float32 || !int8) continue;
    const isPlain = int8.version.endsWith(' plain');
    const what = `one thread, int8 against float32, ${int8.version.split(' ').at(-1)}`;
    targets.push(atMost(what, int8.medianMs / float32.medianMs, isPlain ? INT8_PLAIN_LIMIT : INT8_LIMIT));
  }
  const [int8, native] = [find(`${OWN} int8`, 1), find('onnxruntime-node', 1)];
  if (int8 && native) {
    const what = 'one thread, int8 against onnxruntime-node in float32';
    targets.push(atMost(what, int8.medianMs / native.medianMs, INT8_NATIVE_LIMIT));
  }
  return targets;
}

/** The aims of a comparison; `trained` for MobileFaceNet with its weights, where each engine has an aim of its own. */
export function targetsOf({ rows }: PeersDocument, trained: boolean): Target[] {
  const find = (engine: string, threads: number) =>
    rows.find((row) => row.engine === engine && row.threads === threads);
  if (trained) return [...trainedTargets(find), ...int8Targets(find)];
  const others = rows.filter(({ engine, threads }) => threads === 1 && isWasm(engine));
  if (others.length === 0) return [];
  const fastest = others.reduce((best, row) => (row.medianMs < best.medianMs ? row : best));
  return [atMost(`one thread, against the fastest in WebAssembly, ${fastest.engine}`, fastest.ratio, NETWORK_LIMIT)];
}

/** The aims as cells. */
export function targetsTable(targets: readonly Target[]): string[][] {
  const head = ['aim', 'wanted', 'found', ''];
  return [
    head,
    ...targets.map(({ what, found, limit, atLeast, reached }) => [
      what,
      `${atLeast ? '≥' : '≤'} ${limit.toFixed(2)}`,
      found.toFixed(2),
      reached ? 'reached' : 'missed',
    ]),
  ];
}
