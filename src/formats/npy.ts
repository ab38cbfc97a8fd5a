/** NumPy's `.npy`: a magic, the length of a header, a Python literal that describes one array, then its elements. */
import { ModelError } from '../errors.js';
import { describeValue } from '../model/json.js';
import { widenFloat16 } from '../tensor/float16.js';
import { elementCount, MOST_AXES, type Shape } from '../tensor/shape.js';
import { float32Tensor, type Tensor } from '../tensor/tensor.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Bytes of a header; NumPy's own have 118. */
const LARGEST_HEADER = 1 << 16;

/** By element type: its size in bytes, and how elements become numbers. */
const TYPES: ReadonlyMap<string, readonly [bytes: number, read: (buffer: ArrayBuffer) => ArrayLike<number>]> = new Map([
  ['<f2', [2, (buffer) => widenFloat16(new Uint16Array(buffer))]],
  ['<f4', [4, (buffer) => new Float32Array(buffer)]],
  ['<f8', [8, (buffer) => new Float64Array(buffer)]],
  ['|i1', [1, (buffer) => new Int8Array(buffer)]],
  ['|u1', [1, (buffer) => new Uint8Array(buffer)]],
  ['<i4', [4, (buffer) => new Int32Array(buffer)]],
  ['<i8', [8, (buffer) => Array.from(new BigInt64Array(buffer), Number)]],
]);

function refuse(where: string, found: string, accepted: string): never {
  throw new ModelError('BAD_NPY', `${where}: ${found}; accepted ${accepted}.`);
}

/** The header's text and where the elements begin. */
function readHeader(bytes: Uint8Array, where: string): { text: string; end: number } {
  if (bytes.length < 12 || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    refuse(where, 'does not begin as NumPy writes arrays', 'is a file of numpy.save');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const version = bytes[6]!;
  if (version < 1 || version > 3) refuse(where, `is of version ${version}`, 'are versions 1 to 3');
  const begin = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > LARGEST_HEADER || begin + length > bytes.length) {
    refuse(where, `claims a header of ${length} bytes`, `are up to ${LARGEST_HEADER} that are there`);
  }
  return { text: new TextDecoder('latin1').decode(bytes.slice(begin, begin + length)), end: begin + length };
}

function readShape(text: string, where: string): Shape {
  const [, list = ''] =
    /'shape':\s*\(([\d\s,]*)\)/.exec(text) ?? refuse(where, 'gives no shape', 'is a header with one');
  const shape = list.split(',').flatMap((part) => (part.trim() === '' ? [] : [Number(part)]));
  if (shape.length <= MOST_AXES && Number.isSafeInteger(elementCount(shape))) return shape;
  return refuse(where, `has shape (${list.slice(0, 60)})`, `are up to ${MOST_AXES} axes`);
}

/**
 * Reads an array of floats or whole numbers, which become float32. Nothing is allocated that the file does not hold.
 * Throws ModelError BAD_NPY.
 */
export function readNpy(bytes: Uint8Array, where: string): Tensor {
  const { text, end } = readHeader(bytes, where);
  const [, type = ''] = /'descr':\s*'([^']*)'/.exec(text) ?? [];
  const [elementBytes, read] =
    TYPES.get(type) ??
    refuse(where, `has elements of type ${describeValue(type)}`, `are ${[...TYPES.keys()].join(', ')}`);
  if (!/'fortran_order':\s*False/.test(text))
    refuse(where, 'is in Fortran order', 'is C order: numpy.ascontiguousarray');
  const shape = readShape(text, where);
  const count = elementCount(shape);
  if (bytes.length - end !== count * elementBytes) {
    refuse(where, `has ${bytes.length - end} bytes for shape (${shape.join(', ')})`, `are ${count * elementBytes}`);
  }
  return float32Tensor(shape, Float32Array.from(read(bytes.slice(end).buffer)));
}
