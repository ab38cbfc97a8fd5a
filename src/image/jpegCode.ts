/**
 * Whether the scans of a JPEG file hold code for all their blocks, found by reading the code without computing pixels. What
 * is called damage is what libjpeg warns of, and surplus bytes, which libjpeg passes over, are cut off.
 */
import { BitReader, DamagedCode, type HuffmanTable, huffmanTable } from './huffman.js';
import { corruptJpeg, MARKER, truncatedJpeg } from './jpegHeader.js';
import type { JpegPart, JpegParts, JpegScan } from './jpegScans.js';
import { standardTables } from './standardHuffman.js';

const COEFFICIENTS = 64;
/** A symbol that stands for a run of 16 zeros; with less in its high bits, and no low ones, it ends a block or several. */
const LONGEST_RUN = 15;
const LARGEST_DC_BITS = 15;

/** What the segments so far have set. */
interface CodeState {
  /** By class (0 DC, 16 AC) and number; as in files of video frames, the standard's own where none were given. */
  readonly tables: (HuffmanTable | undefined)[];
  /** Units between restart markers; 0 for none. */
  interval: number;
  /** For each component, which coefficients of its blocks are not zero: two words a block. */
  readonly nonZero: Map<number, Uint32Array>;
}

/** Sets the tables of a segment of Huffman tables. Throws DamagedCode. */
function readTables(segment: Uint8Array, tables: CodeState['tables']): void {
  for (let at = 4; at < segment.length; ) {
    const counts = segment.subarray(at + 1, at + 17);
    const end = at + 17 + counts.reduce((sum, count) => sum + count, 0);
    const table = end <= segment.length ? huffmanTable(counts, segment.subarray(at + 17, end)) : undefined;
    if (!table) throw new DamagedCode('has a Huffman table that is no code');
    tables[segment[at]!] = table;
    at = end;
  }
}

function tableOf(state: CodeState, kind: 'dc' | 'ac', number: number): HuffmanTable {
  const table = state.tables[(kind === 'ac' ? 16 : 0) + number];
  if (!table) throw new DamagedCode(`uses the Huffman table ${kind.toUpperCase()} ${number}, which it does not define`);
  if (kind === 'dc' && table.symbols.some((bits) => bits > LARGEST_DC_BITS)) {
    throw new DamagedCode('has a Huffman table of DC coefficients whose symbols are too large');
  }
  return table;
}

/** Reads one block of a sequential scan. */
function passBlock(reader: BitReader, dc: HuffmanTable, ac: HuffmanTable): void {
  reader.read(reader.decode(dc) & 15);
  for (let index = 1; index < COEFFICIENTS; index++) {
    const symbol = reader.decode(ac);
    const bits = symbol & 15;
    if (bits === 0 && symbol >> 4 !== LONGEST_RUN) return;
    index += symbol >> 4;
    reader.read(bits);
  }
}

/** Reads the units of a scan, and the restart markers between them; gives the code without surplus bytes. */
function passUnits(
  reader: BitReader,
  { columns, rows }: JpegScan,
  interval: number,
  passUnit: (unit: number) => void,
  onRestart: () => void,
): Uint8Array[] {
  const code: Uint8Array[] = [];
  for (let unit = 0, restarts = 0; unit < columns * rows; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      code.push(reader.used());
      code.push(reader.restart(restarts++ & 7));
      onRestart();
    }
    passUnit(unit);
  }
  return [...code, reader.used()];
}

/** Reads the AC coefficients of progressive scans, whose blocks end together in bands and whose later scans refine. */
class BandReader {
  readonly #reader: BitReader;
  readonly #scan: JpegScan;
  readonly #table: HuffmanTable;
  readonly #nonZero: Uint32Array;
  /** Blocks that a band still holds. */
  #band = 0;

  constructor(reader: BitReader, scan: JpegScan, table: HuffmanTable, nonZero: Uint32Array) {
    this.#reader = reader;
    this.#scan = scan;
    this.#table = table;
    this.#nonZero = nonZero;
  }

  restart(): void {
    this.#band = 0;
  }

  #isSet(block: number, index: number): boolean {
    return ((this.#nonZero[2 * block + (index >> 5)]! >>> (index & 31)) & 1) === 1;
  }

  #set(block: number, index: number): void {
    const within = Math.min(index, COEFFICIENTS - 1);
    this.#nonZero[2 * block + (within >> 5)]! |= 1 << (within & 31);
  }

