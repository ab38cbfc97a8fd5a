/** State dictionaries under each implementation's names, written here from their modules, beside the folded network. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countMultiplyAdds, countParameters } from '../../../src/build/infer.js';
import { Engine } from '../../../src/engine.js';
import { importModel, importNative } from '../../../src/formats/index.js';
import { writeSafetensors } from '../../../src/formats/safetensors.js';
import type { Graph } from '../../../src/graph/types.js';
import { type Table2Row, table2 } from '../../../src/networks/index.js';
import { Layers, type Value } from '../../../src/networks/layers.js';
import { mobileFaceNet } from '../../../src/networks/mobileFaceNet.js';
import { seededWeights } from '../../../src/networks/seededWeights.js';
import type { WeightSource } from '../../../src/networks/weightSource.js';
import { optimise } from '../../../src/passes/index.js';
import { elementCount } from '../../../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../../../src/tensor/tensor.js';
import { compareOutputs, inputsOf, seededValues } from '../../golden/goldenCase.js';
import { codeOf } from '../codeOf.js';

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

/** Convolution, normalisation and, where there is one, PReLU, as an implementation's modules name them. */
type Names = readonly [convolution: string, norm: string, prelu?: string];

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** `Conv_block` and `Linear_block` of InsightFace_Pytorch, in the order in which its MobileFaceNet runs. */
const insightFace: readonly Names[] = (() => {
  const convolution = (name: string): Names => [`${name}.conv`, `${name}.bn`, `${name}.prelu`];
  const linear = (name: string): Names => [`${name}.conv`, `${name}.bn`];
  const depthwise = (name: string) => [
    convolution(`${name}.conv`),
    convolution(`${name}.conv_dw`),
    linear(`${name}.project`),
  ];
  const residual = (name: string, count: number) => numbers(count).flatMap((n) => depthwise(`${name}.model.${n}`));
  return [
    convolution('conv1'),
    convolution('conv2_dw'),
    ...depthwise('conv_23'),
    ...residual('conv_3', 4),
    ...depthwise('conv_34'),
    ...residual('conv_4', 6),
    ...depthwise('conv_45'),
    ...residual('conv_5', 2),
    convolution('conv_6_sep'),
    linear('conv_6_dw'),
    ['linear', 'bn'],
  ];
})();

/** MobileFaceNet_Pytorch: a Sequential of eight in each bottleneck. */
const sequential: readonly Names[] = [
  ['conv1.conv', 'conv1.bn', 'conv1.prelu'],
  ['dw_conv1.conv', 'dw_conv1.bn', 'dw_conv1.prelu'],
  ...numbers(15).flatMap((n): Names[] => [
    [`blocks.${n}.conv.0`, `blocks.${n}.conv.1`, `blocks.${n}.conv.2`],
    [`blocks.${n}.conv.3`, `blocks.${n}.conv.4`, `blocks.${n}.conv.5`],
    [`blocks.${n}.conv.6`, `blocks.${n}.conv.7`],
  ]),
  ['conv2.conv', 'conv2.bn', 'conv2.prelu'],
  ['linear7.conv', 'linear7.bn'],
  ['linear1.conv', 'linear1.bn'],
];

/** foamliu's: ReLU6 inside ConvBNReLU, a depthwise separable layer first, and a bias in the last convolution. */
const foamliu: readonly Names[] = [
  ['conv1.0', 'conv1.1'],
  ['dw_conv.depthwise', 'dw_conv.bn1'],
  ['dw_conv.pointwise', 'dw_conv.bn2'],
  ...numbers(15).flatMap((n): Names[] => [
    [`features.${n}.conv.0.0`, `features.${n}.conv.0.1`],
    [`features.${n}.conv.1.0`, `features.${n}.conv.1.1`],
    [`features.${n}.conv.2`, `features.${n}.conv.3`],
  ]),
  ['conv2.0', 'conv2.1'],
  ['gdconv.depthwise', 'gdconv.bn'],
  ['conv3', 'bn'],
];

/** foamliu's structure with batch normalisation folded; the layers in the order of the names above. */
function foamliuStructure(weights: WeightSource): Graph {
  const layers = new Layers(weights);
  let value: Value = layers.input('input', 3, 112, 112);
  value = layers.convolution('l0', value, 64, 'relu6', { kernel: 3, stride: 2, padding: 1 });
  value = layers.convolution('l2', layers.depthwise('l1', value, 'relu'), 64, 'relu');
  const rows = [
    [2, 64, 5, 2],
    [4, 128, 1, 2],
    [2, 128, 6, 1],
    [4, 128, 1, 2],
    [2, 128, 2, 1],
  ] as const;
  let block = 0;
  for (const [t, c, n, s] of rows) {
    for (let repeat = 0; repeat < n; repeat++, block++) {
      value = layers.bottleneck(`b${block}`, value, c, t, repeat === 0 ? s : 1, 'relu6');
    }
  }
  value = layers.globalDepthwise('gdc', layers.convolution('wide', value, 512, 'relu6'), 7, 7);
  return layers.build(layers.flatten('embedding', layers.convolution('fc', value, 128, 'linear')));
}

