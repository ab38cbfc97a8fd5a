/** CSV files of attributes, and their groups. */
import { describe, expect, it } from 'vitest';
import { attributesOf, numberAttribute, parseAttributes, textAttribute } from '../../src/evaluation/attributes.js';
import { groupingOf, groupRates } from '../../src/evaluation/groups.js';
import { wilsonInterval } from '../../src/evaluation/operatingPoint.js';
import { codeOf } from '../formats/codeOf.js';

const parse = (text: string) => parseAttributes(text, 'people.csv');

describe('parseAttributes', () => {
  it('reads rows, quoted fields, and any line ends', () => {
    const { of, names, rows } = parse('\ufeffperson,"skin, tone",note\r\n"Ann ""B""",dark,"two\nlines"\r\nBob,,x\n\n');
    expect([of, names]).toEqual(['person', ['skin, tone', 'note']]);
    expect([...rows]).toEqual([
      ['Ann "B"', ['dark', 'two\nlines']],
      ['Bob', ['', 'x']],
    ]);
  });

  it.each([
    ['nothing', ''],
    ['another first column', 'name,age\nann,3\n'],
    ['no attribute', 'person\nann\n'],
    ['an attribute without a name', 'person,\nann,3\n'],
    ['an attribute twice', 'person,age,age\nann,3,4\n'],
    ['a row that is short', 'person,age,sex\nann,3\n'],
    ['a row that is long', 'person,age\nann,3,4\n'],
    ['somebody twice', 'person,age\nann,3\nann,4\n'],
    ['a quote inside a field', 'person,age\nan"n,3\n'],
    ['a quote that is not closed', 'person,age\n"ann,3\n'],
    ['text after a quoted field', 'person,age\n"ann"x,3\n'],
  ])('refuses %s', async (_, text) => {
    expect(await codeOf(() => parse(text))).toBe('BAD_CSV');
  });

  it('names the place', () => {
    expect(() => parse('person,age\nann,3\nbob\n')).toThrow(
      'people.csv, record 3: has 1 fields; accepted is as many as the first line has: 2.',
    );
  });
});

describe('attributesOf', () => {
  const pictures = [
    { image: 'ann/1.jpg', person: 'ann' },
    { image: 'bob/1.jpg', person: 'bob' },
    { image: 'cid/1.jpg', person: 'cid' },
  ];

  it('finds values by person or by image; who is not in the file, or has no value, is unknown', () => {
    expect(attributesOf(parse('person,sex\nbob,m\nann,\n'), pictures, 'x')).toEqual([
      { name: 'sex', values: [undefined, 'm', undefined] },
    ]);
    expect(attributesOf(parse('image,light\ncid/1.jpg,dim\n'), pictures, 'x')[0]!.values[2]).toBe('dim');
  });

  it('refuses a file that knows none of them', async () => {
    expect(() => attributesOf(parse('person,sex\nBob,m\n'), pictures, 'people.csv')).toThrow(
      'people.csv: knows none of the pictures: its first one names "Bob"; accepted is one like "ann".',
    );
  });

  it('cuts many numbers into quarters, and keeps few', () => {
    const { values } = numberAttribute(
      'age',
      Array.from({ length: 40 }, (_, age) => age),
    );
    expect([...new Set(values)]).toEqual([
      'quarter 1: 0 to 9',
      'quarter 2: 10 to 19',
      'quarter 3: 20 to 29',
      'quarter 4: 30 to 39',
    ]);
    expect(values.filter((value) => value === values[0])).toHaveLength(10);
    expect(textAttribute('shoe', ['38', '39', '', '38']).values).toEqual(['38', '39', undefined, '38']);
    const skewed = numberAttribute('x', [
      ...Array<number>(50).fill(0),
      ...Array.from({ length: 20 }, (_, x) => x),
    ]).values;
    expect(skewed.every((value) => value !== undefined && value !== '')).toBe(true);
  });

  it('refuses too many texts', async () => {
    const values = Array.from({ length: 65 }, (_, index) => `v${index}`);
    expect(await codeOf(() => textAttribute('name', values))).toBe('TOO_MANY_GROUPS');
  });
});

describe('groupRates', () => {
  it('counts pairs whose two pictures are in a group', () => {
    const attributes = [{ name: 'light', values: ['dim', 'dim', 'bright', undefined, 'dim'] }];
    expect(groupingOf(attributes[0]!).groups).toEqual(['bright', 'dim']);
    const pairs = [
      { score: 0.9, same: true, pictures: [0, 1] as const },
      { score: 0.1, same: true, pictures: [1, 4] as const },
      { score: 0.8, same: false, pictures: [0, 4] as const },
      { score: 0.9, same: true, pictures: [0, 2] as const },
      { score: 0.9, same: true, pictures: [3, 3] as const },
    ];
    const [bright, dim] = groupRates(pairs, attributes, 0.5);
    expect(bright).toMatchObject({ group: 'bright', samePairs: 0, trueAcceptInterval: [0, 1], differentPairs: 0 });
    expect(dim).toEqual({
      attribute: 'light',
      group: 'dim',
      samePairs: 2,
      trueAccepts: 1,
      trueAcceptRate: 0.5,
      trueAcceptInterval: wilsonInterval(1, 2),
      differentPairs: 1,
      falseAccepts: 1,
      falseAcceptRate: 1,
      falseAcceptInterval: wilsonInterval(1, 1),
    });
  });
});
