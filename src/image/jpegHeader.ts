/** The segments of a JPEG file, and what its frame header says before pixels are decoded (ITU-T T.81, annex B). */
import { ImageError } from '../errors.js';
import { type Orientation, readOrientation } from './exif.js';

/** A colour component of a JPEG frame. */
export interface JpegComponent {
  readonly id: number;
  /** Sampling factors relative to the other components, 1 to 4. */
  readonly horizontal: number;
  readonly vertical: number;
}

/** The frame header of a JPEG file, and what stands before it. */
export interface JpegHeader {
  /** Pixels, as stored: before `orientation` is applied. */
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  /** One for grey, three for colour, four for CMYK. */
  readonly components: readonly JpegComponent[];
  readonly orientation: Orientation;
}

/** A marker segment: `[begin, end)` is its content, without marker and length. */
export interface JpegSegment {
  readonly marker: number;
  readonly begin: number;
  readonly end: number;
}

/** A place where a file ends instead of going on: the rest of a sentence about the file. */
export interface JpegCut {
  readonly cut: string;
  /** The marker of the segment that is cut. */
  readonly marker?: number;
}

export const MARKER = {
  temporary: 0x01,
  baselineFrame: 0xc0,
  progressiveFrame: 0xc2,
  huffmanTables: 0xc4,
  arithmeticConditions: 0xcc,
  firstRestart: 0xd0,
  lastRestart: 0xd7,
  startOfImage: 0xd8,
  endOfImage: 0xd9,
  startOfScan: 0xda,
  quantisationTables: 0xdb,
  numberOfLines: 0xdc,
  restartInterval: 0xdd,
  app0: 0xe0,
  app1: 0xe1,
  app14: 0xee,
  app15: 0xef,
  comment: 0xfe,
} as const;

/** Where the segments of every file begin: after the start of the image. */
export const FIRST_SEGMENT = 2;

const EXIF_SIGNATURE = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** Start-of-frame markers by what they announce; the codes between them (C4, C8, CC) are no frames. */
function unsupportedFrame(marker: number): string | undefined {
  if (marker === 0xc3) return 'lossless';
  if ((marker >= 0xc5 && marker <= 0xc7) || marker === 0xde) return 'hierarchical';
  if (marker >= 0xc9 && marker <= 0xcf && marker !== MARKER.arithmeticConditions) return 'arithmetic-coded';
  return undefined;
}

/** True for a frame header of a kind that is decoded. */
export function isFrame(marker: number): boolean {
  return marker >= MARKER.baselineFrame && marker <= MARKER.progressiveFrame;
}

/** True for the markers that mean nothing here and are passed over with their content. */
function isSkipped(marker: number): boolean {
  return (
    (marker >= MARKER.app0 && marker <= MARKER.app15) || marker === MARKER.comment || marker === MARKER.numberOfLines
  );
}

const TABLES: readonly number[] = [
  MARKER.huffmanTables,
  MARKER.arithmeticConditions,
  MARKER.quantisationTables,
  MARKER.restartInterval,
];

/** The error for a file that ends before what it announced. */
export function truncatedJpeg(where: string, found: string): ImageError {
  return new ImageError('TRUNCATED_IMAGE', `${where}: JPEG file ${found}; a complete file is needed.`);
}

/** The error for a file whose structure contradicts itself. */
export function corruptJpeg(where: string, found: string): ImageError {
  return new ImageError('CORRUPT_IMAGE', `${where}: JPEG file ${found}; it is damaged.`);
}

/** Throws ImageError for a marker that libjpeg does not know or that announces what is not decoded. */
function checkMarker(marker: number, offset: number, where: string): void {
  const unsupported = unsupportedFrame(marker);
  if (unsupported) {
    throw new ImageError(
      'UNSUPPORTED_IMAGE',
      `${where}: JPEG file is ${unsupported}; accepted are baseline and progressive files.`,
    );
  }
  if (isFrame(marker) || TABLES.includes(marker) || isSkipped(marker) || marker === MARKER.startOfScan) return;
  throw corruptJpeg(where, `has the unknown marker 0x${marker.toString(16)} at byte ${offset}`);
}

/**
 * Reads the next marker segment from `offset` on, as libjpeg does: bytes other than FF before a marker are passed over
 * and lose no pixel, FF may be repeated, restart markers and FF 01 stand alone. FF 00 belongs to no segment.
 * Throws ImageError CORRUPT_IMAGE or UNSUPPORTED_IMAGE for what no decodable file has there.
 */
