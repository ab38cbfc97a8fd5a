/** A checked PNG file to RGB pixels, row by row: fflate inflates, filters and passes are undone here (PNG 1.2, sections 2.6 and 6). */
import { FlateErrorCode, Inflate } from 'fflate';
import { ImageError } from '../errors.js';
import type { RgbImage } from './image.js';
import {
  corruptPng,
  inflatedBytes,
  type PngChunks,
  type PngHeader,
  type PngPassSize,
  passesOf,
  SAMPLES,
  truncatedPng,
} from './pngHeader.js';

/** Bytes that one byte of a deflate stream can stand for at most. */
const LARGEST_INFLATION = 1032;

/** Compressed bytes that are inflated at a time, which bounds what they can become. */
const PIECE_BYTES = 1 << 14;

/** Bytes behind the last row that are still inflated for the checksum; what goes on for longer is not looked at. */
const LARGEST_EXCESS = 1 << 16;
/** Bytes at the end of the stream in which its checksum is looked for. */
const SEARCHED_END = 1 << 16;
/** Bytes whose sums stay whole numbers of 32 bits. */
const SUMMED_AT_ONCE = 5552;
/** Bytes of zlib's header. */
const START_BYTES = 2;

/** The stream's header, and what follows it in pieces that are inflated at a time. */
function piecesOf(compressed: readonly Uint8Array[]): [start: Uint8Array, pieces: Uint8Array[]] {
  const start = new Uint8Array(START_BYTES);
  const pieces: Uint8Array[] = [];
  let taken = 0;
  for (const chunk of compressed) {
    let from = 0;
    while (taken < START_BYTES && from < chunk.length) start[taken++] = chunk[from++]!;
    for (; from < chunk.length; from += PIECE_BYTES) pieces.push(chunk.subarray(from, from + PIECE_BYTES));
  }
  return [start, pieces];
}

/** Where a pixel's red, green and blue stand in a row of whole bytes; of 16 bits the high ones. */
interface PixelBytes {
  readonly step: number;
  readonly green: number;
  readonly blue: number;
}

function pixelBytes({ colour, depth }: PngHeader): PixelBytes {
  const sample = depth / 8;
  const isGrey = SAMPLES[colour] < 3;
  return { step: SAMPLES[colour] * sample, green: isGrey ? 0 : sample, blue: isGrey ? 0 : 2 * sample };
}

/** The colours of samples of at most 8 bits: the palette's, black beyond its end, or greys. */
function colourTable({ colour, depth }: PngHeader, palette: Uint8Array): Uint8Array {
  const table = new Uint8Array(3 * 256);
  if (colour === 3) table.set(palette);
  else
    for (let sample = 0, largest = (1 << depth) - 1; sample <= largest; sample++) {
      table.fill((sample * 255) / largest, 3 * sample, 3 * sample + 3);
    }
  return table;
}

/** The nearest of left, upper and corner to left + upper − corner, the first where several are. */
function paeth(left: number, upper: number, corner: number): number {
  const byLeft = Math.abs(upper - corner);
  const byUpper = Math.abs(left - corner);
  const byCorner = Math.abs(left + upper - 2 * corner);
  if (byLeft <= byUpper && byLeft <= byCorner) return left;
  return byUpper <= byCorner ? upper : corner;
}

/** Undoes a row's filter in place; `above` is the row before, zeros for the first; false for a filter that is none. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, step: number): boolean {
  const { length } = row;
  const first = Math.min(step, length);
  if (filter === 1) {
    for (let at = step; at < length; at++) row[at]! += row[at - step]!;
  } else if (filter === 2) {
    for (let at = 0; at < length; at++) row[at]! += above[at]!;
  } else if (filter === 3) {
    for (let at = 0; at < first; at++) row[at]! += above[at]! >> 1;
    for (let at = step; at < length; at++) row[at]! += (row[at - step]! + above[at]!) >> 1;
  } else if (filter === 4) {
    for (let at = 0; at < first; at++) row[at]! += above[at]!;
    for (let at = step; at < length; at++) row[at]! += paeth(row[at - step]!, above[at]!, above[at - step]!);
  }
  return filter <= 4;
}

/** Takes inflated bytes and writes the pixels of each row as soon as it is whole. */
class RowWriter {
  readonly #header: PngHeader;
  readonly #where: string;
  readonly #table: Uint8Array;
  readonly #target: Uint8Array;
  /** The passes that still have rows, the one at hand first. */
  readonly #passes: PngPassSize[];
  #y = 0;
  /** The row at hand behind its filter's byte, and how many bytes of both are there. */
  #row = new Uint8Array(0);
  #above = new Uint8Array(0);
  #filled = 0;