  /** Begins a band; the block at hand is its first. */
  #beginBand(bits: number): void {
    this.#band = (1 << bits) + this.#reader.read(bits);
  }

  passFirst(block: number): void {
    if (this.#band > 0) {
      this.#band--;
      return;
    }
    for (let index = this.#scan.first; index <= this.#scan.last; index++) {
      const symbol = this.#reader.decode(this.#table);
      const [run, bits] = [symbol >> 4, symbol & 15];
      if (bits === 0 && run !== LONGEST_RUN) {
        this.#beginBand(run);
        this.#band--;
        return;
      }
      index += run;
      if (bits === 0) continue;
      this.#reader.read(bits);
      this.#set(block, index);
    }
  }

  /** Passes coefficients that are zero, `run` of them, and the bits of those between; gives where it stops. */
  #passRun(block: number, from: number, run: number): number {
    let index = from;
    for (let left = run; index <= this.#scan.last; index++) {
      if (this.#isSet(block, index)) this.#reader.read(1);
      else if (--left < 0) break;
    }
    return index;
  }

  passRefinement(block: number): void {
    let index = this.#scan.first;
    for (; this.#band === 0 && index <= this.#scan.last; index++) {
      const symbol = this.#reader.decode(this.#table);
      const [run, bits] = [symbol >> 4, symbol & 15];
      if (bits > 1) throw new DamagedCode('refines a coefficient by more than a bit');
      if (bits === 0 && run !== LONGEST_RUN) {
        this.#beginBand(run);
        break;
      }
      if (bits === 1) this.#reader.read(1);
      index = this.#passRun(block, index, run);
      if (bits === 1) this.#set(block, index);
    }
    if (this.#band === 0) return;
    this.#passRun(block, index, COEFFICIENTS);
    this.#band--;
  }
}

/** Reads the code of a progressive scan. */
function passProgressive(reader: BitReader, scan: JpegScan, state: CodeState): Uint8Array[] {
  const { components, first, high, columns, rows, blocks } = scan;
  if (first === 0) {
    const tables = components.flatMap((component) => {
      const count = components.length === 1 ? 1 : component.horizontal * component.vertical;
      return high > 0 ? [] : Array<HuffmanTable>(count).fill(tableOf(state, 'dc', component.dcTable));
    });
    const pass = () => {
      if (high > 0) reader.read(blocks);
      else for (const table of tables) reader.read(reader.decode(table) & 15);
    };
    return passUnits(reader, scan, state.interval, pass, () => {});
  }
  const [only] = components as [JpegScan['components'][0]];
  const nonZero = state.nonZero.get(only.id) ?? new Uint32Array(2 * columns * rows);
  state.nonZero.set(only.id, nonZero);
  const band = new BandReader(reader, scan, tableOf(state, 'ac', only.acTable), nonZero);
  const pass = high > 0 ? (unit: number) => band.passRefinement(unit) : (unit: number) => band.passFirst(unit);
  return passUnits(reader, scan, state.interval, pass, () => band.restart());
}

/** Reads the code of a sequential scan. */
function passSequential(reader: BitReader, scan: JpegScan, state: CodeState): Uint8Array[] {
  const tables = scan.components.flatMap((component) => {
    const count = scan.components.length === 1 ? 1 : component.horizontal * component.vertical;
    const pair = [tableOf(state, 'dc', component.dcTable), tableOf(state, 'ac', component.acTable)] as const;
    return Array<typeof pair>(count).fill(pair);
  });
  const pass = () => {
    for (const [dc, ac] of tables) passBlock(reader, dc, ac);
  };
  return passUnits(reader, scan, state.interval, pass, () => {});
}

function passPart(part: JpegPart, state: CodeState, progressive: boolean): JpegPart {
  const { marker, segment, scan } = part;
  if (marker === MARKER.huffmanTables) readTables(segment, state.tables);
  if (marker === MARKER.restartInterval) state.interval = segment[4]! * 256 + (segment[5] ?? 0);
  if (!scan) return part;
  const reader = new BitReader(scan.code[0]!);
  const pass = progressive ? passProgressive : passSequential;
  return { ...part, scan: { ...scan, code: pass(reader, scan.header, state) } };
}

/**
 * Reads the code of all scans and gives the parts without surplus bytes.
 * Throws ImageError CORRUPT_IMAGE where code is damaged or ends before its blocks, TRUNCATED_IMAGE where the file does.
 */
export function checkJpegCode(file: JpegParts, progressive: boolean, where: string): JpegParts {
  const state: CodeState = { tables: progressive ? [] : standardTables(), interval: 0, nonZero: new Map() };
  let scans = 0;
  try {
    const parts = file.parts.map((part) => {
      if (part.scan) scans++;
      return passPart(part, state, progressive);
    });
    return { ...file, parts };
  } catch (cause) {
    if (!(cause instanceof DamagedCode)) throw cause;
    const found = scans > 1 ? `${cause.message} in scan ${scans}` : cause.message;
    throw !file.ended && scans === file.scans ? truncatedJpeg(where, found) : corruptJpeg(where, found);
  }
}
