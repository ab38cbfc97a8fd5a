/** What kind of picture a file is, by its first bytes; and what to do with the kinds that are not decoded. */
import { ImageError } from '../errors.js';

/** The formats that are decoded. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'bmp';

/** Their names in messages. */
const ACCEPTED = 'JPEG, PNG, WebP, AVIF, GIF and BMP';

/** Endings of the names of files that are decoded. */
export const PICTURE_ENDINGS = ['.jpg', '.jpeg', '.jfif', '.jpe', '.png', '.webp', '.avif', '.gif', '.bmp'] as const;

/** Whether a file's name ends as those of pictures do. */
export function isPictureName(name: string): boolean {
  return PICTURE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** A format's first bytes, one character each, from the byte at `offset`. */
interface Beginning<Found> {
  readonly found: Found;
  readonly text: string;
  readonly offset?: number;
}

const DECODED: readonly Beginning<PictureFormat>[] = [
  { found: 'jpeg', text: '\xff\xd8' },
  { found: 'png', text: '\x89PNG\r\n\x1a\n' },
  { found: 'webp', text: 'WEBP', offset: 8 },
  { found: 'avif', text: 'ftypavif', offset: 4 },
  { found: 'avif', text: 'ftypavis', offset: 4 },
  { found: 'gif', text: 'GIF87a' },
  { found: 'gif', text: 'GIF89a' },
  { found: 'bmp', text: 'BM' },
];

const BY_PHONE = 'on an iPhone choose Settings › Camera › Formats › Most Compatible, or run heif-convert IN OUT.jpg';
const SAVE_AS = 'save it as JPEG or PNG, for instance with: magick IN OUT.jpg';

/** Others that people meet: what they are, and the way out. */
const OTHERS: readonly Beginning<readonly [name: string, wayOut: string]>[] = [
  ...['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'].map((brand) => ({
    found: ['a HEIC', BY_PHONE] as const,
    text: `ftyp${brand}`,
    offset: 4,
  })),
  { found: ['a TIFF', SAVE_AS], text: 'II*\0' },
  { found: ['a TIFF', SAVE_AS], text: 'MM\0*' },
  { found: ['a JPEG XL', SAVE_AS], text: '\xff\x0a' },
  { found: ['a JPEG XL', SAVE_AS], text: 'JXL ', offset: 4 },
  { found: ['a JPEG 2000', SAVE_AS], text: 'jP  ', offset: 4 },
  { found: ['a Photoshop', SAVE_AS], text: '8BPS' },
  { found: ['an SVG', SAVE_AS], text: '<svg' },
  { found: ['a PDF', SAVE_AS], text: '%PDF' },
];

function find<Found>(start: string, table: readonly Beginning<Found>[]): Found | undefined {
  return table.find(({ text, offset = 0 }) => start.startsWith(text, offset))?.found;
}

/** Whether a file of several pictures' kinds says that it can be read as AVIF. */
function namesAvif(start: string): boolean {
  return start.startsWith('ftypmif1', 4) && start.slice(16).includes('avif');
}

/** The format of a file by its first bytes. Throws ImageError NOT_AN_IMAGE for one that is not decoded. */
export function pictureFormat(bytes: Uint8Array, where: string): PictureFormat {
  const start = String.fromCharCode(...bytes.subarray(0, 48));
  const format = namesAvif(start) ? 'avif' : find(start, DECODED);
  if (format && bytes.length > 2) return format;
  const other = find(start, OTHERS);
  const found = bytes.length === 0 ? 'is empty' : `is ${other ? `${other[0]} file` : 'no picture'}`;
  const wayOut = other ? `; ${other[1]}` : '';
  throw new ImageError('NOT_AN_IMAGE', `${where} ${found}; accepted are ${ACCEPTED}${wayOut}.`);
}
