/** ONNX files that ask for more than there is: refused by what they claim, before anything is made for it. */
import { describe, expect, it } from 'vitest';
import { importModel } from '../../../src/formats/index.js';
import { DATA_TYPES } from '../../../src/formats/onnx/messages.js';
import { codeOf } from '../codeOf.js';
import { floats, integers, node, type OnnxContent, onnxFile, value } from './onnxFile.js';

function codeFor(bytes: Uint8Array): Promise<string> {
  return codeOf(() => importModel([{ name: 'hostile.onnx', bytes }]));
}

/** Field 7 (the graph) with a length, as a varint, and nothing behind it. */
function graphOfLength(...varint: number[]): Uint8Array {
  return Uint8Array.of(0x3a, ...varint);
}

const CONTENTS: readonly [string, string, OnnxContent][] = [
  [
    'nodes that read each other',
    'UNDEFINED_VALUE',
    { nodes: [node('Relu', ['b'], ['a']), node('Add', ['a', 'x'], ['b']), node('Relu', ['b'], ['y'])] },
  ],
  [
    'a convolution of a value without rows and columns',
    'UNSUPPORTED_ATTRIBUTE',
    {
      nodes: [node('Conv', ['x', 'w'], ['y'])],
      inputs: [value('x', [1, 3])],
      tensors: [floats('w', [2, 3], [1, 2, 3, 4, 5, 6])],
    },
  ],
  ['a node that reads itself', 'UNDEFINED_VALUE', { nodes: [node('Add', ['x', 'y'], ['y'])] }],
  [
    'an input of 2⁶² elements',
    'TOO_LARGE',
    { nodes: [node('Relu', ['x'], ['y'])], inputs: [value('x', [1, 2 ** 31, 2 ** 31])] },
  ],
  [
    'a tensor whose axes overflow',
    'BAD_TENSOR',
    {
      nodes: [node('Add', ['x', 'c'], ['y'])],
      tensors: [{ name: 'c', dims: [2 ** 40, 2 ** 40], dataType: DATA_TYPES.float, rawData: new Uint8Array(4) }],
    },
  ],
  [
    'a constant of 2⁴⁰ elements',
    'TOO_LARGE',
    {
      nodes: [node('ConstantOfShape', ['s'], ['c']), node('Add', ['x', 'c'], ['y'])],
      tensors: [integers('s', [2 ** 20, 2 ** 20])],
    },
  ],
  [
    'padding beyond memory',
    'TOO_LARGE',
    {
      nodes: [node('Pad', ['x', 'p'], ['y'])],
      tensors: [integers('p', [0, 0, 2 ** 20, 2 ** 20, 0, 0, 0, 0]), floats('v', [], [0])],
    },
  ],
];

describe('hostile ONNX', () => {
  it.each<[string, Uint8Array]>([
    ['4 GB', graphOfLength(0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['2⁶³', graphOfLength(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['a varint without end', graphOfLength(...new Array<number>(64).fill(0xff))],
  ])('of %s is no message', async (_name, bytes) => {
    expect(await codeFor(bytes)).toBe('BAD_PROTOBUF');
  });

  it.each(CONTENTS)('with %s: %s', async (_name, code, content) => {
    expect(await codeFor(onnxFile(content))).toBe(code);
  });
});
