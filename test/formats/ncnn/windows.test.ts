/** Pooling, Softmax, Interp and the layers that move elements, against numbers computed by hand from ncnn's source. */
import { describe, expect, it } from 'vitest';
import { codeOf } from '../codeOf.js';
import { bin, importPair, param, plain, run, tagged } from './files.js';

const image = (width: number, height: number, channels: number) =>
  `Input data 0 1 data 0=${width} 1=${height} 2=${channels}`;
const oneToNine = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** What one layer named `out` makes of an image. */
function layer(line: string, size: readonly [number, number, number], data: number[]) {
  return run([image(...size), line], bin(), data);
}

function codeFor(line: string, size: readonly [number, number, number] = [3, 3, 1]): Promise<string> {
  return codeOf(() => importPair(param(image(...size), line)));
}

describe('Pooling', () => {
  const pool = (keys: string, size: readonly [number, number, number] = [3, 3, 1], data = oneToNine) =>
    layer(`Pooling out 1 1 data out ${keys}`, size, data);

  it('rounds up by default: the last window sees fewer values', () => {
    expect(pool('0=0 1=2 2=2')).toEqual({ shape: [1, 1, 2, 2], data: [5, 6, 8, 9] });
    expect(pool('0=1 1=2 2=2').data).toEqual([3, 4.5, 7.5, 9]);
  });

  it('rounds down in the valid mode', () => {
    expect(pool('0=0 1=2 2=2 5=1')).toEqual({ shape: [1, 1, 1, 1], data: [5] });
  });

  it('reads horizontal and vertical kernel, stride and all four sides', () => {
    expect(pool('0=0 1=1 11=3 2=2 12=1 5=1')).toEqual({ shape: [1, 1, 1, 2], data: [7, 9] });
    expect(pool('0=0 1=2 3=1 13=0 14=0 15=0 5=1')).toEqual({ shape: [1, 1, 2, 3], data: [4, 5, 6, 7, 8, 9] });
    expect(pool('0=0 1=2 3=0 13=1 14=0 15=0 5=1')).toEqual({ shape: [1, 1, 3, 2], data: [2, 3, 5, 6, 8, 9] });
    expect(pool('0=0 1=2 3=1 5=1').shape).toEqual([1, 1, 4, 4]);
    expect(pool('0=0 1=2 3=0 13=1 5=1').shape).toEqual([1, 1, 4, 2]);
  });

  it('counts padding in a mean only where parameter 6 is 1, and then the tail of the full mode too', () => {
    // 2×2 windows, stride 2, one row above and one column left: the tail is none, corners hold 1 value of 4.
    expect(pool('0=1 1=2 2=2 3=1 14=0 15=0').data).toEqual([1, 2.5, 5.5, 7]);
    expect(pool('0=1 1=2 2=2 3=1 14=0 15=0 6=1').data).toEqual([0.25, 1.25, 2.75, 7]);
    // Without padding the tail is one row and one column.
    expect(pool('0=1 1=2 2=2 6=1').data).toEqual([3, 9 / 4, 15 / 4, 9 / 4]);
    expect(pool('0=1 1=2 2=2 6=1 5=1').data).toEqual([3]);
  });

  it('resolves SAME_UPPER with the odd side after, SAME_LOWER before; means count it', () => {
    const two = [1, 2, 3, 4];
    expect(pool('0=0 1=2 2=1 5=2', [2, 2, 1], two)).toEqual({ shape: [1, 1, 2, 2], data: [4, 4, 4, 4] });
    expect(pool('0=0 1=2 2=1 5=3', [2, 2, 1], two).data).toEqual([1, 2, 3, 4]);
    expect(pool('0=1 1=2 2=1 5=2', [2, 2, 1], two).data).toEqual([2.5, 1.5, 1.75, 1]);
  });

  it('gives a vector in the global mode, an image of one pixel in the adaptive one', () => {
    const data = [1, 2, 3, 6, -1, -1, -1, 5];
    expect(pool('0=1 4=1', [2, 2, 2], data)).toEqual({ shape: [1, 2], data: [3, 0.5] });
    expect(pool('0=0 4=1', [2, 2, 2], data)).toEqual({ shape: [1, 2], data: [6, 5] });
    expect(pool('0=1 7=1 8=1', [2, 2, 2], data)).toEqual({ shape: [1, 2, 1, 1], data: [3, 0.5] });
  });

  it('refuses what a graph does not have', async () => {
    expect(await codeFor('Pooling out 1 1 data out 0=0 1=2 2=3', [3, 3, 1])).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await codeFor('Pooling out 1 1 data out 0=0 1=2 2=3', [5, 5, 1])).toBe('accepted');
    expect(await codeFor('Pooling out 1 1 data out 0=0 1=2 3=2 5=1')).toBe('BAD_ATTRIBUTE');
    expect(await codeFor('Pooling out 1 1 data out 0=0 1=2 5=2 3=1')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await codeFor('Pooling out 1 1 data out 0=1 7=1 8=2')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await codeFor('Pooling out 1 1 data out 0=2 1=2')).toBe('BAD_PARAMETER');
    expect(await codeFor('Pooling out 1 1 data out 0=0')).toBe('BAD_PARAMETER');
    expect(await codeFor('Pooling out 1 1 data out 0=0 1=4 5=1')).toBe('NODE_SHAPE');
  });
});

