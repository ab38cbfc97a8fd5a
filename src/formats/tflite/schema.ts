/** TFLite files as plain values: what the schema's tables say of a network, counts and references checked. */
import { ModelError } from '../../errors.js';
import type { Normalisation } from '../../model/card.js';
import { LARGEST_PIXEL_FACTOR } from '../../model/parseCard.js';
import { elementCount, type Shape } from '../../tensor/shape.js';
import { FlatBuffer, type Table } from './flatBuffer.js';

/** Element types by their numbers in the file, and the bytes of one element. */
const ELEMENT_TYPES = [
  ['float32', 4],
  ['float16', 2],
  ['int32', 4],
  ['uint8', 1],
  ['int64', 8],
  ['string', 0],
  ['bool', 1],
  ['int16', 2],
  ['complex64', 8],
  ['int8', 1],
  ['float64', 8],
] as const;

export type ElementType = (typeof ELEMENT_TYPES)[number][0];

/** (q − zero point) · scale, for all elements or for each place along an axis. */
export interface TfliteQuantisation {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
}

/** A tensor of the file. `data` are its elements where the file holds them. */
export interface TfliteTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  readonly data?: Uint8Array | undefined;
  readonly quantisation?: TfliteQuantisation | undefined;
}

/** One step: the operator's number, its tensors by index (−1 for one left out) and its options. */
export interface TfliteStep {
  readonly code: number;
  /** The name of an operator that is not builtin. */
  readonly custom: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: Table | undefined;
}

/** A file's network. */
export interface TfliteFile {
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly steps: readonly TfliteStep[];
  /** How pixels become the input, where the file's metadata say so. */
  readonly normalisation?: Normalisation | undefined;
}

/** What stands at byte 4 of every file. */
const IDENTIFIER = 'TFL3';
const IDENTIFIER_OFFSET = 4;
const METADATA_NAME = 'TFLITE_METADATA';
const NORMALISATION_UNIT = 1;

const MOST_TENSORS = 1 << 17;
const MOST_STEPS = 1 << 16;
const MOST_AXES = 8;

/** True where the first bytes are those of a TFLite file. */
export function isTflite(bytes: Uint8Array): boolean {
  return IDENTIFIER.split('').every((letter, index) => bytes[IDENTIFIER_OFFSET + index] === letter.charCodeAt(0));
}

function refuse(where: string, found: string, accepted: string): never {
  throw new ModelError('BAD_MODEL', `${where}: ${found}; ${accepted}.`);
}

function readQuantisation(table: Table | undefined): TfliteQuantisation | undefined {
  const scales = table?.floats(2) ?? [];
  if (!table || scales.length === 0) return undefined;
  return { scales, zeroPoints: table.int64s(3) ?? [0], axis: table.int32(6) };
}

/** The elements of a buffer: in it, or behind the tables of files above 2 GB, at an offset from the file's start. */
function readBuffer(table: Table | undefined, file: FlatBuffer): Uint8Array | undefined {
  const [offset, size] = table ? [table.int64(1), table.int64(2)] : [0, 0];
  if (size > 0 && offset > 1) return file.bytes.subarray(file.check(offset, size), offset + size);
  const data = table?.bytes(0);
  return data && data.length > 0 ? data : undefined;
}

function readTensor(table: Table, index: number, buffers: readonly Table[], file: FlatBuffer, where: string) {
  const name = table.text(3);
  const at = `${where}, tensor ${index}`;
  const [type, bytes] =
    ELEMENT_TYPES[table.uint8(1)] ?? refuse(at, 'has an unknown element type', 'its type is needed');
  const shape = table.int32s(0) ?? [];
  if (shape.length > MOST_AXES || shape.some((length) => length < -1)) {
    refuse(at, `has ${shape.length} axes or a length below 0`, `accepted are up to ${MOST_AXES} axes`);
  }
  if (table.table(6)) {
    const accepted = 'dense tensors are accepted: convert the model without sparsity';
    throw new ModelError('UNSUPPORTED_WEIGHTS', `${at}: its elements are sparse; ${accepted}.`);
  }
  const buffer = table.uint32(2);
  if (buffer !== 0 && buffer >= buffers.length) refuse(at, `names buffer ${buffer}`, `the file has ${buffers.length}`);
  const data = buffer === 0 ? undefined : readBuffer(buffers[buffer], file);
  if (data && type !== 'string' && data.length !== elementCount(shape) * bytes) {
    refuse(at, `has ${data.length} bytes`, `its shape and type take ${elementCount(shape) * bytes}`);
  }
  return { name, type, shape, data, quantisation: readQuantisation(table.table(4)) };
}

