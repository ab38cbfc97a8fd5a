import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pairImagePath, parsePairs } from '../../src/evaluation/pairs.js';
import { codeOf } from '../formats/codeOf.js';

const LFW = fileURLToPath(new URL('../../../shared/faces/pairs.txt', import.meta.url));

const TWO_FOLDS = ['2\t1', 'Ann\t1\t2', 'Ann\t1\tBob\t12', 'Cy\t3\t4', 'Bob\t1\tCy\t2'];

describe('parsePairs', () => {
  it('reads folds, classes and images', () => {
    const { folds, pairsPerClass, pairs } = parsePairs(`${TWO_FOLDS.join('\n')}\n`, 'pairs.txt');
    expect([folds, pairsPerClass]).toEqual([2, 1]);
    expect(pairs.map((pair) => [pairImagePath(pair.a), pairImagePath(pair.b, 'png'), pair.same, pair.fold])).toEqual([
      ['Ann/Ann_0001.jpg', 'Ann/Ann_0002.png', true, 0],
      ['Ann/Ann_0001.jpg', 'Bob/Bob_0012.png', false, 0],
      ['Cy/Cy_0003.jpg', 'Cy/Cy_0004.png', true, 1],
      ['Bob/Bob_0001.jpg', 'Cy/Cy_0002.png', false, 1],
    ]);
  });

  it('takes a header of one number as one fold, other white space, a byte-order mark and Windows’ line ends', () => {
    const { folds, pairsPerClass, pairs } = parsePairs('\ufeff2\r\nA 1 2\r\nA 2 3\r\nA 1 B 1\r\nA 1 C 1\r\n\r\n', 'p');
    expect([folds, pairsPerClass, pairs.length]).toEqual([1, 2, 4]);
    expect(parsePairs('1\nAn Other\t1\t2\nAn Other\t1\tB\t1', 'p').pairs[0]!.a.person).toBe('An Other');
  });

  const wrong: readonly [string, string, string][] = [
    ['PAIRS_NUMBER', 'an empty file', ''],
    ['PAIRS_HEADER', 'a header of three fields', '1\t2\t3'],
    ['PAIRS_NUMBER', 'no folds', '0\t300'],
    ['PAIRS_NUMBER', 'a number of pairs that is none', '10\t3e2'],
    ['PAIRS_NUMBER', 'a number past all bounds', '9007199254740993\t1'],
    ['PAIRS_COUNT', 'too few pairs', TWO_FOLDS.slice(0, 4).join('\n')],
    ['PAIRS_COUNT', 'too many pairs', [...TWO_FOLDS, 'Ann\t1\t3'].join('\n')],
    ['PAIRS_FIELDS', 'classes in another order', [TWO_FOLDS[0], TWO_FOLDS[2], TWO_FOLDS[1]].join('\n')],
    ['PAIRS_FIELDS', 'an empty line among the pairs', [TWO_FOLDS[0], '', ...TWO_FOLDS.slice(1)].join('\n')],
    ['PAIRS_NUMBER', 'image 0', '1\nAnn\t0\t2'],
    ['PAIRS_NUMBER', 'image −1', '1\nAnn\t1\t-1'],
    ['PAIRS_NAME', 'a name that climbs out', '1\n../Ann\t1\t2'],
    ['PAIRS_NAME', 'a name that is the parent folder', '1\n..\t1\t2'],
    ['PAIRS_NAME', 'a name with a backslash', '1\nA\t1\t2\nA\t1\tC:\\B\t1'],
    ['PAIRS_NAME', 'no name', '1\n\t1\t2'],
    ['PAIRS_REPEATED', 'an image and itself', '1\nAnn\t1\t1'],
    ['PAIRS_REPEATED', 'one person as two', '1\nAnn\t1\t2\nAnn\t1\tAnn\t2'],
  ];
  it.each(wrong)('answers %s to %s', async (code, _, text) => {
    expect(await codeOf(() => parsePairs(text, 'pairs.txt'))).toBe(code);
  });

  it('names the line', () => {
    expect(() => parsePairs('1\nAnn\t1\t2\nAnn\tone\tBob\t2', 'pairs.txt')).toThrow(
      'pairs.txt, line 3: image number is "one"; accepted are whole numbers from 1 to 999999.',
    );
  });

  it.skipIf(!existsSync(LFW))('reads LFW’s own list (needs ../shared)', () => {
    const { folds, pairsPerClass, pairs } = parsePairs(readFileSync(LFW, 'utf8'), 'pairs.txt');
    expect([folds, pairsPerClass, pairs.length]).toEqual([10, 300, 6000]);
    expect(new Set(pairs.flatMap(({ a, b }) => [pairImagePath(a), pairImagePath(b)])).size).toBe(7701);
  });
});
