/** Each layer importer against numbers computed by hand from ncnn's documentation. */
import { describe, expect, it } from 'vitest';
import { referenceValues } from '../../../src/build/reference.js';
import { layerImporters } from '../../../src/formats/ncnn/layers/index.js';
import { float32Tensor } from '../../../src/tensor/tensor.js';
import { codeOf } from '../codeOf.js';
import { bin, graphOf, halves, importPair, param, plain, run, tag, tagged } from './files.js';

const image = (width: number, height: number, channels: number) =>
  `Input data 0 1 data 0=${width} 1=${height} 2=${channels}`;
const ones = (count: number) => new Array<number>(count).fill(1);
const oneToNine = [1, 2, 3, 4, 5, 6, 7, 8, 9];

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, 5);
}

describe('Convolution', () => {
  it('reads a tall kernel, four different pads and a bias', () => {
    const conv = 'Convolution conv 1 1 data out 0=1 1=1 11=2 4=0 14=1 15=1 16=0 5=1 6=2';
    expect(run([image(3, 3, 1), conv], bin(tagged(1, 10), plain(0.5)), oneToNine)).toEqual({
      shape: [1, 1, 3, 4],
      data: [10.5, 20.5, 30.5, 0.5, 41.5, 52.5, 63.5, 0.5, 74.5, 85.5, 96.5, 0.5],
    });
  });

  it('takes 15 from 4, 14 from 4 and 16 from 14 where they are absent', () => {
    const padded = (keys: string) => {
      const conv = `Convolution conv 1 1 data out 0=1 1=1 6=1 ${keys}`;
      return run([image(1, 1, 1), conv], tagged(1), [7]);
    };
    expect(padded('4=1').shape).toEqual([1, 1, 3, 3]);
    expect(padded('4=1 14=0').shape).toEqual([1, 1, 1, 3]);
    expect(padded('14=2').shape).toEqual([1, 1, 5, 1]);
    expect(padded('4=1 15=0 14=1 16=0').data).toEqual([0, 0, 0, 7]);
  });

  it('orders weights as output, input, row, column', () => {
    const conv = 'Convolution conv 1 1 data out 0=2 1=2 11=1 6=8';
    const weights = tagged(1, 10, 100, 1000, 2, 20, 200, 2000);
    expect(run([image(2, 1, 2), conv], weights, [1, 2, 3, 4])).toEqual({ shape: [1, 2, 1, 1], data: [4321, 8642] });
  });

  it('reads horizontal and vertical stride and dilation', () => {
    const conv = 'Convolution conv 1 1 data out 0=1 1=2 11=1 2=2 12=1 3=1 13=2 6=2';
    expect(run([image(3, 3, 1), conv], tagged(1, 10), oneToNine)).toEqual({ shape: [1, 1, 2, 1], data: [31, 97] });
  });

  it('resolves SAME_UPPER with the odd zero after, SAME_LOWER before', () => {
    const same = (key: number) => {
      const conv = `Convolution conv 1 1 data out 0=1 1=3 3=2 4=${key} 6=9`;
      return run([image(4, 4, 1), conv], tagged(...ones(9)), ones(16)).data;
    };
    expect(same(-233)).toEqual([9, 6, 6, 4]);
    expect(same(-234)).toEqual([4, 6, 6, 9]);
  });

  it('pads nothing for SAME where the kernel is smaller than its stride', () => {
    const conv = 'Convolution conv 1 1 data out 0=1 1=1 3=2 4=-233 6=1';
    expect(run([image(4, 4, 1), conv], tagged(1), ones(16)).shape).toEqual([1, 1, 2, 2]);
  });

  it('applies each activation that it supports', () => {
    const activated = (keys: string) => {
      const conv = `Convolution conv 1 1 data out 0=1 1=1 6=1 ${keys}`;
      return run([image(4, 1, 1), conv], tagged(1), [-2, 0, 2, 8]).data;
    };
    expect(activated('9=0')).toEqual([-2, 0, 2, 8]);
    expect(activated('9=1')).toEqual([0, 0, 2, 8]);
    expect(activated('9=2 -23310=1,0.5')).toEqual([-1, 0, 2, 8]);
    expect(activated('9=2 10=0.5')).toEqual([-1, 0, 2, 8]);
    expect(activated('9=3 -23310=2,-1.0,6.0')).toEqual([-1, 0, 2, 6]);
    expect(activated('9=3 10=-1.0,6.0')).toEqual([-1, 0, 2, 6]);
    const [low, middle, high] = [1 / (1 + Math.exp(2)), 0.5, 1 / (1 + Math.exp(-2))];
    expectClose(activated('9=4').slice(0, 3), [low, middle, high]);
    const mish = (x: number) => x * Math.tanh(Math.log(1 + Math.exp(x)));
    expectClose(activated('9=5'), [mish(-2), 0, mish(2), mish(8)]);
    expectClose(activated('9=6 10=0.166666667,0.5'), [-1 / 3, 0, 5 / 3, 8]);
    expectClose(activated('9=6 10=0.2,0.5'), [-0.2, 0, 1.8, 8]);
  });

  it('computes a 1×1 convolution of a vector as an inner product', () => {
    const lines = [image(2, 1, 1), 'Flatten flat 1 1 data flat', 'Convolution conv 1 1 flat out 0=1 1=1 5=1 6=2'];
    expect(run(lines, bin(tagged(3, 4), plain(1)), [1, 2])).toEqual({ shape: [1, 1], data: [12] });
  });

  it('refuses what it cannot express, and claims that do not fit', async () => {
    const code = (keys: string, weights = tagged(1)) =>
      codeOf(() => importPair(param(image(3, 3, 1), `Convolution conv 1 1 data out ${keys}`), weights));
    expect(await code('0=1 1=1 6=1 9=7')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await code('0=1 1=1 6=1 8=3')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await code('0=1 1=1 6=1 19=1')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await code('0=1 1=1 6=1 4=1 18=0.5')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await code('0=1 1=1 6=1 18=0.5')).toBe('accepted');
    expect(await code('0=1 1=1 6=1 33=5')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await code('0=1 1=1 6=1 -23330=4,3,3,3,1 31=2 17=1')).toBe('accepted');
    expect(await code('0=0 1=1 6=1')).toBe('BAD_PARAMETER');
    expect(await code('0=1 1=0 6=1')).toBe('BAD_PARAMETER');
    expect(await code('0=1 1=1.5 6=1')).toBe('BAD_PARAMETER');
    expect(await code('0=1 1=1 6=1 3=0')).toBe('BAD_PARAMETER');
    expect(await code('0=1 1=1 6=1 4=-1')).toBe('BAD_PARAMETER');
    expect(await code('0=1 1=1 6=1 4=-233 15=1')).toBe('BAD_PARAMETER');
    expect(await code('0=1 1=1 6=1 9=3 -23310=1,2.0')).toBe('BAD_PARAMETER');
    expect(await code('0=1 1=1 6=hello')).toBe('BAD_PARAMETER');
    expect(await code('0=1 1=1 6=2')).toBe('WEIGHT_COUNT');
    expect(await code('0=268435456 1=1 6=268435456')).toBe('WEIGHTS_TRUNCATED');
    expect(await code('0=1 1=4 6=16', tagged(...ones(16)))).toBe('NODE_SHAPE');
  });
});

