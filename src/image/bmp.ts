/** BMP files to RGB pixels: of 1 to 32 bits, with palettes, masks and runs. No library is smaller than the format. */
import { ImageError } from '../errors.js';
import type { RgbImage } from './image.js';

const FILE_HEADER_BYTES = 14;
const OLD_HEADER_BYTES = 12;
const RGB = 0;
const RUNS_OF_8 = 1;
const RUNS_OF_4 = 2;
const MASKS = 3;
const MASKS_WITH_ALPHA = 6;

/** What the headers say. */
export interface BmpHeader {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Whether the first row is the uppermost; most files begin with the lowest. */
  readonly topDown: boolean;
  /** Bits a pixel. */
  readonly depth: number;
  readonly compression: number;
  /** Three bytes a colour, red first; black where the file has none. */
  readonly palette: Uint8Array;
  /** The bits of red, green and blue in a pixel of 16 or 32. */
  readonly masks: readonly [number, number, number];
  readonly pixels: Uint8Array;
}

const error = (code: 'TRUNCATED_IMAGE' | 'CORRUPT_IMAGE' | 'UNSUPPORTED_IMAGE', where: string, found: string) =>
  new ImageError(code, `${where}: BMP file ${found}.`);

function readPalette(bytes: Uint8Array, begin: number, entryBytes: number, end: number): Uint8Array {
  const palette = new Uint8Array(3 * 256);
  for (let entry = 0, at = begin; entry < 256 && at + 3 <= end; entry++, at += entryBytes) {
    palette.set([bytes[at + 2]!, bytes[at + 1]!, bytes[at]!], 3 * entry);
  }
  return palette;
}

/** Reads the headers. Throws ImageError TRUNCATED_IMAGE, CORRUPT_IMAGE, or UNSUPPORTED_IMAGE. */
export function readBmpHeader(bytes: Uint8Array, where: string): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = bytes.length >= 18 ? view.getUint32(14, true) : 0;
  const isOld = headerBytes === OLD_HEADER_BYTES;
  if (bytes.length < FILE_HEADER_BYTES + Math.max(headerBytes, OLD_HEADER_BYTES)) {
    throw error('TRUNCATED_IMAGE', where, 'ends inside its header; a complete file is needed');
  }
  if (!isOld && headerBytes < 40) throw error('UNSUPPORTED_IMAGE', where, `has a header of ${headerBytes} bytes`);
  const width = isOld ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = isOld ? view.getUint16(20, true) : view.getInt32(22, true);
  const depth = view.getUint16(isOld ? 24 : 28, true);
  const compression = isOld ? RGB : view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  if (width < 1 || height < 1) throw error('CORRUPT_IMAGE', where, `claims ${width}×${height} pixels; it is damaged`);
  const depths = { [RGB]: [1, 4, 8, 16, 24, 32], [RUNS_OF_8]: [8], [RUNS_OF_4]: [4] }[compression] ?? [16, 32];
  const isKnown = compression <= MASKS || compression === MASKS_WITH_ALPHA;
  if (!isKnown || !depths.includes(depth)) {
    throw error(
      'UNSUPPORTED_IMAGE',
      where,
      `has ${depth} bits a pixel in compression ${compression}; convert it to PNG`,
    );
  }
  const isMasked = compression === MASKS || compression === MASKS_WITH_ALPHA;
  const maskAt = FILE_HEADER_BYTES + 40;
  const paletteAt = FILE_HEADER_BYTES + headerBytes;
  const pixelsAt = view.getUint32(10, true);
  if (pixelsAt >= bytes.length || (isMasked && maskAt + 12 > bytes.length)) {
    throw error('TRUNCATED_IMAGE', where, 'ends before its pixels; a complete file is needed');
  }
  const mask = (index: number) => view.getUint32(maskAt + 4 * index, true);
  const usual = depth === 16 ? ([0x7c00, 0x3e0, 0x1f] as const) : ([0xff0000, 0xff00, 0xff] as const);
  return {
    width,
    height,
    topDown: signedHeight < 0,
    depth,
    compression,
    palette: readPalette(bytes, paletteAt, isOld ? 3 : 4, depth <= 8 ? pixelsAt : paletteAt),
    masks: isMasked ? [mask(0), mask(1), mask(2)] : usual,
    pixels: bytes.subarray(pixelsAt),
  };
}

