/** Pair lists of LFW's protocol (Huang et al. 2007, `pairs.txt`): which two images are compared, in which fold. */
import { InputError } from '../errors.js';

/** An image of the benchmark: the `number`-th of a person. */
export interface PairImage {
  readonly person: string;
  /** From 1. */
  readonly number: number;
}

/** Two images to compare, and whether they show the same person. */
export interface Pair {
  readonly a: PairImage;
  readonly b: PairImage;
  readonly same: boolean;
  /** From 0. */
  readonly fold: number;
}

/** A parsed pair list. */
export interface PairList {
  readonly folds: number;
  /** Pairs of the same person in a fold, and as many of different people. */
  readonly pairsPerClass: number;
  /** Fold by fold; in each the pairs of the same person come first. */
  readonly pairs: readonly Pair[];
}

const LARGEST_NUMBER = 999_999;

/** The image's path below the benchmark's folder: `Abel_Pacheco/Abel_Pacheco_0001.jpg`. */
export function pairImagePath(image: PairImage, extension = 'jpg'): string {
  return `${image.person}/${image.person}_${String(image.number).padStart(4, '0')}.${extension}`;
}

interface Line {
  readonly fields: readonly string[];
  /** File and line, for messages. */
  readonly where: string;
}

/** Splits at tabs, or at any white space in a line without tabs. */
function splitLine(line: string): string[] {
  return line.includes('\t') ? line.split('\t').map((field) => field.trim()) : line.trim().split(/\s+/);
}

function readNumber(line: Line, field: string, what: string): number {
  const value = /^\d{1,6}$/.test(field) ? Number(field) : 0;
  if (value >= 1) return value;
  throw new InputError(
    'PAIRS_NUMBER',
    `${line.where}: ${what} is ${JSON.stringify(field.slice(0, 40))}; accepted are whole numbers from 1 to ${LARGEST_NUMBER}.`,
  );
}

/** Names become paths, so a name must not be able to leave the folder. */
function readPerson(line: Line, field: string): string {
  const separators = /[/\\\0]/.test(field);
  if (field !== '' && field !== '.' && field !== '..' && !separators) return field;
  throw new InputError(
    'PAIRS_NAME',
    `${line.where}: name is ${JSON.stringify(field.slice(0, 40))}; accepted are names without path separators.`,
  );
}

function readHeader(line: Line): { folds: number; pairsPerClass: number } {
  const { fields } = line;
  if (fields.length === 1) return { folds: 1, pairsPerClass: readNumber(line, fields[0]!, 'number of pairs') };
  if (fields.length === 2) {
    const folds = readNumber(line, fields[0]!, 'number of folds');
    return { folds, pairsPerClass: readNumber(line, fields[1]!, 'number of pairs') };
  }
  throw new InputError(
    'PAIRS_HEADER',
    `${line.where}: header has ${fields.length} fields; accepted are "folds pairs" or "pairs".`,
  );
}

function readPair(line: Line, same: boolean, fold: number): Pair {
  const { fields } = line;
  if (fields.length !== (same ? 3 : 4)) {
    const expected = same ? 'the same person: name, number, number' : 'different people: name, number, name, number';
    throw new InputError('PAIRS_FIELDS', `${line.where}: has ${fields.length} fields; due is a pair of ${expected}.`);
  }
  const [first, firstNumber, ...rest] = fields as [string, string, ...string[]];
  const a = { person: readPerson(line, first), number: readNumber(line, firstNumber, 'image number') };
  const person = same ? a.person : readPerson(line, rest[0]!);
  const b = { person, number: readNumber(line, rest.at(-1)!, 'image number') };
  if (same && a.number === b.number) {
    throw new InputError('PAIRS_REPEATED', `${line.where}: compares image ${a.number} of ${a.person} with itself.`);
  }
  if (!same && a.person === b.person) {
    throw new InputError('PAIRS_REPEATED', `${line.where}: names ${a.person} twice in a pair of different people.`);
  }
  return { a, b, same, fold };
}

/**
 * Parses a pair list: a header "folds pairs" (or "pairs", one fold), then for each fold so many lines "name i j" of
 * the same person and so many "name i name j" of different people. Empty lines at the end are ignored.
 * `where` names the file in messages. Throws InputError PAIRS_HEADER, PAIRS_FIELDS, PAIRS_NUMBER, PAIRS_NAME,
 * PAIRS_REPEATED, each with the line's number, or PAIRS_COUNT.
 */
export function parsePairs(text: string, where: string): PairList {
  const lines = text
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split(/\r?\n/);
  const lineAt = (index: number): Line => ({ fields: splitLine(lines[index]!), where: `${where}, line ${index + 1}` });
  const { folds, pairsPerClass } = readHeader(lineAt(0));
  const pairs: Pair[] = [];
  const expected = folds * pairsPerClass * 2;
  for (let index = 0; index < Math.min(expected, lines.length - 1); index++) {
    const same = index % (2 * pairsPerClass) < pairsPerClass;
    pairs.push(readPair(lineAt(index + 1), same, Math.floor(index / (2 * pairsPerClass))));
  }
  if (lines.length - 1 !== expected) {
    throw new InputError(
      'PAIRS_COUNT',
      `${where}: has ${lines.length - 1} pairs; its header announces ${folds} · 2 · ${pairsPerClass} = ${expected}.`,
    );
  }
  return { folds, pairsPerClass, pairs };
}
