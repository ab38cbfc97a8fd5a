/**
 * Property-test body for pair lists: texts damaged by someone who knows the format. No test framework here, so that
 * long runs can use it from the command line.
 */
import fc from 'fast-check';
import { pairImagePath, parsePairs } from '../../src/face/pairs.js';
import type { HostileSuite } from '../formats/hostile.js';

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

/** All suites of the face storey. */
export const faceSuites: readonly HostileSuite[] = [
  {
    name: 'pairs',
    cases: fc.tuple(lists, edits).map(([list, changes]) => {
      const tokens = writeList(list);
      for (const change of changes) editTokens(tokens, change);
      const text = tokens.join('');
      return { label: JSON.stringify(text), feed: () => feed(text) };
    }),
  },
];
