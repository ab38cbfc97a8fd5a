import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countMultiplyAdds, countParameters } from '../../../src/build/infer.js';
import { referenceValues } from '../../../src/build/reference.js';
import { importModel } from '../../../src/formats/index.js';
import { float32Tensor } from '../../../src/tensor/tensor.js';
import { codeOf } from '../codeOf.js';
import { bin, graphOf, importPair, param, tagged } from './files.js';

const CONV = (blob: string, out = 'conv') => `Convolution conv 1 1 ${blob} ${out} 0=1 1=3 3=1 4=1 6=27`;
const weights = tagged(...new Array<number>(27).fill(1));

function normalisationOf(...chain: string[]) {
  const blob = chain.at(-1)?.split(' ')[5] ?? 'data';
  const model = importPair(param('Input data 0 1 data', ...chain, CONV(blob)), weights);
  return {
    normalisation: model.card.input?.normalisation,
    operators: graphOf(model).nodes.map((node) => node.operator),
  };
}

const all = (mean: number, scale: number) => ({ mean: [mean, mean, mean], scale: [scale, scale, scale] });

describe('the input’s normalisation', () => {
  it('is the chain of constants before the first convolution, in the file’s decimal numbers', () => {
    const chain = ['BinaryOp sub 1 1 data sub 0=1 1=1 2=127.500000', 'BinaryOp mul 1 1 sub mul 0=2 1=1 2=0.007813'];
    expect(normalisationOf(...chain)).toEqual({ normalisation: all(127.5, 0.007813), operators: ['convolution'] });
  });

  it('is mean 0 and scale 1 where there is no chain', () => {
    expect(normalisationOf()).toEqual({ normalisation: all(0, 1), operators: ['convolution'] });
  });

  it.each<[string, string[], number, number]>([
    ['a division', ['BinaryOp a 1 1 data a 0=3 1=1 2=4.0'], 0, 0.25],
    ['an addition', ['BinaryOp a 1 1 data a 0=0 1=1 2=-8.0'], 8, 1],
    ['a reversed subtraction', ['BinaryOp a 1 1 data a 0=7 1=1 2=255.0'], 255, -1],
    ['scaling before shifting', ['BinaryOp a 1 1 data a 0=2 1=1 2=0.5', 'BinaryOp b 1 1 a b 0=1 1=1 2=1.0'], 2, 0.5],
    [
      'four steps',
      [
        'BinaryOp a 1 1 data a 0=3 1=1 2=2.0',
        'BinaryOp b 1 1 a b 0=0 1=1 2=3.0',
        'BinaryOp c 1 1 b c 0=7 1=1 2=1.0',
        'BinaryOp d 1 1 c d 0=2 1=1 2=4.0',
      ],
      -4,
      -2,
    ],
  ])('composes %s', (_name, chain, mean, scale) => {
    expect(normalisationOf(...chain)).toEqual({ normalisation: all(mean, scale), operators: ['convolution'] });
  });

  it('ends before a factor of 0, before a value that others read, and before the output', () => {
    const zero = normalisationOf('BinaryOp a 1 1 data a 0=1 1=1 2=1.0', 'BinaryOp b 1 1 a b 0=2 1=1 2=0.0');
    expect(zero).toEqual({ normalisation: all(1, 1), operators: ['affine', 'convolution'] });
    const shared = [
      'Input data 0 1 data',
      'BinaryOp a 1 1 data a 0=1 1=1 2=1.0',
      CONV('a'),
      'BinaryOp b 1 1 data b 0=0 1=1 2=1.0',
    ];
    const model = importPair(param(...shared), weights);
    expect(model.card.input?.normalisation).toEqual(all(0, 1));
    expect(graphOf(model).nodes.map((node) => node.operator)).toEqual(['affine', 'convolution', 'affine']);
    const only = importPair(param('Input data 0 1 data 0=4 1=4 2=3', 'BinaryOp a 1 1 data a 0=1 1=1 2=1.0'));
    expect(graphOf(only).nodes.map((node) => node.operator)).toEqual(['affine']);
  });

  it('gives the same numbers as the chain inside the graph, also at padded borders', () => {
    const chain = ['BinaryOp sub 1 1 data sub 0=1 1=1 2=127.5', 'BinaryOp mul 1 1 sub mul 0=2 1=1 2=0.0078125'];
    const size = { inputSize: { height: 4, width: 5 } };
    const taken = importPair(param('Input data 0 1 data', ...chain, CONV('mul')), weights, size);
    // A ReLU of positive pixels changes nothing and keeps the chain in the graph.
    const kept = importPair(
      param('Input data 0 1 data', 'ReLU r 1 1 data r', chain[0]!.replace('1 1 data', '1 1 r'), chain[1]!, CONV('mul')),
      weights,
      size,
    );
    expect(graphOf(kept).nodes.map((node) => node.operator)).toEqual(['relu', 'affine', 'affine', 'convolution']);
    const pixels = Array.from({ length: 60 }, (_, index) => (index * 37) % 256);
    const { mean, scale } = taken.card.input!.normalisation;
    const normalised = pixels.map((pixel) => (pixel - mean[0]) * scale[0]);
    const output = (model: typeof taken, data: number[]) =>
      referenceValues(graphOf(model), { data: float32Tensor([1, 3, 4, 5], data) }).get('conv')!;
    expect(output(taken, normalised)).toEqual(output(kept, pixels));
  });
});

