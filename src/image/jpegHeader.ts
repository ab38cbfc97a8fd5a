/** What a JPEG file says about itself before its pixels are decoded (ITU-T T.81, annex B). */
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
  /** One for grey, three for colour. */
  readonly components: readonly JpegComponent[];
  readonly orientation: Orientation;
  /** Where the segments after the frame header begin. */
  readonly endOffset: number;
}

/** A marker segment: `[begin, end)` is its content, without marker and length. */
export interface JpegSegment {
  readonly marker: number;
  readonly begin: number;
  readonly end: number;
}

export const MARKER = { startOfImage: 0xd8, endOfImage: 0xd9, startOfScan: 0xda, app1: 0xe1 } as const;

const EXIF_SIGNATURE = [0x45, 0x78, 0x69, 0x66, 0, 0];

/** Start-of-frame markers by what they announce; the codes between them (C4, C8, CC) are no frames. */
function unsupportedFrame(marker: number): string | undefined {
  if (marker === 0xc3) return 'lossless';
  if (marker >= 0xc5 && marker <= 0xc7) return 'hierarchical';
  if (marker >= 0xc9 && marker <= 0xcf && marker !== 0xcc) return 'arithmetic-coded';
  return undefined;
}

/** True where the bytes begin as a JPEG file does. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === MARKER.startOfImage && bytes[2] === 0xff;
}

/** The error for a file that ends before what it announced. */
export function truncatedJpeg(where: string, found: string): ImageError {
  return new ImageError('TRUNCATED_IMAGE', `${where}: JPEG file ${found}; a complete file is needed.`);
}

/** The error for a file whose structure contradicts itself. */
export function corruptJpeg(where: string, found: string): ImageError {
  return new ImageError('CORRUPT_IMAGE', `${where}: JPEG file ${found}; it is damaged.`);
}

/** Reads the marker segment that begins at `offset`. Throws ImageError where there is none or it passes the end. */
export function readSegment(bytes: Uint8Array, offset: number, where: string): JpegSegment {
  let position = offset;
  if (position < bytes.length && bytes[position] !== 0xff) {
    throw corruptJpeg(where, `has 0x${bytes[position]!.toString(16)} at byte ${position} where a marker is due`);
  }
  while (bytes[position] === 0xff) position++;
  const marker = bytes[position];
  if (marker === undefined) throw truncatedJpeg(where, `ends at byte ${bytes.length} without an end-of-image marker`);
  const begin = position + 1;
  const standsAlone = marker >= 0xd0 && marker <= 0xd9;
  if (standsAlone) return { marker, begin, end: begin };
  if (begin + 2 > bytes.length) throw truncatedJpeg(where, `ends inside the segment at byte ${offset}`);
  const length = bytes[begin]! * 256 + bytes[begin + 1]!;
  if (length < 2) throw corruptJpeg(where, `has a segment of length ${length} at byte ${offset}`);
  if (begin + length > bytes.length) {
    throw truncatedJpeg(where, `has a segment of ${length} bytes at byte ${offset}, but ends at ${bytes.length}`);
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
  if (count === 4) throw refuse('four components (CMYK)', 'grey and RGB, so convert it first');
  if (count !== 1 && count !== 3) throw refuse(`${count} components`, '1 (grey) and 3 (colour)');
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
 * Throws ImageError TRUNCATED_IMAGE, CORRUPT_IMAGE, or UNSUPPORTED_IMAGE for what is no 8-bit grey or colour image in
 * baseline, extended or progressive Huffman coding. `bytes` must satisfy `isJpeg`.
 */
export function readJpegHeader(bytes: Uint8Array, where: string): JpegHeader {
  let orientation: Orientation = 1;
  let offset = 2;
  for (;;) {
    const { marker, begin, end } = readSegment(bytes, offset, where);
    const unsupported = unsupportedFrame(marker);
    if (unsupported) {
      throw new ImageError(
        'UNSUPPORTED_IMAGE',
        `${where}: JPEG file is ${unsupported}; accepted are baseline and progressive files.`,
      );
    }
    if (marker >= 0xc0 && marker <= 0xc2) {
      const frame = readFrame(bytes.subarray(begin, end), where);
      return { ...frame, progressive: marker === 0xc2, orientation, endOffset: end };
    }
    if (marker === MARKER.endOfImage || marker === MARKER.startOfScan) {
      throw corruptJpeg(where, 'has no frame header before its pixels');
    }
    if (marker === MARKER.app1 && orientation === 1) orientation = exifOrientation(bytes.subarray(begin, end));
    offset = end;
  }
}
