/** insightface's lists: pickles of every protocol as Python writes them, and programs that are refused. */
import { describe, expect, it } from 'vitest';
import { parsePairBin } from '../../src/evaluation/pairBin.js';
import { codeOf } from '../formats/codeOf.js';
import { pickles } from './pickles.js';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const EXPECTED = { images: ['first', 'x'.repeat(300), '', 'last'].map((text) => text.split('')), same: [true, false] };

describe('parsePairBin', () => {
  it.each(Object.entries(pickles))('reads what %s writes', (_, pickle) => {
    const { images, same } = parsePairBin(pickle, 'list.bin');
    const texts = images.map((image) => [...image].map((byte) => String.fromCharCode(byte)));
    expect({ images: texts, same }).toEqual(EXPECTED);
  });

  it('copies nothing', () => {
    const pickle = pickles['Python 3, protocol 4']!;
    expect(parsePairBin(pickle, 'list.bin').images[0]!.buffer).toBe(pickle.buffer);
  });

  it('takes an image that stands twice, and truth values written as numbers', () => {
    const { images, same } = parsePairBin(bytes('\x80\x02]q\0(U\x01aq\x01h\x01e]K\x01a\x86.'), 'list.bin');
    expect([images.length, images[0] === images[1], same]).toEqual([2, true, [true]]);
  });

  it.each([
    ['BAD_PICKLE', 'a global, which Python would import and call', '\x80\x02cos\nsystem\n(U\x02lstR.'],
    ['BAD_PICKLE', 'protocol 0', '(lp0\n.'],
    ['BAD_PICKLE', 'protocol 6', '\x80\x06].'],
    ['BAD_PICKLE', 'a dictionary', '\x80\x02}.'],
    ['BAD_PICKLE', 'an empty stack', '\x80\x02.'],
    ['BAD_PICKLE', 'two values', '\x80\x02]].'],
    ['BAD_PICKLE', 'a mark that is not open', '\x80\x02]e.'],
    ['BAD_PICKLE', 'a value never remembered', '\x80\x02h\x05.'],
    ['BAD_PICKLE', 'an append to bytes', '\x80\x02U\x01ah\x00a.'],
    ['BAD_PICKLE', 'a list in itself', '\x80\x02]q\0h\0a.'],
    ['BAD_PICKLE', 'marks without end', `\x80\x02${'('.repeat(100)}.`],
    ['BAD_PICKLE', 'a number for an image', '\x80\x02](K\x01K\x00e]\x88a\x86.'],
    ['BAD_PICKLE', 'bytes for a truth value', '\x80\x02](U\x01aU\x01be]U\x01ca\x86.'],
    ['BAD_PICKLE', 'the number 2', '\x80\x02]K\x02a.'],
    ['BAD_PICKLE', 'bytes alone', '\x80\x02U\x01a.'],
    ['PAIRS_COUNT', 'no pairs', '\x80\x02]]\x86.'],
    ['PAIRS_COUNT', 'one image for a pair', '\x80\x02]U\x01aa]\x88a\x86.'],
    ['PICKLE_TRUNCATED', 'no end', '\x80\x02]'],
    ['PICKLE_TRUNCATED', 'more bytes than there are', '\x80\x02B\xff\xff\xff\x7fabc.'],
    ['PICKLE_TRUNCATED', '2⁶⁴ − 1 bytes', '\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc.'],
  ])('%s: %s', async (code, _, text) => {
    expect(await codeOf(() => parsePairBin(bytes(text), 'list.bin'))).toBe(code);
  });

  it('is refused wherever it is cut', async () => {
    for (const pickle of Object.values(pickles)) {
      for (let length = 0; length < pickle.length; length++) {
        const code = await codeOf(() => parsePairBin(pickle.slice(0, length), 'list.bin'));
        expect(['PICKLE_TRUNCATED', 'BAD_PICKLE']).toContain(code);
      }
    }
  });
});
