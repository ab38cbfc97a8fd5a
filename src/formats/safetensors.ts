/**
 * The safetensors container: 8 bytes of header length, a JSON header, then the tensors' bytes, little-endian and
 * row-major. It knows nothing of graphs.
 */
import { ModelError } from '../errors.js';
import { describeValue, field, parseJson, readList, readObject } from '../model/json.js';
import { narrowFloat16, widenBfloat16, widenFloat16 } from '../tensor/float16.js';
import { elementCount, formatShape, type Shape } from '../tensor/shape.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';

/** Bytes of the header that are accepted, where the caller sets no other limit. */
export const LARGEST_HEADER = 1 << 22;
/** Tensors that a file may hold. */
export const MOST_TENSORS = 1 << 14;
/** Axes that a tensor may have. */
export const MOST_AXES = 8;

/** How a tensor's elements are stored; they are float32 once read. */
export type Storage = 'float32' | 'float16' | 'int8';

/** What a file holds, in the order of its header. */
export interface Safetensors {
  /** `__metadata__`; empty where the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The bytes that all tensors were read from: what a file's hash covers. */
  readonly tensorSection: Uint8Array<ArrayBuffer>;
}

/** A tensor to write and how to store it. */
export interface StoredTensor {
  readonly tensor: Tensor;
  readonly storage: Storage;
}

const METADATA = '__metadata__';
const LENGTH_BYTES = 8;
const ALIGNMENT = 8;
const ELEMENT_BYTES: ReadonlyMap<string, number> = new Map([
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I8', 1],
]);

/** PyTorch's batch normalisation counts batches in whole numbers; a network computes without, and they are left out. */
const BATCH_COUNTER = /(^|\.)num_batches_tracked$/;
const COUNTER_BYTES: ReadonlyMap<string, number> = new Map([['I64', 8]]);

const DTYPES: Readonly<Record<Storage, string>> = { float32: 'F32', float16: 'F16', int8: 'I8' };

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

function readHeader(bytes: Uint8Array, where: string, largestHeader: number): { text: string; end: number } {
  if (bytes.length < LENGTH_BYTES) {
    const accepted = `a safetensors file begins with ${LENGTH_BYTES} bytes of header length`;
    throw new ModelError('FILE_TRUNCATED', `${where}: has ${bytes.length} bytes; ${accepted}.`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > largestHeader) {
    throw new ModelError(
      'HEADER_TOO_LARGE',
      `${where}: claims a header of ${length} bytes; at most ${largestHeader} are accepted.`,
    );
  }
  const end = LENGTH_BYTES + Number(length);
  if (end > bytes.length) {
    throw new ModelError(
      'FILE_TRUNCATED',
      `${where}: claims a header of ${length} bytes and has ${bytes.length} in all.`,
    );
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice(LENGTH_BYTES, end)), end };
  } catch (cause) {
    throw new ModelError('BAD_JSON', `${where}: header is not UTF-8 text.`, { cause });
  }
}