describe('ConvolutionDepthWise', () => {
  it('takes its groups from parameter 7', () => {
    const conv = 'ConvolutionDepthWise conv 1 1 data out 0=2 1=1 6=2 7=2';
    expect(run([image(2, 1, 2), conv], tagged(10, 100), [1, 2, 3, 4]).data).toEqual([10, 20, 300, 400]);
    const grouped = 'ConvolutionDepthWise conv 1 1 data out 0=2 1=1 6=4 7=2';
    expect(run([image(1, 1, 4), grouped], tagged(1, 10, 100, 1000), [1, 2, 3, 4]).data).toEqual([21, 4300]);
  });

  it('refuses groups that do not divide', async () => {
    const conv = 'ConvolutionDepthWise conv 1 1 data out 0=3 1=1 6=3 7=2';
    expect(await codeOf(() => importPair(param(image(1, 1, 2), conv), tagged(1, 2, 3)))).toBe('NODE_SHAPE');
  });
});

describe('InnerProduct', () => {
  it('multiplies channels, rows and columns in this order', () => {
    const dense = 'InnerProduct fc 1 1 data out 0=2 1=1 2=8';
    const weights = bin(tagged(1, 10, 100, 1000, 0, 0, 0, 1), plain(0.5, -0.5));
    expect(run([image(2, 1, 2), dense], weights, [1, 2, 3, 4])).toEqual({ shape: [1, 2], data: [4321.5, 3.5] });
  });

  it('applies its activation', () => {
    const dense = 'InnerProduct fc 1 1 data out 0=1 2=1 9=1';
    expect(run([image(1, 1, 1), dense], tagged(-1), [3]).data).toEqual([0]);
  });

  it('refuses a weight count that does not fit', async () => {
    const dense = 'InnerProduct fc 1 1 data out 0=2 2=9';
    expect(await codeOf(() => importPair(param(image(2, 1, 2), dense), tagged(...ones(9))))).toBe('WEIGHT_COUNT');
  });
});