/** Undoes runs: one index a byte, rows from the lowest, 0 where the file says nothing. */
function expandRuns({ width, height, compression, pixels }: BmpHeader, where: string): Uint8Array {
  const indices = new Uint8Array(width * height);
  const isPacked = compression === RUNS_OF_4;
  const sample = (at: number, place: number) => {
    const byte = pixels[at + (isPacked ? place >> 1 : place)] ?? 0;
    if (!isPacked) return byte;
    return place % 2 === 0 ? byte >> 4 : byte & 15;
  };
  let [x, y, at] = [0, 0, 0];
  const put = (index: number) => {
    if (x < width && y < height) indices[y * width + x] = index;
    x++;
  };
  while (at + 1 < pixels.length) {
    const [count, value] = [pixels[at]!, pixels[at + 1]!];
    at += 2;
    if (count > 0) for (let place = 0; place < count; place++) put(sample(at - 1, isPacked ? place % 2 : 0));
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) return indices;
    else if (value === 2) {
      [x, y] = [x + (pixels[at] ?? 0), y + (pixels[at + 1] ?? 0)];
      at += 2;
    } else {
      for (let place = 0; place < value; place++) put(sample(at, place));
      const length = isPacked ? (value + 1) >> 1 : value;
      at += length + (length & 1);
    }
  }
  throw error('TRUNCATED_IMAGE', where, 'ends before its last run; a complete file is needed');
}

/** For the bits of a mask: how far they are to be moved to the right, and the largest number they hold. */
function maskScale(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const largest = mask >>> shift;
  return (pixel) => Math.floor((((pixel & mask) >>> shift) * 255) / largest);
}

/** A function that writes the pixel at `x` of the row that begins at `from`. */
function pixelWriter(header: BmpHeader, source: Uint8Array, target: Uint8Array) {
  const { depth, palette } = header;
  if (depth === 24) {
    return (from: number, x: number, to: number) => {
      const at = from + 3 * x;
      target[to] = source[at + 2]!;
      target[to + 1] = source[at + 1]!;
      target[to + 2] = source[at]!;
    };
  }
  if (depth <= 8) {
    const mask = (1 << depth) - 1;
    return (from: number, x: number, to: number) => {
      const bit = x * depth;
      const colour = 3 * ((source[from + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask);
      for (let channel = 0; channel < 3; channel++) target[to + channel] = palette[colour + channel]!;
    };
  }
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const scales = header.masks.map(maskScale);
  return (from: number, x: number, to: number) => {
    const pixel = depth === 16 ? view.getUint16(from + 2 * x, true) : view.getUint32(from + 4 * x, true);
    for (let channel = 0; channel < 3; channel++) target[to + channel] = scales[channel]!(pixel);
  };
}

/** Decodes the pixels of a file whose header was read; alpha is dropped. Throws ImageError TRUNCATED_IMAGE. */
export function decodeBmpPixels(header: BmpHeader, where: string): RgbImage {
  const { width, height, compression, topDown } = header;
  const hasRuns = compression === RUNS_OF_8 || compression === RUNS_OF_4;
  const source = hasRuns ? expandRuns(header, where) : header.pixels;
  const plain = hasRuns ? { ...header, depth: 8 } : header;
  const rowBytes = hasRuns ? width : 4 * Math.ceil((width * header.depth) / 32);
  const lastRowBytes = Math.ceil((width * plain.depth) / 8);
  if (source.length < rowBytes * (height - 1) + lastRowBytes) {
    throw error('TRUNCATED_IMAGE', where, `has ${source.length} bytes of pixels, too few for ${width}×${height}`);
  }
  const data = new Uint8Array(width * height * 3);
  const write = pixelWriter(plain, source, data);
  for (let row = 0; row < height; row++) {
    const to = (topDown ? row : height - 1 - row) * width * 3;
    for (let x = 0; x < width; x++) write(row * rowBytes, x, to + 3 * x);
  }
  return { data, width, height, channels: 3 };
}
