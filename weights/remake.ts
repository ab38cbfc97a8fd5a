/**
 * Makes everything that the default embedder consists of from trained float32 weights, and says what changed:
 * `node scripts/run.js weights/remake.ts SOURCE.safetensors [--shared ../shared]`.
 *
 * It writes both weights files with their cards, the golden embeddings, `weights/figures.json`, and the figures between
 * the markers of README.md, weights/README.md and samples/README.md. The texts of the cards stand in `weights/card.json`
 * and `weights/mobilefacenet-int8.card.json`, by hand: read them first when the training was another. Nothing is written
 * before all is measured; embeddings of LFW are kept in build/remake, so that a run that was stopped goes on.
 * `--texts` in place of SOURCE writes the texts alone, from the figures that are there.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { replaceFile } from '../scripts/outputs.js';
import { referenceValues } from '../src/build/reference.js';
import { Engine } from '../src/engine.js';
import { createEmbedder } from '../src/face/embed.js';
import { cosineSimilarity } from '../src/face/match.js';
import { exportNative, importNative } from '../src/formats/native.js';
import { parseSafetensors } from '../src/formats/safetensors.js';
import { sha256 } from '../src/formats/sha256.js';
import { decodeImage } from '../src/image/decode.js';
import type { RgbImage } from '../src/image/image.js';
import { normaliseImages } from '../src/image/normalise.js';
import type { ModelCard } from '../src/model/card.js';
import { defaultThreshold } from '../src/model/chooseThreshold.js';
import type { Model } from '../src/model/model.js';
import { parseCard } from '../src/model/parseCard.js';
import { mobileFaceNet } from '../src/networks/mobileFaceNet.js';
import { namedWeights } from '../src/networks/weightSource.js';
import { type QuantisedModel, quantiseModel } from '../src/quantise/quantiseModel.js';
import { blocksOf, type Cards, type Figures, type FileFigures, replaceBlock } from './remake/figures.js';
import {
  calibrateLfw,
  embedLfw,
  evaluateLfw,
  findLfw,
  type Lfw,
  ratesAtDefault,
  sharpnessOfLfw,
} from './remake/measure.js';
import { withWeights } from './remake/onnxFile.js';
import { readTrainingFaces } from './remake/trainingFaces.js';

const FLOAT32 = 'weights/mobilefacenet.safetensors';
const INT8 = 'weights/mobilefacenet-int8.safetensors';
const FIGURES = 'weights/figures.json';
const INT8_GOLDEN = 'weights/mobilefacenet-int8.golden.json';
const SAMPLE = 'samples/aligned-a-1.png';
const ONNX = 'build/remake/golden.onnx';

/** Faces that ranges are taken from, and faces that int8 is compared on. */
const CALIBRATION_FACES = 256;
const HELD_OUT_FACES = 128;

/** A model file as it will be written. */
interface MadeFile {
  readonly model: Model;
  readonly bytes: Uint8Array;
  readonly figures: FileFigures;
}

const begin = performance.now();

