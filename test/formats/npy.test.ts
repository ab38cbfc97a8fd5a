/** NumPy arrays: the bytes that numpy.save writes, and those that it never does. */
import { describe, expect, it } from 'vitest';
import { readNpy } from '../../src/formats/npy.js';
import { codeOf } from './codeOf.js';

/** A file as `numpy.lib.format` describes it. */
function npy(header: string, data: ArrayBuffer, version = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const bytes = new Uint8Array((version === 1 ? 10 : 12) + text.length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  bytes.set(text, bytes.length - data.byteLength - text.length);
  bytes.set(new Uint8Array(data), bytes.length - data.byteLength);
  return bytes;
}

const describeArray = (type: string, shape: string, order = 'False') =>
  `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
const VALUES = [1, 2, 3, 4, 5, 6];

/** `numpy.save(f, numpy.float32([[0.5, -2]]))` of NumPy 2.4.6, byte by byte. */
const SAVED =
  '934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065' +
  `273a2028312c2032292c207d${'20'.repeat(58)}0a0000003f000000c0`;

describe('readNpy', () => {
  it('reads what NumPy saved', () => {
    const { shape, data } = readNpy(new Uint8Array(Buffer.from(SAVED, 'hex')), 'a.npy');
    expect({ shape, data: [...data] }).toEqual({ shape: [1, 2], data: [0.5, -2] });
  });

  it.each<[string, ArrayBuffer]>([
    ['<f4', Float32Array.from(VALUES).buffer],
    ['<f8', Float64Array.from(VALUES).buffer],
    ['<f2', Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600).buffer],
    ['|i1', Int8Array.from(VALUES).buffer],
    ['|u1', Uint8Array.from(VALUES).buffer],
    ['<i4', Int32Array.from(VALUES).buffer],
    ['<i8', BigInt64Array.from(VALUES, BigInt).buffer],
  ])('reads %s', (type, data) => {
    for (const version of [1, 2, 3]) {
      const tensor = readNpy(npy(describeArray(type, '(2, 3)'), data, version), 'a.npy');
      expect({ shape: tensor.shape, data: [...tensor.data] }).toEqual({ shape: [2, 3], data: VALUES });
    }
  });

  it('reads one axis and none', () => {
    expect(readNpy(npy(describeArray('<f4', '(2,)'), Float32Array.of(1, 2).buffer), 'a').shape).toEqual([2]);
    expect(readNpy(npy(describeArray('<f4', '()'), Float32Array.of(1).buffer), 'a').shape).toEqual([]);
  });

  const two = Float32Array.of(1, 2).buffer;
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['another magic', new Uint8Array(40)],
    ['an unknown version', npy(describeArray('<f4', '(2,)'), two, 9)],
    ['a header beyond the file', npy(describeArray('<f4', '(2,)'), two).subarray(0, 30)],
    ['big-endian numbers', npy(describeArray('>f4', '(2,)'), two)],
    ['objects, which are a pickle', npy(describeArray('|O', '(2,)'), two)],
    ['Fortran order', npy(describeArray('<f4', '(2,)', 'True'), two)],
    ['no shape', npy(`{'descr': '<f4', 'fortran_order': False}`, two)],
    ['too few elements', npy(describeArray('<f4', '(3,)'), two)],
    ['a shape that overflows', npy(describeArray('<f4', '(4294967296, 4294967296)'), two)],
    ['too many axes', npy(describeArray('<f4', '(1, 1, 1, 1, 1, 1, 2)'), two)],
  ])('refuses %s', async (_name, bytes) => {
    expect(await codeOf(() => readNpy(bytes, 'a.npy'))).toBe('BAD_NPY');
  });
});