describe('the input’s shape', () => {
  const shapeOf = (input: string, options = {}) =>
    graphOf(importPair(param(input, CONV('data')), weights, options)).inputs[0]!.shape;

  it('comes from the file, from the caller, or is 112×112 with the channels that the convolution implies', () => {
    expect(shapeOf('Input data 0 1 data 0=6 1=5 2=3')).toEqual([1, 3, 5, 6]);
    expect(shapeOf('Input data 0 1 data 0=6 1=5 2=3', { inputSize: { height: 7, width: 8 } })).toEqual([1, 3, 7, 8]);
    expect(shapeOf('Input data 0 1 data')).toEqual([1, 3, 112, 112]);
    expect(shapeOf('Input data 0 1 data', { inputSize: { height: 7, width: 8 } })).toEqual([1, 3, 7, 8]);
  });

  it('is read as channels, height, width where only that order fits, as old converters wrote it', () => {
    expect(shapeOf('Input data 0 1 data 0=3 1=12 2=14')).toEqual([1, 3, 12, 14]);
  });

  it('finds channels through layers that keep them', () => {
    const lines = ['Input data 0 1 data', 'Split s 1 2 data a b', 'ReLU r 1 1 b c', 'Dropout d 1 1 c e', CONV('e')];
    expect(graphOf(importPair(param(...lines), weights)).inputs[0]!.shape).toEqual([1, 3, 112, 112]);
    const dense = param('Input data 0 1 data', 'InnerProduct fc 1 1 data out 0=1 2=8');
    const size = { inputSize: { height: 2, width: 2 } };
    expect(graphOf(importPair(dense, tagged(1, 2, 3, 4, 5, 6, 7, 8), size)).inputs[0]!.shape).toEqual([1, 2, 2, 2]);
  });

  it('is asked for where the assumed size does not fit', async () => {
    const lines = param('Input data 0 1 data', CONV('data'), 'InnerProduct fc 1 1 conv out 0=1 2=4');
    const both = bin(weights, tagged(1, 2, 3, 4));
    expect(await codeOf(() => importPair(lines, both))).toBe('WEIGHT_COUNT');
    expect(() => importPair(lines, both)).toThrow('the file gives no input size and 112×112 was assumed');
    expect(() => importPair(lines, both, { inputSize: { height: 3, width: 3 } })).not.toThrow('assumed');
    expect(importPair(lines, both, { inputSize: { height: 2, width: 2 } }).card.embeddingLength).toBe(1);
  });

  it('is refused where channels cannot be told or the size is none', async () => {
    expect(await codeOf(() => importPair(param('Input data 0 1 data', 'ReLU r 1 1 data out')))).toBe('INPUT_SHAPE');
    const code = (height: number) =>
      codeOf(() =>
        importPair(param('Input data 0 1 data', CONV('data')), weights, { inputSize: { height, width: 9 } }),
      );
    expect(await code(0)).toBe('INPUT_SHAPE');
    expect(await code(1.5)).toBe('INPUT_SHAPE');
    expect(await code(1e9)).toBe('INPUT_SHAPE');
    expect(
      await codeOf(() => importPair(param('Input data 0 1 data 0=999999999 1=5 2=3', CONV('data')), weights)),
    ).toBe('BAD_PARAMETER');
    expect(
      await codeOf(() => importPair(param('Input data 0 1 data 0=65536 1=65536 2=3', CONV('data')), weights)),
    ).toBe('TOO_LARGE');
    expect(await codeOf(() => importPair(param('ReLU r 0 1 data')))).toBe('BAD_LAYER');
  });
});

