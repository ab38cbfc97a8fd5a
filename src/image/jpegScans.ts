/** The parts of a JPEG file that its pixels depend on, and whether they hold all that the frame needs (ITU-T T.81, B.2.3, G.1). */
import {
  corruptJpeg,
  FIRST_SEGMENT,
  isFrame,
  type JpegComponent,
  type JpegHeader,
  MARKER,
  readSegment,
  truncatedJpeg,
} from './jpegHeader.js';

/** Coefficients of an 8×8 block. */
const COEFFICIENTS = 64;
/** A coefficient that no scan has brought yet; any other number is how many of its low bits are missing. */
const ABSENT = 255;

/** A component in a scan, and the numbers of its Huffman tables. */
export interface ScanComponent extends JpegComponent {
  readonly dcTable: number;
  readonly acTable: number;
}

/** What a scan header says. */
export interface JpegScan {
  readonly components: readonly ScanComponent[];
  /** First and last coefficient in zigzag order. */
  readonly first: number;
  readonly last: number;
  /** Low bits that the scan before left out, 0 in the first scan of a coefficient; and those that this one leaves. */
  readonly high: number;
  readonly low: number;
  /** Units in a row and in a column, and the blocks of each: whole interleaved ones, or single blocks of one component. */
  readonly columns: number;
  readonly rows: number;
  readonly blocks: number;
}

/** A segment that goes to the decoder, with its marker and length; and a scan's code up to the next marker. */
export interface JpegPart {
  readonly marker: number;
  readonly segment: Uint8Array;
  readonly scan?: { readonly header: JpegScan; readonly code: readonly Uint8Array[] };
}

/** What the components stand for. */
export type JpegColour = 'grey' | 'rgb' | 'ycc' | 'cmyk' | 'ycck';

/** A JPEG file without whatever no pixel depends on. */
export interface JpegParts {
  readonly colour: JpegColour;
  readonly parts: readonly JpegPart[];
  readonly scans: number;
  /** Whether the file has its end-of-image marker. */
  readonly ended: boolean;
}

/** Units of a scan: whole interleaved ones, or for one component the blocks that its own size needs. */
function unitsOf(
  components: readonly ScanComponent[],
  header: JpegHeader,
): Pick<JpegScan, 'columns' | 'rows' | 'blocks'> {
  const horizontal = Math.max(...header.components.map((component) => component.horizontal));
  const vertical = Math.max(...header.components.map((component) => component.vertical));
  const [only] = components;
  if (components.length === 1) {
    const columns = Math.ceil(Math.ceil((header.width * only!.horizontal) / horizontal) / 8);
    return { columns, rows: Math.ceil(Math.ceil((header.height * only!.vertical) / vertical) / 8), blocks: 1 };
  }
  const columns = Math.ceil(header.width / (8 * horizontal));
  const blocks = components.reduce((sum, component) => sum + component.horizontal * component.vertical, 0);
  return { columns, rows: Math.ceil(header.height / (8 * vertical)), blocks };
}

function readScan(content: Uint8Array, header: JpegHeader, where: string): JpegScan {
  const count = content[0] ?? 0;
  if (count < 1 || count > 4 || content.length !== 4 + 2 * count) {
    throw corruptJpeg(where, `has a scan header of ${content.length} bytes for ${count} components`);
  }
  const components: ScanComponent[] = [];
  for (let index = 0; index < count; index++) {
    const [id, tables] = content.subarray(1 + 2 * index) as unknown as [number, number];
    const component = header.components.find((candidate) => candidate.id === id);
    if (!component || components.some((other) => other.id === id)) {
      throw corruptJpeg(where, `has a scan of component ${id}, which its frame does not name once`);
    }
    components.push({ ...component, dcTable: tables >> 4, acTable: tables & 15 });
  }
  const units = unitsOf(components, header);
  const [first, last, approximation] = content.subarray(-3) as unknown as [number, number, number];
  if (!header.progressive) return { components, first: 0, last: COEFFICIENTS - 1, high: 0, low: 0, ...units };
  const scan = { components, first, last, high: approximation >> 4, low: approximation & 15, ...units };
  const mixed = first === 0 ? last !== 0 : count !== 1;
  const refines = scan.high !== 0 && scan.high !== scan.low + 1;
  if (mixed || first > last || last >= COEFFICIENTS || scan.low > 13 || refines) {
    throw corruptJpeg(where, `has a scan of coefficients ${first} to ${last}, bits ${approximation}`);
  }
  return scan;
}

