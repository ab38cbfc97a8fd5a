/** Arithmetic, maps, reductions and crops, against numbers computed by hand from ncnn's source. */
import { describe, expect, it } from 'vitest';
import { referenceValues } from '../../../src/build/reference.js';
import { float32Tensor } from '../../../src/tensor/tensor.js';
import { codeOf } from '../codeOf.js';
import { bin, importPair, param, plain, run } from './files.js';

const image = (width: number, height: number, channels: number) =>
  `Input data 0 1 data 0=${width} 1=${height} 2=${channels}`;

/** What one layer named `out` makes of an image. */
function layer(line: string, size: readonly [number, number, number], data: number[], weights = bin()) {
  return run([image(...size), line], weights, data);
}

function codeFor(line: string, size: readonly [number, number, number] = [2, 1, 1], weights = bin()): Promise<string> {
  return codeOf(() => importPair(param(image(...size), line), weights));
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 5);
}

describe('BinaryOp', () => {
  it.each<[number, number[]]>([
    [0, [3, 6]],
    [1, [-1, 2]],
    [2, [2, 8]],
    [3, [0.5, 2]],
    [4, [2, 4]],
    [5, [1, 2]],
    [6, [1, 16]],
    [7, [1, -2]],
    [8, [2, 0.5]],
    [9, [2, 16]],
  ])('%i with a number', (operation, expected) => {
    expectClose(layer(`BinaryOp op 1 1 data out 0=${operation} 1=1 2=2.0`, [2, 1, 1], [1, 4]).data, expected);
  });

  it.each<[number, number[]]>([
    [0, [11, 44]],
    [1, [-9, -36]],
    [2, [10, 160]],
    [3, [0.1, 0.1]],
    [4, [10, 40]],
    [5, [1, 4]],
    [6, [1, 4 ** 40]],
    [7, [9, 36]],
    [8, [10, 10]],
    [9, [10, 40 ** 4]],
  ])('%i of two blobs', (operation, expected) => {
    const lines = [
      image(2, 1, 1),
      'Split split 1 2 data a b',
      'BinaryOp scaled 1 1 b big 0=2 1=1 2=10.0',
      `BinaryOp op 2 1 a big out 0=${operation}`,
    ];
    const { data } = run(lines, bin(), [1, 4]);
    expectClose(
      data.map((value, index) => value / expected[index]!),
      [1, 1],
    );
  });

  it('repeats a vector along channels, or along columns where its length is theirs, and a matrix along columns', () => {
    const product = (inputs: string[], order: string, sizes: number[][]) => {
      const lines = [...inputs, `BinaryOp op 2 1 ${order} out 0=2`];
      return runTwo(lines, sizes);
    };
    const vector = (length: number) => `Input v 0 1 v 0=${length}`;
    // Width 2, height 1, channels 3.
    const pixels = [1, 2, 3, 4, 5, 6];
    expect(product([image(2, 1, 3), vector(3)], 'data v', [pixels, [1, 10, 100]])).toEqual([1, 2, 30, 40, 500, 600]);
    expect(product([image(2, 1, 3), vector(3)], 'v data', [pixels, [1, 10, 100]])).toEqual([1, 2, 30, 40, 500, 600]);
    expect(product([image(2, 1, 3), vector(2)], 'data v', [pixels, [1, 10]])).toEqual([1, 20, 3, 40, 5, 60]);
    const matrix = 'Input v 0 1 v 0=2 1=3';
    expect(product([image(2, 2, 3), matrix], 'data v', [[...pixels, ...pixels], pixels])).toEqual([
      ...[1, 2, 6, 8, 15, 18, 4, 8, 15, 20, 30, 36],
    ]);
    expect(product(['Input m 0 1 m 0=2 1=3', vector(3)], 'm v', [pixels, [1, 10, 100]])).toEqual([
      ...[1, 2, 30, 40, 500, 600],
    ]);
    expect(product([image(2, 1, 3), 'Input v 0 1 v 0=1 1=1 2=3'], 'data v', [pixels, [1, 10, 100]])).toEqual([
      ...[1, 2, 30, 40, 500, 600],
    ]);
  });

  it('refuses the rest', async () => {
    const scalar = (keys: string) => codeFor(`BinaryOp op 1 1 data out ${keys}`);
    expect(await scalar('0=10 1=1 2=1.0')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await scalar('0=99 1=1 2=2.0')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await scalar('0=3 1=1 2=0.0')).toBe('BAD_PARAMETER');
    expect(await scalar('0=9 1=1 2=-1.0')).toBe('BAD_PARAMETER');
    expect(await scalar('0=0')).toBe('BAD_LAYER');
    const unlike = param(image(2, 1, 3), 'Input v 0 1 v 0=5', 'BinaryOp op 2 1 data v out 0=2');
    expect(await codeOf(() => importPair(unlike))).toBe('NODE_SHAPE');
  });
});

