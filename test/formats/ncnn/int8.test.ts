/** ncnn's int8 files against an interpreter of their documented arithmetic, in the graph as imported and on the engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceValues } from '../../../src/build/reference.js';
import type { Engine } from '../../../src/engine.js';
import { exportNative } from '../../../src/formats/native.js';
import { importNcnn } from '../../../src/formats/ncnn/importNcnn.js';
import { foldForStorage, optimise } from '../../../src/passes/index.js';
import { float32Tensor } from '../../../src/tensor/tensor.js';
import { builds, engineOn } from '../../golden/builds.js';
import { seededValues } from '../../golden/goldenCase.js';
import { codeOf } from '../codeOf.js';
import { bin, graphOf, importPair, param, plain, run, tag, whole } from './files.js';
import { filesOf, type Image, type Int8LayerCase, interpret } from './int8Layers.js';

const CONV: Int8LayerCase = { type: 'Convolution', term: 2, outputs: 6, kernel: 3, pad: 1, inputScale: 100 };
const DEPTHWISE: Int8LayerCase = {
  type: 'ConvolutionDepthWise',
  term: 1,
  outputs: 6,
  groups: 6,
  kernel: 3,
  pad: 1,
  inputScale: 60,
};
const PRODUCT: Int8LayerCase = { type: 'InnerProduct', term: 2, outputs: 5, inputScale: 50 };

const cases: readonly (readonly [string, ...Int8LayerCase[]])[] = [
  ['a convolution', CONV],
  ['a convolution with strides, ReLU, no bias', { ...CONV, term: 1, stride: 2, activation: [1], bias: false }],
  ['a leaky ReLU', { ...CONV, activation: [2, 0.25] }],
  ['a clip', { ...CONV, activation: [3, -0.5, 0.75] }],
  ['a clip that is ReLU6', { ...CONV, activation: [3, 0, 6] }],
  ['values beyond the scale', { ...CONV, inputScale: 400 }],
  ['a channel whose scale is 0', { ...CONV, dead: 2 }],
  ['float32 weights', { ...CONV, stored: 'float32' }],
  ['float16 weights', { ...CONV, stored: 'float16' }],
  ['groups', { ...CONV, type: 'ConvolutionDepthWise', term: 1, groups: 2 }],
  ['a depthwise layer after another', CONV, DEPTHWISE],
  ['one scale for all groups', CONV, { ...DEPTHWISE, term: 2 }],
  ['an inner product', PRODUCT],
  ['an inner product of float16 weights with ReLU', CONV, { ...PRODUCT, stored: 'float16', activation: [1] }],
  ['a rounded output', { ...CONV, term: 102, outputScale: 80 }],
  ['a rounded output with a leaky ReLU', { ...CONV, term: 102, outputScale: 80, activation: [2, -0.3] }],
  [
    'rounded outputs one after another',
    { ...CONV, term: 102, outputScale: 60, activation: [1] },
    { ...DEPTHWISE, term: 101, outputScale: 70 },
    { ...CONV, kernel: 1, pad: 0, outputs: 9, inputScale: 70, term: 102, outputScale: 55 },
  ],
  [
    'a rounded output before an inner product, which rounds by a scale of its own',
    { ...CONV, term: 102, outputScale: 60 },
    { ...PRODUCT, inputScale: 60 },
  ],
];

const input: Image = { shape: [4, 6, 5], data: [...seededValues('x', [1, 4, 6, 5]).data] };

describe.each(cases.map(([name, ...layers]) => ({ name, layers })))('$name', ({ layers }) => {
  const files = filesOf(layers, input);
  const model = importPair(files.param, files.bin);
  const graph = graphOf(model);
  const values = { data: float32Tensor([1, ...input.shape], input.data) };
  const expected = interpret(layers, input);
  const largest = Math.max(...expected.data.map(Math.abs));

  it('is what the file describes', () => {
    const output = referenceValues(graph, values).get(graph.outputs[0]!)!;
    expect(output.data.length).toBe(expected.data.length);
    for (const [index, value] of output.data.entries()) {
      expect(Math.abs(value - expected.data[index]!), `element ${index}`).toBeLessThan(2e-6 * largest);
    }
  });

  it('has outputs that differ', () => {
    expect(new Set(expected.data).size).toBeGreaterThan(expected.data.length / 5);
  });

  describe.each(builds)('on the %s build', (build) => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await engineOn(build);
    });
    afterAll(() => engine.dispose());

    it('is that to a level of each rounded output', async () => {
      const network = await engine.compile(graph);
      const output = Object.values(network.run(values))[0]!;
      for (const [index, value] of output.data.entries()) {
        const bound = expected.bounds[index]! + 2e-6 * largest;
        expect(Math.abs(value - expected.data[index]!), `element ${index}`).toBeLessThan(bound);
      }
      network.dispose();
    });
  });

  it('rounds in integers what is read rounded alone', () => {
    const operators = optimise(graph).nodes.map(({ operator }) => operator);
    const isRead = (next: Int8LayerCase | undefined) => next !== undefined && next.type !== 'InnerProduct';
    const rounded = layers.filter(({ term }, index) => term > 100 || isRead(layers[index + 1])).length;
    expect(operators.filter((name) => name === 'quantisedConvolution').length).toBe(rounded);
    expect(operators.filter((name) => name === 'dequantisedConvolution').length).toBe(layers.length - rounded);
  });

  it('is stored with a byte for each weight', async () => {
    const stored = new Map([...model.graphs].map(([name, one]) => [name, foldForStorage(one).graph]));
    const bytes = await exportNative({ ...model, graphs: stored }, { storage: 'float32' });
    expect(new TextDecoder().decode(bytes).split('"I8"').length - 1).toBe(layers.length);
  });
});

const HEAD = 'Input data 0 1 data 0=1 1=1 2=4';
const LINE = 'Convolution conv 1 1 data y 0=2 1=1 5=1 6=8 8=2';
const WEIGHTS = whole(1, 2, 3, 4, 5, 6, 7, 8);
const SOUND = bin(WEIGHTS, plain(0, 0), plain(10, 20), plain(30));

describe('are refused', () => {
  const refused: readonly (readonly [string, string, string, Uint8Array])[] = [
    [
      'a weight scale that is no number',
      'BAD_SCALE',
      LINE,
      bin(WEIGHTS, plain(0, 0), plain(10, Number.NaN), plain(30)),
    ],
    ['a weight scale below 0', 'BAD_SCALE', LINE, bin(WEIGHTS, plain(0, 0), plain(-10, 20), plain(30))],
    ['an infinite weight scale', 'BAD_SCALE', LINE, bin(WEIGHTS, plain(0, 0), plain(10, Infinity), plain(30))],
    ['an input scale of 0', 'BAD_SCALE', LINE, bin(WEIGHTS, plain(0, 0), plain(10, 20), plain(0))],
    ['an input scale below 0', 'BAD_SCALE', LINE, bin(WEIGHTS, plain(0, 0), plain(10, 20), plain(-1))],
    [
      'an input scale that is no number',
      'BAD_SCALE',
      LINE,
      bin(WEIGHTS, plain(0, 0), plain(10, 20), plain(Number.NaN)),
    ],
    ['an output scale of 0', 'BAD_SCALE', LINE.replace('8=2', '8=102'), bin(SOUND, plain(0))],
    ['missing weight scales', 'WEIGHTS_TRUNCATED', LINE, bin(WEIGHTS, plain(0, 0), plain(10))],
    ['a missing input scale', 'WEIGHTS_TRUNCATED', LINE, bin(WEIGHTS, plain(0, 0), plain(10, 20))],
    ['a missing output scale', 'WEIGHTS_TRUNCATED', LINE.replace('8=2', '8=102'), SOUND],
    ['weights that end early', 'WEIGHTS_TRUNCATED', LINE, bin(tag(0x000d4b38), Uint8Array.of(1, 2, 3, 4))],
    ['scales that no layer takes', 'WEIGHTS_LEFT_OVER', LINE, bin(SOUND, plain(1))],
    ['a weight of −128', 'UNSUPPORTED_WEIGHTS', LINE, bin(whole(1, 2, 3, 4, 5, -128, 7, 8), plain(0, 0, 10, 20, 30))],
    ['a term that is not known', 'UNSUPPORTED_ATTRIBUTE', LINE.replace('8=2', '8=3'), SOUND],
    ['a term of rounded outputs that is not known', 'UNSUPPORTED_ATTRIBUTE', LINE.replace('8=2', '8=103'), SOUND],
    ['a term that is no whole number', 'BAD_PARAMETER', LINE.replace('8=2', '8=0.5'), SOUND],
    ['a term below 0', 'BAD_PARAMETER', LINE.replace('8=2', '8=-1'), SOUND],
    [
      'rounded outputs of an inner product',
      'UNSUPPORTED_ATTRIBUTE',
      'InnerProduct fc 1 1 data y 0=2 1=1 2=8 8=102',
      SOUND,
    ],
    [
      'int8 weights of a layer without a term',
      'UNSUPPORTED_WEIGHTS',
      LINE.replace(' 8=2', ''),
      bin(WEIGHTS, plain(0, 0)),
    ],
    ['another number of weights', 'WEIGHT_COUNT', LINE.replace('6=8', '6=12'), SOUND],
    ['a bias that is no number', 'NOT_FINITE', LINE, bin(WEIGHTS, plain(0, Number.NaN), plain(10, 20), plain(30))],
  ];

  it.each(refused)('%s', async (_name, code, line, weights) => {
    expect(await codeOf(() => importPair(param(HEAD, line), weights))).toBe(code);
  });

  it('with the layer and the place in the file', () => {
    const bytes = bin(WEIGHTS, plain(0, 0), plain(10, -20), plain(30));
    const message =
      'net.bin, byte 24: element 1 of the weight scales of net.param, line 4, layer "conv" (Convolution) is -20; accepted are ';
    expect(() => importPair(param(HEAD, LINE), bytes)).toThrow(message);
  });

  it('sums that 32 bits would not hold', async () => {
    const depth = 140000;
    const lines = ['Input data 0 1 data 0=400 1=350 2=1', `InnerProduct fc 1 1 data y 0=1 2=${depth} 8=2`];
    const padded = new Int8Array(depth).fill(127);
    const weights = bin(tag(0x000d4b38), new Uint8Array(padded.buffer), plain(1, 1));
    expect(await codeOf(() => importPair(param(...lines), weights))).toBe('TOO_LARGE');
  });
});

describe('int8 values', () => {
  it('become float32 for layers that compute with it, and are read again by others', () => {
    const lines = [
      HEAD,
      LINE.replace(' y ', ' a ').replace('8=2', '8=102'),
      'Split split 1 2 a b c',
      'ReLU relu 1 1 b r',
      'Convolution next 1 1 c d 0=1 1=1 6=2 8=2',
    ];
    const weights = bin(SOUND, plain(4), whole(1, 1), plain(1), plain(4));
    const graph = graphOf(importPair(param(...lines), weights));
    expect(graph.nodes.filter(({ operator }) => operator === 'quantise').length).toBe(2);
    expect(graph.outputs).toEqual(['r', 'd']);
    const { data } = run([HEAD, lines[1]!, 'ReLU relu 1 1 a r'], bin(SOUND, plain(4)), [1, -1, 1, -1]);
    expect(data.every((value) => value >= 0 && Number.isInteger(value * 4))).toBe(true);
  });

  it('are made once for layers that round a value by the same scale', () => {
    const lines = [
      HEAD,
      'Split split 1 2 data a b',
      LINE.replace('data y', 'a y'),
      LINE.replace('conv', 'more').replace('data y', 'b z'),
    ];
    const graph = graphOf(importPair(param(...lines), bin(SOUND, SOUND)));
    expect(graph.nodes.filter(({ operator }) => operator === 'quantise').length).toBe(1);
  });

  it('have a structure without weights of its own', () => {
    const { param: text } = filesOf([CONV, DEPTHWISE, { ...PRODUCT, inputScale: 9 }], input);
    const model = importNcnn(text, undefined, { param: 'net.param', bin: 'net.bin' }, { randomWeights: 3 });
    expect(graphOf(model).nodes.filter(({ operator }) => operator === 'dequantisedConvolution').length).toBe(3);
  });
});