  constructor(header: PngHeader, palette: Uint8Array, where: string) {
    this.#header = header;
    this.#where = where;
    this.#table = colourTable(header, palette);
    this.#target = new Uint8Array(header.width * header.height * 3);
    this.#passes = passesOf(header);
    this.#beginPass();
  }

  #beginPass(): void {
    const bytes = 1 + (this.#passes[0]?.rowBytes ?? 0);
    this.#row = new Uint8Array(bytes);
    this.#above = new Uint8Array(bytes);
    this.#y = 0;
  }

  /** The pixels, once all rows are there. */
  get pixels(): Uint8Array | undefined {
    return this.#passes.length === 0 ? this.#target : undefined;
  }

  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length && this.#passes.length > 0; ) {
      const taken = bytes.subarray(from, from + this.#row.length - this.#filled);
      this.#row.set(taken, this.#filled);
      this.#filled += taken.length;
      from += taken.length;
      if (this.#filled === this.#row.length) this.#endRow();
    }
  }

  #endRow(): void {
    const { colour, depth } = this.#header;
    const row = this.#row.subarray(1);
    const step = Math.max(1, (SAMPLES[colour] * depth) >> 3);
    if (!unfilter(this.#row[0]!, row, this.#above.subarray(1), step)) {
      throw corruptPng(this.#where, `has a row of filter ${this.#row[0]}`);
    }
    this.#write(row, this.#passes[0]!);
    [this.#row, this.#above] = [this.#above, this.#row];
    this.#filled = 0;
    if (++this.#y < this.#passes[0]!.rows) return;
    this.#passes.shift();
    this.#beginPass();
  }

  #write(row: Uint8Array, { pass, columns }: PngPassSize): void {
    const { width, depth, colour } = this.#header;
    const [x, y, stepX, stepY] = pass;
    const to = ((y + this.#y * stepY) * width + x) * 3;
    if (colour === 2 && depth === 8 && stepX === 1) this.#target.set(row, to);
    else if (SAMPLES[colour] === 1 && depth <= 8) this.#writeColours(row, to, columns, 3 * stepX);
    else this.#writeSamples(row, to, columns, 3 * stepX);
  }

  /** Pixels of one sample of at most 8 bits. */
  #writeColours(row: Uint8Array, begin: number, columns: number, stride: number): void {
    const { depth } = this.#header;
    const table = this.#table;
    const target = this.#target;
    const mask = (1 << depth) - 1;
    for (let column = 0, to = begin; column < columns; column++, to += stride) {
      const bit = column * depth;
      const colour = 3 * ((row[bit >> 3]! >> (8 - depth - (bit & 7))) & mask);
      target[to] = table[colour]!;
      target[to + 1] = table[colour + 1]!;
      target[to + 2] = table[colour + 2]!;
    }
  }

  /** Pixels of whole bytes. */
  #writeSamples(row: Uint8Array, begin: number, columns: number, stride: number): void {
    const { step, green, blue } = pixelBytes(this.#header);
    const target = this.#target;
    for (let column = 0, from = 0, to = begin; column < columns; column++, from += step, to += stride) {
      target[to] = row[from]!;
      target[to + 1] = row[from + green]!;
      target[to + 2] = row[from + blue]!;
    }
  }
}

/** The sum that zlib stores behind what it compressed, of bytes that come piece by piece. */
class Adler32 {
  #low = 1;
  #high = 0;

  push(bytes: Uint8Array): void {
    for (let begin = 0; begin < bytes.length; begin += SUMMED_AT_ONCE) {
      const end = Math.min(begin + SUMMED_AT_ONCE, bytes.length);
      let [low, high] = [this.#low, this.#high];
      for (let at = begin; at < end; at++) {
        low += bytes[at]!;
        high += low;
      }
      this.#low = low % 65521;
      this.#high = high % 65521;
    }
  }

  /** Its 32 bits. */
  get value(): number {
    return (this.#high << 16) | this.#low;
  }
}

/** Whether the number stands somewhere in the stream's end: behind the sum some programs leave more. */
function isNearEnd(wanted: number, compressed: readonly Uint8Array[]): boolean {
  let skipped = compressed.reduce((sum, piece) => sum + piece.length, 0) - SEARCHED_END;
  let word = 0;
  for (const chunk of compressed) {
    for (let at = Math.max(0, skipped); at < chunk.length; at++) {
      word = (word << 8) | chunk[at]!;
      if (word === wanted) return true;
    }
    skipped -= chunk.length;
  }
  return false;
}

/** Throws ImageError CORRUPT_IMAGE where the stream's first bytes are not zlib's. */
function checkStream([first, second]: Uint8Array, where: string): void {
  const isZlib = (first! & 15) === 8 && first! >> 4 <= 7 && (first! * 256 + second!) % 31 === 0;
  if (!isZlib || (second! & 32) !== 0) throw corruptPng(where, 'has pixels that are no zlib stream');
}

/** As `inflate` does, by the runtime, which is faster: false too where it stops at anything that is not as zlib left it. */
async function inflateByRuntime(
  compressed: readonly Uint8Array[],
  receive: (bytes: Uint8Array) => boolean,
): Promise<boolean> {
  if (typeof DecompressionStream !== 'function') return false;
  const source = new Blob(compressed as Uint8Array<ArrayBuffer>[]).stream();
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      if (receive(value)) continue;
      await reader.cancel().catch(() => {});
      return true;
    }
  } catch {
    return false;
  }
}

/** Inflates a zlib stream as long as `receive` wants more; whether its end was reached. Throws ImageError CORRUPT_IMAGE. */
function inflate(compressed: readonly Uint8Array[], where: string, receive: (bytes: Uint8Array) => boolean): boolean {
  const [start, pieces] = piecesOf(compressed);
  checkStream(start, where);
  let isWanted = true;
  const inflater = new Inflate((bytes) => {
    isWanted = receive(bytes);
  });
  try {
    for (const piece of pieces) {
      if (!isWanted) return false;
      inflater.push(piece);
    }
    inflater.push(new Uint8Array(0), true);
    return true;
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    if ((cause as { code?: number }).code === FlateErrorCode.UnexpectedEOF) return false;
    throw corruptPng(where, 'has pixels that cannot be inflated', { cause });
  }
}

/**
 * Decodes the pixels of a file whose header and chunks were read. Rows that are more than the image has are not kept; alpha
 * is dropped, gamma and colour profiles are not applied. What the runtime's own inflating does not take for a whole stream
 * is inflated here, where surplus bytes are told from damage. Takes three bytes a pixel and some rows.
 * Throws ImageError TRUNCATED_IMAGE or CORRUPT_IMAGE.
 */
export async function decodePngPixels(
  header: PngHeader,
  { compressed, cut, palette }: PngChunks,
  where: string,
): Promise<RgbImage> {
  const { width, height } = header;
  const stored = compressed.reduce((sum, piece) => sum + piece.length, 0);
  if (stored * LARGEST_INFLATION < inflatedBytes(header)) {
    throw truncatedPng(where, `holds ${stored} compressed bytes, which cannot be ${width}×${height} pixels`);
  }
  const expected = inflatedBytes(header) + LARGEST_EXCESS;
  let writer = new RowWriter(header, palette, where);
  let left = expected;
  const receive = (bytes: Uint8Array) => {
    writer.push(bytes);
    left -= bytes.length;
    return left > 0;
  };
  if (!(await inflateByRuntime(compressed, receive)) || !writer.pixels) {
    writer = new RowWriter(header, palette, where);
    left = expected;
    const sum = new Adler32();
    const isWhole = inflate(compressed, where, (bytes) => {
      sum.push(bytes);
      return receive(bytes);
    });
    if (!writer.pixels) throw truncatedPng(where, 'ends before its last row');
    if (isWhole && !cut && !isNearEnd(sum.value, compressed)) {
      throw corruptPng(where, 'has pixels whose checksum does not fit');
    }
  }
  return { data: writer.pixels!, width, height, channels: 3 };
}