/** Runs a file of two inputs. */
function runTwo(lines: string[], data: number[][]): number[] {
  const graph = [...importPair(param(...lines)).graphs.values()][0]!;
  const inputs = graph.inputs.map(({ name, shape }, index) => [name, float32Tensor(shape, data[index]!)]);
  return [...referenceValues(graph, Object.fromEntries(inputs)).get('out')!.data];
}

describe('Eltwise', () => {
  const two = [image(2, 1, 1), 'ReLU r 1 1 data r', 'BinaryOp scaled 1 1 r big 0=2 1=1 2=10.0'];
  const lines = (keys: string) => [...two, 'ReLU third 1 1 big c', `Eltwise sum 3 1 r big c out ${keys}`];

  it('multiplies, sums with coefficients where given, and takes the largest', () => {
    expect(run(lines('0=1'), bin(), [1, 4]).data).toEqual([21, 84]);
    expect(run(lines('0=1 -23301=3,1.0,-1.0,0.5'), bin(), [1, 4]).data).toEqual([-4, -16]);
    expect(run(lines('0=0'), bin(), [1, 4]).data).toEqual([100, 6400]);
    expect(run(lines(''), bin(), [1, 4]).data).toEqual([100, 6400]);
    expect(run(lines('0=2'), bin(), [1, 4]).data).toEqual([10, 40]);
  });

  it('refuses other operations and other counts of coefficients', async () => {
    const code = (keys: string) => codeOf(() => importPair(param(...lines(keys))));
    expect(await code('0=3')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await code('0=1 -23301=2,1.0,1.0')).toBe('BAD_PARAMETER');
  });
});

it('Bias adds by channel, Power scales, shifts and raises', () => {
  expect(layer('Bias out 1 1 data out 0=2', [2, 1, 2], [1, 2, 3, 4], plain(10, 20)).data).toEqual([11, 12, 23, 24]);
  expectClose(layer('Power out 1 1 data out 0=2.0 1=0.5 2=1.0', [2, 1, 1], [2, 4]).data, [4, 9]);
  expect(layer('Power out 1 1 data out 1=0.5 2=1.0', [2, 1, 1], [2, 4]).data).toEqual([2, 3]);
});

