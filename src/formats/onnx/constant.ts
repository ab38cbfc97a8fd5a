/** Constants of ONNX files: tensors read from their messages, whole numbers exact. */
import { ModelError } from '../../errors.js';
import { describeValue } from '../../model/json.js';
import { widenBfloat16, widenFloat16 } from '../../tensor/float16.js';
import { elementCount, formatShape, type Shape } from '../../tensor/shape.js';
import { DATA_LOCATIONS, DATA_TYPES, type TensorMessage } from './messages.js';

/**
 * A value that is known at import. Whole numbers and booleans are float64, exact to 2⁵³; those beyond, which files use
 * for "to the end", keep their sign and size alone.
 */
export interface Constant {
  readonly kind: 'float' | 'integer';
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
  /** The file's element type, where that matters: of a zero point it is that of what is quantised. */
  readonly dataType?: number;
  /** What DequantizeLinear made the elements from, where those are whole numbers from −127 to 127. */
  readonly quantised?: QuantisedElements;
}

/** Elements as whole numbers, zero points taken off, with one scale for all or one for each place along an axis. */
export interface QuantisedElements {
  readonly data: Int8Array;
  readonly scales: Float32Array;
  readonly axis: number;
}

/** Gives the bytes of a file in the model's folder; `undefined` where there is none of this name. */
export type ReadFile = (name: string) => Uint8Array | undefined;

/** Axes that a constant may have. */
const MOST_CONSTANT_AXES = 16;

const TYPE_NAMES = new Map<number, string>(Object.entries(DATA_TYPES).map(([name, number]) => [number, name]));
const ACCEPTED_TYPES = 'float, float16, bfloat16, double, int64, int32, int8, uint8 and bool';

/** A constant of whole numbers. */
export function integerConstant(shape: Shape, values: ArrayLike<number>): Constant {
  return { kind: 'integer', shape, data: Float64Array.from(values) };
}

/** Copies bytes to where numbers of any size may begin. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** Little-endian elements as they stand in `rawData` and in external files. */
function readRaw(type: number, bytes: Uint8Array): Float32Array | Float64Array | undefined {
  const buffer = aligned(bytes);
  switch (type) {
    case DATA_TYPES.float:
      return new Float32Array(buffer);
    case DATA_TYPES.float16:
      return widenFloat16(new Uint16Array(buffer));
    case DATA_TYPES.bfloat16:
      return widenBfloat16(new Uint16Array(buffer));
    case DATA_TYPES.double:
      return new Float64Array(buffer);
    case DATA_TYPES.int64:
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case DATA_TYPES.int32:
      return Float64Array.from(new Int32Array(buffer));
    case DATA_TYPES.int8:
      return Float64Array.from(new Int8Array(buffer));
    case DATA_TYPES.uint8:
    case DATA_TYPES.bool:
      return Float64Array.from(bytes);
    default:
      return undefined;
  }
}

const ELEMENT_BYTES = new Map<number, number>([
  [DATA_TYPES.float, 4],
  [DATA_TYPES.float16, 2],
  [DATA_TYPES.bfloat16, 2],
  [DATA_TYPES.double, 8],
  [DATA_TYPES.int64, 8],
  [DATA_TYPES.int32, 4],
  [DATA_TYPES.int8, 1],
  [DATA_TYPES.uint8, 1],
  [DATA_TYPES.bool, 1],
]);

/** Elements in the list of their type. */
function readTyped(type: number, tensor: TensorMessage): Float32Array | Float64Array {
  const { floatData = [], int32Data = [], int64Data = [], doubleData = [] } = tensor;
  switch (type) {
    case DATA_TYPES.float:
      return Float32Array.from(floatData);
    case DATA_TYPES.float16:
      return widenFloat16(Uint16Array.from(int32Data));
    case DATA_TYPES.bfloat16:
      return widenBfloat16(Uint16Array.from(int32Data));
    case DATA_TYPES.double:
      return Float64Array.from(doubleData);
    case DATA_TYPES.int64:
      return Float64Array.from(int64Data);
    default:
      return Float64Array.from(int32Data);
  }
}

function isFloat(type: number): boolean {
  const floats: readonly number[] = [DATA_TYPES.float, DATA_TYPES.float16, DATA_TYPES.bfloat16, DATA_TYPES.double];
  return floats.includes(type);
}