/** Builds a network and remembers its layers in order: weights, bias and slopes, as the network asked for them. */
function recorded(build: (weights: WeightSource) => Graph, source: WeightSource) {
  const tensors = new Map<string, Tensor>();
  const graph = build((name, shape) => {
    const tensor = source(name, shape);
    tensors.set(name, tensor);
    return tensor;
  });
  const layers = [...tensors.keys()].filter((name) => name.endsWith('.weight')).map((name) => name.slice(0, -7));
  return {
    graph,
    layers: layers.map((name) => ['weight', 'bias', 'prelu'].map((part) => tensors.get(`${name}.${part}`))),
  };
}

/** Batch normalisation whose folding gives a layer's weights and bias back: γ/√(σ² + ε) · (w·x − μ) + β. */
function unfolded(
  names: readonly Names[],
  layers: readonly (Tensor | undefined)[][],
  biased: string,
): Map<string, Tensor> {
  const state = new Map<string, Tensor>();
  expect(layers).toHaveLength(names.length);
  for (const [index, [convolution, norm, prelu]] of names.entries()) {
    const [weight, bias, slopes] = layers[index]! as [Tensor, Tensor, Tensor | undefined];
    const channels = weight.shape[0]!;
    const random = (part: string, centre: number) =>
      Float64Array.from(seededValues(`${norm}.${part}`, [channels]).data, (value) => centre + value / 2);
    const [gamma, mean, variance] = [random('g', 1), random('m', 0), random('v', 1)];
    const scale = gamma.map((value, channel) => value / Math.sqrt(variance[channel]! + 1e-5));
    const taps = weight.data.length / channels;
    const own = weight.data.map((value, at) => value / scale[Math.floor(at / taps)]!);
    const shift = convolution === biased ? 0.25 : 0;
    const beta = bias.data.map((value, channel) => value + (mean[channel]! - shift) * scale[channel]!);
    const vector = (values: ArrayLike<number>) => float32Tensor([channels], Float32Array.from(values));
    state.set(
      `${convolution}.weight`,
      float32Tensor(convolution === 'linear' ? weight.shape.slice(0, 2) : weight.shape, own),
    );
    if (convolution === biased) state.set(`${convolution}.bias`, vector(new Float32Array(channels).fill(shift)));
    state.set(`${norm}.weight`, vector(gamma));
    state.set(`${norm}.bias`, vector(beta));
    state.set(`${norm}.running_mean`, vector(mean));
    state.set(`${norm}.running_var`, vector(variance));
    if (prelu) state.set(`${prelu}.weight`, slopes!);
  }
  return state;
}

function file(state: ReadonlyMap<string, Tensor>): Uint8Array {
  return writeSafetensors(
    new Map([...state].map(([name, tensor]) => [name, { tensor, storage: 'float32' }])),
    new Map(),
  );
}

async function imported(state: ReadonlyMap<string, Tensor>, options = {}) {
  return importModel([{ name: 'mobilefacenet.safetensors', bytes: file(state) }], options);
}

/** Weights with tame values: seeded ones, biases and slopes included. */
const seeded = seededWeights(3);

const CASES: readonly [string, readonly Names[], (weights: WeightSource) => Graph, string, number][] = [
  ['InsightFace_Pytorch', insightFace, mobileFaceNet, '', 127.5],
  ['MobileFaceNet_Pytorch', sequential, (weights) => mobileFaceNet(weights, { width: 96 }), '', 127.5],
  ["foamliu's", foamliu, foamliuStructure, 'conv3', 123.675],
];

describe.each(CASES)('%s', (_name, names, build, biased, mean) => {
  it('imports to the network that its folded weights are', async () => {
    const { graph, layers } = recorded(build, seeded);
    const model = await imported(unfolded(names, layers, biased));
    expect(model.format).toBe('pytorch');
    const found = model.graphs.get('embed')!;
    expect(found.inputs[0]!.shape).toEqual(graph.inputs[0]!.shape);
    expect(countMultiplyAdds(found)).toBe(countMultiplyAdds(graph));
    expect(countParameters(optimise(found))).toBe(countParameters(optimise(graph)));
    expect(model.card).toMatchObject({ name: 'mobilefacenet', embeddingLength: 128 });
    expect(model.card.input!.normalisation.mean[0]).toBe(mean);
    using own = await engine.compile(found);
    using other = await engine.compile(graph);
    expect(compareOutputs(own.run(inputsOf(graph)), other.run(inputsOf(graph)))).toBeLessThan(1e-4);
  });

  it('takes names under DataParallel, and other normalisations', async () => {
    const { layers } = recorded(build, seeded);
    const state = unfolded(names, layers, biased);
    const parallel = new Map([...state].map(([name, tensor]) => [`module.${name}`, tensor]));
    const normalisation = { mean: [1, 2, 3], scale: [1, 1, 1] };
    expect((await imported(parallel, { normalisation })).card.input!.normalisation).toEqual(normalisation);
  });

  it('names every missing and every unexpected tensor', async () => {
    const { layers } = recorded(build, seeded);
    const state = unfolded(names, layers, biased);
    const [first, second] = [...state.keys()].slice(3, 5) as [string, string];
    state.delete(first);
    state.delete(second);
    state.set('head.kernel', float32Tensor([1], [1]));
    const error = await imported(state).catch((thrown) => thrown);
    expect(error.code).toBe('STATE_DICTIONARY');
    for (const name of [first, second, 'head.kernel']) expect(error.message).toContain(name);
  });
});

