/** The worker that looks at faces: it holds the engine, so that the page never waits for it. */
import { Engine, FaceVerifier, Gallery, importModel, type Model } from '../../src/index.js';
import { OWN_WEIGHTS } from '../ownWeights.js';
import { analyse } from './analyse.js';
import { download } from './download.js';
import type { FaceCalls, LoadedModel, LoadRequest, Progress, SearchAnswer, SearchRequest } from './messages.js';
import { serveCalls } from './serve.js';

const DETECTOR = 'weights/mtcnn.safetensors';

/** The script of the engine's threads, which this page's policy wants from a file. */
const THREADS = 'threads.js';

/** People that a search gives at most. */
const TOP = 5;

/** A verifier on an engine of its own. */
interface Loaded {
  readonly engine: Engine;
  readonly verifier: FaceVerifier;
}

/** This page's own models by their address: each is fetched once. */
const ownModels = new Map<string, Model>();

let loaded: Loaded | undefined;

/** Models of this page, fetched where they are not there yet. */
async function fetchModels(names: readonly string[], onProgress: (progress: Progress) => void): Promise<void> {
  const missing = names.filter((name) => !ownModels.has(name));
  const files = await download(missing, onProgress);
  await Promise.all(
    files.map(async (bytes, index) => {
      const name = missing[index]!;
      ownModels.set(name, await importModel([{ name, bytes }]));
    }),
  );
}

/** Loads into a new engine; the one before stays in use where that fails. */
async function load(request: LoadRequest, onProgress: (progress: Progress) => void): Promise<LoadedModel> {
  const { threads, precision, files, options, detectorFiles } = request;
  const embedder = OWN_WEIGHTS[precision];
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  const starting = Engine.create({ threads, workerUrl: new URL(THREADS, import.meta.url), onWarning });
  // Where the weights fail first, nobody waits for the engine any more.
  starting.catch(() => {});
  try {
    await fetchModels([...(files ? [] : [embedder]), ...(detectorFiles ? [] : [DETECTOR])], onProgress);
    const model = files ? await importModel(files, options) : ownModels.get(embedder)!;
    const detector = detectorFiles ? await importModel(detectorFiles) : ownModels.get(DETECTOR)!;
    const engine = await starting;
    const verifier = await FaceVerifier.load({ model, detector, engine });
    loaded?.verifier.dispose();
    loaded?.engine.dispose();
    loaded = { engine, verifier };
    const { card, weights } = verifier;
    return { card, weights, detector: detector.card.name, build: engine.build, threads: engine.threads, warnings };
  } catch (error) {
    await starting.then(
      (engine) => engine.dispose(),
      () => {},
    );
    throw error;
  }
}

function requireLoaded(): Loaded {
  if (loaded) return loaded;
  throw new Error('no weights are loaded yet.');
}

async function search({ face, enrolled }: SearchRequest): Promise<SearchAnswer> {
  const begin = performance.now();
  const gallery = new Gallery(requireLoaded().engine, face.weights, face.embedding.length);
  try {
    for (const { id, ...known } of enrolled) gallery.enrol(id, known);
    return { matches: gallery.search(face, { top: TOP }), elapsedMs: performance.now() - begin };
  } finally {
    gallery.dispose();
  }
}

serveCalls<FaceCalls>({ load, search, analyse: async (request) => analyse(requireLoaded().verifier, request) });
