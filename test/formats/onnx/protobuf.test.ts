/** The protocol-buffer codec against bytes written by hand, after the encoding's own document. */
import { describe, expect, it } from 'vitest';
import { defineMessage, readMessage, writeMessage } from '../../../src/formats/onnx/protobuf.js';
import { codeOf } from '../codeOf.js';

const INNER = defineMessage({ text: [1, 'string'], count: [2, 'integer'] });
const OUTER = defineMessage({
  count: [1, 'integer'],
  numbers: [2, 'integers'],
  share: [3, 'float'],
  shares: [4, 'floats'],
  exact: [5, 'doubles'],
  name: [6, 'string'],
  names: [7, 'strings'],
  raw: [8, 'bytes'],
  one: [9, 'message', INNER],
  many: [10, 'messages', INNER],
  late: [20, 'integer'],
});

const read = (...bytes: number[]) => readMessage(OUTER, Uint8Array.from(bytes), 'file');

/** Each field with its bytes: tag = number · 8 + wire type. */
const ENCODINGS: readonly [what: string, bytes: number[], message: object][] = [
  ['nothing', [], {}],
  ['a varint of two bytes', [0x08, 0x96, 0x01], { count: 150 }],
  ['a negative integer in ten bytes', [0x08, ...Array(9).fill(0xff), 0x01], { count: -1 }],
  ['packed integers', [0x12, 0x04, 0x01, 0x96, 0x01, 0x00], { numbers: [1, 150, 0] }],
  ['a float', [0x1d, 0x00, 0x00, 0x20, 0xc1], { share: -10 }],
  ['packed floats', [0x22, 0x08, 0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0x3f], { shares: [1, 0.5] }],
  ['packed doubles', [0x2a, 0x08, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f], { exact: [1] }],
  ['a string', [0x32, 0x03, 0xc3, 0xa9, 0x21], { name: 'é!' }],
  ['strings', [0x3a, 0x01, 0x61, 0x3a, 0x00, 0x3a, 0x01, 0x62], { names: ['a', '', 'b'] }],
  ['bytes', [0x42, 0x02, 0x00, 0xff], { raw: Uint8Array.of(0, 255) }],
  ['a message', [0x4a, 0x05, 0x0a, 0x01, 0x61, 0x10, 0x07], { one: { text: 'a', count: 7 } }],
  ['messages, one of them empty', [0x52, 0x00, 0x52, 0x02, 0x10, 0x07], { many: [{}, { count: 7 }] }],
  ['a field number of two bytes', [0xa0, 0x01, 0x05], { late: 5 }],
];

describe('protocol buffers', () => {
  it.each(ENCODINGS)('read and write %s', (_what, bytes, message) => {
    expect(read(...bytes)).toEqual(message);
    expect([...writeMessage(OUTER, message)]).toEqual(bytes);
  });

  it('read lists that are not packed, in pieces, and both at once', () => {
    expect(read(0x10, 0x01, 0x12, 0x02, 0x02, 0x03, 0x10, 0x04)).toEqual({ numbers: [1, 2, 3, 4] });
    expect(read(0x25, 0, 0, 0x80, 0x3f, 0x22, 0x04, 0, 0, 0, 0x3f)).toEqual({ shares: [1, 0.5] });
  });

  it('let the last value of a single field count, and merge messages', () => {
    expect(read(0x08, 0x01, 0x08, 0x02)).toEqual({ count: 2 });
    expect(read(0x4a, 0x02, 0x10, 0x07, 0x4a, 0x03, 0x0a, 0x01, 0x61)).toEqual({ one: { text: 'a', count: 7 } });
  });

  it('skip unknown fields of every wire type', () => {
    const unknown = [
      0xf8,
      0x01,
      0x96,
      0x01,
      0xf9,
      0x01,
      ...Array(8).fill(1),
      0xfa,
      0x01,
      0x02,
      9,
      9,
      0xfd,
      0x01,
      1,
      2,
      3,
      4,
    ];
    expect(read(...unknown, 0x08, 0x05)).toEqual({ count: 5 });
  });

  it('give views of the bytes, not copies', () => {
    const bytes = Uint8Array.of(0x42, 0x02, 0x01, 0x02);
    expect(readMessage(OUTER, bytes, 'file').raw!.buffer).toBe(bytes.buffer);
  });

  it.each([
    ['a varint cut short', [0x08, 0x96]],
    ['a varint of eleven bytes', [0x08, ...Array(10).fill(0xff), 0x01]],
    ['a float cut short', [0x1d, 0x00, 0x00]],
    ['a string longer than the file', [0x32, 0x05, 0x61]],
    ['a length of 4 GB', [0x42, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a length beyond 2⁵³', [0x42, ...Array(9).fill(0xff), 0x01]],
    ['a message longer than the one around it', [0x4a, 0x02, 0x0a, 0x05, 0x61, 0x61, 0x61, 0x61, 0x61]],
    ['a packed list that ends within a float', [0x22, 0x05, 0, 0, 0, 0, 0]],
    ['an integer field that holds bytes', [0x0a, 0x01, 0x01]],
    ['a string field that holds an integer', [0x30, 0x01]],
    ['an unknown field longer than the file', [0xfa, 0x01, 0x20]],
    ['an unknown group', [0xfb, 0x01]],
    ['a wire type that does not exist', [0x0f]],
  ])('refuse %s', async (_what, bytes) => {
    expect(await codeOf(() => read(...bytes))).toBe('BAD_PROTOBUF');
  });
});