function checkReferences(references: readonly number[], count: number, least: number, where: string): void {
  for (const index of references) {
    if (index < least || index >= count) refuse(where, `names tensor ${index}`, `the file has ${count}`);
  }
}

/** The normalisation of the first input in the file's metadata, which are a FlatBuffer of their own. */
function readNormalisation(model: Table, buffers: readonly Table[], where: string): Normalisation | undefined {
  const entry = model.tables(6).find((table) => table.text(0) === METADATA_NAME);
  const bytes = entry && buffers[entry.uint32(1)]?.bytes(0);
  if (!bytes) return undefined;
  const [graph] = new FlatBuffer(bytes, `${where}, metadata`).root().tables(3);
  const [input] = graph?.tables(2) ?? [];
  const unit = input
    ?.tables(4)
    .find((table) => table.uint8(0) === NORMALISATION_UNIT)
    ?.table(1);
  const [means, deviations] = [unit?.floats(0) ?? [], unit?.floats(1) ?? []];
  if (![1, 3].includes(means.length) || ![1, 3].includes(deviations.length)) return undefined;
  const triple = (values: readonly number[]) => [0, 1, 2].map((channel) => values[channel] ?? values[0]!);
  const [mean, scale] = [triple(means), triple(deviations).map((deviation) => 1 / deviation)];
  const isUsable = [...mean, ...scale].every((value) => Math.abs(value) <= LARGEST_PIXEL_FACTOR);
  if (!isUsable) return undefined;
  return { mean: mean as [number, number, number], scale: scale as [number, number, number] };
}

/**
 * Reads a TFLite file of one subgraph. Throws ModelError BAD_MAGIC, BAD_FLATBUFFER, BAD_MODEL, TOO_LARGE,
 * UNSUPPORTED_WEIGHTS for sparse tensors.
 */
export function readTflite(bytes: Uint8Array, where: string): TfliteFile {
  if (!isTflite(bytes)) {
    throw new ModelError('BAD_MAGIC', `${where}: is no TFLite file; those have "${IDENTIFIER}" at byte 4.`);
  }
  const file = new FlatBuffer(bytes, where);
  const model = file.root();
  const [graph, ...others] = model.tables(2);
  if (!graph || others.length > 0) {
    refuse(
      where,
      `holds ${others.length + (graph ? 1 : 0)} subgraphs`,
      'accepted are models of one, without control flow',
    );
  }
  const buffers = model.tables(4);
  const tables = graph.tables(0);
  const operators = graph.tables(3);
  if (tables.length > MOST_TENSORS || operators.length > MOST_STEPS) {
    const found = `has ${tables.length} tensors and ${operators.length} operators`;
    throw new ModelError('TOO_LARGE', `${where}: ${found}; at most ${MOST_TENSORS} and ${MOST_STEPS} are accepted.`);
  }
  const tensors = tables.map((table, index) => readTensor(table, index, buffers, file, where));
  const codes = model.tables(1);
  const steps = operators.map((table, index): TfliteStep => {
    const code = codes[table.uint32(0)] ?? refuse(where, `operator ${index} has no code`, 'each names one of the list');
    const [inputs, outputs] = [table.int32s(1) ?? [], table.int32s(2) ?? []];
    checkReferences(inputs, tensors.length, -1, `${where}, operator ${index}`);
    checkReferences(outputs, tensors.length, 0, `${where}, operator ${index}`);
    return {
      code: Math.max(code.uint8(0), code.int32(3)),
      custom: code.text(1),
      inputs,
      outputs,
      options: table.table(4),
    };
  });
  const [inputs, outputs] = [graph.int32s(1) ?? [], graph.int32s(2) ?? []];
  checkReferences([...inputs, ...outputs], tensors.length, 0, where);
  return { tensors, inputs, outputs, steps, normalisation: readNormalisation(model, buffers, where) };
}