describe('Softmax', () => {
  const third = Math.log(3);

  it('counts the axis from the channels on, or from the columns back', () => {
    const data = [0, third, 0, 0, third, 0, 0, 0];
    const along = (keys: string) => layer(`Softmax out 1 1 data out ${keys}`, [2, 2, 2], data).data;
    const close = (found: number[], expected: number[]) => {
      expected.forEach((value, index) => {
        expect(found[index]!).toBeCloseTo(value, 7);
      });
    };
    close(along('0=0'), [0.25, 0.75, 0.5, 0.5, 0.75, 0.25, 0.5, 0.5]);
    close(along('0=1 1=1'), [0.5, 0.75, 0.5, 0.25, 0.75, 0.5, 0.25, 0.5]);
    close(along('0=2 1=1'), [0.25, 0.75, 0.5, 0.5, 0.75, 0.25, 0.5, 0.5]);
    expect(along('0=-1 1=1')).toEqual(along('0=2 1=1'));
    expect(along('0=-3 1=1')).toEqual(along('0=0'));
  });

  it('refuses other axes of old converters, and axes that are not there', async () => {
    expect(await codeFor('Softmax out 1 1 data out 0=1')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await codeFor('Softmax out 1 1 data out 0=1 1=1')).toBe('accepted');
    expect(await codeFor('Softmax out 1 1 data out 0=3 1=1')).toBe('NODE_SHAPE');
    expect(await codeFor('Softmax out 1 1 data out 0=9 1=1')).toBe('BAD_PARAMETER');
  });
});

it('Sigmoid', () => {
  const { data } = layer('Sigmoid out 1 1 data out', [3, 1, 1], [0, Math.log(3), -Math.log(4)]);
  expect(data[0]).toBe(0.5);
  expect(data[1]).toBeCloseTo(0.75, 7);
  expect(data[2]).toBeCloseTo(0.2, 7);
});