it('our own weights under public names give our own embeddings', async () => {
  const path = 'weights/mobilefacenet.safetensors';
  const { graphs } = await importNative(readFileSync(path), path);
  const graph = graphs.get('embed')!;
  const { layers } = recorded(mobileFaceNet, (name, shape) => {
    const tensor = graph.tensors.get(name)!;
    return float32Tensor(shape, tensor.data.slice(0, elementCount(shape)));
  });
  const model = await imported(unfolded(insightFace, layers, ''));
  using own = await engine.compile(model.graphs.get('embed')!);
  using other = await engine.compile(graph);
  const input = { input: seededValues('input', [1, 3, 112, 112]) };
  expect(compareOutputs(own.run(input), other.run(input))).toBeLessThan(1e-4);
});

describe('networks of Table 2 under our own names', () => {
  /** The tensors of a row with the right names and seeded values. */
  const tensorsOf = (row: Table2Row) => {
    const tensors = new Map<string, Tensor>();
    row.build((name, shape) => {
      const tensor = seeded(name, shape);
      tensors.set(name, tensor);
      return tensor;
    });
    return tensors;
  };

  it.each(table2.map((row) => [row.network, row] as const))('%s is told from all others', async (_name, row) => {
    const model = await imported(tensorsOf(row));
    const graph = model.graphs.get('embed')!;
    const expected = row.build(seeded);
    expect(graph.nodes).toEqual(expected.nodes);
    expect(graph.inputs).toEqual(expected.inputs);
    const [, , height, width] = expected.inputs[0]!.shape;
    const normalisation = { mean: [127.5, 127.5, 127.5], scale: [1 / 128, 1 / 128, 1 / 128] };
    expect(model.card.input).toEqual({ height, width, channelOrder: 'rgb', normalisation });
  });

  it('name what is missing, too many, and of another shape', async () => {
    const tensors = tensorsOf(table2.find(({ network }) => network === 'MobileFaceNet')!);
    tensors.delete('blocks.3.dw.prelu');
    tensors.set('classifier.weight', float32Tensor([1], [1]));
    tensors.set('fc.weight', float32Tensor([256, 512, 1, 1]));
    const error = await imported(tensors).catch((thrown) => thrown);
    expect(error.code).toBe('STATE_DICTIONARY');
    expect(error.message).toContain('layer names of MobileFaceNet,');
    for (const part of ['blocks.3.dw.prelu', 'classifier.weight', 'fc.weight [256, 512, 1, 1] instead of [128']) {
      expect(error.message).toContain(part);
    }
  });

  it('take no other input size than their own', async () => {
    const tensors = tensorsOf(table2.find(({ network }) => network === 'MobileFaceNet (96×96)')!);
    expect(await codeOf(() => imported(tensors, { inputSize: { height: 112, width: 112 } }))).toBe('INPUT_SHAPE');
    expect(await codeOf(() => imported(tensors, { inputSize: { height: 96, width: 96 } }))).toBe('accepted');
  });
});

describe('other tensors', () => {
  it('are refused as files without a graph, or by shape', async () => {
    expect(await codeOf(() => imported(new Map([['w', float32Tensor([1], [1])]])))).toBe('NO_GRAPH');
    const { layers } = recorded(mobileFaceNet, seeded);
    const state = unfolded(insightFace, layers, '');
    expect(await codeOf(() => imported(state, { inputSize: { height: 128, width: 128 } }))).toBe('INPUT_SHAPE');
    expect(await codeOf(() => imported(state, { inputSize: { height: 112, width: 112 } }))).toBe('accepted');
    state.set('conv1.bn.weight', float32Tensor([3], [1, 2, 3]));
    expect(await codeOf(() => imported(state))).toBe('TENSOR_SHAPE');
  });

  it('may stand beside PyTorch’s counters of batches', async () => {
    const { layers } = recorded(mobileFaceNet, seeded);
    const bytes = file(unfolded(insightFace, layers, ''));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.slice(8, 8 + length)));
    const end = bytes.length - 8 - length;
    header['conv1.bn.num_batches_tracked'] = { dtype: 'I64', shape: [], data_offsets: [end, end + 8] };
    const text = new TextEncoder().encode(JSON.stringify(header));
    const whole = new Uint8Array(8 + text.length + end + 8);
    new DataView(whole.buffer).setBigUint64(0, BigInt(text.length), true);
    whole.set(text, 8);
    whole.set(bytes.subarray(8 + length), 8 + text.length);
    expect((await importModel([{ name: 'a.safetensors', bytes: whole }])).format).toBe('pytorch');
  });
});