/** Bits below which no Huffman code can describe a block: one for each code that a scan must hold for it. */
function leastBitsPerBlock(scan: JpegScan, header: JpegHeader): number {
  if (!header.progressive) return 2;
  return scan.first === 0 ? 1 : 0;
}

/** Finds the marker that ends entropy-coded data from `begin`, or the end of the file; counts the bytes that carry code. */
function passCode(bytes: Uint8Array, begin: number): { end: number; codeBytes: number } {
  let codeBytes = -begin;
  for (let position = begin; ; ) {
    const found = bytes.indexOf(0xff, position);
    const marker = found < 0 ? bytes.length : found;
    let code = marker + 1;
    while (bytes[code] === 0xff) code++;
    const following = bytes[code];
    const isPart = following === 0 || (following! >= MARKER.firstRestart && following! <= MARKER.lastRestart);
    if (following === undefined || !isPart) return { end: marker, codeBytes: codeBytes + marker };
    codeBytes -= following === 0 ? code - marker : code + 1 - marker;
    position = code + 1;
  }
}

/** Records what a scan brings and refuses one that repeats or skips bits. */
function applyScan(scan: JpegScan, missing: ReadonlyMap<number, Uint8Array>, where: string): void {
  for (const { id } of scan.components) {
    const bits = missing.get(id)!;
    for (let index = scan.first; index <= scan.last; index++) {
      if (bits[index] !== (scan.high === 0 ? ABSENT : scan.high)) {
        throw corruptJpeg(where, `has scans out of order: coefficient ${index} of component ${id}`);
      }
      bits[index] = scan.low;
    }
  }
}

/** The component whose coefficients no scan has brought in full, by its number. */
function incompleteComponent(missing: ReadonlyMap<number, Uint8Array>): number | undefined {
  for (const [id, bits] of missing) if (bits.some((low) => low !== 0)) return id;
  return undefined;
}

const JFIF = [0x4a, 0x46, 0x49, 0x46, 0];
const JFIF_BYTES = 14;
const ADOBE = [0x41, 0x64, 0x6f, 0x62, 0x65];
const ADOBE_BYTES = 12;

/** What the application segments before the first scan say of colours. */
interface ColourHints {
  jfif: boolean;
  /** Adobe's number of the transform. */
  transform: number | undefined;
}

function readHint(hints: ColourHints, marker: number, content: Uint8Array): void {
  const begins = (signature: readonly number[]) => signature.every((byte, index) => content[index] === byte);
  if (marker === MARKER.app0 && content.length >= JFIF_BYTES && begins(JFIF)) hints.jfif = true;
  if (marker === MARKER.app14 && content.length >= ADOBE_BYTES && begins(ADOBE)) hints.transform = content[11]!;
}

/** What the components stand for, by libjpeg's rules; a number of Adobe's that nobody knows means the usual transform. */
function colourOf({ components }: JpegHeader, { jfif, transform }: ColourHints): JpegColour {
  if (components.length === 1) return 'grey';
  if (components.length === 4) return transform === undefined || transform === 0 ? 'cmyk' : 'ycck';
  if (jfif) return 'ycc';
  if (transform !== undefined) return transform === 0 ? 'rgb' : 'ycc';
  return String.fromCharCode(...components.map(({ id }) => id)) === 'RGB' ? 'rgb' : 'ycc';
}

/** Adobe's segment that says nothing but the colours. */
function colourSegment(colour: JpegColour): Uint8Array {
  const transform = { grey: 0, rgb: 0, cmyk: 0, ycc: 1, ycck: 2 }[colour];
  return Uint8Array.of(0xff, MARKER.app14, 0, 2 + ADOBE_BYTES, ...ADOBE, 0, 100, 0, 0, 0, 0, transform);
}