function say(text: string): void {
  console.log(`${((performance.now() - begin) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}

const readCard = (path: string): ModelCard => parseCard(readFileSync(path, 'utf8'), path);
const round = (value: number) => Number(value.toFixed(4));

/** A model as its file will hold it: weights rounded, the card with the hash of the tensors. */
async function stored(model: Model): Promise<Model> {
  return importNative(await exportNative(model, { storage: 'float16' }), model.card.name);
}

/** Measures a model on LFW, puts what was found into its card, and gives the file. */
async function makeFile(engine: Engine, model: Model, lfw: Lfw): Promise<MadeFile> {
  say(`${model.card.name}: embedding ${lfw.images.length} images of LFW, twice each`);
  const { plain, mirrored } = await embedLfw(engine, model, lfw, say);
  const [one, both] = [evaluateLfw(lfw, plain), evaluateLfw(lfw, mirrored)];
  say(`${model.card.name}: comparing all pairs`);
  const calibration = calibrateLfw(engine, lfw, plain, await sharpnessOfLfw(lfw));
  const { thresholds, probability } = calibration;
  const accuracy = [
    { benchmark: 'LFW, 10-fold', accuracy: round(one.accuracy), std: round(one.std) },
    { benchmark: 'LFW, 10-fold, mirrored image added', accuracy: round(both.accuracy), std: round(both.std) },
  ];
  const card = { ...model.card, accuracy, thresholds, probability };
  const bytes = await exportNative({ ...model, card }, { storage: 'float16' });
  const figures: FileFigures = {
    bytes: bytes.length,
    sha256: await sha256(bytes),
    tensors: model.card.sha256!,
    plain: one,
    mirrored: both,
    mirroredAtDefault: ratesAtDefault(engine, lfw, mirrored, thresholds),
    groups: calibration.groups[thresholds.indexOf(defaultThreshold(thresholds)!)]!,
  };
  return { model: { ...model, card }, bytes, figures };
}

/** How far the stored weights move embeddings of the exact ones at most. */
async function largestMove(engine: Engine, exact: Model, made: Model, faces: readonly RgbImage[]): Promise<number> {
  const [before, after] = [await createEmbedder(engine, exact), await createEmbedder(engine, made)];
  const moves = faces.map((face) => {
    const [from, to] = [before.embed(face), after.embed(face)];
    return Math.hypot(...from.map((value, index) => value - to[index]!)) / Math.hypot(...from);
  });
  before.dispose();
  after.dispose();
  return Math.max(...moves);
}

/** The similarities of the samples' aligned crops. */
async function measureSamples(engine: Engine, model: Model): Promise<Figures['samples']> {
  using embedder = await createEmbedder(engine, model);
  const { value } = defaultThreshold(model.card.thresholds)!;
  const crops: { person: string; embedding: Float32Array }[] = [];
  for (const name of readdirSync('samples')
    .filter((file) => file.startsWith('aligned-'))
    .sort()) {
    const image = await decodeImage(new Uint8Array(readFileSync(`samples/${name}`)), name);
    crops.push({ person: name.split('-')[1]!, embedding: embedder.embed(image) });
  }
  const pairs = crops.flatMap((a, index) =>
    crops.slice(index + 1).map((b) => ({
      people: [a.person, b.person].sort().join(' and '),
      same: a.person === b.person,
      score: cosineSimilarity(a.embedding, b.embedding),
    })),
  );
  const scores = (kind: boolean) => pairs.filter(({ same }) => same === kind).map(({ score }) => score);
  const taken = new Map<string, number>();
  for (const { people, same, score } of pairs) {
    if (!same && score >= value) taken.set(people, Math.max(score, taken.get(people) ?? -1));
  }
  return {
    same: [Math.min(...scores(true)), Math.max(...scores(true))],
    differentMost: Math.max(...scores(false)),
    taken: [...taken].map(([people, score]) => `${people} (${score.toFixed(2)})`),
  };
}

function describeQuantised({ report }: QuantisedModel): Figures['quantised'] {
  const { calibrationImages, heldOutImages, meanCosine, leastCosine, layers, float32, int8 } = report;
  return {
    calibrationImages,
    heldOutImages,
    meanCosine,
    leastCosine,
    layers: layers.length,
    float32Layers: layers.filter((layer) => !layer.int8).map(({ node }) => node),
    weightBytes: { float32: float32.weightBytes, int8: int8.weightBytes },
    arenaBytes: { float32: float32.arenaBytes, int8: int8.arenaBytes },
  };
}

/** The embedding of the sample by the operators' integer references, for the int8 file. */
async function int8Golden({ graphs, card }: Model): Promise<string> {
  const image = await decodeImage(new Uint8Array(readFileSync(SAMPLE)), SAMPLE);
  const values = referenceValues(graphs.get('embed')!, { input: normaliseImages([image], card.input!) });
  const embedding = Array.from(Float32Array.from(values.get('embedding')!.data));
  return `${JSON.stringify({ image: SAMPLE, weights: card.sha256, embedding }, undefined, 1)}\n`;
}

/** The embedding of the sample by onnxruntime-web, for the float32 file; the script writes it. */
function makeFloat32Golden(onnx: Uint8Array, tolerance: number): void {
  if (!existsSync('test/golden/node_modules/onnxruntime-web')) {
    execFileSync('npm', ['ci', '--prefix', 'test/golden', '--ignore-scripts'], { stdio: ['ignore', 2, 2] });
  }
  mkdirSync('build/remake', { recursive: true });
  replaceFile(ONNX, onnx);
  execFileSync(process.execPath, ['test/golden/defaultWeights.mjs', ONNX, SAMPLE, `${tolerance}`], {
    stdio: 'inherit',
  });
}

/** What differs between two values of JSON, leaf by leaf. */
function changesOf(before: unknown, after: unknown, path = ''): string[] {
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => changesOf(before[name], after[name], path ? `${path}.${name}` : name));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const shown = (value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : JSON.stringify(value));
  return [`${path}: ${before === undefined ? 'new' : shown(before)} → ${shown(after)}`];
}

/** Writes every text that states figures. */
function writeTexts(figures: Figures, cards: Cards): void {
  for (const [path, blocks] of blocksOf(figures, cards)) {
    let text = readFileSync(path, 'utf8');
    for (const [name, content] of blocks) text = replaceBlock(text, name, content);
    replaceFile(path, text);
  }
}

/** Writes them from the files that are there, after their wording has changed. */
async function rewriteTexts(): Promise<void> {
  const cardOf = async (path: string) => (await importNative(new Uint8Array(readFileSync(path)), path)).card;
  writeTexts(readFigures() as Figures, { float32: await cardOf(FLOAT32), int8: await cardOf(INT8) });
}

const readFigures = (): unknown => (existsSync(FIGURES) ? JSON.parse(readFileSync(FIGURES, 'utf8')) : {});

async function remake(source: string, shared: string): Promise<void> {
  const bytes = new Uint8Array(readFileSync(source));
  const hash = await sha256(bytes);
  say(`${source}: SHA-256 ${hash}`);
  const { tensors } = parseSafetensors(bytes, source);
  const onnx = withWeights(new Uint8Array(readFileSync(`${shared}/peers/mobilefacenet.onnx`)), tensors, hash);
  const lfw = findLfw(`${shared}/faces`);
  const faces = await readTrainingFaces(`${shared}/training`, CALIBRATION_FACES + HELD_OUT_FACES);
  const heldOut = faces.filter((_, index) => index % 3 === 1);
  const calibration = faces.filter((_, index) => index % 3 !== 1);

  const texts = readCard('weights/card.json');
  const card = { ...texts, provenance: `${texts.provenance} Made from float32 weights with SHA-256 ${hash}.` };
  const graphs = new Map([['embed', mobileFaceNet(namedWeights(tensors))]]);
  const exact: Model = { format: 'native', graphs, card };
  using engine = await Engine.create();
  const float32 = await makeFile(engine, await stored(exact), lfw);
  const float16Move = await largestMove(engine, exact, float32.model, calibration);

  say('quantising');
  const quantised = await quantiseModel(engine, float32.model, calibration, { heldOut });
  const int8Texts = readCard('weights/mobilefacenet-int8.card.json');
  const int8Card = {
    ...int8Texts,
    provenance: `${int8Texts.provenance} Made from tensors with SHA-256 ${float32.figures.tensors}.`,
  };
  const int8 = await makeFile(engine, await stored({ ...quantised.model, card: int8Card }), lfw);

  const figures: Figures = {
    source: hash,
    float16Move,
    float32: float32.figures,
    int8: int8.figures,
    quantised: describeQuantised(quantised),
    samples: await measureSamples(engine, float32.model),
  };
  say('writing');
  const changes = changesOf(readFigures(), figures);
  makeFloat32Golden(onnx, Math.ceil(float16Move * 1e4) / 1e4);
  const golden = await int8Golden(int8.model);
  const cards: Cards = { float32: float32.model.card, int8: int8.model.card };
  writeTexts(figures, cards);
  replaceFile(INT8_GOLDEN, golden);
  replaceFile(FLOAT32, float32.bytes);
  replaceFile(INT8, int8.bytes);
  replaceFile(FIGURES, `${JSON.stringify(figures, undefined, 2)}\n`);
  say(changes.length === 0 ? 'nothing changed' : `changed:\n${changes.map((change) => `  ${change}`).join('\n')}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shared: { type: 'string', default: '../shared' }, texts: { type: 'boolean', default: false } },
});
const [source, ...rest] = positionals;
if (values.texts && positionals.length === 0) {
  await rewriteTexts();
} else if (source === undefined || rest.length > 0) {
  console.error('usage: node scripts/run.js weights/remake.ts SOURCE.safetensors [--shared ../shared], or --texts');
  process.exitCode = 2;
} else {
  await remake(source, values.shared);
}
