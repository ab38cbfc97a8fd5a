/** Protocol buffers by table: a message is a list of fields, and one codec reads and writes them all. */
import { PbfReader, PbfWriter } from 'pbf';
import { ModelError } from '../../errors.js';

/** What fields without messages of their own hold; the plural forms may occur any number of times. */
interface Values {
  integer: number;
  integers: readonly number[];
  float: number;
  floats: readonly number[];
  doubles: readonly number[];
  string: string;
  strings: readonly string[];
  bytes: Uint8Array;
}

type ScalarKind = keyof Values;

/** A field's number and kind, and the message that it holds. */
type Field =
  | readonly [number: number, kind: ScalarKind]
  | readonly [number: number, kind: 'message' | 'messages', type: MessageType<Fields>];

type Fields = { readonly [name: string]: Field };

/** A message's fields by name, for writing, and by number, for reading. */
export interface MessageType<F extends Fields> {
  readonly fields: F;
  readonly byNumber: ReadonlyMap<number, readonly [name: string, field: Field]>;
}

type FieldValue<F> = F extends readonly [number, infer K extends ScalarKind]
  ? Values[K]
  : F extends readonly [number, 'message', infer T]
    ? Message<T>
    : F extends readonly [number, 'messages', infer T]
      ? readonly Message<T>[]
      : never;

/** A message as an object: absent fields are absent. Integers beyond 2⁵³ come as the nearest float64. */
export type Message<T> = T extends MessageType<infer F> ? { readonly [name in keyof F]?: FieldValue<F[name]> } : never;

