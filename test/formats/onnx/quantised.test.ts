/** Quantised ONNX files: what they become, and what of them is refused. */
import { describe, expect, it } from 'vitest';
import { referenceValues } from '../../../src/build/reference.js';
import { EMBEDDER } from '../../../src/formats/checkModel.js';
import { exportNative, importNative } from '../../../src/formats/native.js';
import { importOnnx } from '../../../src/formats/onnx/importOnnx.js';
import { DATA_TYPES, type TensorMessage } from '../../../src/formats/onnx/messages.js';
import { foldForStorage } from '../../../src/passes/index.js';
import { inputsOf } from '../../golden/goldenCase.js';
import { readOutputs } from '../../golden/outputs.js';
import { quantisedCases } from '../../golden/quantisedCases.js';
import { codeOf } from '../codeOf.js';
import { added, bytes, floats, node, type OnnxContent, onnxFile, value, words } from './onnxFile.js';

const { int8, uint8 } = DATA_TYPES;
const stored = readOutputs(new URL('../../../', import.meta.url), 'quantised');

/** A convolution whose scales and zero points a test replaces. */
function content(replaced: readonly TensorMessage[] = [], attributes = {}): OnnxContent {
  const tensors = [
    floats('s', [], [0.01]),
    bytes('z', [], uint8, [128]),
    bytes('w', [2, 4, 1, 1], int8, [1, -2, 3, -4, 5, -6, 7, -8]),
    floats('ws', [2], [0.5, 0.25]),
    bytes('wz', [2], int8, [0, 0]),
    words('b', [2], [7, -9]),
    floats('bs', [2], [0.005, 0.0025]),
  ];
  const names = new Set(replaced.map(({ name }) => name));
  return {
    nodes: [
      node('QuantizeLinear', ['x', 's', 'z'], ['q'], attributes),
      node('DequantizeLinear', ['q', 's', 'z'], ['d']),
      node('DequantizeLinear', ['w', 'ws', 'wz'], ['wf'], { axis: 0 }),
      node('DequantizeLinear', ['b', 'bs'], ['bf'], { axis: 0 }),
      node('Conv', ['d', 'wf', 'bf'], ['y']),
    ],
    tensors: [...tensors.filter(({ name }) => !names.has(name)), ...replaced],
  };
}

function graphOf(given: OnnxContent) {
  return importOnnx(onnxFile(given), 'net.onnx').graphs.get(EMBEDDER)!;
}

function operatorsOf(given: OnnxContent): string[] {
  return foldForStorage(graphOf(given)).graph.nodes.map(({ operator }) => operator);
}

describe('quantised layers', () => {
  it('sum integers where input and weights are whole numbers', () => {
    expect(operatorsOf(content())).toEqual(['quantise', 'dequantisedConvolution']);
  });

  it('run in float32 where a weight leaves −127 to 127', () => {
    const weights = [1, -128, 3, -4, 5, -6, 7, -8];
    const expected = ['quantise', 'dequantise', 'convolution'];
    expect(operatorsOf(content([bytes('w', [2, 4, 1, 1], int8, weights)]))).toEqual(expected);
  });

  it('run in float32 where sums would leave 32 bits', () => {
    const depth = 140000;
    const large = {
      ...content([bytes('w', [2, depth, 1, 1], int8, new Array<number>(2 * depth).fill(127))]),
      inputs: [value('x', [1, depth, 1, 1])],
    };
    expect(operatorsOf(large)).toContain('convolution');
  });

  it('give outputs that are spread over their levels, so that differences would show', () => {
    for (const { name, unit } of quantisedCases) {
      for (const { data } of Object.values(stored.get(name)!)) {
        const levels = new Map<number, number>();
        for (const element of data) {
          const level = Math.round(element / unit!);
          levels.set(level, (levels.get(level) ?? 0) + 1);
        }
        expect(Math.max(...levels.values()) / data.length, name).toBeLessThan(0.75);
      }
    }
  });

  it.each(quantisedCases)('$name: is the same from a native file, whose weights are int8', async ({ name, graph }) => {
    const built = foldForStorage(await graph()).graph;
    const card = { name, thresholds: [], accuracy: [] };
    const bytesOf = await exportNative(
      { format: 'onnx', graphs: new Map([[EMBEDDER, built]]), card },
      { storage: 'float32' },
    );
    const again = (await importNative(bytesOf, 'net.safetensors')).graphs.get(EMBEDDER)!;
    const inputs = inputsOf(built);
    const [before, after] = [built, again].map((one) => referenceValues(one, inputs));
    for (const output of built.outputs) expect(after!.get(output)!.data).toEqual(before!.get(output)!.data);
    const header = new TextDecoder().decode(bytesOf.subarray(8, 8 + new DataView(bytesOf.buffer).getUint32(0, true)));
    expect(header.includes('"I8"')).toBe(built.nodes.some(({ operator }) => operator === 'dequantisedConvolution'));
  });
});