describe('maps', () => {
  it.each<[string, readonly number[], (x: number) => number]>([
    ['UnaryOp out 1 1 data out 0=0', [-2, 3], Math.abs],
    ['UnaryOp out 1 1 data out 0=1', [-2, 3], (x) => -x],
    ['UnaryOp out 1 1 data out 0=2', [-2.5, 3.5], Math.floor],
    ['UnaryOp out 1 1 data out 0=3', [-2.5, 3.5], Math.ceil],
    ['UnaryOp out 1 1 data out 0=4', [-2, 3], (x) => x * x],
    ['UnaryOp out 1 1 data out 0=5', [4, 9], Math.sqrt],
    ['UnaryOp out 1 1 data out 0=6', [4, 9], (x) => 1 / Math.sqrt(x)],
    ['UnaryOp out 1 1 data out 0=7', [-2, 1], Math.exp],
    ['UnaryOp out 1 1 data out 0=8', [0.5, 3], Math.log],
    ['UnaryOp out 1 1 data out 0=15', [-2, 4], (x) => 1 / x],
    ['UnaryOp out 1 1 data out 0=16', [-2, 0.5], Math.tanh],
    ['UnaryOp out 1 1 data out 0=17', [10, 0.01], Math.log10],
    ['UnaryOp out 1 1 data out 0=18', [2.4, -1.6], Math.round],
    ['UnaryOp out 1 1 data out 0=19', [2.6, -1.6], Math.trunc],
    ['HardSigmoid out 1 1 data out', [-9, 1], (x) => Math.min(Math.max(0.2 * x + 0.5, 0), 1)],
    ['HardSigmoid out 1 1 data out 0=0.5 1=0.25', [1, 9], (x) => Math.min(Math.max(0.5 * x + 0.25, 0), 1)],
    ['HardSwish out 1 1 data out', [-1, 9], (x) => x * Math.min(Math.max(0.2 * x + 0.5, 0), 1)],
    ['HardSwish out 1 1 data out 0=0.16666667 1=0.5', [-1, 2], (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1)],
    ['Swish out 1 1 data out', [-1, 2], (x) => x / (1 + Math.exp(-x))],
    ['Mish out 1 1 data out', [-1, 2], (x) => x * Math.tanh(Math.log(1 + Math.exp(x)))],
    ['TanH out 1 1 data out', [-1, 2], Math.tanh],
    ['ELU out 1 1 data out', [-1, 2], (x) => (x < 0 ? 0.1 * (Math.exp(x) - 1) : x)],
    ['ELU out 1 1 data out 0=2.0', [-1, 2], (x) => (x < 0 ? 2 * (Math.exp(x) - 1) : x)],
    ['CELU out 1 1 data out 0=2.0', [-1, 2], (x) => (x < 0 ? 2 * (Math.exp(x / 2) - 1) : x)],
    ['SELU out 1 1 data out', [-1, 2], (x) => 1.050700987 * (x < 0 ? 1.67326324 * (Math.exp(x) - 1) : x)],
    ['GELU out 1 1 data out 0=1', [-1, 2], (x) => (x / 2) * (1 + Math.tanh(0.79788452 * (x + 0.044715 * x ** 3)))],
    ['Softplus out 1 1 data out', [-1, 2], (x) => Math.log(1 + Math.exp(x))],
    ['BNLL out 1 1 data out', [-1, 2], (x) => Math.log(1 + Math.exp(x))],
    ['AbsVal out 1 1 data out', [-1, 2], Math.abs],
    ['Exp out 1 1 data out', [-1, 2], Math.exp],
    ['Exp out 1 1 data out 0=2.0 1=3.0 2=1.0', [-1, 2], (x) => 2 ** (3 * x + 1)],
    ['Log out 1 1 data out 0=10.0 1=2.0 2=1.0', [1, 2], (x) => Math.log10(2 * x + 1)],
  ])('%s', (line, data, expected) => {
    expectClose(layer(line, [2, 1, 1], [...data]).data, data.map(expected));
  });

  it('GELU and Erf are those of the tables', () => {
    // erf(1) = 0.8427008, and GELU(1) = (1 + erf(1 / √2)) / 2 = 0.8413447.
    expectClose(layer('Erf out 1 1 data out', [2, 1, 1], [1, -1]).data, [0.8427008, -0.8427008]);
    expectClose(layer('GELU out 1 1 data out', [2, 1, 1], [1, -1]).data, [0.8413447, -0.1586553]);
  });

  it('refuse what the engine lacks', async () => {
    for (const type of [9, 10, 11, 12, 13, 14, 20]) {
      expect(await codeFor(`UnaryOp out 1 1 data out 0=${type}`)).toBe('UNSUPPORTED_ATTRIBUTE');
    }
    expect(await codeFor('Exp out 1 1 data out 0=-2.0')).toBe('BAD_PARAMETER');
    expect(await codeFor('Log out 1 1 data out 0=1.0')).toBe('BAD_PARAMETER');
  });
});

