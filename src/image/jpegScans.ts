/** Whether a JPEG file holds all the scans that its frame needs, found without decoding them (ITU-T T.81, B.2.3, G.1). */
import { corruptJpeg, type JpegComponent, type JpegHeader, MARKER, readSegment, truncatedJpeg } from './jpegHeader.js';

/** Coefficients of an 8×8 block. */
const COEFFICIENTS = 64;
/** A coefficient that no scan has brought yet; any other number is how many of its low bits are missing. */
const ABSENT = 255;

interface Scan {
  readonly components: readonly JpegComponent[];
  /** First and last coefficient in zigzag order. */
  readonly first: number;
  readonly last: number;
  /** Low bits that the scan before left out, 0 in the first scan of a coefficient; and those that this one leaves. */
  readonly high: number;
  readonly low: number;
}

function readScan(bytes: Uint8Array, begin: number, end: number, header: JpegHeader, where: string): Scan {
  const count = bytes[begin] ?? 0;
  if (count < 1 || count > 4 || end - begin !== 4 + 2 * count) {
    throw corruptJpeg(where, `has a scan header of ${end - begin} bytes at byte ${begin}`);
  }
  const components: JpegComponent[] = [];
  for (let index = 0; index < count; index++) {
    const id = bytes[begin + 1 + 2 * index]!;
    const component = header.components.find((candidate) => candidate.id === id);
    if (!component || components.includes(component)) {
      throw corruptJpeg(where, `has a scan at byte ${begin} of component ${id}, which its frame does not name once`);
    }
    components.push(component);
  }
  const [first, last, approximation] = bytes.subarray(end - 3, end) as unknown as [number, number, number];
  if (!header.progressive) return { components, first: 0, last: COEFFICIENTS - 1, high: 0, low: 0 };
  const scan = { components, first, last, high: approximation >> 4, low: approximation & 15 };
  const mixed = first === 0 ? last !== 0 : count !== 1;
  if (
    mixed ||
    first > last ||
    last >= COEFFICIENTS ||
    scan.low > 13 ||
    (scan.high !== 0 && scan.high !== scan.low + 1)
  ) {
    throw corruptJpeg(where, `has a scan at byte ${begin} of coefficients ${first} to ${last}, bits ${approximation}`);
  }
  return scan;
}

/** Blocks that a scan codes: whole interleaved units, or for one component the blocks that its own size needs. */
function blocksOf(scan: Scan, header: JpegHeader): number {
  const horizontal = Math.max(...header.components.map((component) => component.horizontal));
  const vertical = Math.max(...header.components.map((component) => component.vertical));
  const [only] = scan.components;
  if (scan.components.length === 1) {
    const columns = Math.ceil(Math.ceil((header.width * only!.horizontal) / horizontal) / 8);
    return columns * Math.ceil(Math.ceil((header.height * only!.vertical) / vertical) / 8);
  }
  const units = Math.ceil(header.width / (8 * horizontal)) * Math.ceil(header.height / (8 * vertical));
  return units * scan.components.reduce((sum, component) => sum + component.horizontal * component.vertical, 0);
}

/** Bits below which no Huffman code can describe a block: one for each code that a scan must hold for it. */
function leastBitsPerBlock(scan: Scan, header: JpegHeader): number {
  if (!header.progressive) return 2;
  return scan.first === 0 ? 1 : 0;
}

/** Finds the marker that ends entropy-coded data from `begin`; counts the bytes that carry code. */
function passCode(bytes: Uint8Array, begin: number, where: string): { end: number; codeBytes: number } {
  let codeBytes = -begin;
  for (let position = begin; ; ) {
    const marker = bytes.indexOf(0xff, position);
    let code = marker + 1;
    while (bytes[code] === 0xff) code++;
    const following = bytes[code];
    if (marker < 0 || following === undefined) {
      throw truncatedJpeg(where, `ends at byte ${bytes.length} inside a scan`);
    }
    if (following !== 0 && (following < 0xd0 || following > 0xd7))
      return { end: marker, codeBytes: codeBytes + marker };
    codeBytes -= following === 0 ? code - marker : code + 1 - marker;
    position = code + 1;
  }
}

/** Records what a scan brings and refuses one that repeats or skips bits. */
function applyScan(scan: Scan, missing: ReadonlyMap<JpegComponent, Uint8Array>, where: string): void {
  for (const component of scan.components) {
    const bits = missing.get(component)!;
    for (let index = scan.first; index <= scan.last; index++) {
      if (bits[index] !== (scan.high === 0 ? ABSENT : scan.high)) {
        throw corruptJpeg(where, `has scans out of order: coefficient ${index} of component ${component.id}`);
      }
      bits[index] = scan.low;
    }
  }
}

/**
 * Walks through all scans to the end-of-image marker. Bytes after it are ignored, as cameras append previews there.
 * Throws ImageError TRUNCATED_IMAGE for a file that ends early: no end marker, a scan with fewer bits than its blocks
 * need at least, or coefficients that no scan brings; CORRUPT_IMAGE for scans that contradict the frame.
 * Returns the number of scans.
 */
export function checkJpegScans(bytes: Uint8Array, header: JpegHeader, where: string): number {
  const missing = new Map(header.components.map((component) => [component, new Uint8Array(COEFFICIENTS).fill(ABSENT)]));
  let scans = 0;
  let offset = header.endOffset;
  for (;;) {
    const { marker, begin, end } = readSegment(bytes, offset, where);
    offset = end;
    if (marker === MARKER.endOfImage) break;
    if (marker === MARKER.startOfImage) throw corruptJpeg(where, `begins a second image at byte ${begin}`);
    if (marker >= 0xc0 && marker <= 0xc2) throw corruptJpeg(where, `has a second frame header at byte ${begin}`);
    if (marker !== MARKER.startOfScan) continue;
    const scan = readScan(bytes, begin, end, header, where);
    applyScan(scan, missing, where);
    const code = passCode(bytes, end, where);
    const blocks = blocksOf(scan, header);
    if (code.codeBytes * 8 < blocks * leastBitsPerBlock(scan, header)) {
      throw truncatedJpeg(where, `has a scan of ${code.codeBytes} bytes, too few for its ${blocks} blocks`);
    }
    scans++;
    offset = code.end;
  }
  for (const [component, bits] of missing) {
    if (bits.some((low) => low !== 0)) {
      throw truncatedJpeg(where, `ends after ${scans} scans, before component ${component.id} is complete`);
    }
  }
  return scans;
}