describe('Concat and Slice', () => {
  it('join along channels by default, and along the axis of parameter 0', () => {
    const joined = (keys: string) => {
      const lines = [image(2, 1, 2), 'Split s 1 2 data a b', `Concat out 2 1 a b out ${keys}`];
      return run(lines, bin(), [1, 2, 3, 4]);
    };
    expect(joined('')).toEqual({ shape: [1, 4, 1, 2], data: [1, 2, 3, 4, 1, 2, 3, 4] });
    expect(joined('0=1')).toEqual({ shape: [1, 2, 2, 2], data: [1, 2, 1, 2, 3, 4, 3, 4] });
    expect(joined('0=-1')).toEqual({ shape: [1, 2, 1, 4], data: [1, 2, 1, 2, 3, 4, 3, 4] });
    expect(layer('Concat out 1 1 data out', [2, 1, 1], [1, 2]).data).toEqual([1, 2]);
  });

  it('cut by lengths, by equal shares and by places, each part under its blob’s name', () => {
    const channels = [1, 2, 3, 4, 5];
    const parts = (outputs: string, keys: string, which: string) => {
      const lines = [image(1, 1, 5), `Slice cut 1 ${outputs.split(' ').length} data ${outputs} ${keys}`];
      return run([...lines, `ReLU r 1 1 ${which} r`], bin(), channels);
    };
    expect(parts('a b', '-23300=2,2,3', 'b')).toEqual({ shape: [1, 2, 1, 1], data: [1, 2] });
    const shares = (which: string) => parts('a b c', '-23300=3,-233,-233,-233', which);
    const graph = [...importPair(param(image(1, 1, 5), 'Slice cut 1 2 data a b -23300=2,2,3')).graphs.values()][0]!;
    expect(graph.outputs).toEqual(['a', 'b']);
    expect(shares('b').data).toEqual([1]);
    expect(shares('a').data).toEqual([2, 3]);
    expect(parts('a b c', '-23302=2,1,-2', 'a').data).toEqual([2, 3]);
  });

  it('cut along rows', () => {
    const cut = run([image(3, 3, 1), 'Slice cut 1 2 data a b -23300=2,1,-233 1=1'], bin(), oneToNine);
    expect(cut).toEqual({ shape: [1, 1, 1, 3], data: [1, 2, 3] });
  });

  it('refuse parts that do not fit', async () => {
    expect(await codeFor('Slice cut 1 2 data a b -23300=2,1,3 1=1')).toBe('NODE_SHAPE');
    expect(await codeFor('Slice cut 1 2 data a b -23300=2,0,3 1=1')).toBe('NODE_SHAPE');
    expect(await codeFor('Slice cut 1 2 data a b -23300=2,1.5,1 1=1')).toBe('NODE_SHAPE');
    expect(await codeFor('Slice cut 1 2 data a b -23300=1,3 1=1')).toBe('BAD_PARAMETER');
    expect(await codeFor('Slice cut 1 2 data a b -23302=2,1,2 1=1')).toBe('BAD_PARAMETER');
  });
});

describe('Permute', () => {
  it('orders axes by type: the new width, height and channels', () => {
    // Width 3, height 2, channels 1; the element at row y and column x is 3 · y + x + 1.
    const permuted = (type: number) => layer(`Permute out 1 1 data out 0=${type}`, [3, 2, 1], [1, 2, 3, 4, 5, 6]);
    expect(permuted(0)).toEqual({ shape: [1, 1, 2, 3], data: [1, 2, 3, 4, 5, 6] });
    expect(permuted(1)).toEqual({ shape: [1, 1, 3, 2], data: [1, 4, 2, 5, 3, 6] });
    expect(permuted(2)).toEqual({ shape: [1, 2, 1, 3], data: [1, 2, 3, 4, 5, 6] });
    expect(permuted(3)).toEqual({ shape: [1, 2, 3, 1], data: [1, 2, 3, 4, 5, 6] });
    expect(permuted(4)).toEqual({ shape: [1, 3, 1, 2], data: [1, 4, 2, 5, 3, 6] });
    expect(permuted(5)).toEqual({ shape: [1, 3, 2, 1], data: [1, 4, 2, 5, 3, 6] });
  });

  it('transposes two axes and refuses orders of four', async () => {
    const lines = ['Input data 0 1 data 0=2 1=3', 'Permute out 1 1 data out 0=1'];
    expect(run(lines, bin(), [1, 2, 3, 4, 5, 6])).toEqual({ shape: [1, 2, 3], data: [1, 3, 5, 2, 4, 6] });
    expect(await codeOf(() => importPair(param(lines[0]!, 'Permute out 1 1 data out 0=3')))).toBe('NODE_SHAPE');
    expect(await codeFor('Permute out 1 1 data out 0=6')).toBe('UNSUPPORTED_ATTRIBUTE');
  });
});

it('ShuffleChannel interleaves groups, or undoes it', async () => {
  const shuffled = (keys: string) =>
    layer(`ShuffleChannel out 1 1 data out ${keys}`, [1, 1, 6], [1, 2, 3, 4, 5, 6]).data;
  expect(shuffled('0=2')).toEqual([1, 4, 2, 5, 3, 6]);
  expect(shuffled('0=3')).toEqual([1, 3, 5, 2, 4, 6]);
  expect(shuffled('0=2 1=1')).toEqual([1, 3, 5, 2, 4, 6]);
  expect(await codeFor('ShuffleChannel out 1 1 data out 0=4', [1, 1, 6])).toBe('BAD_PARAMETER');
});