/** Defines a message by its fields. */
export function defineMessage<const F extends Fields>(fields: F): MessageType<F> {
  const entries = Object.entries(fields).map(([name, field]) => [field[0], [name, field]] as const);
  return { fields, byNumber: new Map(entries) };
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The wire type of one value of each kind; plural numbers may also come packed, as bytes. */
const WIRE_TYPES: Readonly<Record<Field[1], number>> = {
  integer: VARINT,
  integers: VARINT,
  float: FIXED32,
  floats: FIXED32,
  doubles: FIXED64,
  string: BYTES,
  strings: BYTES,
  bytes: BYTES,
  message: BYTES,
  messages: BYTES,
};

/** Messages and strings that a file may hold in all: objects take far more memory than their bytes. */
export const MOST_ITEMS = 2 ** 20;

/** A reader that counts the messages and strings that it has made. */
class ItemReader extends PbfReader {
  #items = 0;

  countItem(): void {
    this.#items++;
    if (this.#items > MOST_ITEMS) throw new Error(`more than ${MOST_ITEMS} messages and strings`);
  }
}

type NumberKind = 'integer' | 'integers' | 'float' | 'floats' | 'doubles';

function readNumber(reader: PbfReader, kind: NumberKind): number {
  if (kind === 'integer' || kind === 'integers') return reader.readVarint(true);
  return kind === 'doubles' ? reader.readDouble() : reader.readFloat();
}

/** The end of the bytes that follow. Throws where the message that they stand in ends earlier. */
function readEnd(reader: PbfReader, end: number): number {
  const length = reader.readVarint();
  if (length > end - reader.pos) throw new Error(`${length} bytes are announced where ${end - reader.pos} are left`);
  return reader.pos + length;
}

function readNumbers(reader: PbfReader, kind: NumberKind, end: number, values: number[]): void {
  if (reader.type !== BYTES) {
    values.push(readNumber(reader, kind));
    return;
  }
  const last = readEnd(reader, end);
  while (reader.pos < last) values.push(readNumber(reader, kind));
  if (reader.pos !== last) throw new Error('a packed list ends within a number');
}

function readBytes(reader: PbfReader, end: number): Uint8Array {
  const last = readEnd(reader, end);
  const bytes = reader.buf.subarray(reader.pos, last);
  reader.pos = last;
  return bytes;
}

function readText(reader: ItemReader, end: number): string {
  reader.countItem();
  return new TextDecoder().decode(readBytes(reader, end));
}

function readField(reader: ItemReader, field: Field, end: number, earlier: unknown): unknown {
  const [number, kind, type] = field;
  const plural = kind === 'integers' || kind === 'floats' || kind === 'doubles';
  if (reader.type !== WIRE_TYPES[kind] && !(plural && reader.type === BYTES)) {
    throw new Error(`field ${number} has wire type ${reader.type}, which ${kind} cannot have`);
  }
  if (kind === 'bytes') return readBytes(reader, end);
  if (kind === 'string') return readText(reader, end);
  if (kind === 'integer' || kind === 'float') return readNumber(reader, kind);
  if (kind === 'message') return readFields(reader, type, readEnd(reader, end), earlier as Record<string, unknown>);
  const list = (earlier ?? []) as unknown[];
  if (plural) readNumbers(reader, kind, end, list as number[]);
  else if (kind === 'strings') list.push(readText(reader, end));
  else list.push(readFields(reader, type!, readEnd(reader, end), {}));
  return list;
}

/** Steps over a field that the table does not have. */
function skipField(reader: PbfReader, end: number): void {
  if (reader.type === BYTES) reader.pos = readEnd(reader, end);
  else reader.skip(reader.type);
}

function readFields(
  reader: ItemReader,
  type: MessageType<Fields>,
  end: number,
  result: Record<string, unknown> = {},
): Record<string, unknown> {
  reader.countItem();
  while (reader.pos < end) {
    const tag = reader.readVarint();
    reader.type = tag & 7;
    const [name, field] = type.byNumber.get(Math.floor(tag / 8)) ?? [];
    if (field) result[name!] = readField(reader, field, end, result[name!]);
    else skipField(reader, end);
  }
  if (reader.pos !== end) throw new Error('a message ends within a field');
  return result;
}

/**
 * Reads a message. Bytes fields are views of `bytes`; unknown fields are skipped; of a field that occurs more often
 * than it may, the last counts. At most MOST_ITEMS messages and strings are read. Throws ModelError BAD_PROTOBUF.
 */
export function readMessage<T extends MessageType<Fields>>(type: T, bytes: Uint8Array, where: string): Message<T> {
  const reader = new ItemReader(bytes);
  try {
    return readFields(reader, type, bytes.length) as Message<T>;
  } catch (cause) {
    const found = `${(cause as Error).message}, near byte ${Math.min(reader.pos, bytes.length)}`;
    const accepted = 'a whole protocol-buffer message is accepted';
    throw new ModelError('BAD_PROTOBUF', `${where}: ${found}; ${accepted}.`, { cause });
  }
}

function writeScalar(writer: PbfWriter, number: number, kind: ScalarKind, value: unknown): void {
  if (kind === 'integer') writer.writeVarintField(number, value as number);
  else if (kind === 'float') writer.writeFloatField(number, value as number);
  else if (kind === 'string') writer.writeStringField(number, value as string);
  else if (kind === 'bytes') writer.writeBytesField(number, value as Uint8Array);
  else if (kind === 'integers') writer.writePackedVarint(number, value as number[]);
  else if (kind === 'floats') writer.writePackedFloat(number, value as number[]);
  else if (kind === 'doubles') writer.writePackedDouble(number, value as number[]);
  else for (const text of value as string[]) writer.writeStringField(number, text);
}

function writeFields(writer: PbfWriter, type: MessageType<Fields>, message: Readonly<Record<string, unknown>>): void {
  for (const [name, [number, kind, nested]] of Object.entries(type.fields)) {
    const value = message[name];
    if (value === undefined) continue;
    if (kind !== 'message' && kind !== 'messages') {
      writeScalar(writer, number, kind, value);
      continue;
    }
    const list = (kind === 'message' ? [value] : value) as Record<string, unknown>[];
    for (const item of list) writer.writeMessage(number, (fields) => writeFields(writer, nested!, fields), item);
  }
}

/** Writes a message, its fields in the order of the table, lists of numbers packed. */
export function writeMessage<T extends MessageType<Fields>>(type: T, message: Message<T>): Uint8Array<ArrayBuffer> {
  const writer = new PbfWriter();
  writeFields(writer, type, message as Readonly<Record<string, unknown>>);
  return writer.finish().slice();
}