describe('layers by channel', () => {
  it('BatchNorm: (x − mean) / √(variance + epsilon) · slope + bias, stored slope, mean, variance, bias', () => {
    const weights = plain(2, 1, 1, 0, 3, 15, 5, -1);
    const lines = [image(1, 1, 2), 'BatchNorm bn 1 1 data out 0=2 1=1.0'];
    expect(run(lines, weights, [5, 8]).data).toEqual([9, 1]);
  });

  it('BatchNorm refuses a variance that is not positive', async () => {
    const code = (variance: number) =>
      codeOf(() => importPair(param(image(1, 1, 1), 'BatchNorm bn 1 1 data out 0=1'), plain(1, 0, variance, 0)));
    expect(await code(0)).toBe('BAD_VARIANCE');
    expect(await code(-1)).toBe('BAD_VARIANCE');
    expect(await code(Number.NaN)).toBe('BAD_VARIANCE');
  });

  it('Scale with and without bias', async () => {
    expect(run([image(1, 1, 2), 'Scale s 1 1 data out 0=2 1=1'], plain(2, 3, 10, 20), [1, 2]).data).toEqual([12, 26]);
    expect(run([image(1, 1, 2), 'Scale s 1 1 data out 0=2'], plain(2, 3), [1, 2]).data).toEqual([2, 6]);
    const lines = [image(1, 1, 2), 'Split split 1 2 data a b', 'Scale s 2 1 a b out 0=-233'];
    expect(await codeOf(() => importPair(param(...lines)))).toBe('UNSUPPORTED_ATTRIBUTE');
  });

  it('PReLU with a slope a channel or one for all', () => {
    expect(run([image(1, 1, 2), 'PReLU p 1 1 data out 0=2'], plain(0.5, 0.25), [-4, -4]).data).toEqual([-2, -1]);
    expect(run([image(1, 1, 2), 'PReLU p 1 1 data out 0=1'], plain(0.5), [-4, 4]).data).toEqual([-2, 4]);
  });

  it('ReLU, leaky ReLU and Clip', () => {
    expect(run([image(2, 1, 1), 'ReLU r 1 1 data out'], bin(), [-4, 4]).data).toEqual([0, 4]);
    expect(run([image(2, 1, 1), 'ReLU r 1 1 data out 0=0.25'], bin(), [-4, 4]).data).toEqual([-1, 4]);
    expect(run([image(3, 1, 1), 'Clip c 1 1 data out 0=-1.0 1=2.0'], bin(), [-4, 1, 4]).data).toEqual([-1, 1, 2]);
    expect(run([image(2, 1, 1), 'Clip c 1 1 data out 0=-1.0'], bin(), [-4, 1e9]).data).toEqual([-1, 1e9]);
  });
});