export function readSegment(bytes: Uint8Array, offset: number, where: string): JpegSegment | JpegCut {
  const found = bytes.indexOf(0xff, offset);
  let position = found < 0 ? bytes.length : found;
  while (bytes[position] === 0xff) position++;
  const marker = bytes[position];
  if (marker === undefined) return { cut: `ends at byte ${bytes.length} without an end-of-image marker` };
  if (marker === 0) throw corruptJpeg(where, `has FF 00 at byte ${position - 1} where a marker is due`);
  const begin = position + 1;
  const isRestart = marker >= MARKER.firstRestart && marker <= MARKER.lastRestart;
  if (isRestart || marker === MARKER.temporary || marker === MARKER.endOfImage) return { marker, begin, end: begin };
  if (marker === MARKER.startOfImage) throw corruptJpeg(where, `begins a second image at byte ${found}`);
  checkMarker(marker, found, where);
  if (begin + 2 > bytes.length) return { cut: `ends inside the segment at byte ${found}`, marker };
  const stated = bytes[begin]! * 256 + bytes[begin + 1]!;
  const length = isSkipped(marker) ? Math.max(stated, 2) : stated;
  if (length < 2) throw corruptJpeg(where, `has a segment of length ${length} at byte ${found}`);
  if (begin + length > bytes.length) {
    return { cut: `has a segment of ${length} bytes at byte ${found}, but ends at ${bytes.length}`, marker };
  }
  return { marker, begin: begin + 2, end: begin + length };
}

function readComponents(frame: Uint8Array, where: string): JpegComponent[] {
  const components: JpegComponent[] = [];
  for (let offset = 6; offset < frame.length; offset += 3) {
    const id = frame[offset]!;
    const horizontal = frame[offset + 1]! >> 4;
    const vertical = frame[offset + 1]! & 15;
    if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4) {
      throw corruptJpeg(where, `has sampling factors ${horizontal}×${vertical}, which must be 1 to 4`);
    }
    if (components.some((other) => other.id === id)) throw corruptJpeg(where, `names component ${id} twice`);
    components.push({ id, horizontal, vertical });
  }
  return components;
}

function readFrame(frame: Uint8Array, where: string): Pick<JpegHeader, 'width' | 'height' | 'components'> {
  const [precision, heightHigh, heightLow, widthHigh, widthLow, count] = frame;
  if (count === undefined || frame.length !== 6 + 3 * count) {
    throw corruptJpeg(
      where,
      `has a frame header of ${frame.length} bytes that does not fit its ${count ?? 0} components`,
    );
  }
  const refuse = (found: string, accepted: string) =>
    new ImageError('UNSUPPORTED_IMAGE', `${where}: JPEG file has ${found}; accepted are ${accepted}.`);
  if (precision !== 8) throw refuse(`${precision} bits a sample`, '8');
  if (count !== 1 && count !== 3 && count !== 4) {
    throw refuse(`${count} components`, '1 (grey), 3 (colour) and 4 (CMYK)');
  }
  const height = heightHigh! * 256 + heightLow!;
  const width = widthHigh! * 256 + widthLow!;
  if (width === 0 || height === 0) throw refuse(`${width}×${height} pixels`, '1×1 to 65535×65535');
  return { width, height, components: readComponents(frame, where) };
}

function exifOrientation(content: Uint8Array): Orientation {
  const exif = EXIF_SIGNATURE.every((byte, index) => content[index] === byte);
  return exif ? readOrientation(content.subarray(EXIF_SIGNATURE.length)) : 1;
}

/**
 * Reads a JPEG file up to its frame header; nothing is decoded.
 * Throws ImageError TRUNCATED_IMAGE, CORRUPT_IMAGE, or UNSUPPORTED_IMAGE for what is no 8-bit grey, colour or CMYK image
 * in baseline, extended or progressive Huffman coding. `bytes` must begin as a JPEG file does.
 */
export function readJpegHeader(bytes: Uint8Array, where: string): JpegHeader {
  let orientation: Orientation = 1;
  for (let offset = FIRST_SEGMENT; ; ) {
    const segment = readSegment(bytes, offset, where);
    if ('cut' in segment) throw truncatedJpeg(where, segment.cut);
    const { marker, begin, end } = segment;
    if (isFrame(marker)) {
      const frame = readFrame(bytes.subarray(begin, end), where);
      return { ...frame, progressive: marker === MARKER.progressiveFrame, orientation };
    }
    if (marker === MARKER.endOfImage || marker === MARKER.startOfScan) {
      throw corruptJpeg(where, 'has no frame header before its pixels');
    }
    if (marker === MARKER.app1 && orientation === 1) orientation = exifOrientation(bytes.subarray(begin, end));
    offset = end;
  }
}
