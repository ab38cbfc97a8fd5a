/** Huffman codes of JPEG files: their tables, and a reader of bits that knows when they run out (ITU-T T.81, annexes C and F). */

/** Bits that are looked up at once; longer codes are rare. */
const LOOKUP_BITS = 9;
const LONGEST_CODE = 16;

/** A code's table. */
export interface HuffmanTable {
  /** For the next `LOOKUP_BITS` bits: length of the code · 256 + its symbol, 0 where the code is longer. */
  readonly lookup: Uint16Array;
  /** For each length, the number above the largest code of that length; 0 where there is none. */
  readonly ends: Int32Array;
  /** For each length, what to add to a code for the index of its symbol. */
  readonly shifts: Int32Array;
  readonly symbols: Uint8Array;
}

/** Makes a table of the numbers of codes of 1 to 16 bits, and their symbols; `undefined` where there is no such code; none may be all ones. */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable | undefined {
  const lookup = new Uint16Array(1 << LOOKUP_BITS);
  const [ends, shifts] = [new Int32Array(LONGEST_CODE + 1), new Int32Array(LONGEST_CODE + 1)];
  for (let length = 1, code = 0, index = 0; length <= LONGEST_CODE; length++, code <<= 1) {
    const count = counts[length - 1]!;
    if (count > 0 && code + count >= 1 << length) return undefined;
    shifts[length] = index - code;
    if (count > 0) ends[length] = code + count;
    const places = 1 << Math.max(0, LOOKUP_BITS - length);
    for (let last = index + count; index < last; index++, code++) {
      if (length <= LOOKUP_BITS) lookup.fill(length * 256 + symbols[index]!, code * places, (code + 1) * places);
    }
  }
  return { lookup, ends, shifts, symbols };
}

/** Thrown by a reader at what libjpeg warns of as damage; whoever asks for the code's check turns it into an error. */
export class DamagedCode extends Error {}

/** Reads the bits of one scan, from restart marker to restart marker. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** Where the next byte is taken from. */
  #position: number;
  /** The bits that were taken and not used, from the left. */
  #word = 0;
  #bits = 0;
  #bitsUsed = 0;
  /** Where the code since the last restart marker begins. */
  #begin: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#position = 0;
    this.#begin = 0;
  }

  #fill(): void {
    const bytes = this.#bytes;
    while (this.#bits <= 24 && this.#position < bytes.length) {
      const byte = bytes[this.#position]!;
      let next = this.#position + 1;
      if (byte === 0xff) {
        while (bytes[next] === 0xff) next++;
        if (bytes[next] !== 0) return;
        next++;
      }
      this.#word |= byte << (24 - this.#bits);
      this.#bits += 8;
      this.#position = next;
    }
  }

  #use(count: number): void {
    this.#word <<= count;
    this.#bits -= count;
    this.#bitsUsed += count;
    if (this.#bits < 0) throw new DamagedCode('ends before its blocks do');
  }

  /** The next `count` bits, 0 to 16, as a number. */
  read(count: number): number {
    if (count === 0) return 0;
    if (this.#bits < count) this.#fill();
    const value = this.#word >>> (32 - count);
    this.#use(count);
    return value;
  }

  /** The symbol of the next code. */
  decode({ lookup, ends, shifts, symbols }: HuffmanTable): number {
    if (this.#bits < LONGEST_CODE) this.#fill();
    const ahead = this.#word >>> (32 - LONGEST_CODE);
    const found = lookup[ahead >>> (LONGEST_CODE - LOOKUP_BITS)]!;
    if (found > 0) {
      this.#use(found >>> 8);
      return found & 255;
    }
    for (let length = LOOKUP_BITS + 1; length <= LONGEST_CODE; length++) {
      const code = ahead >>> (LONGEST_CODE - length);
      if (code >= ends[length]!) continue;
      this.#use(length);
      return symbols[code + shifts[length]!]!;
    }
    throw new DamagedCode(this.#bits < LONGEST_CODE ? 'ends before its blocks do' : 'has bits that are no code');
  }

  /** The bytes that were used since the last restart marker; what stands behind them, up to a marker, is surplus. */
  used(): Uint8Array {
    let end = this.#begin;
    for (let left = Math.ceil(this.#bitsUsed / 8); left > 0; left--) {
      if (this.#bytes[end++] !== 0xff) continue;
      while (this.#bytes[end] === 0xff) end++;
      end++;
    }
    return this.#bytes.subarray(this.#begin, end);
  }

  /** Passes over surplus bytes and the restart marker that is due, of number 0 to 7; gives the marker. */
  restart(number: number): Uint8Array {
    const bytes = this.#bytes;
    let at = this.#begin + this.used().length;
    for (let code = at; ; code++) {
      while (code < bytes.length && bytes[code] !== 0xff) code++;
      while (bytes[code] === 0xff) code++;
      at = code - 1;
      if (bytes[code] !== 0) break;
    }
    if (bytes[at + 1] !== 0xd0 + number) throw new DamagedCode(`lacks restart marker ${number}`);
    this.#begin = at + 2;
    this.#position = at + 2;
    [this.#word, this.#bits, this.#bitsUsed] = [0, 0, 0];
    return bytes.subarray(at, at + 2);
  }
}
