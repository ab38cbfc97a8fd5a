/** What embedders make of LFW: embeddings of all its images, kept between runs, and the figures that rest on them. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { replaceFile } from '../../scripts/outputs.js';
import type { Engine } from '../../src/engine.js';
import { PortraitTable } from '../../src/evaluation/allPairs.js';
import { type Attribute, numberAttribute } from '../../src/evaluation/attributes.js';
import { calibratePeople, type PeopleCalibration } from '../../src/evaluation/calibratePeople.js';
import { evaluatePairs } from '../../src/evaluation/evaluate.js';
import { pairImagePath, parsePairs } from '../../src/evaluation/pairs.js';
import { createEmbedder } from '../../src/face/embed.js';
import { addEmbeddings, cosineSimilarity } from '../../src/face/match.js';
import { measureSharpness } from '../../src/face/quality.js';
import { decodeImage } from '../../src/image/decode.js';
import { type Image, mirrorImage, toRgb } from '../../src/image/image.js';
import type { CardThreshold } from '../../src/model/card.js';
import { defaultThreshold } from '../../src/model/chooseThreshold.js';
import type { Model } from '../../src/model/model.js';
import type { SetFigures } from './figures.js';

/** Where embeddings are kept, by the hash of the weights. */
const KEPT = 'build/remake';

/** False-accept rates of the cards' thresholds. */
const RATES = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

/** Images that are embedded at a time. */
const BATCH = 16;

/** LFW as it lies in ../shared/faces. */
export interface Lfw {
  readonly folder: string;
  /** `Person/Person_0001.jpg`, sorted. */
  readonly images: readonly string[];
  readonly pairs: string;
}

/** Embeddings of each image, and of the image and its mirror image together. */
export interface LfwEmbeddings {
  readonly plain: readonly Float32Array[];
  readonly mirrored: readonly Float32Array[];
}

/** Finds LFW's images and its list of pairs below a folder. */
export function findLfw(faces: string): Lfw {
  const folder = `${faces}/lfw-aligned-112`;
  const images = readdirSync(folder).flatMap((person) =>
    readdirSync(`${folder}/${person}`).map((name) => `${person}/${name}`),
  );
  return { folder, images: images.sort(), pairs: readFileSync(`${faces}/pairs.txt`, 'utf8') };
}

/** The numbers of a file as rows of one length; undefined where they are not as many as they should be. */
function readRows(path: string, rows: number, length: number): Float32Array[] | undefined {
  if (!existsSync(path)) return undefined;
  const numbers = new Float32Array(new Uint8Array(readFileSync(path)).buffer);
  if (numbers.length !== rows * length) return undefined;
  return Array.from({ length: rows }, (_, row) => numbers.subarray(row * length, (row + 1) * length));
}

/** Embeds all images, or takes what an earlier run kept. */
export async function embedLfw(
  engine: Engine,
  model: Model,
  lfw: Lfw,
  say: (progress: string) => void,
): Promise<LfwEmbeddings> {
  using embedder = await createEmbedder(engine, model);
  const { embeddingLength } = embedder;
  const path = `${KEPT}/${model.card.sha256}.lfw.f32`;
  let rows = readRows(path, 2 * lfw.images.length, embeddingLength);
  if (!rows) {
    rows = [];
    for (let begin = 0; begin < lfw.images.length; begin += BATCH) {
      const batch: Image[] = [];
      for (const name of lfw.images.slice(begin, begin + BATCH)) {
        batch.push(await decodeImage(new Uint8Array(readFileSync(`${lfw.folder}/${name}`)), name));
      }
      rows.push(...embedder.embedBatch(batch), ...embedder.embedBatch(batch.map(mirrorImage)));
      if (begin % (50 * BATCH) === 0) say(`${begin} of ${lfw.images.length} images`);
    }
    rows = inOrder(rows, lfw.images.length);
    mkdirSync(KEPT, { recursive: true });
    replaceFile(path, Buffer.concat(rows.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength))));
  }
  const plain = rows.slice(0, lfw.images.length);
  const flipped = rows.slice(lfw.images.length);
  return { plain, mirrored: plain.map((embedding, index) => addEmbeddings(embedding, flipped[index]!)) };
}

