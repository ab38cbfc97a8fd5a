/** Damaged files of int8 networks: one typed error for each kind of damage. */
import { describe, expect, it } from 'vitest';
import { importModel } from '../../src/formats/index.js';
import { exportNative } from '../../src/formats/native.js';
import type { Model } from '../../src/model/model.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { codeOf } from './codeOf.js';
import { editHeader, editMetadata } from './damage.js';
import { tinyInt8Model } from './tinyInt8.js';

interface JsonNode {
  operator: string;
  inputs: string[];
  attributes: Record<string, unknown>;
}

const sound = await exportNative(tinyInt8Model(), { storage: 'float32' });

const codeOfFile = (bytes: Uint8Array): Promise<string> =>
  codeOf(() => importModel([{ name: 'hostile.safetensors', bytes }]));

/** The code of the file whose nodes of an operator are changed; `null` is what JSON makes of NaN. */
function withNode(operator: string, change: (node: JsonNode) => void): Promise<string> {
  const edit = (text: string): string => {
    const graphs = JSON.parse(text) as Record<string, { nodes: JsonNode[] }>;
    const nodes = Object.values(graphs).flatMap((graph) => graph.nodes.filter((node) => node.operator === operator));
    expect(nodes.length).toBeGreaterThan(0);
    for (const node of nodes) change(node);
    return JSON.stringify(graphs);
  };
  return codeOfFile(editHeader(sound, (header) => editMetadata(header, 'graphs', edit)));
}

const SCALES = [
  ['quantise', 'scale'],
  ['dequantise', 'scale'],
  ['quantisedConvolution', 'inputScale'],
  ['quantisedConvolution', 'outputScale'],
  ['quantisedConvolution', 'residualScale'],
  ['quantisedAddition', 'aScale'],
  ['quantisedAddition', 'bScale'],
  ['quantisedAddition', 'outputScale'],
  ['requantise', 'inputScale'],
  ['requantise', 'outputScale'],
  ['quantisedAveragePool', 'inputScale'],
  ['quantisedGlobalAveragePool', 'outputScale'],
] as const;

const OPERATORS = [...new Set(SCALES.map(([operator]) => operator))];
const MOVES = ['quantisedMaxPool', 'quantisedChannelShuffle', 'quantisedConcat', 'quantisedSlice'];

it('the file is sound before it is damaged', async () => {
  expect(await codeOfFile(sound)).toBe('accepted');
});

describe('attributes', () => {
  it.each(SCALES)('of %s: %s', async (operator, name) => {
    for (const value of [0, -1, 1e300, 1e-300, '0.1', [0.1], true, undefined]) {
      const code = await withNode(operator, ({ attributes }) => {
        attributes[name] = value;
      });
      expect(code, String(value)).toBe('BAD_ATTRIBUTE');
    }
    const missing = await withNode(operator, ({ attributes }) => {
      attributes[name] = null;
    });
    expect(missing).toMatch(/^BAD_/);
  });

  it.each(SCALES)('of %s: the zero point beside %s', async (operator, name) => {
    const zeroPoint = name === 'scale' ? 'zeroPoint' : name.replace('Scale', 'ZeroPoint');
    for (const value of [128, -129, 0.5, 1e300, '0', undefined]) {
      const code = await withNode(operator, ({ attributes }) => {
        attributes[zeroPoint] = value;
      });
      expect(code, String(value)).toBe('BAD_ATTRIBUTE');
    }
  });

  it.each([...OPERATORS, ...MOVES])('of %s: one more', async (operator) => {
    const code = await withNode(operator, ({ attributes }) => {
      attributes.threshold = 1;
    });
    expect(code).toBe('UNKNOWN_ATTRIBUTE');
  });
});

describe('inputs', () => {
  it.each([...OPERATORS, ...MOVES])(
    'of %s: none, nothing, unknown, float32 for int8 and the other way',
    async (operator) => {
      const codeWith = (inputs: (node: JsonNode) => string[]): Promise<string> =>
        withNode(operator, (node) => {
          node.inputs = inputs(node);
        });
      expect(await codeWith(() => [])).toBe('INPUT_COUNT');
      expect(await codeWith(({ inputs }) => ['', ...inputs.slice(1)])).toBe('UNDEFINED_VALUE');
      expect(await codeWith(({ inputs }) => ['nobody', ...inputs.slice(1)])).toBe('UNDEFINED_VALUE');
      const other = operator === 'quantise' ? 'int8' : 'data';
      const expected = operator === 'quantise' ? 'UNDEFINED_VALUE' : 'ELEMENT_TYPE';
      expect(await codeWith(({ inputs }) => [other, ...inputs.slice(1)])).toBe(expected);
    },
  );
});

describe('tensors', () => {
  /** The code of a file that is written with a tensor changed. */
  async function withTensor(
    name: string,
    shape: readonly number[],
    change: (data: Float32Array) => void,
  ): Promise<string> {
    const model = tinyInt8Model();
    const graph = model.graphs.get('embed')!;
    const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
    data.set(graph.tensors.get(name)!.data.subarray(0, data.length));
    change(data);
    const tensors = new Map([...graph.tensors, [name, float32Tensor(shape, data)]]);
    const damaged: Model = { ...model, graphs: new Map([['embed', { ...graph, tensors }]]) };
    return codeOf(() => exportNative(damaged, { storage: 'float32' }));
  }

  it.each([
    ['weights', [4, 3, 3, 3], [0.5, 128, -129, 1e30]],
    ['scales', [4], [0, -1, 1e30, 1e-30]],
    ['bias', [4], [0.5, 1e30, -(2 ** 25)]],
  ] as const)('%s with numbers that they cannot be', async (name, shape, values) => {
    for (const value of values) {
      const code = await withTensor(name, shape, (data) => {
        data[data.length - 1] = value;
      });
      expect(code, String(value)).toBe('BAD_TENSOR');
    }
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await withTensor(name, shape, (data) => data.fill(value, 1))).toBe('NOT_FINITE');
    }
  });

  it.each([
    ['weights', [4, 2, 3, 3]],
    ['scales', [3]],
    ['bias', [5]],
    ['slopes', [3]],
  ] as const)('%s of another length', async (name, shape) => {
    expect(await withTensor(name, shape, () => {})).toBe('NODE_SHAPE');
  });

  it('int8 bytes that are fewer or more than the shape says', async () => {
    for (const shape of [
      [4, 3, 3, 2],
      [4, 3, 3, 4],
      [4, 3, 9, 2 ** 40],
    ]) {
      const code = await codeOfFile(
        editHeader(sound, (header) => {
          const parsed = JSON.parse(header) as Record<string, { dtype?: string; shape: number[] }>;
          const entry = Object.values(parsed).find(({ dtype }) => dtype === 'I8')!;
          entry.shape = shape;
          return JSON.stringify(parsed);
        }),
      );
      expect(code).toMatch(/^(BAD_|TENSOR_)/);
    }
  });
});