describe('the card and the graph', () => {
  it('hold what the files say and no more', () => {
    const dense = param('Input data 0 1 data', CONV('data'), 'InnerProduct fc 1 1 conv out 0=2 2=8');
    const both = bin(weights, tagged(1, 2, 3, 4, 5, 6, 7, 8));
    const model = importPair(dense, both, { inputSize: { height: 2, width: 2 }, graph: 'pnet' });
    expect([...model.graphs.keys()]).toEqual(['pnet']);
    expect(model.format).toBe('ncnn');
    expect(model.card).toEqual({
      name: 'net',
      input: { height: 2, width: 2, channelOrder: 'rgb', normalisation: all(0, 1) },
      embeddingLength: 2,
      thresholds: [],
      accuracy: [],
    });
  });

  it('names every layer that is not supported, at once', () => {
    const lines = ['Input data 0 1 data', 'GRU m 1 1 data m', `${CONV('m')} 9=7`, 'LSTM l 1 1 conv out'];
    expect(() => importPair(param(...lines), weights)).toThrow(
      'net.param: not supported are line 4 "m" (GRU), line 5 "conv" (Convolution with activation_type 7), line 6 "l" (LSTM);',
    );
  });

  it('refuses wrong numbers of blobs', async () => {
    expect(await codeOf(() => importPair(param('Input data 0 1 data', 'ReLU r 1 2 data a b')))).toBe('BAD_LAYER');
    expect(await codeOf(() => importPair(param('Input data 0 2 data other')))).toBe('BAD_LAYER');
  });

  it('refuses blobs and tensors of one name', async () => {
    const lines = param('Input data 0 1 conv.weights', CONV('conv.weights'));
    expect(await codeOf(() => importPair(lines, weights))).toBe('DUPLICATE_NAME');
  });
});

const y1 = new URL('../../../../shared/models/mobilefacenet-y1/', import.meta.url);

describe.skipIf(!existsSync(y1))('a trained MobileFaceNet (skipped where ../shared is absent)', () => {
  const read = () =>
    ['param', 'bin'].map((ending) => ({
      name: `mobilefacenet.${ending}`,
      bytes: readFileSync(new URL(`mobilefacenet.${ending}`, y1)),
    }));

  it('imports with the layers, parameters and multiply-adds that are known of it', async () => {
    const model = await importModel(read());
    const graph = graphOf(model);
    const count = (operator: string) => graph.nodes.filter((node) => node.operator === operator).length;
    const depthwise = graph.nodes.filter(
      ({ attributes }) => attributes.groups !== undefined && attributes.groups !== 1,
    );
    expect(count('convolution')).toBe(32 + 17);
    expect(depthwise.length).toBe(17);
    expect([count('fullyConnected'), count('batchNorm'), count('prelu'), count('add')]).toEqual([1, 50, 33, 12]);
    expect(graph.nodes.length).toBe(49 + 1 + 50 + 33 + 12);
    const statistics = [...graph.tensors].filter(([name]) => /\.(means|variances)$/.test(name));
    const untrained = statistics.reduce((sum, [, { data }]) => sum + data.length, 0);
    expect(countParameters(graph) - untrained).toBe(1003264);
    expect(countMultiplyAdds(graph)).toBe(220965376);
    expect(graph.inputs).toEqual([{ name: 'data', shape: [1, 3, 112, 112] }]);
    expect(graph.outputs).toEqual(['fc1']);
    expect(model.card).toMatchObject({
      name: 'mobilefacenet',
      embeddingLength: 128,
      input: { height: 112, width: 112, normalisation: all(127.5, 0.007813) },
    });
  });

  it('is refused with one byte less or more', async () => {
    const [text, weights] = read();
    const shorter = { ...weights!, bytes: weights!.bytes.subarray(0, -1) };
    const longer = { ...weights!, bytes: new Uint8Array(weights!.bytes.length + 1) };
    longer.bytes.set(weights!.bytes);
    expect(await codeOf(() => importModel([text!, shorter]))).toBe('WEIGHTS_TRUNCATED');
    expect(await codeOf(() => importModel([text!, longer]))).toBe('WEIGHTS_LEFT_OVER');
  });

  it('does not fit another input size', async () => {
    expect(await codeOf(() => importModel(read(), { inputSize: { height: 96, width: 96 } }))).toBe('NODE_SHAPE');
  });
});