/** A whole number of an external file's entry. */
function readEntry(value: string | undefined, fallback: number, where: string, name: string): number {
  if (value === undefined) return fallback;
  const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) {
    throw new ModelError('BAD_TENSOR', `${where}: ${name} is ${describeValue(value)}; accepted is a whole number.`);
  }
  return number;
}

/** True for a path that leads to a file of the model's own folder or below it. */
function isInside(location: string): boolean {
  const parts = location.split(/[/\\]/);
  return (
    !/^([/\\]|[a-z]:)/i.test(location) && !parts.includes('..') && !parts.includes('') && !/\p{Cc}/u.test(location)
  );
}

/** The file that an external tensor is in. Throws ModelError EXTERNAL_DATA for one outside the model's folder. */
export function externalLocation({ externalData = [] }: TensorMessage, where: string): string {
  const location = externalData.find(({ key }) => key === 'location')?.value ?? '';
  if (isInside(location)) return location;
  const accepted = "a file in the model's own folder";
  throw new ModelError(
    'EXTERNAL_DATA',
    `${where}: its data are in ${describeValue(location)}; accepted is ${accepted}.`,
  );
}

function readExternal(tensor: TensorMessage, bytes: number, where: string, readFile: ReadFile | undefined): Uint8Array {
  const location = externalLocation(tensor, where);
  const named = describeValue(location);
  const entries = new Map((tensor.externalData ?? []).map(({ key = '', value = '' }) => [key, value]));
  const file = readFile?.(location);
  if (!file) {
    const accepted = 'give that file with the model';
    throw new ModelError('EXTERNAL_DATA', `${where}: its data are in ${named}, which is not given; ${accepted}.`);
  }
  const offset = readEntry(entries.get('offset'), 0, where, 'offset');
  const length = readEntry(entries.get('length'), bytes, where, 'length');
  if (length !== bytes || offset + length > file.length) {
    const found = `${length} bytes from ${offset} of the ${file.length} in ${named}`;
    throw new ModelError('EXTERNAL_DATA', `${where}: its data are ${found}; its shape takes ${bytes}.`);
  }
  return file.subarray(offset, offset + length);
}

/** Checks a tensor's axes and gives its number of elements. */
function countElements(shape: Shape, where: string): number {
  const count = elementCount(shape);
  const fits =
    shape.length <= MOST_CONSTANT_AXES && shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (fits && Number.isSafeInteger(count)) return count;
  throw new ModelError(
    'BAD_TENSOR',
    `${where}: has shape ${formatShape(shape.slice(0, MOST_CONSTANT_AXES))}; accepted are up to ${MOST_CONSTANT_AXES} lengths from 0.`,
  );
}

/**
 * Reads a tensor; nothing is allocated that the file does not hold. Throws ModelError BAD_TENSOR, UNSUPPORTED_WEIGHTS
 * for another element type, and EXTERNAL_DATA for elements in a file that is not given or lies elsewhere.
 */
export function readConstant(tensor: TensorMessage, where: string, readFile?: ReadFile): Constant {
  const { dims: shape = [], dataType: type = 0, rawData, dataLocation } = tensor;
  const elementBytes = ELEMENT_BYTES.get(type);
  if (elementBytes === undefined) {
    const found = `elements of type ${TYPE_NAMES.get(type) ?? type}`;
    throw new ModelError('UNSUPPORTED_WEIGHTS', `${where}: has ${found}; accepted are ${ACCEPTED_TYPES}.`);
  }
  const count = countElements(shape, where);
  const external = dataLocation === DATA_LOCATIONS.external;
  const raw = external ? readExternal(tensor, count * elementBytes, where, readFile) : rawData;
  if (raw && raw.length !== count * elementBytes) {
    const found = `${raw.length} bytes for shape ${formatShape(shape)}`;
    throw new ModelError('BAD_TENSOR', `${where}: has ${found}; accepted are ${count * elementBytes}.`);
  }
  const data = raw ? readRaw(type, raw)! : readTyped(type, tensor);
  if (data.length !== count) {
    const found = `${data.length} elements for shape ${formatShape(shape)}`;
    throw new ModelError('BAD_TENSOR', `${where}: has ${found}; accepted are ${count}.`);
  }
  return { kind: isFloat(type) ? 'float' : 'integer', shape, data, dataType: type };
}
