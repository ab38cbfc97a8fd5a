import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LARGEST_HEADER,
  MOST_TENSORS,
  parseSafetensors,
  type StoredTensor,
  writeSafetensors,
} from '../../src/formats/safetensors.js';
import { narrowFloat16, widenFloat16 } from '../../src/tensor/float16.js';
import { elementCount } from '../../src/tensor/shape.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { codeOf } from './codeOf.js';

const NUMBERS = [
  ['F64', 8],
  ['I64', 8],
  ['I32', 4],
  ['U8', 1],
  ['BOOL', 1],
  ['F8_E4M3', 1],
] as const;

/** A file with a header as given and a claimed length that may be false. */
function file(header: string, data: Uint8Array | number, claimedLength?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const section = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + text.length + section.length);
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(section, 8 + text.length);
  return bytes;
}

const entry = (dtype: string, shape: unknown, begin: unknown, end: unknown) =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

const parseCode = (bytes: Uint8Array) => codeOf(() => parseSafetensors(bytes, 'file'));

const names = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom('__proto__', 'constructor', '0', 'toString', 'é"\\'),
);
const stored = fc
  .tuple(fc.array(fc.nat(3), { maxLength: 4 }), fc.constantFrom('float32' as const, 'float16' as const))
  .chain(([shape, storage]) => {
    const count = elementCount(shape);
    return fc
      .array(fc.float({ noNaN: true, min: -1000, max: 1000 }), { minLength: count, maxLength: count })
      .map((data): StoredTensor => ({ tensor: float32Tensor(shape, Float32Array.from(data)), storage }));
  });

describe('safetensors round trip', () => {
  it('gives back names, shapes, values and metadata, aligned', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(names, stored), { selector: ([name]) => name, maxLength: 6 }),
        fc.dictionary(names, fc.string()),
        (pairs, metadata) => {
          const tensors = new Map(pairs.filter(([name]) => name !== '__metadata__'));
          const bytes = writeSafetensors(tensors, new Map(Object.entries(metadata)));
          expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
          const read = parseSafetensors(bytes, 'file');
          expect(Object.fromEntries(read.metadata)).toEqual(metadata);
          expect(new Set(read.tensors.keys())).toEqual(new Set(tensors.keys()));
          for (const [name, { tensor, storage }] of tensors) {
            const data = storage === 'float16' ? widenFloat16(narrowFloat16(tensor.data)) : tensor.data;
            expect(read.tensors.get(name)).toEqual({ ...tensor, data });
          }
        },
      ),
      { seed: 9, numRuns: 200 },
    );
  });

  it('writes the same bytes for the same arguments, float32 before float16', () => {
    const tensors = new Map<string, StoredTensor>([
      ['half', { tensor: float32Tensor([3], [1, 2, 3]), storage: 'float16' }],
      ['whole', { tensor: float32Tensor([1], [4]), storage: 'float32' }],
    ]);
    const bytes = writeSafetensors(tensors, new Map([['a', 'b']]));
    expect(writeSafetensors(tensors, new Map([['a', 'b']]))).toEqual(bytes);
    const header = new TextDecoder().decode(
      bytes.slice(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))),
    );
    expect(JSON.parse(header)).toEqual({
      __metadata__: { a: 'b' },
      whole: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      half: { dtype: 'F16', shape: [3], data_offsets: [4, 10] },
    });
    expect([...bytes.slice(-10)]).toEqual([0, 0, 128, 64, 0, 60, 0, 64, 0, 66]);
  });

  it('refuses to write a tensor named as the metadata', async () => {
    const tensors = new Map([['__metadata__', { tensor: float32Tensor([1], [4]), storage: 'float32' as const }]]);
    expect(await codeOf(() => writeSafetensors(tensors, new Map()))).toBe('BAD_NAME');
  });
});

