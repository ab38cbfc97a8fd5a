/** FlatBuffers read with every offset checked: tables by the numbers of their fields, vectors, strings. */
import { ModelError } from '../../errors.js';

/** Bytes of a string that is read; names of tensors in real files have up to some hundreds. */
const LONGEST_STRING = 1 << 12;

/** The bytes of one file. What is absent has the default that the schema gives it. */
export class FlatBuffer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #where: string;

  constructor(bytes: Uint8Array, where: string) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
  }

  /** Throws ModelError BAD_FLATBUFFER: what was found. */
  refuse(found: string): never {
    throw new ModelError('BAD_FLATBUFFER', `${this.#where}: ${found}; a complete FlatBuffer is needed.`);
  }

  /** Refuses `length` bytes that do not lie in the file. */
  check(offset: number, length: number): number {
    if (offset < 0 || !(offset + length <= this.bytes.length)) {
      this.refuse(`refers to ${length} bytes at ${offset} of ${this.bytes.length}`);
    }
    return offset;
  }

  uint8(offset: number): number {
    return this.#view.getUint8(this.check(offset, 1));
  }

  uint16(offset: number): number {
    return this.#view.getUint16(this.check(offset, 2), true);
  }

  uint32(offset: number): number {
    return this.#view.getUint32(this.check(offset, 4), true);
  }

  int32(offset: number): number {
    return this.#view.getInt32(this.check(offset, 4), true);
  }

  float32(offset: number): number {
    return this.#view.getFloat32(this.check(offset, 4), true);
  }

  /** Whole numbers beyond 2⁵³ come as the nearest float64. */
  int64(offset: number): number {
    return Number(this.#view.getBigInt64(this.check(offset, 8), true));
  }

  /** Where an offset that stands at `offset` leads. */
  follow(offset: number): number {
    const distance = this.uint32(offset);
    if (distance === 0) this.refuse(`has an empty offset at ${offset}`);
    return this.check(offset + distance, 4);
  }

  /** The table that the file's first offset leads to. */
  root(): Table {
    return new Table(this, this.follow(0));
  }
}

/** A table: fields by number, each read when it is asked for. */
export class Table {
  readonly #buffer: FlatBuffer;
  readonly #offset: number;
  readonly #index: number;
  readonly #indexBytes: number;
  readonly #bytes: number;

  constructor(buffer: FlatBuffer, offset: number) {
    this.#buffer = buffer;
    this.#offset = offset;
    this.#index = buffer.check(offset - buffer.int32(offset), 4);
    this.#indexBytes = buffer.uint16(this.#index);
    this.#bytes = buffer.uint16(this.#index + 2);
    if (this.#indexBytes < 4 || this.#bytes < 4) buffer.refuse(`has a table without index at ${offset}`);
    buffer.check(this.#index, this.#indexBytes);
    buffer.check(offset, this.#bytes);
  }

  /** Where a field of `size` bytes stands; 0 where the table lacks it. */
  #field(number: number, size: number): number {
    const entry = 4 + 2 * number;
    const within = entry + 2 <= this.#indexBytes ? this.#buffer.uint16(this.#index + entry) : 0;
    if (within !== 0 && (within < 4 || within + size > this.#bytes)) {
      this.#buffer.refuse(`has a field outside of its table at ${this.#offset}`);
    }
    return within === 0 ? 0 : this.#offset + within;
  }

  uint8(field: number, fallback = 0): number {
    const offset = this.#field(field, 1);
    return offset === 0 ? fallback : this.#buffer.uint8(offset);
  }

  uint32(field: number, fallback = 0): number {
    const offset = this.#field(field, 4);
    return offset === 0 ? fallback : this.#buffer.uint32(offset);
  }

  int32(field: number, fallback = 0): number {
    const offset = this.#field(field, 4);
    return offset === 0 ? fallback : this.#buffer.int32(offset);
  }

  int64(field: number, fallback = 0): number {
    const offset = this.#field(field, 8);
    return offset === 0 ? fallback : this.#buffer.int64(offset);
  }

  float32(field: number, fallback = 0): number {
    const offset = this.#field(field, 4);
    return offset === 0 ? fallback : this.#buffer.float32(offset);
  }

  table(field: number): Table | undefined {
    const offset = this.#field(field, 4);
    return offset === 0 ? undefined : new Table(this.#buffer, this.#buffer.follow(offset));
  }

  /** Where a vector's elements of `size` bytes begin, and how many there are; `undefined` where the table lacks it. */
  #vector(field: number, size: number): { begin: number; count: number } | undefined {
    const offset = this.#field(field, 4);
    if (offset === 0) return undefined;
    const start = this.#buffer.follow(offset);
    const count = this.#buffer.uint32(start);
    this.#buffer.check(start + 4, count * size);
    return { begin: start + 4, count };
  }

  #elements<T>(field: number, size: number, read: (offset: number) => T): readonly T[] | undefined {
    const vector = this.#vector(field, size);
    return vector && Array.from({ length: vector.count }, (_, index) => read(vector.begin + size * index));
  }

  tables(field: number): readonly Table[] {
    const buffer = this.#buffer;
    return this.#elements(field, 4, (offset) => new Table(buffer, buffer.follow(offset))) ?? [];
  }

  int32s(field: number): readonly number[] | undefined {
    return this.#elements(field, 4, (offset) => this.#buffer.int32(offset));
  }

  int64s(field: number): readonly number[] | undefined {
    return this.#elements(field, 8, (offset) => this.#buffer.int64(offset));
  }

  floats(field: number): readonly number[] | undefined {
    return this.#elements(field, 4, (offset) => this.#buffer.float32(offset));
  }

  /** A view of the file. */
  bytes(field: number): Uint8Array | undefined {
    const vector = this.#vector(field, 1);
    return vector && this.#buffer.bytes.subarray(vector.begin, vector.begin + vector.count);
  }

  /** UTF-8 text; the rest of a very long one is left out. */
  text(field: number): string {
    return new TextDecoder().decode(this.bytes(field)?.slice(0, LONGEST_STRING));
  }
}
