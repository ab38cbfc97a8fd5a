/** CFP's Protocol folder as a pair list: `Split/FF` or `Split/FP` with a folder for each fold, and the two image lists. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { InputError } from '../errors.js';
import { type NumberedImages, parseCfpImages, parseCfpPairs } from '../evaluation/cfpProtocol.js';
import type { PathPair, PathPairList } from '../evaluation/pairList.js';
import { readNamed } from './input.js';

/** The lists that the two numbers of a pair count in, by the folder's name. */
const LISTS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['FF', ['Pair_list_F.txt', 'Pair_list_F.txt']],
  ['FP', ['Pair_list_F.txt', 'Pair_list_P.txt']],
]);

/** How a fold's files say whether their pairs show one person. */
const FILES = [
  ['same.txt', true],
  ['diff.txt', false],
] as const;

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readNamed(path, "CFP's Protocol folder has it"));
}

async function readImages(path: string): Promise<NumberedImages> {
  return parseCfpImages(await readText(path), path);
}

/**
 * Reads the pairs of `Protocol/Split/FF` or `Protocol/Split/FP`, fold by fold.
 * Throws InputError PAIRS_FOLDER for other folders, FILE_NOT_FOUND for missing lists, and what the parsers throw.
 */
export async function readCfpFolder(folder: string): Promise<PathPairList> {
  const lists = LISTS.get(basename(resolve(folder)).toUpperCase());
  const entries = lists ? await readdir(folder, { withFileTypes: true }) : [];
  const folds = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (!lists || folds.length === 0) {
    const accepted = "a pair list, or CFP's folder Protocol/Split/FF or Protocol/Split/FP with its folds";
    throw new InputError('PAIRS_FOLDER', `${folder}: is a folder; accepted is ${accepted}.`);
  }
  const images = await Promise.all(lists.map((name) => readImages(join(folder, '..', '..', name))));
  const pairs: PathPair[] = [];
  for (const [fold, name] of folds.sort().entries()) {
    for (const [file, same] of FILES) {
      const path = join(folder, name, file);
      const found = parseCfpPairs(await readText(path), path, [images[0]!, images[1]!]);
      pairs.push(...found.map((pair) => ({ ...pair, same, fold })));
    }
  }
  return { folds: folds.length, pairs };
}
