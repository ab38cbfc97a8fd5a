import { describe, expect, it } from 'vitest';
import { parseParam } from '../../../src/formats/ncnn/parseParam.js';
import { codeOf } from '../codeOf.js';
import { param } from './files.js';

const INPUT = 'Input data 0 1 data 0=3 1=2 2=1';
const parseCode = (text: string) => codeOf(() => parseParam(text, 'net.param'));

describe('parseParam', () => {
  it('reads types, names, blobs, numbers and arrays', () => {
    const text = `7767517\r\n3 4\r\n${INPUT}\r\n\r\nSplit  s 1 2 data a b\r\nNew n 2 1 a b c 0=-1.5e2 1=.5 -23303=3,1,2.0,-3 4=1.0,2 5=hello -23306=0\r\n`;
    const [, split, last] = parseParam(text, 'net.param');
    expect(split).toMatchObject({ type: 'Split', name: 's', inputs: ['data'], outputs: ['a', 'b'], line: 5 });
    expect(last).toMatchObject({ type: 'New', inputs: ['a', 'b'], outputs: ['c'], line: 6 });
    expect([...last!.parameters]).toEqual([
      [0, -150],
      [1, 0.5],
      [3, [1, 2, -3]],
      [4, [1, 2]],
      [5, 'hello'],
      [6, []],
    ]);
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'BAD_MAGIC'],
    ['a text', 'hello\nworld\n', 'BAD_MAGIC'],
    ['another magic', `7767518\n1 1\n${INPUT}\n`, 'BAD_MAGIC'],
    ['a file without magic', `1 1\n${INPUT}\n`, 'BAD_MAGIC'],
    ['no counts', '7767517\n', 'BAD_COUNTS'],
    ['counts that are no numbers', `7767517\n1 x\n${INPUT}\n`, 'BAD_COUNTS'],
    ['one layer too few', `7767517\n2 2\n${INPUT}\n`, 'BAD_COUNTS'],
    ['one layer too many', `7767517\n1 2\n${INPUT}\nReLU r 1 1 data out\n`, 'BAD_COUNTS'],
    ['a wrong blob count', `7767517\n1 2\n${INPUT}\n`, 'BAD_COUNTS'],
    ['a claim of 999,999,999 layers', `7767517\n999999999 1\n${INPUT}\n`, 'BAD_COUNTS'],
    ['no layers', '7767517\n0 0\n', 'BAD_COUNTS'],
    ['too few words', '7767517\n1 1\nInput data\n', 'BAD_LAYER'],
    ['a count of text', '7767517\n1 1\nInput data x 1 data\n', 'BAD_LAYER'],
    ['more blobs claimed than named', '7767517\n1 1\nInput data 0 3 data\n', 'BAD_LAYER'],
    ['a parameter in a blob’s place', '7767517\n1 2\nInput data 0 2 data 0=3\n', 'BAD_LAYER'],
    ['10⁹ blobs claimed', '7767517\n1 1\nInput data 0 999999999 data\n', 'BAD_LAYER'],
    ['a word that is no parameter', param(`${INPUT} hello`), 'BAD_LAYER'],
    ['a key without value', param(`${INPUT} 3=`), 'BAD_LAYER'],
    ['a key that is out of range', param(`${INPUT} 64=1`), 'BAD_LAYER'],
    ['a negative key', param(`${INPUT} -5=1`), 'BAD_LAYER'],
    ['a key twice', param(`${INPUT} 0=3`), 'BAD_LAYER'],
    ['an array that is shorter than it says', param(`${INPUT} -23305=3,1,2`), 'BAD_LAYER'],
    ['an array of 10⁹', param(`${INPUT} -23305=999999999,1`), 'BAD_LAYER'],
    ['an array of texts', param(`${INPUT} -23305=1,x`), 'BAD_LAYER'],
    ['a name of 300 letters', param(`Input ${'x'.repeat(300)} 0 1 data`), 'BAD_LAYER'],
    ['a blob that nothing defines', param(INPUT, 'ReLU r 1 1 other out'), 'UNDEFINED_BLOB'],
    ['a blob used before it exists', param(INPUT, 'ReLU a 1 1 late early', 'ReLU b 1 1 data late'), 'UNDEFINED_BLOB'],
    ['a cycle', param(INPUT, 'Eltwise a 2 1 data y x 0=1', 'ReLU b 1 1 x y'), 'UNDEFINED_BLOB'],
    ['a layer that reads itself', param(INPUT, 'ReLU a 1 1 x x'), 'UNDEFINED_BLOB'],
    ['a blob defined twice', param(INPUT, 'ReLU r 1 1 data data'), 'DUPLICATE_NAME'],
    ['a layer’s name twice', param(INPUT, 'ReLU data 1 1 data out'), 'DUPLICATE_NAME'],
  ])('refuses %s', async (_name, text, code) => {
    expect(await parseCode(text)).toBe(code);
  });

  it('names file, line and layer', () => {
    expect(() => parseParam(param(INPUT, 'Eltwise a 2 1 data y x 0=1', 'ReLU b 1 1 x y'), 'net.param')).toThrow(
      'net.param, line 4, layer "a" (Eltwise): reads "y", which line 5 defines: a cycle or a wrong order',
    );
  });

  it('takes blobs and layers named like properties of objects', () => {
    const layers = parseParam(param('Input __proto__ 0 1 constructor', 'ReLU toString 1 1 constructor valueOf'), 'net');
    expect(layers.map(({ name }) => name)).toEqual(['__proto__', 'toString']);
  });
});
