/**
 * Makes `weights/mobilefacenet.golden.json` with onnxruntime-web from the float32 weights' ONNX file, or with --check
 * makes it again and compares. `weights/remake.ts` runs it; by hand, from the project's root, after
 * `npm ci --prefix test/golden --ignore-scripts`:
 * `node test/golden/defaultWeights.mjs [--check] MODEL.onnx samples/aligned-a-1.png [TOLERANCE]`.
 * The model names the SHA-256 of its weights in its text. TOLERANCE is how far storage as float16 moves an embedding at
 * most, as a share of its length. Nothing of src/ is used here: PNG, normalisation and network are all another's.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import * as ort from 'onnxruntime-web';

const GOLDEN = 'weights/mobilefacenet.golden.json';
const SIDE = 112;
/** Relative to the embedding's length: two float32 engines on one machine or two. */
const TOLERANCE = 1e-5;

/** The chunks of a PNG file by type, bodies of one type joined. */
function pngChunks(bytes) {
  const chunks = new Map();
  for (let offset = 8; offset < bytes.length; ) {
    const length = bytes.readUInt32BE(offset);
    const type = bytes.toString('latin1', offset + 4, offset + 8);
    const body = bytes.subarray(offset + 8, offset + 8 + length);
    chunks.set(type, Buffer.concat([chunks.get(type) ?? Buffer.alloc(0), body]));
    offset += length + 12;
  }
  return chunks;
}

function paeth(left, above, corner) {
  const estimate = left + above - corner;
  const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(estimate - value));
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** RGB bytes of an 8-bit, non-interlaced RGB PNG of the network's input size. */
function decodePng(bytes) {
  const chunks = pngChunks(bytes);
  const header = chunks.get('IHDR');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (width !== SIDE || height !== SIDE || header[8] !== 8 || header[9] !== 2 || header[12] !== 0) {
    throw new Error(`the image must be a non-interlaced 8-bit RGB PNG of ${SIDE}×${SIDE} pixels.`);
  }
  const raw = inflateSync(chunks.get('IDAT'));
  const stride = width * 3;
  const pixels = new Uint8Array(height * stride);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)];
    for (let column = 0; column < stride; column++) {
      const index = row * stride + column;
      const left = column >= 3 ? pixels[index - 3] : 0;
      const above = row > 0 ? pixels[index - stride] : 0;
      const corner = row > 0 && column >= 3 ? pixels[index - stride - 3] : 0;
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter];
      pixels[index] = raw[row * (stride + 1) + 1 + column] + predicted;
    }
  }
  return pixels;
}

/** (pixel − 127.5) / 128, red plane first. */
function networkInput(pixels) {
  const plane = SIDE * SIDE;
  const data = new Float32Array(3 * plane);
  for (let pixel = 0; pixel < plane; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      data[channel * plane + pixel] = (pixels[pixel * 3 + channel] - 127.5) / 128;
    }
  }
  return new ort.Tensor('float32', data, [1, 3, SIDE, SIDE]);
}

async function makeGolden(model, image, tolerance) {
  const weights = await readFile(model);
  const [, hash] = /SHA-256 ([0-9a-f]{64})/.exec(weights.toString('latin1')) ?? [];
  if (hash === undefined) throw new Error(`${model} does not name the SHA-256 of its weights.`);
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(weights, { executionProviders: ['wasm'] });
  const { embedding } = await session.run({ input: networkInput(decodePng(await readFile(image))) });
  return {
    image,
    engine: 'onnxruntime-web',
    version: ort.env.versions.web,
    weights: hash,
    tolerance: Number(tolerance),
    note: 'Not normalised; made with float32 weights. Tolerance is how far storage as float16 moves an embedding at most, as a share of its length.',
    embedding: [...embedding.data],
  };
}

function relativeDistance(a, b) {
  return Math.hypot(...a.map((value, index) => value - b[index])) / Math.hypot(...b);
}

const [model, image, tolerance] = process.argv.slice(2).filter((argument) => argument !== '--check');
if (image === undefined)
  throw new Error('usage: node test/golden/defaultWeights.mjs [--check] MODEL.onnx IMAGE.png [TOLERANCE]');
const golden = await makeGolden(model, image, tolerance);
if (process.argv.includes('--check')) {
  const stored = JSON.parse(await readFile(GOLDEN, 'utf8'));
  const distance = relativeDistance(golden.embedding, stored.embedding);
  console.log(`${GOLDEN}: relative distance ${distance.toExponential(2)}, at most ${TOLERANCE} is accepted`);
  if (!(distance <= TOLERANCE) || stored.weights !== golden.weights || stored.image !== golden.image)
    process.exitCode = 1;
} else {
  await writeFile(GOLDEN, `${JSON.stringify(golden, null, 1)}\n`);
  console.log(`${GOLDEN}: ${golden.embedding.length} numbers by ${golden.engine} ${golden.version}`);
}
