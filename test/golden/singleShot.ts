/**
 * Makes test/golden/singleShot.json: what onnxruntime and each project's own post-processing, written here apart from
 * the library's, find with the detectors of ../shared/models/detectors. Run: node scripts/run.js test/golden/singleShot.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { decodeImage } from '../../src/image/decode.js';
import type { RgbImage } from '../../src/image/image.js';
import { resizeImage } from '../../src/image/resize.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';
import { loadOnnxRuntime, type OnnxRuntime } from './onnxRuntime.js';

const DETECTORS = '../shared/models/detectors';
const PHOTOS = '../shared/faces/photos';

/** A box as x0, y0, x1, y1 and points as x, y by turns, in pixels of the input, then of the photograph. */
interface Found {
  score: number;
  box: number[];
  points: number[];
}

type Outputs = Readonly<Record<string, Tensor>>;

interface Oracle {
  readonly file: string;
  readonly input: string;
  readonly width: number;
  readonly height: number;
  readonly fit: 'corner' | 'centre' | 'stretch';
  /** The value of a channel's byte; channels in the network's order. */
  readonly value: (byte: number, channel: number) => number;
  readonly bgr: boolean;
  readonly overlap: number;
  readonly weighted?: boolean;
  readonly decode: (outputs: Outputs) => Found[];
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** OpenCV's FaceDetectorYN. */
function decodeYunet(outputs: Outputs): Found[] {
  const found: Found[] = [];
  for (const stride of [8, 16, 32]) {
    const columns = 320 / stride;
    const of = (name: string) => outputs[`${name}_${stride}`]!.data;
    const [cls, obj, bbox, kps] = [of('cls'), of('obj'), of('bbox'), of('kps')];
    for (let r = 0; r < columns; r++) {
      for (let c = 0; c < columns; c++) {
        const i = r * columns + c;
        const score = Math.sqrt(Math.min(1, Math.max(0, cls[i]!)) * Math.min(1, Math.max(0, obj[i]!)));
        if (score < 0.6) continue;
        const cx = (c + bbox[i * 4]!) * stride;
        const cy = (r + bbox[i * 4 + 1]!) * stride;
        const w = Math.exp(bbox[i * 4 + 2]!) * stride;
        const h = Math.exp(bbox[i * 4 + 3]!) * stride;
        const points = [0, 1, 2, 3, 4].flatMap((n) => [
          (kps[i * 10 + 2 * n]! + c) * stride,
          (kps[i * 10 + 2 * n + 1]! + r) * stride,
        ]);
        found.push({ score, box: [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2], points });
      }
    }
  }
  return found;
}

/** insightface's SCRFD: distance2bbox and distance2kps about the corners of cells, two anchors each. */
function decodeScrfd(outputs: Outputs): Found[] {
  const found: Found[] = [];
  for (const stride of [8, 16, 32]) {
    const scores = outputs[`score_${stride}`]!.data;
    const bbox = outputs[`bbox_${stride}`]!.data.map((value) => value * stride);
    const kps = outputs[`kps_${stride}`]!.data.map((value) => value * stride);
    const across = 640 / stride;
    for (const [i, score] of scores.entries()) {
      if (score < 0.5) continue;
      const place = i >> 1;
      const [x, y] = [(place % across) * stride, Math.floor(place / across) * stride];
      const [l, t, r, b] = bbox.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
      const points = [...kps.subarray(10 * i, 10 * i + 10)].map((value, n) => value + (n % 2 === 0 ? x : y));
      found.push({ score, box: [x - l, y - t, x + r, y + b], points });
    }
  }
  return found;
}

/** The priors and decode of Pytorch_Retinaface: shares of the input, variances 0.1 and 0.2. */
function decodeRetinaface(outputs: Outputs): Found[] {
  const by = (columns: number) => Object.values(outputs).find(({ shape }) => shape.at(-1) === columns)!.data;
  const [loc, conf, landms] = [by(4), by(2), by(10)];
  const priors: number[][] = [];
  for (const [k, step] of [8, 16, 32].entries()) {
    const map = Math.ceil(320 / step);
    for (let i = 0; i < map; i++) {
      for (let j = 0; j < map; j++) {
        for (const size of [
          [16, 32],
          [64, 128],
          [256, 512],
        ][k]!) {
          priors.push([((j + 0.5) * step) / 320, ((i + 0.5) * step) / 320, size / 320, size / 320]);
        }
      }
    }
  }
  return priors.flatMap(([px, py, pw, ph], i): Found[] => {
    const score = conf[2 * i + 1]!;
    if (score < 0.6) return [];
    const cx = px! + loc[4 * i]! * 0.1 * pw!;
    const cy = py! + loc[4 * i + 1]! * 0.1 * ph!;
    const w = pw! * Math.exp(loc[4 * i + 2]! * 0.2);
    const h = ph! * Math.exp(loc[4 * i + 3]! * 0.2);
    const points = [0, 1, 2, 3, 4].flatMap((n) => [
      320 * (px! + landms[10 * i + 2 * n]! * 0.1 * pw!),
      320 * (py! + landms[10 * i + 2 * n + 1]! * 0.1 * ph!),
    ]);
    return [{ score, box: [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2].map((v) => v * 320), points }];
  });
}

/** UltraFace's predict: boxes come decoded, as shares of the input. */
function decodeUltraface({ scores, boxes }: Outputs): Found[] {
  const found: Found[] = [];
  for (let i = 0; i < 4420; i++) {
    const score = scores!.data[2 * i + 1]!;
    if (score < 0.7) continue;
    const [x0, y0, x1, y1] = boxes!.data.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
    found.push({ score, box: [x0 * 320, y0 * 240, x1 * 320, y1 * 240], points: [] });
  }
  return found;
}

/** MediaPipe's TensorsToDetectionsCalculator for the short range: 512 anchors of 16×16 cells, 384 of 8×8. */
function decodeBlazeface({ regressors, classificators }: Outputs): Found[] {
  const found: Found[] = [];
  for (let i = 0; i < 896; i++) {
    const score = sigmoid(Math.min(100, Math.max(-100, classificators!.data[i]!)));
    if (score < 0.5) continue;
    const [side, place] = i < 512 ? [16, i >> 1] : [8, Math.floor((i - 512) / 6)];
    const [ax, ay] = [((place % side) + 0.5) / side, (Math.floor(place / side) + 0.5) / side];
    const raw = regressors!.data.subarray(16 * i, 16 * i + 16);
    const [cx, cy] = [raw[0]! / 128 + ax, raw[1]! / 128 + ay];
    const [w, h] = [raw[2]! / 128, raw[3]! / 128];
    const points = [...raw.subarray(4)].map((value, n) => 128 * (value / 128 + (n % 2 === 0 ? ax : ay)));
    found.push({ score, box: [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2].map((v) => 128 * v), points });
  }
  return found;
}

const square = (side: number) => ({ width: side, height: side });

const ORACLES: readonly Oracle[] = [
  {
    file: 'yunet_n_320_320.onnx',
    input: 'input',
    ...square(320),
    fit: 'corner',
    value: (byte) => byte,
    bgr: true,
    overlap: 0.3,
    decode: decodeYunet,
  },
  {
    file: 'scrfd_500m_bnkps.onnx',
    input: 'input.1',
    ...square(640),
    fit: 'corner',
    value: (byte) => (byte - 127.5) / 128,
    bgr: false,
    overlap: 0.4,
    decode: decodeScrfd,
  },
  {
    file: 'retinaface-mobile-320.onnx',
    input: 'input0',
    ...square(320),
    fit: 'corner',
    value: (byte, channel) => byte - [104, 117, 123][channel]!,
    bgr: true,
    overlap: 0.4,
    decode: decodeRetinaface,
  },
  {
    file: 'ultraface-rfb-320.onnx',
    input: 'input',
    width: 320,
    height: 240,
    fit: 'stretch',
    value: (byte) => (byte - 127) / 128,
    bgr: false,
    overlap: 0.3,
    decode: decodeUltraface,
  },
  {
    file: 'blazeface-short-range.onnx',
    input: 'input',
    ...square(128),
    fit: 'centre',
    value: (byte) => byte / 127.5 - 1,
    bgr: false,
    overlap: 0.3,
    weighted: true,
    decode: decodeBlazeface,
  },
];

function unionShare(a: readonly number[], b: readonly number[]): number {
  const width = Math.min(a[2]!, b[2]!) - Math.max(a[0]!, b[0]!);
  const height = Math.min(a[3]!, b[3]!) - Math.max(a[1]!, b[1]!);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: readonly number[]) => (box[2]! - box[0]!) * (box[3]! - box[1]!);
  return (width * height) / (area(a) + area(b) - width * height);
}

