/**
 * Property-test bodies for lists of pairs, pickled ones too, damaged by someone who knows the formats. No test framework
 * here, so that long runs can use them from the command line.
 */
import fc from 'fast-check';
import { parsePairBin } from '../../src/evaluation/pairBin.js';
import { parsePairList } from '../../src/evaluation/pairList.js';
import { pairImagePath, parsePairs } from '../../src/evaluation/pairs.js';
import { editBytes, edits as fileEdits } from '../formats/damage.js';
import type { HostileSuite } from '../formats/hostile.js';
import { pickles } from './pickles.js';

const FIELDS = [
  '0',
  '1',
  '2',
  '-1',
  '1e9',
  '999999',
  '1000000',
  '9007199254740993',
  '٣',
  'Ann',
  '',
  '..',
  '../Ann',
  'A\\B',
];
const SEPARATORS = ['\t', ' ', '\n', '\r\n', '\0', '\u2028', '\ufeff', '/', '\ud800'];

/** A sound list: its folds and pairs, as lines of fields. */
const lists = fc.record({ folds: fc.integer({ min: 1, max: 3 }), pairs: fc.integer({ min: 1, max: 3 }) });

function writeList({ folds, pairs }: { folds: number; pairs: number }): string[] {
  const tokens = [`${folds}`, '\t', `${pairs}`, '\n'];
  for (let fold = 0; fold < folds; fold++) {
    for (let pair = 0; pair < pairs; pair++) tokens.push(`P${pair}`, '\t', '1', '\t', `${fold + 2}`, '\n');
    for (let pair = 0; pair < pairs; pair++) tokens.push(`P${pair}`, '\t', '1', '\t', `Q${fold}`, '\t', '1', '\n');
  }
  return tokens;
}

const edits = fc.array(fc.record({ at: fc.nat(1 << 20), kind: fc.nat(1 << 10), word: fc.nat(1 << 20) }), {
  maxLength: 3,
});

function editTokens(tokens: string[], { at, kind, word }: { at: number; kind: number; word: number }): void {
  const index = at % Math.max(tokens.length, 1);
  const other = word % Math.max(tokens.length, 1);
  const words = [...FIELDS, ...SEPARATORS];
  const changes = [
    () => tokens.splice(index, 1, words[word % words.length]!),
    () => tokens.splice(index, 1),
    () => tokens.splice(index, 0, words[word % words.length]!),
    () => tokens.splice(index, 1, tokens[other] ?? ''),
    () => tokens.splice(index, word % 20),
    () => tokens.splice(index, 0, ...tokens.slice(other, other + 20)),
  ];
  changes[kind % changes.length]!();
}

function require(condition: boolean, what: string): void {
  if (!condition) throw new Error(`accepted although ${what}`);
}

function feed(text: string): void {
  const { folds, pairsPerClass, pairs } = parsePairs(text, 'hostile.txt');
  require(pairs.length === folds * pairsPerClass * 2, `it has ${pairs.length} pairs`);
  for (let fold = 0; fold < folds; fold++) {
    for (const same of [true, false]) {
      const count = pairs.filter((pair) => pair.fold === fold && pair.same === same).length;
      require(count === pairsPerClass, `fold ${fold} has ${count} pairs of a class`);
    }
  }
  for (const { a, b, same } of pairs) {
    require((a.person === b.person) === same, `${a.person} and ${b.person} are of the wrong class`);
    for (const image of [a, b]) {
      const path = pairImagePath(image);
      require(path.split('/').length === 2 &&
        !path.startsWith('../') &&
        !path.includes('\0'), `${path} leads elsewhere`);
    }
  }
}

/** Opcodes and operands that a pickle's bytes are replaced by. */
const PICKLE_WORDS = '\x80 \x95 ( ] l e a t \x86 \x88 \x89 K U C T B \x8e \x96 q r \x94 h j . c R } \0 \x01 \xff'.split(
  ' ',
);

function editPickle(bytes: Uint8Array, list: readonly { at: number; kind: number; word: number }[]): Uint8Array {
  let damaged = bytes;
  for (const edit of list) {
    const at = edit.at % Math.max(1, damaged.length);
    const word = PICKLE_WORDS[edit.word % PICKLE_WORDS.length]!.charCodeAt(0);
    const rest = edit.kind % 2 === 0 ? damaged.subarray(at + 1) : damaged.subarray(at);
    damaged = Uint8Array.from([...damaged.subarray(0, at), word, ...rest]);
  }
  return damaged;
}

const binSuite: HostileSuite = {
  name: 'pair bin',
  cases: fc
    .tuple(fc.constantFrom(...Object.values(pickles)), fc.boolean(), fileEdits)
    .map(([pickle, byBytes, list]) => {
      const damaged = byBytes ? editBytes(pickle, list) : editPickle(pickle, list);
      return {
        label: JSON.stringify([...damaged.subarray(0, 400)]),
        feed() {
          const { images, same } = parsePairBin(damaged, 'hostile.bin');
          require(images.length === 2 * same.length, `it has ${images.length} images for ${same.length} pairs`);
          require(images.every((image) => image.buffer === damaged.buffer), 'an image was copied');
          require(images.every(({ length }) => length <= damaged.length), 'an image is longer than the list');
        },
      };
    }),
};

function feedList(text: string): void {
  const { folds, pairs } = parsePairList(text, 'hostile.txt', 2);
  require(pairs.length >= folds, `it has ${pairs.length} pairs in ${folds} folds`);
  for (const { a, b, fold } of pairs) {
    require(fold >= 0 && fold < folds, `a pair is in fold ${fold} of ${folds}`);
    for (const path of [a, b]) {
      require(!path.split('/').includes('..') &&
        !path.startsWith('/') &&
        !path.includes('\0'), `${path} leads elsewhere`);
    }
  }
}

const pathSuite: HostileSuite = {
  name: 'path pairs',
  cases: fc.tuple(fc.integer({ min: 2, max: 5 }), edits).map(([count, changes]) => {
    const tokens = Array.from({ length: count }, (_, pair) => [
      `dir/${pair}.jpg`,
      ' ',
      'b.png',
      ' ',
      `${pair % 2}`,
      '\n',
    ]).flat();
    for (const change of changes) editTokens(tokens, change);
    const text = tokens.join('');
    return { label: JSON.stringify(text), feed: () => feedList(text) };
  }),
};

/** Suites of all lists of pairs. */
export const evaluationSuites: readonly HostileSuite[] = [
  {
    name: 'pairs',
    cases: fc.tuple(lists, edits).map(([list, changes]) => {
      const tokens = writeList(list);
      for (const change of changes) editTokens(tokens, change);
      const text = tokens.join('');
      return { label: JSON.stringify(text), feed: () => feed(text) };
    }),
  },
  pathSuite,
  binSuite,
];
