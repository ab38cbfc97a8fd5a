/** The description of a single-shot detector in a card, checked field by field. */
import { field, readIntegerWithin, readList, readNumberWithin, readObject, refuseJson } from './json.js';
import type { AnchorLevel, CardSingleShot } from './singleShot.js';

/** Levels, and anchors of a cell, that a detector may have. */
const MOST_LEVELS = 16;
const LARGEST_STRIDE = 1024;
const LARGEST_SIZE = 1 << 16;

const FIELDS = [
  'fit',
  'levels',
  'cellCentre',
  'boxes',
  'variances',
  'scoreColumns',
  'scores',
  'landmarks',
  'threshold',
  'overlap',
  'merge',
] as const satisfies readonly (keyof CardSingleShot)[];

function readShortList(value: unknown, where: string): readonly unknown[] {
  const list = readList(value, where);
  if (list.length < 1 || list.length > MOST_LEVELS) refuseJson(where, list, `a list of 1 to ${MOST_LEVELS}`);
  return list;
}

function readLevel(value: unknown, where: string): AnchorLevel {
  const level = readObject(value, where, ['stride', 'sizes']);
  const sizes = readShortList(field(level, 'sizes'), `${where}.sizes`);
  return {
    stride: readIntegerWithin(field(level, 'stride'), `${where}.stride`, 1, LARGEST_STRIDE),
    sizes: sizes.map((size, index) => readNumberWithin(size, `${where}.sizes[${index}]`, 1e-3, LARGEST_SIZE)),
  };
}

/** Reads it. Throws ModelError BAD_JSON or UNKNOWN_FIELD, naming the field below `where`. */
export function readSingleShot(value: unknown, where: string): CardSingleShot {
  const detector = readObject(value, where, FIELDS);
  const choice = <T extends string>(name: keyof CardSingleShot, ...accepted: readonly T[]): T => {
    const found = field(detector, name);
    if (accepted.includes(found as T)) return found as T;
    refuseJson(`${where}.${name}`, found, accepted.map((text) => `"${text}"`).join(' or '));
  };
  const share = (name: keyof CardSingleShot) => readNumberWithin(field(detector, name), `${where}.${name}`, 0, 1);
  const variances = readList(field(detector, 'variances'), `${where}.variances`);
  if (variances.length !== 2) refuseJson(`${where}.variances`, variances, 'a list of 2 numbers');
  const [centre, side] = variances.map((item, index) => {
    return readNumberWithin(item, `${where}.variances[${index}]`, 0, LARGEST_SIZE);
  });
  return {
    fit: choice('fit', 'corner', 'centre', 'stretch'),
    levels: readShortList(field(detector, 'levels'), `${where}.levels`).map((level, index) =>
      readLevel(level, `${where}.levels[${index}]`),
    ),
    cellCentre: share('cellCentre'),
    boxes: choice('boxes', 'distances', 'offsets', 'extents', 'corners'),
    variances: [centre!, side!],
    scoreColumns: readIntegerWithin(field(detector, 'scoreColumns'), `${where}.scoreColumns`, 1, 2) as 1 | 2,
    scores: choice('scores', 'probabilities', 'logits'),
    landmarks: choice('landmarks', 'five', 'six', 'none'),
    threshold: share('threshold'),
    overlap: share('overlap'),
    merge: choice('merge', 'best', 'mean'),
  };
}