describe('parseSafetensors', () => {
  it('reads F32, F16 and BF16 by hand-made bytes, at any byte offset of a larger buffer', () => {
    const header = `{"a":${entry('F32', [1], 0, 4)},"b":${entry('F16', [2, 1], 4, 8)},"c":${entry('BF16', [], 8, 10)}}  `;
    const data = Uint8Array.of(0, 0, 128, 63, 0, 60, 0, 192, 0x40, 0x40);
    const bytes = file(header, data);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const { tensors } = parseSafetensors(shifted.subarray(3), 'file');
    expect(tensors.get('a')).toEqual(float32Tensor([1], [1]));
    expect(tensors.get('b')).toEqual(float32Tensor([2, 1], [1, -2]));
    expect(tensors.get('c')).toEqual(float32Tensor([], [3]));
  });

  it('gives views of aligned bytes, without a copy, and copies of others', () => {
    for (const [padding, isView] of [
      ['    ', true],
      ['     ', false],
    ] as const) {
      const header = `{"a":${entry('F32', [1], 0, 4)}}`;
      const aligned = header.padEnd(Math.ceil(header.length / 4) * 4);
      const bytes = file(`${aligned}${padding}`, Uint8Array.of(0, 0, 128, 63));
      const { tensors } = parseSafetensors(bytes, 'file');
      expect(tensors.get('a')?.data.buffer === bytes.buffer, padding).toBe(isView);
      expect(tensors.get('a')?.data[0]).toBe(1);
    }
  });

  it('refuses headers that claim more than there is', async () => {
    expect(await parseCode(new Uint8Array(0))).toBe('FILE_TRUNCATED');
    expect(await parseCode(new Uint8Array(7))).toBe('FILE_TRUNCATED');
    expect(await parseCode(file('{}', 0, 3n))).toBe('FILE_TRUNCATED');
    expect(await parseCode(file('{}', 0, 2n ** 53n))).toBe('HEADER_TOO_LARGE');
    expect(await parseCode(file('{}', 0, 2n ** 64n - 1n))).toBe('HEADER_TOO_LARGE');
    expect(await parseCode(file('{}', 0, BigInt(LARGEST_HEADER) + 1n))).toBe('HEADER_TOO_LARGE');
  });

  it.each<[string, string, number, string]>([
    ['text that is no JSON', 'hello', 0, 'BAD_JSON'],
    ['a list', '[]', 0, 'BAD_JSON'],
    ['a name twice', `{"a":${entry('F32', [1], 0, 4)},"\\u0061":${entry('F32', [1], 0, 4)}}`, 4, 'DUPLICATE_NAME'],
    ['an entry that is no object', '{"a":3}', 0, 'BAD_JSON'],
    ['an unknown field', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4, 'UNKNOWN_FIELD'],
    ['a field missing', '{"a":{"dtype":"F32","shape":[1]}}', 4, 'BAD_JSON'],
    ['metadata of numbers', '{"__metadata__":{"a":1}}', 0, 'BAD_METADATA'],
    ['metadata as text', '{"__metadata__":"a"}', 0, 'BAD_JSON'],
    ['metadata of null', '{"__metadata__":null}', 0, 'BAD_JSON'],
    ['a product of 2⁶⁶', `{"a":${entry('F32', [2 ** 33, 2 ** 33], 0, 4)}}`, 4, 'BAD_SHAPE'],
    ['a negative length', `{"a":${entry('F32', [-1, -1], 0, 4)}}`, 4, 'BAD_SHAPE'],
    ['a broken length', `{"a":${entry('F32', [0.5, 2], 0, 4)}}`, 4, 'BAD_SHAPE'],
    ['a length of text', `{"a":${entry('F32', ['1'], 0, 4)}}`, 4, 'BAD_SHAPE'],
    ['nine axes', `{"a":${entry('F32', [1, 1, 1, 1, 1, 1, 1, 1, 1], 0, 4)}}`, 4, 'BAD_SHAPE'],
    ['offsets backwards', `{"a":${entry('F32', [1], 4, 0)}}`, 4, 'BAD_OFFSETS'],
    ['a negative offset', `{"a":${entry('F32', [1], -4, 0)}}`, 4, 'BAD_OFFSETS'],
    ['an offset beyond 2⁵³', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9007199254740996]}}', 4, 'BAD_OFFSETS'],
    ['offsets that do not fit the shape', `{"a":${entry('F32', [2], 0, 4)}}`, 4, 'BAD_OFFSETS'],
    ['an end outside the file', `{"a":${entry('F32', [2], 0, 8)}}`, 4, 'FILE_TRUNCATED'],
    ['a claim of 4 GB', `{"a":${entry('F32', [2 ** 30], 0, 2 ** 32)}}`, 4, 'FILE_TRUNCATED'],
    ['overlap', `{"a":${entry('F32', [2], 0, 8)},"b":${entry('F32', [1], 4, 8)}}`, 8, 'TENSORS_OVERLAP'],
    ['two at one place', `{"a":${entry('F32', [1], 0, 4)},"b":${entry('F32', [1], 0, 4)}}`, 4, 'TENSORS_OVERLAP'],
    ['a hole at the start', `{"a":${entry('F32', [1], 4, 8)}}`, 8, 'TENSORS_HOLE'],
    ['a hole between', `{"a":${entry('F32', [1], 0, 4)},"b":${entry('F32', [1], 8, 12)}}`, 12, 'TENSORS_HOLE'],
    ['bytes at the end', `{"a":${entry('F32', [1], 0, 4)}}`, 5, 'TENSORS_HOLE'],
  ])('refuses %s', async (_name, header, data, code) => {
    expect(await parseCode(file(header, data))).toBe(code);
  });

  it('refuses a header that is not UTF-8', async () => {
    const bytes = file('{"a":1}', 0);
    bytes[10] = 0xff;
    expect(await parseCode(bytes)).toBe('BAD_JSON');
  });

  it.each(NUMBERS)('refuses %s by name', async (dtype, size) => {
    const bytes = file(`{"a":${entry(dtype, [1], 0, size)}}`, size);
    expect(await parseCode(bytes)).toBe('UNSUPPORTED_TYPE');
    expect(() => parseSafetensors(bytes, 'file')).toThrow(`"${dtype}"`);
  });

  it('refuses more tensors than the limit', async () => {
    const all: Record<string, unknown> = {};
    for (let index = 0; index <= MOST_TENSORS; index++)
      all[`t${index}`] = { dtype: 'F32', shape: [0], data_offsets: [0, 0] };
    expect(await parseCode(file(JSON.stringify(all), 0))).toBe('TOO_MANY_TENSORS');
  });

  it('gives a tensor named __proto__ like any other', () => {
    const { tensors } = parseSafetensors(file(`{"__proto__":${entry('F32', [1], 0, 4)}}`, 4), 'file');
    expect([...tensors.keys()]).toEqual(['__proto__']);
  });
});

const own = new URL('../../../shared/own/mobilefacenet-student.safetensors', import.meta.url);

describe.skipIf(!existsSync(own))('our own weights (skipped where ../shared is absent)', () => {
  it('holds the parameters that its README counts', () => {
    const { tensors } = parseSafetensors(readFileSync(own), 'student');
    expect(tensors.size).toBe(133);
    expect([...tensors.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(993344);
    expect(tensors.get('conv1.weight')?.shape).toEqual([64, 3, 3, 3]);
    expect(tensors.get('fc.weight')?.shape.slice(0, 2)).toEqual([128, 512]);
  });
});
