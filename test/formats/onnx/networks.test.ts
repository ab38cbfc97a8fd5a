/** Whole networks: those of Table 2 through export and import, and a public MobileFaceNet as PyTorch wrote it. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countMultiplyAdds, countParameters } from '../../../src/build/infer.js';
import { Engine } from '../../../src/engine.js';
import { createEmbedder } from '../../../src/face/embed.js';
import { importModel } from '../../../src/formats/index.js';
import { importOnnx } from '../../../src/formats/onnx/importOnnx.js';
import type { Graph } from '../../../src/graph/types.js';
import { decodeImage } from '../../../src/image/decode.js';
import { table2 } from '../../../src/networks/index.js';
import { Layers, type Value } from '../../../src/networks/layers.js';
import { onet, pnet, rnet } from '../../../src/networks/mtcnn.js';
import { seededWeights } from '../../../src/networks/seededWeights.js';
import { optimise } from '../../../src/passes/index.js';
import { compareOutputs, inputsOf } from '../../golden/goldenCase.js';
import { exportOnnx } from '../../onnx/exportOnnx.js';

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

async function run(graph: Graph) {
  const network = await engine.compile(graph);
  const outputs = network.run(inputsOf(graph));
  network.dispose();
  return outputs;
}

/** How often each operator occurs, with the activation and residual that it fuses. */
function histogram(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operator, attributes, inputs } of optimise(graph).nodes) {
    const key = [operator, attributes.activation ?? '', inputs[4] ? 'residual' : ''].join(' ').trim();
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

const NETWORKS: readonly [name: string, build: () => Graph][] = [
  ...table2.map(({ network, build }) => [network, () => build(seededWeights())] as [string, () => Graph]),
  ['P-Net', () => pnet(seededWeights())],
  ['R-Net', () => rnet(seededWeights())],
  ['O-Net', () => onet(seededWeights())],
];

describe.each(NETWORKS)('%s through ONNX', (_name, build) => {
  it('keeps operators, counts and outputs', async () => {
    const graph = build();
    const back = importOnnx(exportOnnx(graph), 'network.onnx').graphs.get('embed')!;
    expect(countMultiplyAdds(back)).toBe(countMultiplyAdds(graph));
    expect(countParameters(optimise(back))).toBe(countParameters(optimise(graph)));
    expect(histogram(back)).toEqual(histogram(graph));
    expect(compareOutputs(await run(back), await run(graph))).toBe(0);
  }, 60_000);
});

/** The structure of the public file: ReLU6 bottlenecks, and a further pointwise layer after the first depthwise one. */
function publicStructure(): Graph {
  const layers = new Layers(seededWeights());
  let value: Value = layers.input('input', 3, 112, 112);
  value = layers.convolution('conv1', value, 64, 'relu6', { kernel: 3, stride: 2, padding: 1 });
  value = layers.depthwise('dw', value, 'relu');
  value = layers.convolution('pointwise', value, 64, 'relu');
  const rows = [
    { t: 2, c: 64, n: 5, s: 2 },
    { t: 4, c: 128, n: 1, s: 2 },
    { t: 2, c: 128, n: 6, s: 1 },
    { t: 4, c: 128, n: 1, s: 2 },
    { t: 2, c: 128, n: 2, s: 1 },
  ];
  let block = 0;
  for (const { t, c, n, s } of rows) {
    for (let repeat = 0; repeat < n; repeat++, block++) {
      value = layers.bottleneck(`blocks.${block}`, value, c, t, repeat === 0 ? s : 1, 'relu6');
    }
  }
  value = layers.convolution('conv2', value, 512, 'relu6');
  value = layers.globalDepthwise('gdc', value, 7, 7);
  value = layers.convolution('conv3', value, 128, 'linear');
  return layers.build(layers.flatten('embedding', value));
}

const shared = '../shared';
const FOAMLIU = `${shared}/models/onnx/mobilefacenet-foamliu.onnx`;

describe.skipIf(!existsSync(FOAMLIU))(`a public MobileFaceNet (needs ${FOAMLIU})`, () => {
  const file = () => ({ name: FOAMLIU, bytes: new Uint8Array(readFileSync(FOAMLIU)) });
  const mean = [123.675, 116.28, 103.53] as const;
  const scale = [1 / 58.395, 1 / 57.12, 1 / 57.375] as const;

  it('becomes the same operators as its structure built here', async () => {
    const graph = (await importModel([file()])).graphs.get('embed')!;
    const native = publicStructure();
    expect(histogram(graph)).toEqual(histogram(native));
    expect(countMultiplyAdds(graph)).toBe(countMultiplyAdds(native));
    expect(countParameters(optimise(graph))).toBe(countParameters(optimise(native)));
  });

  it('gives the embeddings of ONNX Runtime', async () => {
    const golden = JSON.parse(readFileSync(`${shared}/golden/embeddings.json`, 'utf8')).foamliu;
    using embedder = await createEmbedder(engine, await importModel([file()], { normalisation: { mean, scale } }));
    expect(Object.keys(golden).length).toBe(4);
    for (const [name, expected] of Object.entries<number[]>(golden)) {
      const path = `${shared}/faces/lfw-aligned-112/${name}`;
      const found = embedder.embed(await decodeImage(new Uint8Array(readFileSync(path)), path));
      const largest = Math.max(...expected.map(Math.abs));
      for (const [index, number] of expected.entries()) {
        expect(Math.abs(found[index]! - number)).toBeLessThan(1e-4 * largest);
      }
    }
  });
});
