/** AVIF files: their size and orientation, found in the boxes before anything is decoded (ISO/IEC 23008-12). */
import { ImageError } from '../errors.js';
import type { Orientation } from './exif.js';

/** Boxes that hold others, and bytes before those. */
const CONTAINERS: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };

/** A file's pictures are no larger than this. */
export interface AvifFile {
  /** Pixels, as stored: before `orientation` is applied. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

/** Turns by so many quarters anticlockwise, as EXIF numbers them. */
const TURNS: readonly Orientation[] = [1, 8, 3, 6];
/** The same after a turn, mirrored up and down (0) or left and right (1). */
const MIRRORED: readonly (readonly Orientation[])[] = [
  [4, 5, 2, 7],
  [2, 7, 4, 5],
];

interface Box {
  readonly type: string;
  readonly content: Uint8Array;
}

/** All boxes between `begin` and the end, those in containers too. Throws ImageError TRUNCATED_IMAGE or CORRUPT_IMAGE. */
function* readBoxes(bytes: Uint8Array, begin: number, where: string): Generator<Box> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = begin; offset + 8 <= bytes.length; ) {
    const stated = view.getUint32(offset);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    const large = stated === 1 && offset + 16 <= bytes.length;
    const length = large ? Number(view.getBigUint64(offset + 8)) : stated === 0 ? bytes.length - offset : stated;
    const from = offset + (large ? 16 : 8);
    if (length < from - offset) {
      throw new ImageError('CORRUPT_IMAGE', `${where}: AVIF file has a box of length ${length}; it is damaged.`);
    }
    if (offset + length > bytes.length) {
      throw new ImageError('TRUNCATED_IMAGE', `${where}: AVIF file ends inside ${type}; a complete file is needed.`);
    }
    const content = bytes.subarray(from, offset + length);
    yield { type, content };
    if (Object.hasOwn(CONTAINERS, type)) yield* readBoxes(content, CONTAINERS[type]!, where);
    offset += length;
  }
}

/** Reads a file's boxes. Throws ImageError TRUNCATED_IMAGE or CORRUPT_IMAGE. */
export function readAvif(bytes: Uint8Array, where: string): AvifFile {
  let [width, height, turn] = [0, 0, 0];
  let mirror: number | undefined;
  for (const { type, content } of readBoxes(bytes, 0, where)) {
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    if (type === 'ispe' && content.length >= 12) {
      if (view.getUint32(4) * view.getUint32(8) > width * height)
        [width, height] = [view.getUint32(4), view.getUint32(8)];
    } else if (type === 'irot') turn = (content[0] ?? 0) & 3;
    else if (type === 'imir') mirror = (content[0] ?? 0) & 1;
  }
  if (width < 1 || height < 1) {
    throw new ImageError('CORRUPT_IMAGE', `${where}: AVIF file does not say how large it is; it is damaged.`);
  }
  return { width, height, orientation: mirror === undefined ? TURNS[turn]! : MIRRORED[mirror]![turn]! };
}
