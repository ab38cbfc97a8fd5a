/** CFP's lists as they are published: numbered images, pairs of numbers, and lines that are refused. */
import { describe, expect, it } from 'vitest';
import { parseCfpImages, parseCfpPairs } from '../../src/evaluation/cfpProtocol.js';
import { codeOf } from '../formats/codeOf.js';

const FRONTAL = '1 ../Data/Images/001/frontal/01.jpg\r\n2 ../Data/Images/001/frontal/02.jpg\r\n\r\n';
const PROFILE = '1 ../Data/Images/001/profile/01.jpg\n3 ../Data/Images/002/profile/04.jpg';

describe('parseCfpImages', () => {
  it('numbers paths below the folder of the images', () => {
    expect([...parseCfpImages(FRONTAL, 'F')]).toEqual([
      [1, '001/frontal/01.jpg'],
      [2, '001/frontal/02.jpg'],
    ]);
  });

  it.each([
    ['PAIRS_FIELDS', '../Data/Images/001/frontal/01.jpg'],
    ['PAIRS_FIELDS', '1'],
    ['PAIRS_NAME', '1 frontal/01.jpg'],
    ['PAIRS_NAME', '1 ../Data/../../01.jpg'],
    ['PAIRS_NAME', '1 a/b\\c/01.jpg'],
    ['PAIRS_COUNT', '\n'],
  ])('refuses with %s: %j', async (code, text) => {
    expect(await codeOf(() => parseCfpImages(text, 'F'))).toBe(code);
  });
});

describe('parseCfpPairs', () => {
  const lists = [parseCfpImages(FRONTAL, 'F'), parseCfpImages(PROFILE, 'P')] as const;

  it('takes the first number from the first list and the second from the second', () => {
    expect(parseCfpPairs('1,3\n2, 1\n', 'same.txt', lists)).toEqual([
      { a: '001/frontal/01.jpg', b: '002/profile/04.jpg' },
      { a: '001/frontal/02.jpg', b: '001/profile/01.jpg' },
    ]);
  });

  it.each([
    ['PAIRS_FIELDS', '1 3'],
    ['PAIRS_FIELDS', '1,3,1'],
    ['PAIRS_NUMBER', '3,1'],
    ['PAIRS_NUMBER', '1,2'],
    ['PAIRS_COUNT', ''],
  ])('refuses with %s: %j', async (code, text) => {
    expect(await codeOf(() => parseCfpPairs(text, 'same.txt', lists))).toBe(code);
  });
});