/** Throws ImageError where a segment of arithmetic coding, which Huffman-coded files do not use, makes no sense. */
function checkConditions(content: Uint8Array, where: string): void {
  for (let at = 0; at < content.length; at += 2) {
    const [index, value] = [content[at]!, content[at + 1]];
    if (value === undefined || index >= 32 || (index < 16 && (value & 15) > value >> 4)) {
      throw corruptJpeg(where, `has conditions of arithmetic coding for table ${index} that make no sense`);
    }
  }
}

/** A segment as the file has it; a sequential scan's with the coefficients that it has in any case. */
function wholeSegment(bytes: Uint8Array, begin: number, end: number, marker: number, header: JpegHeader): Uint8Array {
  const segment = Uint8Array.of(0xff, marker, ...bytes.subarray(begin - 2, end));
  if (marker === MARKER.startOfScan && !header.progressive) segment.set([0, COEFFICIENTS - 1, 0], segment.length - 3);
  return segment;
}

/**
 * Collects what the pixels depend on, up to the end-of-image marker or, where a complete image lacks that, the end of the
 * file. Bytes after the marker are ignored, as cameras append previews there.
 * Throws ImageError TRUNCATED_IMAGE for a file that ends early: a scan with fewer bits than its blocks need at least, or
 * coefficients that no scan brings; CORRUPT_IMAGE for scans that contradict the frame.
 */
export function readJpegParts(bytes: Uint8Array, header: JpegHeader, where: string): JpegParts {
  const missing = new Map(header.components.map(({ id }) => [id, new Uint8Array(COEFFICIENTS).fill(ABSENT)]));
  const hints: ColourHints = { jfif: false, transform: undefined };
  const parts: JpegPart[] = [];
  let [scans, frames, ended] = [0, 0, false];
  let cut = `ends after all scans`;
  for (let offset = FIRST_SEGMENT; !ended; ) {
    const found = readSegment(bytes, offset, where);
    if (isFrame(found.marker ?? 0) && ++frames > 1) throw corruptJpeg(where, 'has a second frame header');
    if ('cut' in found) {
      cut = found.cut;
      break;
    }
    const { marker, begin, end } = found;
    const content = bytes.subarray(begin, end);
    offset = end;
    ended = marker === MARKER.endOfImage;
    if (scans === 0) readHint(hints, marker, content);
    if (marker === MARKER.arithmeticConditions) checkConditions(content, where);
    if (
      isFrame(marker) ||
      marker === MARKER.huffmanTables ||
      marker === MARKER.quantisationTables ||
      marker === MARKER.restartInterval
    ) {
      parts.push({ marker, segment: wholeSegment(bytes, begin, end, marker, header) });
    }
    if (marker !== MARKER.startOfScan) continue;
    const scan = readScan(content, header, where);
    applyScan(scan, missing, where);
    const code = passCode(bytes, end);
    const blocks = scan.columns * scan.rows * scan.blocks;
    if (code.codeBytes * 8 < blocks * leastBitsPerBlock(scan, header)) {
      throw truncatedJpeg(where, `has a scan of ${code.codeBytes} bytes, too few for its ${blocks} blocks`);
    }
    const segment = wholeSegment(bytes, begin, end, marker, header);
    parts.push({ marker, segment, scan: { header: scan, code: [bytes.subarray(end, code.end)] } });
    scans++;
    offset = code.end;
  }
  const incomplete = incompleteComponent(missing);
  if (incomplete !== undefined) {
    const reason = ended ? `ends after ${scans} scans` : cut;
    throw truncatedJpeg(where, `${reason}, before component ${incomplete} is complete`);
  }
  return { colour: colourOf(header, hints), parts, scans, ended };
}

/** The file that the parts make, in pieces: what a decoder is given. */
export function jpegPieces({ colour, parts }: JpegParts): Uint8Array[] {
  const pieces = [Uint8Array.of(0xff, MARKER.startOfImage), colourSegment(colour)];
  for (const { segment, scan } of parts) pieces.push(segment, ...(scan?.code ?? []));
  return [...pieces, Uint8Array.of(0xff, MARKER.endOfImage)];
}
