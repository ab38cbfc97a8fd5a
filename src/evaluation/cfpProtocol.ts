/** The lists of CFP (Sengupta et al. 2016): numbered images, and pairs of numbers by fold, as its Protocol folder has them. */
import { InputError } from '../errors.js';
import type { PathPair } from './pairList.js';

/** Parts of a path that count from the end: person, `frontal` or `profile`, file. */
const PATH_PARTS = 3;

/** Images that a list may number. */
const MOST_IMAGES = 1 << 20;

/** The paths of images by their numbers. */
export type NumberedImages = ReadonlyMap<number, string>;

function linesOf(text: string): { readonly line: string; readonly number: number }[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  return lines.map((line, index) => ({ line: line.trim(), number: index + 1 })).filter(({ line }) => line !== '');
}

/** The path below the images' folder, wherever the list says that this folder is. */
function readPath(field: string, where: string): string {
  const parts = field.split('/').slice(-PATH_PARTS);
  const isSafe = (part: string): boolean => part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part);
  if (parts.length === PATH_PARTS && parts.every(isSafe)) return parts.join('/');
  const found = JSON.stringify(field.slice(0, 60));
  throw new InputError(
    'PAIRS_NAME',
    `${where}: a path is ${found}; accepted are paths that end as 001/frontal/01.jpg.`,
  );
}

/**
 * Parses `Pair_list_F.txt` or `Pair_list_P.txt`: lines of a number and a path, which ends with person, pose and file.
 * Throws InputError PAIRS_FIELDS or PAIRS_NAME with the line's number, or PAIRS_COUNT.
 */
export function parseCfpImages(text: string, where: string): NumberedImages {
  const images = new Map<number, string>();
  for (const { line, number } of linesOf(text)) {
    const [, index, path] = /^(\d{1,9})\s+(\S.*)$/.exec(line) ?? [];
    if (index === undefined || path === undefined) {
      const found = JSON.stringify(line.slice(0, 60));
      throw new InputError('PAIRS_FIELDS', `${where}, line ${number}: is ${found}; due are a number and a path.`);
    }
    images.set(Number(index), readPath(path, `${where}, line ${number}`));
  }
  if (images.size > 0 && images.size <= MOST_IMAGES) return images;
  throw new InputError('PAIRS_COUNT', `${where}: has ${images.size} images; 1 to ${MOST_IMAGES} are accepted.`);
}

/**
 * Parses a fold's `same.txt` or `diff.txt`: lines of two numbers with a comma, the first of `first`, the second of
 * `second`. Throws InputError PAIRS_FIELDS or PAIRS_NUMBER with the line's number, or PAIRS_COUNT.
 */
export function parseCfpPairs(
  text: string,
  where: string,
  [first, second]: readonly [NumberedImages, NumberedImages],
): Pick<PathPair, 'a' | 'b'>[] {
  const pairs = linesOf(text).map(({ line, number }) => {
    const [, a, b] = /^(\d{1,9})\s*,\s*(\d{1,9})$/.exec(line) ?? [];
    if (a === undefined || b === undefined) {
      const found = JSON.stringify(line.slice(0, 60));
      throw new InputError('PAIRS_FIELDS', `${where}, line ${number}: is ${found}; due are two numbers with a comma.`);
    }
    const paths = [first.get(Number(a)), second.get(Number(b))] as const;
    const [from, to] = paths;
    if (from !== undefined && to !== undefined) return { a: from, b: to };
    const missing = from === undefined ? a : b;
    throw new InputError('PAIRS_NUMBER', `${where}, line ${number}: names image ${missing}, which its list lacks.`);
  });
  if (pairs.length > 0) return pairs;
  throw new InputError('PAIRS_COUNT', `${where}: has no pairs.`);
}