describe('structure', () => {
  it('Split and Dropout leave no node; a scaling Dropout does', () => {
    const lines = [
      image(2, 1, 1),
      'ReLU r 1 1 data r',
      'Split s 1 2 r a b',
      'Dropout d 1 1 a c',
      'BinaryOp sum 2 1 c b out 0=0',
    ];
    const graph = graphOf(importPair(param(...lines)));
    expect(graph.nodes.map(({ operator }) => operator)).toEqual(['relu', 'add']);
    expect(run(lines, bin(), [1, 4]).data).toEqual([2, 8]);
    expect(run([image(2, 1, 1), 'Dropout d 1 1 data out 0=0.5'], bin(), [1, 4]).data).toEqual([0.5, 2]);
  });

  it('Flatten and Reshape keep channels, rows, columns', () => {
    const data = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    const reshaped = (keys: string) => run([image(2, 3, 2), `Reshape r 1 1 data out ${keys}`], bin(), data);
    expect(run([image(2, 3, 2), 'Flatten f 1 1 data out'], bin(), data)).toEqual({ shape: [1, 12], data });
    expect(reshaped('0=6 1=1 2=2')).toEqual({ shape: [1, 2, 1, 6], data });
    expect(reshaped('0=4 1=3').shape).toEqual([1, 3, 4]);
    expect(reshaped('0=-1').shape).toEqual([1, 12]);
    expect(reshaped('0=0 1=-1 2=0').shape).toEqual([1, 2, 3, 2]);
    expect(reshaped('0=0 1=-1').shape).toEqual([1, 6, 2]);
  });

  it('Reshape refuses what does not fit', async () => {
    const code = (keys: string) => codeOf(() => importPair(param(image(2, 3, 2), `Reshape r 1 1 data out ${keys}`)));
    expect(await code('0=5')).toBe('NODE_SHAPE');
    expect(await code('0=-1 1=-1')).toBe('NODE_SHAPE');
    expect(await code('0=12 3=1')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await code('')).toBe('NODE_SHAPE');
    expect(await code('0=12 11=1')).toBe('UNSUPPORTED_ATTRIBUTE');
  });
});

describe('weights', () => {
  const lines = [image(3, 1, 1), 'Convolution conv 1 1 data out 0=1 1=3 11=1 5=1 6=3'];

  it('reads float16, padded to 4 bytes, and bfloat16', () => {
    expect(run(lines, bin(halves(1, 0.5, -2), plain(1)), [1, 2, 3]).data).toEqual([-3]);
    const bfloat16 = bin(tag(0x01348b83), Uint8Array.of(0x80, 0x3f, 0, 0x3f, 0, 0xc0, 0, 0), plain(1));
    expect(run(lines, bfloat16, [1, 2, 3]).data).toEqual([-3]);
  });

  it('refuses int8, tables, too few bytes and too many', async () => {
    const code = (weights: Uint8Array) => codeOf(() => importPair(param(...lines), weights));
    expect(await code(bin(tag(0x000d4b38), new Uint8Array(1000)))).toBe('UNSUPPORTED_WEIGHTS');
    expect(await code(bin(tag(0x12345678), new Uint8Array(5000)))).toBe('UNSUPPORTED_WEIGHTS');
    expect(await code(bin())).toBe('WEIGHTS_TRUNCATED');
    expect(await code(tagged(1, 2))).toBe('WEIGHTS_TRUNCATED');
    expect(await code(tagged(1, 2, 3))).toBe('WEIGHTS_TRUNCATED');
    expect(await code(bin(halves(1, 2, 3), plain(1)).subarray(0, 10))).toBe('WEIGHTS_TRUNCATED');
    expect(await code(bin(tagged(1, 2, 3), plain(1), Uint8Array.of(0)))).toBe('WEIGHTS_LEFT_OVER');
    expect(await code(bin(tagged(1, Number.NaN, 3), plain(1)))).toBe('NOT_FINITE');
    expect(await code(bin(tagged(1, 2, 3), plain(1)))).toBe('accepted');
  });

  it('bounds what one slope for all can grow to', async () => {
    const input = 'Input data 0 1 data 0=4096 1=4096 2=4';
    const leaky = param(input, 'Flatten flat 1 1 data flat', 'ReLU r 1 1 flat out 0=0.5');
    expect(await codeOf(() => importPair(leaky))).toBe('TOO_LARGE');
  });
});

describe('the table', () => {
  it('names each importer after its type', () => {
    for (const [type, importer] of layerImporters) expect(importer.type).toBe(type);
  });

  it('computes with several inputs and outputs by blob name', () => {
    const lines = ['Input x 0 1 x 0=2', 'Input y 0 1 y 0=2', 'BinaryOp sum 2 1 x y sum 0=0', 'ReLU r 1 1 y half'];
    const graph = graphOf(importPair(param(...lines)));
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'y']);
    expect(graph.outputs).toEqual(['sum', 'half']);
    const values = referenceValues(graph, { x: float32Tensor([1, 2], [1, 2]), y: float32Tensor([1, 2], [-3, 4]) });
    expect([...values.get('sum')!.data]).toEqual([-2, 6]);
    expect([...values.get('half')!.data]).toEqual([0, 4]);
  });
});
