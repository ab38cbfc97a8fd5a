/** `npm run bench -- detect`: faces in photographs of 1280×960, stage by stage, beside one embedding of the same run. */
import { readFile } from 'node:fs/promises';
import { defineCommand, type Outcome } from '../src/cli/command.js';
import { alignRows, formatCounted } from '../src/cli/text.js';
import { Engine } from '../src/engine.js';
import { createDetector } from '../src/face/detect.js';
import { PixelReader } from '../src/face/pixelInput.js';
import { proposeBoxes, pyramidScales } from '../src/face/proposals.js';
import { importNative } from '../src/formats/index.js';
import { decodeImage } from '../src/image/decode.js';
import type { RgbImage } from '../src/image/image.js';
import { resizeImage } from '../src/image/resize.js';
import type { Model } from '../src/model/model.js';
import { ImageShrinker } from '../src/runtime/shrinker.js';
import { float32Tensor } from '../src/tensor/tensor.js';
import { measureInterleaved, type Task } from './measure.js';
import { addWideOption } from './options.js';
import { root } from './root.js';

const WIDTH = 1280;
const HEIGHT = 960;
const MINIMUM_FACE = 40;
const ROUNDS = 15;
const CALLS_PER_ROUND = 2;

/** Samples that are enlarged to the size: one face, and five. */
const SAMPLES = ['person-b-2.jpg', 'group.jpg'];

/** Detection in one photograph. Times are medians of one interleaved run, on one thread. */
export interface DetectBenchRow {
  readonly photograph: string;
  readonly faces: number;
  /** From pixels to faces; decoding is not part of it. */
  readonly detectMs: number;
  /** All levels of the image pyramid. */
  readonly pyramidMs: number;
  /** P-Net on all levels, suppression included. */
  readonly pnetMs: number;
  readonly pnetShare: number;
  /** R-Net and O-Net with their crops. */
  readonly laterMs: number;
  /** Detection in embeddings, by medians and by the fastest calls. */
  readonly ratio: number;
  readonly bestRatio: number;
}

/** What `npm run bench -- detect --json` prints. */
export interface DetectBenchDocument {
  readonly node: string;
  readonly build: string;
  readonly width: number;
  readonly height: number;
  readonly minimumFace: number;
  /** One run of MobileFaceNet at 112×112. */
  readonly embedMs: number;
  readonly photographs: readonly DetectBenchRow[];
}

function explainRow(row: DetectBenchRow): string {
  const stage = (ms: number): string => `${ms.toFixed(1)} ms, ${((100 * ms) / row.detectMs).toFixed(0)} %`;
  const table = alignRows([
    [
      '  detection',
      `${row.detectMs.toFixed(1)} ms: ${row.ratio.toFixed(2)} embeddings (fastest calls: ${row.bestRatio.toFixed(2)})`,
    ],
    ['    pyramid', stage(row.pyramidMs)],
    ['    P-Net', stage(row.pnetMs)],
    ['    R-Net, O-Net', stage(row.laterMs)],
  ]);
  return `${row.photograph}, ${formatCounted(row.faces, 'face')}\n${table}`;
}

async function readModel(name: string): Promise<Model> {
  const path = new URL(`weights/${name}.safetensors`, root);
  return importNative(new Uint8Array(await readFile(path)), name);
}

async function readSample(name: string): Promise<RgbImage> {
  const bytes = new Uint8Array(await readFile(new URL(`samples/${name}`, root)));
  return resizeImage(await decodeImage(bytes, name), WIDTH, HEIGHT);
}

/** Detection whole, its first stage, and of that the pyramid alone. */
async function prepareStages(engine: Engine, model: Model, image: RgbImage) {
  const detector = await createDetector(engine, model);
  const network = await engine.compile(model.graphs.get('pnet')!);
  const stage = { network, probability: 'probability', regression: 'regression' };
  const settings = { ...model.card.detector!, minimumFace: MINIMUM_FACE };
  const proposal = { ...settings, threshold: settings.thresholds[0] };
  const sizes = pyramidScales(WIDTH, HEIGHT, settings).map((scale) => {
    return { width: Math.ceil(WIDTH * scale), height: Math.ceil(HEIGHT * scale) };
  });
  const shrinker = await ImageShrinker.create(engine);
  const pixels = new PixelReader(settings);
  const detect = () => detector.detect(image, { minimumFace: MINIMUM_FACE });
  const propose = () => {
    shrinker.load(image);
    proposeBoxes(stage, shrinker, image, pixels, proposal);
  };
  const shrink = () => {
    shrinker.load(image);
    shrinker.shrink({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, sizes);
  };
  const tasks: Task[] = [
    { name: 'detect', run: () => void detect() },
    { name: 'propose', run: propose },
    { name: 'shrink', run: shrink },
  ];
  return { tasks, faces: detect().length };
}

async function benchDetect(_: readonly string[], options: { readonly wide?: true }): Promise<Outcome> {
  const engine = await Engine.create({ wide: options.wide ?? false });
  const [detection, embedding] = [await readModel('mtcnn'), await readModel('mobilefacenet')];
  const embedder = await engine.compile(embedding.graphs.get('embed')!);
  const crop = float32Tensor([1, 3, 112, 112]);
  const images = await Promise.all(SAMPLES.map(readSample));
  const prepared = await Promise.all(images.map((image) => prepareStages(engine, detection, image)));
  const tasks = [
    { name: 'embed', run: () => void embedder.run({ input: crop }) },
    ...prepared.flatMap((each) => each.tasks),
  ];
  const timed = tasks.map((task) => ({ ...task, callsPerRound: CALLS_PER_ROUND }));
  const [embed, ...timings] = await measureInterleaved(timed, ROUNDS, 0);
  const photographs = SAMPLES.map((photograph, index): DetectBenchRow => {
    const [detect, propose, shrink] = timings.slice(3 * index, 3 * index + 3);
    const pnetMs = propose!.medianMs - shrink!.medianMs;
    return {
      photograph,
      faces: prepared[index]!.faces,
      detectMs: detect!.medianMs,
      pyramidMs: shrink!.medianMs,
      pnetMs,
      pnetShare: pnetMs / detect!.medianMs,
      laterMs: detect!.medianMs - propose!.medianMs,
      ratio: detect!.medianMs / embed!.medianMs,
      bestRatio: detect!.leastMs / embed!.leastMs,
    };
  });
  const document: DetectBenchDocument = {
    node: process.version,
    build: engine.build,
    width: WIDTH,
    height: HEIGHT,
    minimumFace: MINIMUM_FACE,
    embedMs: embed!.medianMs,
    photographs,
  };
  const head = `Node ${document.node}, ${document.build} build, ${WIDTH}×${HEIGHT}, faces from ${MINIMUM_FACE} pixels; one embedding takes ${document.embedMs.toFixed(2)} ms`;
  return { document, text: [head, ...photographs.map(explainRow)].join('\n') };
}

export const detectCommand = defineCommand<{ readonly wide?: true }>({
  name: 'detect',
  summary: `find faces in photographs of ${WIDTH}×${HEIGHT}, beside one embedding`,
  declare: addWideOption,
  run: benchDetect,
});
