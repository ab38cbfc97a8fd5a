/** Pair lists as text: LFW's `pairs.txt`, or lines of two paths and whether they show one person (AgeDB-30, CFP …). */
import { InputError } from '../errors.js';
import { pairImagePath, parsePairs } from './pairs.js';

/** Two images of a benchmark by their paths below its folder, `/` between the parts. */
export interface PathPair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
  /** From 0. */
  readonly fold: number;
}

/** A list of pairs of images by their paths, and the number of its folds. */
export interface PathPairList {
  readonly folds: number;
  readonly pairs: readonly PathPair[];
}

/** Folds of lists that do not say how many they have, as the protocols of AgeDB-30 and CFP do. */
export const DEFAULT_FOLDS = 10;

/** Pairs that a list may hold. */
const MOST_PAIRS = 1 << 20;

/** How lists write that a pair shows one person, or two. */
const LABELS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['0', false],
  ['-1', false],
  ['false', false],
]);

/** The fold of the `index`-th of `count` pairs: neighbours, the first folds longer by one where it does not divide. */
export function foldOf(index: number, count: number, folds: number): number {
  const longer = count % folds;
  const length = Math.floor(count / folds);
  const inLonger = longer * (length + 1);
  return index < inLonger ? Math.floor(index / (length + 1)) : longer + Math.floor((index - inLonger) / length);
}

/** Splits at tabs, at commas or at white space: the first of these that a line has. */
function splitFields(line: string): string[] {
  const separator = line.includes('\t') ? '\t' : line.includes(',') ? ',' : /\s+/;
  return line
    .trim()
    .split(separator)
    .map((field) => field.trim());
}

/** Paths must not be able to leave the benchmark's folder. */
function readPath(field: string, where: string): string {
  const path = field.replace(/^\.\//, '');
  const parts = path.split('/');
  if (path !== '' && !/[\\\0]/.test(path) && parts.every((part) => part !== '' && part !== '.' && part !== '..')) {
    return path;
  }
  const found = JSON.stringify(field.slice(0, 60));
  throw new InputError('PAIRS_NAME', `${where}: a path is ${found}; accepted are paths below the images' folder.`);
}

function readLine(line: string, where: string): Omit<PathPair, 'fold'> {
  const fields = splitFields(line);
  if (fields.length !== 3) {
    const found = `${fields.length} fields`;
    throw new InputError(
      'PAIRS_FIELDS',
      `${where}: has ${found}; due are two paths and 1 or 0, or 1 or 0 before them.`,
    );
  }
  const [first, second, third] = fields as [string, string, string];
  const same = LABELS.get(third.toLowerCase()) ?? LABELS.get(first.toLowerCase());
  if (same === undefined) {
    const found = JSON.stringify(third.slice(0, 40));
    throw new InputError('PAIRS_LABEL', `${where}: ends with ${found}; accepted are 1, true, 0, -1 and false.`);
  }
  const [a, b] = LABELS.has(third.toLowerCase()) ? [first, second] : [second, third];
  return { a: readPath(a, where), b: readPath(b, where), same };
}

function parsePaths(text: string, where: string, folds: number): PathPairList {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const pairs = lines.flatMap((line, index) =>
    line.trim() === '' || line.trimStart().startsWith('#') ? [] : [readLine(line, `${where}, line ${index + 1}`)],
  );
  if (pairs.length < folds || pairs.length > MOST_PAIRS) {
    const accepted = `${folds}, one a fold, to ${MOST_PAIRS} are accepted`;
    throw new InputError('PAIRS_COUNT', `${where}: has ${pairs.length} pairs; ${accepted}.`);
  }
  return { folds, pairs: pairs.map((pair, index) => ({ ...pair, fold: foldOf(index, pairs.length, folds) })) };
}

/** LFW's header, "folds pairs" or "pairs", which no line of paths can be. */
const LFW_HEADER = /^\ufeff?\s*\d+(\s+\d+)?\s*$/;

/**
 * Parses a pair list of either form. LFW's says itself which pair is in which fold; a list of paths is cut into
 * `folds` neighbouring parts. LFW's images get LFW's paths with the ending `.jpg`. Throws InputError: what `parsePairs`
 * throws, PAIRS_FIELDS, PAIRS_LABEL or PAIRS_NAME with the line's number, or PAIRS_COUNT.
 */
export function parsePairList(text: string, where: string, folds = DEFAULT_FOLDS): PathPairList {
  const [header = ''] = text.split('\n', 1);
  if (!LFW_HEADER.test(header)) return parsePaths(text, where, folds);
  const list = parsePairs(text, where);
  const pairs = list.pairs.map(({ a, b, same, fold }) => ({ a: pairImagePath(a), b: pairImagePath(b), same, fold }));
  return { folds: list.folds, pairs };
}
