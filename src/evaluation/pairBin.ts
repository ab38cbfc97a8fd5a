/** insightface's `.bin` pair lists: a pickled tuple of encoded images, two a pair, and whether each pair is one person. */
import { InputError } from '../errors.js';
import { type Pickled, parsePickle } from './pickle.js';

/** What an insightface list of pairs holds. */
export interface PairBin {
  /** JPEG or PNG files, views of the list's bytes; pair `i` compares images 2i and 2i + 1. */
  readonly images: readonly Uint8Array[];
  /** By pair. */
  readonly same: readonly boolean[];
}

/** Pairs that a list may hold. */
const MOST_PAIRS = 1 << 20;

function isBytes(value: Pickled): value is Uint8Array {
  return value instanceof Uint8Array;
}

/**
 * Reads a list such as `lfw.bin`, `agedb_30.bin` or `cfp_fp.bin`. `where` names the file in messages.
 * Throws InputError BAD_PICKLE, PICKLE_TRUNCATED, or PAIRS_COUNT where the numbers of images and pairs do not fit.
 */
export function parsePairBin(bytes: Uint8Array, where: string): PairBin {
  const [images, same, ...more] = [parsePickle(bytes, where)].flat(1) as Pickled[];
  if (!Array.isArray(images) || !Array.isArray(same) || more.length > 0 || !images.every(isBytes)) {
    throw new InputError('BAD_PICKLE', `${where}: holds no list of byte strings beside a list of booleans.`);
  }
  if (!same.every((value) => typeof value === 'boolean')) {
    throw new InputError('BAD_PICKLE', `${where}: says of a pair something else than true or false.`);
  }
  if (same.length < 1 || same.length > MOST_PAIRS || images.length !== 2 * same.length) {
    throw new InputError(
      'PAIRS_COUNT',
      `${where}: has ${images.length} images for ${same.length} pairs; two a pair, and 1 to ${MOST_PAIRS} pairs, are accepted.`,
    );
  }
  return { images, same };
}