/** Suppression, or MediaPipe's weighted form of it. */
function suppress(found: readonly Found[], { overlap, weighted }: Oracle): Found[] {
  let rest = [...found].sort((a, b) => b.score - a.score);
  const kept: Found[] = [];
  while (rest.length > 0) {
    const [best] = rest as [Found];
    const group = rest.filter((other) => other === best || unionShare(best.box, other.box) > overlap);
    rest = rest.filter((other) => !group.includes(other));
    const total = group.reduce((sum, { score }) => sum + score, 0);
    const blend = (key: 'box' | 'points') =>
      best[key].map((_, n) => group.reduce((sum, each) => sum + each.score * each[key][n]!, 0) / total);
    kept.push(weighted ? { score: best.score, box: blend('box'), points: blend('points') } : best);
  }
  return kept;
}

async function run(oracle: Oracle, bytes: Uint8Array, image: RgbImage, runtime: OnnxRuntime): Promise<Found[]> {
  const { width, height, fit, value, bgr } = oracle;
  const ratio = Math.min(width / image.width, height / image.height);
  const w = fit === 'stretch' ? width : Math.floor(image.width * ratio + 1e-6);
  const h = fit === 'stretch' ? height : Math.floor(image.height * ratio + 1e-6);
  const [left, top] = fit === 'centre' ? [Math.floor((width - w) / 2), Math.floor((height - h) / 2)] : [0, 0];
  const small = resizeImage(image, w, h);
  const data = new Float32Array(3 * width * height);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const inside = x >= left && y >= top && x < left + w && y < top + h;
        const at = ((y - top) * w + x - left) * 3 + (bgr ? 2 - channel : channel);
        data[(channel * height + y) * width + x] = value(inside ? small.data[at]! : 0, channel);
      }
    }
  }
  const outputs = await runtime.run(bytes, { [oracle.input]: float32Tensor([1, 3, height, width], data) });
  const back = (n: number, v: number) =>
    n % 2 === 0 ? ((v - left) * image.width) / w : ((v - top) * image.height) / h;
  const round = (v: number) => Math.round(v * 1000) / 1000;
  return suppress(oracle.decode(outputs), oracle).map(({ score, box, points }) => ({
    score: round(score),
    box: box.map((v, n) => round(back(n, v))),
    points: points.map((v, n) => round(back(n, v))),
  }));
}

const images = [
  ...['group.jpg', 'person-a-1.jpg', 'person-b-2.jpg'].map((name) => `samples/${name}`),
  ...readdirSync(PHOTOS).map((name) => `${PHOTOS}/${name}`),
];
const runtime = await loadOnnxRuntime(pathToFileURL(`${process.cwd()}/`));
const golden: Record<string, Record<string, Found[]>> = {};
for (const oracle of ORACLES) {
  const bytes = new Uint8Array(readFileSync(`${DETECTORS}/${oracle.file}`));
  golden[oracle.file] = {};
  for (const path of images) {
    const image = await decodeImage(new Uint8Array(readFileSync(path)), path);
    golden[oracle.file]![path] = await run(oracle, bytes, image, runtime);
  }
}
writeFileSync('test/golden/singleShot.json', `${JSON.stringify(golden, null, 1)}\n`);
console.log(
  Object.entries(golden)
    .map(
      ([file, by]) =>
        `${file}: ${Object.values(by)
          .map((f) => f.length)
          .join(' ')}`,
    )
    .join('\n'),
);