describe('Reduction', () => {
  // Width 3, height 2, channels 1.
  const six = [1, 2, 3, 4, 5, 6];
  const reduced = (keys: string) => layer(`Reduction out 1 1 data out ${keys}`, [3, 2, 1], six);

  it.each<[number, number]>([
    [0, 21],
    [1, 21],
    [2, 91],
    [3, 3.5],
    [4, 6],
    [5, 1],
    [6, 720],
    [7, 21],
    [8, Math.sqrt(91)],
    [9, Math.log(21)],
    [10, Math.log(six.reduce((sum, x) => sum + Math.exp(x), 0))],
  ])('%i of everything is one number', (operation, expected) => {
    const { shape, data } = reduced(`0=${operation}`);
    expect(shape).toEqual([1, 1]);
    expectClose(data, [expected]);
  });

  it('takes axes, keeps them where asked, and multiplies by the coefficient', () => {
    expect(reduced('0=0 1=0 -23303=1,2 5=1')).toEqual({ shape: [1, 1, 2], data: [6, 15] });
    expect(reduced('0=0 1=0 -23303=1,-1 4=1 5=1')).toEqual({ shape: [1, 1, 2, 1], data: [6, 15] });
    expect(reduced('0=3 1=0 -23303=2,1,2 2=2.0 5=1')).toEqual({ shape: [1, 1], data: [7] });
    expect(reduced('0=3 1=0 -23303=3,0,1,2 2=2.0 5=1')).toEqual({ shape: [1, 1], data: [7] });
    expect(reduced('0=0 4=1')).toEqual({ shape: [1, 1, 1, 1], data: [21] });
  });

  it('refuses axes that are not there, and those of old converters', async () => {
    expect(await codeFor('Reduction out 1 1 data out 1=0 -23303=1,5 5=1')).toBe('BAD_PARAMETER');
    expect(await codeFor('Reduction out 1 1 data out 1=0 5=1')).toBe('BAD_PARAMETER');
    expect(await codeFor('Reduction out 1 1 data out 1=0 -23303=1,1')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await codeFor('Reduction out 1 1 data out 0=11')).toBe('UNSUPPORTED_ATTRIBUTE');
  });
});

describe('Normalize', () => {
  // Two channels of one row with two pixels: (3, 4) and (0, 12).
  const unit = (keys: string, weights: Uint8Array) =>
    layer(`Normalize out 1 1 data out ${keys}`, [2, 1, 2], [3, 0, 4, 12], weights).data;

  it('divides by the norm over channels, over pixels or over all, times its scales', () => {
    expectClose(unit('3=2 2=0.0', plain(1, 10)), [0.6, 0, 8, 10]);
    expectClose(unit('1=1 3=1 2=0.0', plain(2)), [1.2, 0, 1.6, 2]);
    expectClose(unit('0=1 4=0 3=2 2=0.0', plain(1, 1)), [1, 0, 4 / Math.sqrt(160), 12 / Math.sqrt(160)]);
    expectClose(unit('0=1 1=1 3=1 2=0.0', plain(13)), [3, 0, 4, 12]);
  });

  it('adds epsilon under the root, or bounds the norm or the sum by it', () => {
    const one = (keys: string) => layer(`Normalize out 1 1 data out 1=1 3=1 ${keys}`, [1, 1, 1], [2], plain(1)).data;
    expectClose(one('2=5.0'), [2 / 3]);
    expectClose(one('2=5.0 9=1'), [2 / 5]);
    expectClose(one('2=16.0 9=2'), [2 / 4]);
  });

  it('refuses a norm over nothing', async () => {
    expect(await codeFor('Normalize out 1 1 data out 4=0 3=1 1=1', [1, 1, 1], plain(1))).toBe('UNSUPPORTED_ATTRIBUTE');
  });
});

describe('LRN', () => {
  it('divides by the squares of neighbouring channels', () => {
    const squares = [1, 4, 9, 16];
    const found = layer('LRN out 1 1 data out 1=3 2=3.0 3=0.5 4=2.0', [1, 1, 4], [1, 2, 3, 4]).data;
    const expected = [0, 1, 2, 3].map((channel) => {
      const sum = [channel - 1, channel, channel + 1].reduce((total, at) => total + (squares[at] ?? 0), 0);
      return (channel + 1) / (2 + (3 / 3) * sum) ** 0.5;
    });
    expectClose(found, expected);
  });

  it('or of neighbouring pixels, with zeros around', () => {
    const found = layer('LRN out 1 1 data out 0=1 1=3 2=9.0 3=1.0 4=1.0', [2, 2, 1], [1, 2, 3, 4]).data;
    expectClose(found, [1 / 31, 2 / 31, 3 / 31, 4 / 31]);
  });

  it('refuses even windows and vectors', async () => {
    expect(await codeFor('LRN out 1 1 data out 1=4')).toBe('UNSUPPORTED_ATTRIBUTE');
    const vector = param('Input data 0 1 data 0=4', 'LRN out 1 1 data out 1=3');
    expect(await codeOf(() => importPair(vector))).toBe('NODE_SHAPE');
  });
});

