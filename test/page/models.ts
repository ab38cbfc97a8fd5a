/** Writes an embedder and a detector in each format that the page opens: `models.ts FOLDER`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportNative, importNative, type ModelCard, mobileFaceNet, seededWeights } from '../../src/index.js';
import { exportOnnx } from '../onnx/exportOnnx.js';

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
/** An ncnn file of weights: a tag of zero, for float32, before those of each layer. */
function binOf(...lengths: number[]): Buffer {
  const layers = lengths.map((length) => Float32Array.from({ length }, (_, index) => Math.sin(index)));
  return Buffer.concat(layers.flatMap((weights) => [Buffer.alloc(4), Buffer.from(weights.buffer)]));
}
writeFileSync(join(folder, 'other.bin'), binOf(12));

const detector = await importNative(new Uint8Array(readFileSync('weights/mtcnn.safetensors')), 'mtcnn.safetensors');
const renamed = { ...detector, card: { ...detector.card, name: 'other detector' } };
writeFileSync(join(folder, 'detector.safetensors'), await exportNative(renamed, { storage: 'float16' }));

/** The smallest networks with a detector's inputs and outputs: each output is one layer on the input. */
const STAGES = [
  {
    name: 'first',
    side: 12,
    layer: 'Convolution',
    size: (outputs: number) => `0=${outputs} 1=12 3=2 6=`,
    outputs: [2, 4],
  },
  { name: 'second', side: 24, layer: 'InnerProduct', size: (outputs: number) => `0=${outputs} 2=`, outputs: [2, 4] },
  { name: 'third', side: 48, layer: 'InnerProduct', size: (outputs: number) => `0=${outputs} 2=`, outputs: [2, 4, 10] },
];
for (const { name, side, layer, size, outputs } of STAGES) {
  const inputs = 3 * side * side;
  const lines = [
    `Input data 0 1 data 0=${side} 1=${side} 2=3`,
    `Split split 1 ${outputs.length} data ${outputs.map((count) => `data${count}`).join(' ')}`,
    ...outputs.map((count) => `${layer} out${count} 1 1 data${count} out${count} ${size(count)}${inputs * count}`),
    'Softmax prob 1 1 out2 prob 0=0',
  ];
  writeFileSync(
    join(folder, `${name}.param`),
    `7767517\n${lines.length} ${3 + 2 * outputs.length - 1}\n${lines.join('\n')}\n`,
  );
  writeFileSync(join(folder, `${name}.bin`), binOf(...outputs.map((count) => inputs * count)));
}
