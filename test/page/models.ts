/** Writes an embedder in each format that the page opens, with seeded weights: `models.ts FOLDER`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportOnnx } from '../../src/formats/onnx/exportOnnx.js';
import { exportNative, type ModelCard, mobileFaceNet, seededWeights } from '../../src/index.js';

const folder = process.argv[2]!;

/** Mean colours, turned into four numbers: the smallest embedder that an ncnn file can hold. */
const PARAM = `7767517
3 3
Input data 0 1 data 0=112 1=112 2=3
Pooling pool 1 1 data pool 0=1 4=1
InnerProduct embed 1 1 pool embed 0=4 1=0 2=12
`;

const card: ModelCard = {
  name: 'other native',
  input: {
    height: 112,
    width: 112,
    channelOrder: 'rgb',
    normalisation: { mean: [127.5, 127.5, 127.5], scale: [1 / 128, 1 / 128, 1 / 128] },
  },
  embeddingLength: 128,
  thresholds: [],
  accuracy: [],
};

const graph = mobileFaceNet(seededWeights());
const model = { format: 'native', graphs: new Map([['embed', graph]]), card } as const;
writeFileSync(join(folder, 'other.safetensors'), await exportNative(model, { storage: 'float32' }));
writeFileSync(join(folder, 'other.onnx'), exportOnnx(graph));
writeFileSync(join(folder, 'other.param'), PARAM);
// A tag of zero, for float32, and the weights.
const weights = Float32Array.from({ length: 12 }, (_, index) => Math.sin(index));
writeFileSync(join(folder, 'other.bin'), Buffer.concat([Buffer.alloc(4), Buffer.from(weights.buffer)]));