/** Rows that stand batch by batch, each followed by its mirrored one, as all of the first kind and then all others. */
function inOrder(rows: readonly Float32Array[], images: number): Float32Array[] {
  const [plain, mirrored]: [Float32Array[], Float32Array[]] = [[], []];
  for (let begin = 0, at = 0; begin < images; begin += BATCH) {
    const count = Math.min(BATCH, images - begin);
    plain.push(...rows.slice(at, at + count));
    mirrored.push(...rows.slice(at + count, at + 2 * count));
    at += 2 * count;
  }
  return [...plain, ...mirrored];
}

/** The sharpness of each image in quarters, the one measure that a crop has by itself. */
export async function sharpnessOfLfw({ folder, images }: Lfw): Promise<Attribute> {
  const path = `${KEPT}/lfw.sharpness.f32`;
  let kept = readRows(path, images.length, 1)?.map(([sharpness]) => sharpness!);
  if (!kept) {
    kept = [];
    for (const name of images) {
      const image = await decodeImage(new Uint8Array(readFileSync(`${folder}/${name}`)), name);
      kept.push(Math.fround(measureSharpness(toRgb(image))));
    }
    mkdirSync(KEPT, { recursive: true });
    replaceFile(path, Buffer.from(Float32Array.from(kept).buffer));
  }
  return numberAttribute('sharpness', kept);
}

/** LFW's protocol on its 6,000 pairs, as the command `eval` runs it. */
export function evaluateLfw({ images, pairs }: Lfw, embeddings: readonly Float32Array[]): SetFigures {
  const numbers = new Map(images.map((name, index) => [name.replace(/\.\w+$/, ''), index]));
  const numberOf = (path: string) => numbers.get(path.replace(/\.\w+$/, ''))!;
  const scored = parsePairs(pairs, 'pairs.txt').pairs.map(({ a, b, same, fold }) => {
    const [first, second] = [numberOf(pairImagePath(a)), numberOf(pairImagePath(b))];
    return { score: cosineSimilarity(embeddings[first]!, embeddings[second]!), same, fold };
  });
  const { accuracy, std, threshold, auc, tarAtFar } = evaluatePairs(scored);
  const mean = (kind: boolean) => {
    const scores = scored.filter(({ same }) => same === kind);
    return scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
  };
  return { accuracy, std, threshold, auc, tarAtFar, sameMean: mean(true), differentMean: mean(false) };
}

const portraitsOf = ({ images }: Lfw, embeddings: readonly Float32Array[]) =>
  images.map((name, index) => ({ person: name.split('/')[0]!, embedding: embeddings[index]! }));

/** Thresholds and probability on all pairs of LFW's images, and the rates of an attribute's groups. */
export function calibrateLfw(
  engine: Engine,
  lfw: Lfw,
  embeddings: readonly Float32Array[],
  attribute: Attribute,
): PeopleCalibration {
  const data = `all pairs of ${lfw.images.length.toLocaleString('en-GB')} images of LFW, aligned to 112×112`;
  return calibratePeople(engine, portraitsOf(lfw, embeddings), RATES, data, { attributes: [attribute] });
}

/** What the default one of thresholds accepts of all pairs of other embeddings than it was found on. */
export function ratesAtDefault(
  engine: Engine,
  lfw: Lfw,
  embeddings: readonly Float32Array[],
  thresholds: readonly CardThreshold[],
): { readonly falseAcceptRate: number; readonly trueAcceptRate: number } {
  const { value } = defaultThreshold(thresholds)!;
  using table = new PortraitTable(engine, portraitsOf(lfw, embeddings));
  const accepted = { same: 0, different: 0 };
  table.visitPairs((_, __, scores, same) => {
    for (const score of scores) if (score >= value) accepted[same ? 'same' : 'different']++;
  });
  const { samePairs, differentPairs } = table.counts;
  return { falseAcceptRate: accepted.different / differentPairs, trueAcceptRate: accepted.same / samePairs };
}