describe('Padding', () => {
  it('takes top, bottom, left, right, the way and the constant', () => {
    const padded = (keys: string) => layer(`Padding out 1 1 data out ${keys}`, [2, 2, 1], [1, 2, 3, 4]);
    expect(padded('0=1 5=9')).toEqual({ shape: [1, 1, 3, 2], data: [9, 9, 1, 2, 3, 4] });
    expect(padded('1=1')).toEqual({ shape: [1, 1, 3, 2], data: [1, 2, 3, 4, 0, 0] });
    expect(padded('2=1 3=2 4=1')).toEqual({ shape: [1, 1, 2, 5], data: [1, 1, 2, 2, 2, 3, 3, 4, 4, 4] });
    expect(padded('0=1 3=1 4=2')).toEqual({ shape: [1, 1, 3, 3], data: [3, 4, 3, 1, 2, 1, 3, 4, 3] });
    expect(padded('')).toEqual({ shape: [1, 1, 2, 2], data: [1, 2, 3, 4] });
  });

  it('adds channels of the constant before and behind, also more than there are', () => {
    const padded = (keys: string) => layer(`Padding out 1 1 data out ${keys}`, [1, 1, 2], [1, 2]);
    expect(padded('8=1')).toEqual({ shape: [1, 3, 1, 1], data: [1, 2, 0] });
    expect(padded('7=1 8=5 5=7')).toEqual({ shape: [1, 8, 1, 1], data: [7, 1, 2, 7, 7, 7, 7, 7] });
    expect(padded('3=1 8=1')).toEqual({ shape: [1, 3, 1, 2], data: [1, 0, 2, 0, 0, 0] });
  });

  it('refuses what it cannot say', async () => {
    expect(await codeFor('Padding out 1 1 data out 0=1 6=3')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await codeFor('Padding out 1 1 data out 7=1 4=1')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await codeFor('Padding out 1 1 data out 0=-1')).toBe('BAD_PARAMETER');
    expect(await codeFor('Padding out 1 1 data out 0=3 4=2')).toBe('NODE_SHAPE');
  });
});

describe('Interp', () => {
  const resized = (keys: string, data = [1, 2, 3, 4]) =>
    layer(`Interp out 1 1 data out ${keys}`, [data.length, 1, 1], data);

  it('takes the nearest pixel to the left', () => {
    expect(resized('0=1 2=2')).toEqual({ shape: [1, 1, 1, 8], data: [1, 1, 2, 2, 3, 3, 4, 4] });
    expect(resized('0=1 3=1 4=3').data).toEqual([1, 2, 3]);
    expect(resized('0=1 2=0.5').data).toEqual([1, 3]);
  });

  it('interpolates between pixel centres, or between corners where parameter 6 is 1', () => {
    expect(resized('0=2 2=2', [0, 4]).data).toEqual([0, 1, 3, 4]);
    expect(resized('0=2 3=1 4=3 6=1', [0, 4]).data).toEqual([0, 2, 4]);
    // 3 columns by 1.5 are 4: the steps follow from both lengths, 3 / 4, and not from the scale.
    expect(resized('0=2 2=1.5', [0, 8, 16]).data).toEqual([0, 5, 11, 16]);
  });

  it('refuses other ways and sizes from elsewhere', async () => {
    expect(await codeFor('Interp out 1 1 data out 0=3 2=2')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await codeFor('Interp out 1 1 data out 0=1 5=1')).toBe('UNSUPPORTED_ATTRIBUTE');
    expect(await codeFor('Interp out 1 1 data out 0=1 3=2')).toBe('BAD_PARAMETER');
    expect(await codeFor('Interp out 1 1 data out 0=1 2=-1')).toBe('BAD_PARAMETER');
    expect(await codeFor('Interp out 1 1 data out 0=1 1=0.1')).toBe('NODE_SHAPE');
  });
});

it('InnerProduct after an image reads channels, rows, columns', () => {
  const lines = [image(2, 1, 2), 'Pooling p 1 1 data p 0=0 1=1', 'InnerProduct out 1 1 p out 0=1 1=1 2=4'];
  expect(run(lines, bin(tagged(1, 10, 100, 1000), plain(0.5)), [1, 2, 3, 4]).data).toEqual([4321.5]);
});
