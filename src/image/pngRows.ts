/** PNG's inflated bytes to RGB pixels, row by row: filters undone, samples widened, interlaced passes put in place. */
import { corruptPng, PALETTE_COLOUR, type PngHeader, SAMPLES } from './pngHeader.js';

/** A sub-image of the file: every `stepX`-th pixel of every `stepY`-th row. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  /** Pixels a row, and rows. */
  readonly columns: number;
  readonly rows: number;
}

const WHOLE = [[0, 0, 1, 1]] as const;
/** Adam7 (PNG 1.2, section 2.6): first column and row, and steps, of each pass. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function passesOf(header: PngHeader): Pass[] {
  const passes = (header.interlaced ? ADAM7 : WHOLE).map(([x, y, stepX, stepY]) => {
    const columns = Math.ceil(Math.max(header.width - x, 0) / stepX);
    const rows = Math.ceil(Math.max(header.height - y, 0) / stepY);
    return { x, y, stepX, stepY, columns, rows };
  });
  return passes.filter((pass) => pass.columns > 0 && pass.rows > 0);
}

function bitsPerPixel(header: PngHeader): number {
  return SAMPLES[header.colour] * header.depth;
}

/** Bytes of a row with its filter byte. */
function rowBytes(pass: Pass, header: PngHeader): number {
  return 1 + Math.ceil((pass.columns * bitsPerPixel(header)) / 8);
}

/** Bytes that the whole image inflates to. */
export function inflatedBytes(header: PngHeader): number {
  return passesOf(header).reduce((sum, pass) => sum + pass.rows * rowBytes(pass, header), 0);
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toCorner = Math.abs(estimate - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** Undoes a row's filter in place; both rows begin with their filter byte. False for a filter that does not exist. */
function unfilter(row: Uint8Array, above: Uint8Array, pixelBytes: number): boolean {
  const begin = 1 + pixelBytes;
  switch (row[0]) {
    case 0:
      return true;
    case 1:
      for (let index = begin; index < row.length; index++) row[index] = row[index]! + row[index - pixelBytes]!;
      return true;
    case 2:
      for (let index = 1; index < row.length; index++) row[index] = row[index]! + above[index]!;
      return true;
    case 3:
      for (let index = 1; index < row.length; index++) {
        const left = index < begin ? 0 : row[index - pixelBytes]!;
        row[index] = row[index]! + ((left + above[index]!) >> 1);
      }
      return true;
    case 4:
      for (let index = 1; index < Math.min(begin, row.length); index++) row[index] = row[index]! + above[index]!;
      for (let index = begin; index < row.length; index++) {
        row[index] = row[index]! + paeth(row[index - pixelBytes]!, above[index]!, above[index - pixelBytes]!);
      }
      return true;
    default:
      return false;
  }
}

/**
 * Turns the inflated stream into RGB8. `push` takes its bytes in pieces of any length; `done` is true once all rows
 * have come. 16-bit samples keep their high byte, fewer bits are spread over 0 to 255, alpha is dropped.
 */
export class PngRows {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly #header: PngHeader;
  readonly #palette: Uint8Array;
  readonly #where: string;
  readonly #passes: readonly Pass[];
  #pass = 0;
  #rowIndex = 0;
  #filled = 0;
  #row: Uint8Array;
  #above: Uint8Array;

  constructor(header: PngHeader, palette: Uint8Array, where: string) {
    this.#header = header;
    this.#palette = palette;
    this.#where = where;
    this.#passes = passesOf(header);
    this.pixels = new Uint8Array(header.width * header.height * 3);
    this.#row = new Uint8Array(rowBytes(this.#passes[0]!, header));
    this.#above = new Uint8Array(this.#row.length);
  }

  get done(): boolean {
    return this.#pass === this.#passes.length;
  }

  /** Takes further bytes; those after the last row are ignored. Throws ImageError CORRUPT_IMAGE. */
  push(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length && !this.done) {
      const count = Math.min(bytes.length - offset, this.#row.length - this.#filled);
      this.#row.set(bytes.subarray(offset, offset + count), this.#filled);
      this.#filled += count;
      offset += count;
      if (this.#filled === this.#row.length) this.#finishRow();
    }
  }

  #finishRow(): void {
    const pass = this.#passes[this.#pass]!;
    const pixelBytes = Math.max(1, bitsPerPixel(this.#header) >> 3);
    if (!unfilter(this.#row, this.#above, pixelBytes)) {
      throw corruptPng(this.#where, `has filter ${this.#row[0]} in a row, which is 0 to 4`);
    }
    this.#writeRow(pass);
    this.#filled = 0;
    [this.#row, this.#above] = [this.#above, this.#row];
    if (++this.#rowIndex < pass.rows) return;
    this.#rowIndex = 0;
    const next = this.#passes[++this.#pass];
    if (!next) return;
    this.#row = new Uint8Array(rowBytes(next, this.#header));
    this.#above = new Uint8Array(this.#row.length);
  }

  #writeRow(pass: Pass): void {
    const { width, depth, colour } = this.#header;
    const row = this.#row;
    const target = this.pixels;
    let to = ((pass.y + this.#rowIndex * pass.stepY) * width + pass.x) * 3;
    const step = pass.stepX * 3;
    if (colour === PALETTE_COLOUR || depth < 8) {
      this.#writePacked(pass, to, step);
      return;
    }
    const sampleBytes = depth >> 3;
    const pixelBytes = SAMPLES[colour] * sampleBytes;
    const [green, blue] = SAMPLES[colour] < 3 ? [0, 0] : [sampleBytes, 2 * sampleBytes];
    for (let from = 1; from < row.length; from += pixelBytes, to += step) {
      target[to] = row[from]!;
      target[to + 1] = row[from + green]!;
      target[to + 2] = row[from + blue]!;
    }
  }

  /** Pixels of one sample of 1 to 8 bits, the first in a byte's high bits: palette indexes or grey. */
  #writePacked(pass: Pass, begin: number, step: number): void {
    const { depth, colour } = this.#header;
    const palette = colour === PALETTE_COLOUR ? this.#palette : undefined;
    const largest = (1 << depth) - 1;
    for (let column = 0, to = begin; column < pass.columns; column++, to += step) {
      const bit = column * depth;
      const sample = (this.#row[1 + (bit >> 3)]! >> (8 - depth - (bit & 7))) & largest;
      if (palette && sample * 3 >= palette.length) {
        throw corruptPng(this.#where, `has a pixel of colour ${sample} in a palette of ${palette.length / 3}`);
      }
      for (let channel = 0; channel < 3; channel++) {
        this.pixels[to + channel] = palette ? palette[sample * 3 + channel]! : (sample * 255) / largest;
      }
    }
  }
}
