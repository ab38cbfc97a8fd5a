/** The worker that looks at faces: it holds the engine, so that the page never waits for it. */
import { Engine, FaceVerifier, Gallery, importModel, type Model, type ModelFile } from '../../src/index.js';
import { analyse } from './analyse.js';
import { download } from './download.js';
import type { FaceCalls, LoadedModel, LoadRequest, Progress, SearchAnswer, SearchRequest } from './messages.js';
import { serveCalls } from './serve.js';

const EMBEDDER = 'weights/mobilefacenet.safetensors';
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

interface DefaultModels {
  readonly embedder: Model;
  readonly detector: Model;
}

let defaults: Promise<DefaultModels> | undefined;
let loaded: Loaded | undefined;

async function fetchDefaults(onProgress: (progress: Progress) => void): Promise<DefaultModels> {
  const names = [EMBEDDER, DETECTOR];
  const files = (await download(names, onProgress)).map((bytes, index): ModelFile => ({ name: names[index]!, bytes }));
  const [embedder, detector] = await Promise.all(files.map((file) => importModel([file])));
  return { embedder: embedder!, detector: detector! };
}

/** The weights of this page, fetched once; a failure is forgotten, so that the next call tries again. */
function defaultModels(onProgress: (progress: Progress) => void): Promise<DefaultModels> {
  defaults ??= fetchDefaults(onProgress).catch((error: unknown) => {
    defaults = undefined;
    throw error;
  });
  return defaults;
}

/** Loads into a new engine; the one before stays in use where that fails. */
async function load(request: LoadRequest, onProgress: (progress: Progress) => void): Promise<LoadedModel> {
  const { threads, files, options, detectorFiles } = request;
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  const starting = Engine.create({ threads, workerUrl: new URL(THREADS, import.meta.url), onWarning });
  // Where the weights fail first, nobody waits for the engine any more.
  starting.catch(() => {});
  try {
    const own = await defaultModels(onProgress);
    const model = files ? await importModel(files, options) : own.embedder;
    const detector = detectorFiles ? await importModel(detectorFiles) : own.detector;
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