describe('Crop', () => {
  // Width 3, height 2, channels 2.
  const twelve = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  const cropped = (keys: string) => layer(`Crop out 1 1 data out ${keys}`, [3, 2, 2], twelve);

  it('takes offsets and lengths, or lists of begins, ends and axes', () => {
    expect(cropped('0=1 1=1 2=1 3=1 4=1 5=1')).toEqual({ shape: [1, 1, 1, 1], data: [11] });
    expect(cropped('0=1 3=-233 4=-233 5=-233').data).toEqual([2, 3, 5, 6, 8, 9, 11, 12]);
    expect(cropped('0=1 6=1').data).toEqual([2, 5, 8, 11]);
    expect(cropped('-23309=1,1 -23310=1,-233 -23311=1,-1').data).toEqual([2, 3, 5, 6, 8, 9, 11, 12]);
    expect(cropped('-23309=1,0 -23310=1,1 -23311=1,0').data).toEqual([1, 2, 3, 4, 5, 6]);
    expect(cropped('')).toEqual({ shape: [1, 2, 2, 3], data: twelve });
  });

  it('takes the size of a second blob', () => {
    const lines = [image(3, 2, 2), 'Split s 1 2 data a b', 'Pooling p 1 1 b p 0=0 1=2 5=1', 'Crop c 2 1 a p out 0=1'];
    expect(run(lines, bin(), twelve)).toEqual({ shape: [1, 2, 1, 2], data: [2, 3, 8, 9] });
  });

  it('refuses what lies outside', async () => {
    expect(await codeFor('Crop out 1 1 data out 0=1 3=5')).toBe('NODE_SHAPE');
    expect(await codeFor('Crop out 1 1 data out 0=9')).toBe('NODE_SHAPE');
    expect(await codeFor('Crop out 1 1 data out -23309=1,0 -23310=1,1 -23311=1,7')).toBe('BAD_PARAMETER');
  });
});

describe('MemoryData and Noop', () => {
  it('gives what the file stores, as an operand or an output', () => {
    const lines = ['MemoryData m 0 1 m 0=1 1=1 2=2', image(2, 1, 2), 'Noop n 1 1 m k', 'BinaryOp o 2 1 data k out 0=2'];
    expect(run(lines, plain(10, 100), [1, 2, 3, 4]).data).toEqual([10, 20, 300, 400]);
  });

  it('counts its bytes', async () => {
    const text = param(image(2, 1, 2), 'MemoryData m 0 1 m 0=2', 'BinaryOp o 2 1 data m out 0=2');
    expect(await codeOf(() => importPair(text, plain(1)))).toBe('WEIGHTS_TRUNCATED');
  });
});

it('adaptive pooling takes sizes that divide the input', async () => {
  const data = Array.from({ length: 8 }, (_, index) => index);
  const pooled = (keys: string) => layer(`Pooling out 1 1 data out 7=1 ${keys}`, [4, 2, 1], data);
  expect(pooled('0=0 8=2')).toEqual({ shape: [1, 1, 2, 2], data: [1, 3, 5, 7] });
  expect(pooled('0=1 8=2 18=1')).toEqual({ shape: [1, 1, 1, 2], data: [2.5, 4.5] });
  expect(pooled('0=1 8=1 18=-233')).toEqual({ shape: [1, 1, 2, 1], data: [1.5, 5.5] });
  expect(await codeFor('Pooling out 1 1 data out 7=1 8=2', [3, 2, 1])).toBe('UNSUPPORTED_ATTRIBUTE');
});
