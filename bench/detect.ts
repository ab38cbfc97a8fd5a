/** `npm run bench -- detect`: faces in a photograph of 1280×960, stage by stage, beside one embedding of the same run. */
import { readFile } from 'node:fs/promises';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { alignRows } from '../src/cli/text.js';
import { Engine } from '../src/engine.js';
import { createDetector } from '../src/face/detect.js';
import { proposeBoxes, pyramidScales } from '../src/face/proposals.js';
import { importNative } from '../src/formats/index.js';
import { decodeImage } from '../src/image/decode.js';
import { resizeImage } from '../src/image/resize.js';
import { shrinkImage } from '../src/image/shrink.js';
import { float32Tensor } from '../src/tensor/tensor.js';
import { measureInterleaved } from './measure.js';
import { addWideOption } from './options.js';
import { root } from './root.js';

const WIDTH = 1280;
const HEIGHT = 960;
const MINIMUM_FACE = 40;
const ROUNDS = 15;
const CALLS_PER_ROUND = 2;

/** What `npm run bench -- detect --json` prints. Times are medians of one interleaved run, on one thread. */
export interface DetectBenchDocument {
  readonly node: string;
  readonly build: string;
  readonly width: number;
  readonly height: number;
  readonly minimumFace: number;
  readonly faces: number;
  /** From pixels to faces; decoding is not part of it. */
  readonly detectMs: number;
  readonly detectBestMs: number;
  /** All levels of the image pyramid. */
  readonly pyramidMs: number;
  /** P-Net on all levels, suppression included. */
  readonly pnetMs: number;
  readonly pnetShare: number;
  /** R-Net and O-Net with their crops. */
  readonly laterMs: number;
  /** One run of MobileFaceNet at 112×112. */
  readonly embedMs: number;
  /** Detection in embeddings, by medians and by the fastest calls. */
  readonly ratio: number;
  readonly bestRatio: number;
}

function explain(document: DetectBenchDocument): string {
  const { detectMs, pyramidMs, pnetMs, laterMs, embedMs } = document;
  const stage = (ms: number): string => `${ms.toFixed(1)} ms, ${((100 * ms) / detectMs).toFixed(0)} %`;
  const head = `Node ${document.node}, ${document.build} build, ${WIDTH}×${HEIGHT}, faces from ${MINIMUM_FACE} pixels`;
  const table = alignRows([
    ['detection', `${detectMs.toFixed(1)} ms, ${document.faces} faces`],
    ['  pyramid', stage(pyramidMs)],
    ['  P-Net', stage(pnetMs)],
    ['  R-Net, O-Net', stage(laterMs)],
    ['MobileFaceNet', `${embedMs.toFixed(2)} ms`],
    ['ratio', `${document.ratio.toFixed(2)} (fastest calls: ${document.bestRatio.toFixed(2)})`],
  ]);
  return `${head}\n${table}`;
}

async function readModel(name: string) {
  const path = new URL(`weights/${name}.safetensors`, root);
  return importNative(new Uint8Array(await readFile(path)), name);
}

/** The sample group, enlarged. */
async function photograph() {
  const bytes = new Uint8Array(await readFile(new URL('samples/group.jpg', root)));
  return resizeImage(await decodeImage(bytes, 'group.jpg'), WIDTH, HEIGHT);
}

async function benchDetect(_: readonly string[], options: { readonly wide?: true }): Promise<Outcome> {
  const engine = await Engine.create({ wide: options.wide ?? false });
  const [detection, embedding, image] = [
    await readModel('mtcnn'),
    await readModel('mobilefacenet'),
    await photograph(),
  ];
  const detector = createDetector(engine, detection);
  const embedder = engine.compile(embedding.graphs.get('embed')!);
  const settings = { ...detection.card.detector!, minimumFace: MINIMUM_FACE };
  const stage = {
    network: engine.compile(detection.graphs.get('pnet')!),
    probability: 'probability',
    regression: 'regression',
  };
  const proposal = { ...settings, threshold: settings.thresholds[0] };
  const sizes = pyramidScales(WIDTH, HEIGHT, settings).map((scale) => {
    return { width: Math.ceil(WIDTH * scale), height: Math.ceil(HEIGHT * scale) };
  });
  const face = float32Tensor([1, 3, 112, 112]);
  const tasks = [
    { name: 'detect', run: () => void detector.detect(image, { minimumFace: MINIMUM_FACE }) },
    { name: 'propose', run: () => void proposeBoxes(stage, image, settings, proposal) },
    { name: 'shrink', run: () => void shrinkImage(image, sizes) },
    { name: 'embed', run: () => void embedder.run({ input: face }) },
  ];
  const [detect, propose, shrink, embed] = await measureInterleaved(
    tasks.map((task) => ({ ...task, callsPerRound: CALLS_PER_ROUND })),
    ROUNDS,
    0,
  );
  const pnetMs = propose!.medianMs - shrink!.medianMs;
  const document: DetectBenchDocument = {
    node: process.version,
    build: engine.build,
    width: WIDTH,
    height: HEIGHT,
    minimumFace: MINIMUM_FACE,
    faces: detector.detect(image, { minimumFace: MINIMUM_FACE }).length,
    detectMs: detect!.medianMs,
    detectBestMs: detect!.leastMs,
    pyramidMs: shrink!.medianMs,
    pnetMs,
    pnetShare: pnetMs / detect!.medianMs,
    laterMs: detect!.medianMs - propose!.medianMs,
    embedMs: embed!.medianMs,
    ratio: detect!.medianMs / embed!.medianMs,
    bestRatio: detect!.leastMs / embed!.leastMs,
  };
  return { document, text: explain(document) };
}

export const detectCommand = defineCommand<{ readonly wide?: true }>({
  name: 'detect',
  summary: `find faces in a photograph of ${WIDTH}×${HEIGHT}, beside one embedding`,
  declare: addWideOption,
  run: benchDetect,
});
