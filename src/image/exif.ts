/** The orientation that a camera recorded in an EXIF block. */

/**
 * How the stored pixels are to be turned to stand upright, as EXIF numbers it: 1 as they are, 2 mirrored, 3 turned by
 * 180°, 4 upside down mirrored, 5 transposed, 6 turned by 90° clockwise, 7 transverse, 8 turned by 90° anticlockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const LITTLE_ENDIAN = 0x4949;
const BIG_ENDIAN = 0x4d4d;
const ORIENTATION_TAG = 0x0112;
/** Bytes of EXIF's whole numbers, by their types: signed or not, of 8, 16 and 32 bits. */
const NUMBER_BYTES: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4 };
const ENTRY_BYTES = 12;

function readNumber(view: DataView, at: number, bytes: 1 | 2 | 4, little: boolean): number {
  if (bytes === 1) return view.getUint8(at);
  return bytes === 2 ? view.getUint16(at, little) : view.getUint32(at, little);
}

/** Reads the orientation from a TIFF block; 1 where it has none or is damaged, for it is advice, not pixels. */
export function readOrientation(tiff: Uint8Array): Orientation {
  if (tiff.length < 8) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const order = view.getUint16(0);
  if (order !== LITTLE_ENDIAN && order !== BIG_ENDIAN) return 1;
  const little = order === LITTLE_ENDIAN;
  const directory = view.getUint32(4, little);
  if (view.getUint16(2, little) !== 42 || directory + 2 > tiff.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let index = 0; index < entries; index++) {
    const entry = directory + 2 + index * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > tiff.length) return 1;
    const bytes = NUMBER_BYTES[view.getUint16(entry + 2, little)];
    if (view.getUint16(entry, little) !== ORIENTATION_TAG || !bytes) continue;
    const value = readNumber(view, entry + 8, bytes, little);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}