function readMetadata(value: unknown, where: string): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  for (const [name, text] of Object.entries(readObject(value, where))) {
    if (typeof text !== 'string') {
      const found = describeValue(text);
      throw new ModelError('BAD_METADATA', `${where}: ${describeValue(name)} is ${found}; accepted are texts alone.`);
    }
    metadata.set(name, text);
  }
  return metadata;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function readEntry(name: string, value: unknown, where: string): Entry {
  const at = `${where}, tensor ${describeValue(name)}`;
  const entry = readObject(value, at, ['dtype', 'shape', 'data_offsets']);
  const dtype = field(entry, 'dtype');
  const types = BATCH_COUNTER.test(name) ? COUNTER_BYTES : ELEMENT_BYTES;
  const elementBytes = types.get(String(dtype)) ?? ELEMENT_BYTES.get(String(dtype));
  if (typeof dtype !== 'string' || elementBytes === undefined) {
    const accepted = [...ELEMENT_BYTES.keys()].join(', ');
    throw new ModelError('UNSUPPORTED_TYPE', `${at}: dtype is ${describeValue(dtype)}; accepted are ${accepted}.`);
  }
  const shape = readList(field(entry, 'shape'), `${at}: shape`);
  const bytes = shape.every(isCount) ? elementCount(shape) * elementBytes : -1;
  if (shape.length > MOST_AXES || !isCount(bytes) || !shape.every(isCount)) {
    const found = shape
      .slice(0, MOST_AXES + 1)
      .map(describeValue)
      .join(', ');
    const accepted = `at most ${MOST_AXES} lengths whose product is a size in bytes`;
    throw new ModelError('BAD_SHAPE', `${at}: shape is [${found}]; accepted are ${accepted}.`);
  }
  const [begin, end, ...more] = readList(field(entry, 'data_offsets'), `${at}: data_offsets`);
  if (!isCount(begin) || !isCount(end) || end < begin || more.length > 0) {
    throw new ModelError('BAD_OFFSETS', `${at}: data_offsets are not [begin, end] with 0 ≤ begin ≤ end.`);
  }
  if (end - begin !== bytes) {
    const expected = `${dtype} of shape ${formatShape(shape)} takes ${bytes}`;
    throw new ModelError(
      'BAD_OFFSETS',
      `${at}: data_offsets [${begin}, ${end}] hold ${end - begin} bytes; ${expected}.`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** The tensors must fill the section from its first byte to its last, without overlap and without holes. */
function checkCoverage(entries: readonly Entry[], sectionBytes: number, where: string): void {
  let covered = 0;
  let previous = '';
  const byOffset = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const { name, begin, end } of byOffset) {
    const at = `${where}, tensor ${describeValue(name)}`;
    if (end > sectionBytes) {
      throw new ModelError(
        'FILE_TRUNCATED',
        `${at}: ends at byte ${end} of the tensor section, which has ${sectionBytes}.`,
      );
    }
    if (begin < covered) {
      const other = `${describeValue(previous)}, which ends at ${covered}`;
      throw new ModelError('TENSORS_OVERLAP', `${at}: begins at byte ${begin}, inside ${other}.`);
    }
    if (begin > covered) {
      throw new ModelError(
        'TENSORS_HOLE',
        `${at}: begins at byte ${begin}; bytes from ${covered} on belong to no tensor.`,
      );
    }
    covered = end;
    previous = name;
  }
  if (covered < sectionBytes) {
    throw new ModelError('TENSORS_HOLE', `${where}: ${sectionBytes - covered} bytes at the end belong to no tensor.`);
  }
}

/** Widens 16-bit and 8-bit tensors; float32 ones are views of the file's bytes where these are aligned. */
function readTensor({ dtype, shape, begin, end }: Entry, section: Uint8Array<ArrayBuffer>): Tensor {
  const at = section.byteOffset + begin;
  const bytesPerElement = ELEMENT_BYTES.get(dtype)!;
  const aligned = at % bytesPerElement === 0;
  const buffer = aligned ? section.buffer : section.slice(begin, end).buffer;
  const offset = aligned ? at : 0;
  const length = (end - begin) / bytesPerElement;
  if (dtype === 'F32') return float32Tensor(shape, new Float32Array(buffer, offset, length));
  if (dtype === 'I8') return float32Tensor(shape, Float32Array.from(new Int8Array(buffer, offset, length)));
  const halves = new Uint16Array(buffer, offset, length);
  return float32Tensor(shape, dtype === 'F16' ? widenFloat16(halves) : widenBfloat16(halves));
}

/**
 * Reads a file; F16, BF16 and I8 tensors are widened to float32, other types are refused by name, and PyTorch's batch
 * counters are left out.
 * Every claim is checked against the bytes that are there before anything is allocated for it. Float32 tensors are views
 * of `bytes`, which must then not change: a second copy of all weights would cost as much time as the rest of the reading.
 * `where` names the file in messages, `largestHeader` limits the header's bytes. Throws ModelError: FILE_TRUNCATED,
 * HEADER_TOO_LARGE, BAD_JSON, DUPLICATE_NAME, UNKNOWN_FIELD, BAD_METADATA, TOO_MANY_TENSORS, UNSUPPORTED_TYPE,
 * BAD_SHAPE, BAD_OFFSETS, TENSORS_OVERLAP, TENSORS_HOLE.
 */
export function parseSafetensors(bytes: Uint8Array, where: string, largestHeader = LARGEST_HEADER): Safetensors {
  const { text, end } = readHeader(bytes, where, largestHeader);
  const { [METADATA]: metadata = {}, ...rest } = readObject(parseJson(text, `${where}: header`), `${where}: header`);
  const named = Object.entries(rest);
  if (named.length > MOST_TENSORS) {
    throw new ModelError(
      'TOO_MANY_TENSORS',
      `${where}: holds ${named.length} tensors; at most ${MOST_TENSORS} are accepted.`,
    );
  }
  const entries = named.map(([name, value]) => readEntry(name, value, where));
  checkCoverage(entries, bytes.length - end, where);
  const own = bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
  const tensorSection = own.subarray(end) as Uint8Array<ArrayBuffer>;
  return {
    metadata: readMetadata(metadata, `${where}: ${METADATA}`),
    tensors: new Map(
      entries
        .filter(({ name }) => !BATCH_COUNTER.test(name))
        .map((entry) => [entry.name, readTensor(entry, tensorSection)]),
    ),
    tensorSection,
  };
}

function tensorBytes({ tensor, storage }: StoredTensor): Uint8Array<ArrayBuffer> {
  if (storage === 'int8') return new Uint8Array(Int8Array.from(tensor.data).buffer);
  const data = Float32Array.from(tensor.data);
  return new Uint8Array(storage === 'float16' ? narrowFloat16(data).buffer : data.buffer);
}

/** The bytes of all tensors as a file holds them: float32 tensors first, then float16 and int8 ones, so that all are aligned. */
export function tensorSection(tensors: ReadonlyMap<string, StoredTensor>): Uint8Array<ArrayBuffer> {
  const parts = inFileOrder(tensors).map(([, stored]) => tensorBytes(stored));
  const section = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    section.set(part, offset);
    offset += part.length;
  }
  return section;
}

function inFileOrder(tensors: ReadonlyMap<string, StoredTensor>): [string, StoredTensor][] {
  const all = [...tensors];
  return [
    ...all.filter(([, { storage }]) => storage === 'float32'),
    ...all.filter(([, { storage }]) => storage === 'float16'),
    ...all.filter(([, { storage }]) => storage === 'int8'),
  ];
}

/**
 * Writes a file. The header is padded with spaces so that the tensor section begins at a multiple of 8 bytes.
 * `section` is what `tensorSection` gave for the same tensors. The same arguments give the same bytes.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: ReadonlyMap<string, string>,
  section = tensorSection(tensors),
): Uint8Array<ArrayBuffer> {
  if (tensors.has(METADATA)) throw new ModelError('BAD_NAME', `no tensor may be named ${METADATA}.`);
  const header: [string, unknown][] = [];
  if (metadata.size > 0) header.push([METADATA, Object.fromEntries(metadata)]);
  let begin = 0;
  for (const [name, { tensor, storage }] of inFileOrder(tensors)) {
    const dtype = DTYPES[storage];
    const end = begin + tensor.data.length * ELEMENT_BYTES.get(dtype)!;
    header.push([name, { dtype, shape: tensor.shape, data_offsets: [begin, end] }]);
    begin = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(LENGTH_BYTES + length + section.length).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(text, LENGTH_BYTES);
  file.set(section, LENGTH_BYTES + length);
  return file;
}
