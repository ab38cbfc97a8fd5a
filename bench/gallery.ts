/** `npm run bench -- gallery`: searches of a large gallery, beside the bandwidth that memory has in the same run. */
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { alignRows, formatBytes, formatCount } from '../src/cli/text.js';
import { Engine } from '../src/engine.js';
import { Gallery } from '../src/face/gallery.js';
import { VectorTable } from '../src/runtime/vectors.js';
import { measureInterleaved } from './measure.js';
import { addWideOption } from './options.js';
import { compileAlone } from './peak.js';
import { root } from './root.js';

const ROWS = 100_000;
const LENGTH = 128;
const PAGE_BYTES = 65536;
const TOP = 5;
const ROUNDS = 60;
const CALLS_PER_ROUND = 4;
const WEIGHTS = '0'.repeat(64);

/** Queries that share passes over the gallery in the second measurement. */
const SHARED_QUERIES = 4;

/** Numbers in [-1, 1) from an integer generator. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Reads as many bytes as the gallery's rows have, and nothing else. */
function prepareBandwidth(build: Engine['build'], bytes: number): () => void {
  const pages = Math.ceil(bytes / PAGE_BYTES) + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
  new Uint8Array(memory.buffer).fill(1);
  const module = compileAlone(root, 'bandwidth', build === 'wide' ? 'relaxed' : build);
  const { bandwidth } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    bandwidth: (begin: number, end: number) => number;
  };
  return () => void bandwidth(PAGE_BYTES, PAGE_BYTES + bytes);
}

/**
 * What `npm run bench -- gallery --json` prints. Times are medians; the shares of the bandwidth compare medians, and the
 * best ones the fastest pass of each, which says more on a machine with other work.
 */
export interface GalleryBenchDocument {
  readonly node: string;
  readonly build: string;
  readonly rows: number;
  readonly length: number;
  /** Of the embeddings alone. */
  readonly matrixBytes: number;
  /** That the gallery's WebAssembly memory has grown to. */
  readonly memoryBytes: number;
  /** One pass of loads over as many bytes, on one thread. */
  readonly bandwidthGBs: number;
  /** From an embedding to the best people. */
  readonly searchMs: number;
  readonly searchShareOfBandwidth: number;
  readonly searchBestShareOfBandwidth: number;
  readonly innerProductsMs: number;
  readonly innerProductsShareOfBandwidth: number;
  readonly innerProductsBestShareOfBandwidth: number;
  readonly sharedQueries: number;
  readonly sharedSearchMsPerQuery: number;
}

function explain(document: GalleryBenchDocument): string {
  const percent = (share: number, best: number): string =>
    `${(100 * share).toFixed(0)} % of the bandwidth (fastest passes: ${(100 * best).toFixed(0)} %)`;
  const { rows, length, matrixBytes, memoryBytes, bandwidthGBs, sharedQueries } = document;
  const head = `Node ${document.node}, ${document.build} build, ${formatCount(rows)} embeddings of ${length} numbers`;
  const table = alignRows([
    ['memory', `${formatBytes(memoryBytes)}, of which ${formatBytes(matrixBytes)} are embeddings`],
    ['bandwidth', `${bandwidthGBs.toFixed(1)} GB/s, read by one thread`],
    [
      'search',
      `${document.searchMs.toFixed(2)} ms, ${percent(document.searchShareOfBandwidth, document.searchBestShareOfBandwidth)}`,
    ],
    [
      'inner products',
      `${document.innerProductsMs.toFixed(2)} ms, ${percent(document.innerProductsShareOfBandwidth, document.innerProductsBestShareOfBandwidth)}`,
    ],
    ['shared search', `${document.sharedSearchMsPerQuery.toFixed(2)} ms a face, ${sharedQueries} faces at a time`],
  ]);
  return `${head}\n${table}`;
}

async function benchGallery(_: readonly string[], options: { readonly wide?: true }): Promise<Outcome> {
  const engine = await Engine.create({ wide: options.wide ?? false });
  const gallery = new Gallery(engine, WEIGHTS, LENGTH);
  const table = new VectorTable(engine, LENGTH);
  const next = seeded(1);
  const random = () => Float32Array.from({ length: LENGTH }, next);
  for (let row = 0; row < ROWS; row++) {
    const embedding = random();
    gallery.enrol(`person ${row}`, { embedding, weights: WEIGHTS });
    table.push(embedding);
  }
  const bytes = ROWS * LENGTH * 4;
  const queries = Array.from({ length: SHARED_QUERIES }, random);
  const faces = queries.map((embedding) => ({ embedding, weights: WEIGHTS }));
  const tasks = [
    { name: 'bandwidth', run: prepareBandwidth(engine.build, bytes) },
    { name: 'search', run: () => void gallery.search(faces[0]!, { top: TOP }) },
    { name: 'innerProducts', run: () => table.scan(queries.slice(0, 1), () => {}) },
    { name: 'searchAll', run: () => void gallery.searchAll(faces, { top: TOP }) },
  ];
  const [bandwidth, search, products, shared] = await measureInterleaved(
    tasks.map((task) => ({ ...task, callsPerRound: CALLS_PER_ROUND })),
    ROUNDS,
    0,
  );
  const document: GalleryBenchDocument = {
    node: process.version,
    build: engine.build,
    rows: ROWS,
    length: LENGTH,
    matrixBytes: bytes,
    memoryBytes: gallery.memoryBytes,
    bandwidthGBs: bytes / bandwidth!.medianMs / 1e6,
    searchMs: search!.medianMs,
    searchShareOfBandwidth: bandwidth!.medianMs / search!.medianMs,
    searchBestShareOfBandwidth: bandwidth!.leastMs / search!.leastMs,
    innerProductsMs: products!.medianMs,
    innerProductsShareOfBandwidth: bandwidth!.medianMs / products!.medianMs,
    innerProductsBestShareOfBandwidth: bandwidth!.leastMs / products!.leastMs,
    sharedQueries: SHARED_QUERIES,
    sharedSearchMsPerQuery: shared!.medianMs / SHARED_QUERIES,
  };
  return { document, text: explain(document) };
}

export const galleryCommand = defineCommand<{ readonly wide?: true }>({
  name: 'gallery',
  summary: `search ${formatCount(ROWS)} embeddings, beside the memory bandwidth of the same run`,
  declare: addWideOption,
  run: benchGallery,
});