const int16 = 5;

describe('are refused', () => {
  const refused: readonly (readonly [string, string, OnnxContent])[] = [
    ['a scale that is no number', 'BAD_NODE', content([floats('s', [], [Number.NaN])])],
    ['a scale of 0', 'BAD_NODE', content([floats('s', [], [0])])],
    ['a scale below 0', 'BAD_NODE', content([floats('ws', [2], [0.5, -0.25])])],
    ['a scale that is infinite', 'BAD_NODE', content([floats('ws', [2], [0.5, Number.POSITIVE_INFINITY])])],
    ['a scale too small to divide by', 'BAD_ATTRIBUTE', content([floats('s', [], [1e-30])])],
    ['a scale of whole numbers', 'BAD_NODE', content([words('ws', [2], [1, 2])])],
    ['another number of scales', 'BAD_NODE', content([floats('ws', [3], [0.5, 0.25, 1])])],
    ['another number of zero points', 'BAD_NODE', content([bytes('wz', [3], int8, [0, 0, 0])])],
    ['zero points that are no whole numbers', 'BAD_NODE', content([floats('wz', [2], [0.5, 0])])],
    ['weights that are no whole numbers', 'BAD_NODE', content([floats('w', [2, 4, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8])])],
    ['several scales of a computed value', 'UNSUPPORTED_ATTRIBUTE', content([floats('s', [4], [1, 2, 3, 4])])],
    ['a zero point of another type', 'UNSUPPORTED_ATTRIBUTE', content([words('z', [], [128])])],
    ['blocks', 'UNSUPPORTED_ATTRIBUTE', content([], { block_size: 2 })],
    [
      'elements of 16 bits',
      'UNSUPPORTED_WEIGHTS',
      content([{ name: 'z', dims: [], dataType: int16, rawData: new Uint8Array(2) }]),
    ],
    [
      'weights that are missing',
      'UNDEFINED_VALUE',
      { ...content(), tensors: content().tensors!.filter(({ name }) => name !== 'ws') },
    ],
    [
      'a computed scale',
      'UNSUPPORTED_ATTRIBUTE',
      { nodes: [node('Relu', ['x'], ['r']), node('QuantizeLinear', ['x', 'r'], ['y'])], outputType: uint8 },
    ],
    [
      'arithmetic on int8 values',
      'UNSUPPORTED_ATTRIBUTE',
      { ...content(), nodes: [node('QuantizeLinear', ['x', 's', 'z'], ['q']), node('Relu', ['q'], ['y'])] },
    ],
    [
      'a cast of int8 values',
      'UNSUPPORTED_ATTRIBUTE',
      { ...content(), nodes: [node('QuantizeLinear', ['x', 's', 'z'], ['q']), node('Cast', ['q'], ['y'], { to: 1 })] },
    ],
    [
      'values of two quantisations as one',
      'UNSUPPORTED_ATTRIBUTE',
      {
        ...content([floats('t', [], [0.02])]),
        nodes: [
          node('QuantizeLinear', ['x', 's', 'z'], ['q']),
          node('QuantizeLinear', ['x', 't', 'z'], ['p']),
          node('Concat', ['q', 'p'], ['y'], { axis: 1 }),
        ],
      },
    ],
    [
      'DequantizeLinear of float32 values',
      'UNSUPPORTED_ATTRIBUTE',
      { ...content(), nodes: [node('DequantizeLinear', ['x', 's', 'z'], ['y'])] },
    ],
    [
      'a zero point beyond uint8',
      'BAD_NODE',
      {
        ...content(),
        nodes: [node('QuantizeLinear', ['x', 's', 'z'], ['q']), node('DequantizeLinear', ['q', 's', 'b'], ['y'])],
        tensors: [floats('s', [], [0.01]), bytes('z', [], uint8, [128]), words('b', [], [300])],
      },
    ],
    [
      'another operator of the domain com.microsoft',
      'UNSUPPORTED_OPERATOR',
      { ...content(), nodes: [added('QLinearReduceMean', ['x', 's', 'z', 's', 'z'], ['y'])] },
    ],
    [
      'channels last',
      'UNSUPPORTED_ATTRIBUTE',
      {
        ...content(),
        nodes: [
          node('QuantizeLinear', ['x', 's', 'z'], ['q']),
          added('QLinearGlobalAveragePool', ['q', 's', 'z', 's', 'z'], ['y'], { channels_last: 1 }),
        ],
      },
    ],
  ];

  it.each(refused)('%s', async (_name, code, given) => {
    expect(await codeOf(() => importOnnx(onnxFile(given), 'net.onnx'))).toBe(code);
  });

  it('with the node, what was found and what is accepted', () => {
    const message =
      'net.onnx, node "QuantizeLinear_q" (QuantizeLinear): element 0 of its scales is 0; accepted are numbers above 0.';
    expect(() => graphOf(content([floats('s', [], [0])]))).toThrow(message);
  });
});
