/** What importOnnx makes of files: structure, card, refusals. That it computes the same is what the golden outputs show. */
import { describe, expect, it } from 'vitest';
import { importModel } from '../../../src/formats/index.js';
import { importOnnx } from '../../../src/formats/onnx/importOnnx.js';
import { DATA_LOCATIONS, DATA_TYPES, MODEL, type NodeMessage } from '../../../src/formats/onnx/messages.js';
import { writeMessage } from '../../../src/formats/onnx/protobuf.js';
import type { Graph } from '../../../src/graph/types.js';
import { codeOf } from '../codeOf.js';
import { floats, integers, node, type OnnxContent, onnxFile, onnxMessage, value, weights } from './onnxFile.js';

function importFile(content: OnnxContent, options = {}) {
  return importOnnx(onnxFile(content), 'folder/tiny.onnx', options);
}

function graphOf(content: OnnxContent, options = {}): Graph {
  return importFile(content, options).graphs.get('embed')!;
}

function operatorsOf(graph: Graph): string[] {
  return graph.nodes.map(({ operator }) => operator);
}

function messageOf(content: OnnxContent): string {
  try {
    importFile(content);
  } catch (error) {
    return (error as Error).message;
  }
  return 'imported';
}

const IMAGE = [value('x', ['batch', 3, 'height', 'width'])];
const CONV: readonly NodeMessage[] = [node('Conv', ['p', 'w'], ['c']), node('Flatten', ['c'], ['y'])];
const PIXELS: readonly NodeMessage[] = [node('Sub', ['x', 'mean'], ['a']), node('Div', ['a', 'std'], ['p']), ...CONV];
const TENSORS = [floats('mean', [3, 1, 1], [127.5, 120, 110]), floats('std', [1], [64]), weights('w', [2, 3, 4, 4])];
const EMBEDDER: OnnxContent = { nodes: PIXELS, tensors: TENSORS, inputs: IMAGE };
const SIZE = { inputSize: { height: 4, width: 4 } };

describe('importOnnx', () => {
  it('reads symbolic axes as one image of the size that is given, 112×112 otherwise', () => {
    const relu = { nodes: [node('Relu', ['x'], ['y'])], inputs: IMAGE };
    expect(graphOf(relu).inputs).toEqual([{ name: 'x', shape: [1, 3, 112, 112] }]);
    expect(graphOf(relu, { inputSize: { height: 7, width: 9 } }).inputs[0]!.shape).toEqual([1, 3, 7, 9]);
  });

  it('makes subtraction and scaling of pixels the card’s normalisation', async () => {
    const { graphs, card } = importFile(EMBEDDER, SIZE);
    expect(operatorsOf(graphs.get('embed')!)).toEqual(['convolution', 'flatten']);
    expect(card).toEqual({
      name: 'tiny',
      input: {
        height: 4,
        width: 4,
        channelOrder: 'rgb',
        normalisation: { mean: [127.5, 120, 110], scale: [1 / 64, 1 / 64, 1 / 64] },
      },
      embeddingLength: 2,
      thresholds: [],
      accuracy: [],
    });
  });

  it('keeps arithmetic on pixels in the graph where a normalisation is given, and takes the rest of the card', () => {
    const normalisation = { mean: [1, 2, 3], scale: [4, 5, 6] };
    const threshold = { value: 0.5, calibratedOn: 'pairs', pairs: 7 };
    const options = { ...SIZE, normalisation, channelOrder: 'bgr', licence: 'MIT', threshold };
    const { graphs, card } = importFile(EMBEDDER, options);
    expect(operatorsOf(graphs.get('embed')!)).toEqual(['affine', 'affine', 'convolution', 'flatten']);
    expect(card.input).toEqual({ height: 4, width: 4, channelOrder: 'bgr', normalisation });
    expect(card).toMatchObject({ licence: 'MIT', thresholds: [threshold] });
  });

  it('keeps arithmetic that a card cannot say', () => {
    const zero = { ...EMBEDDER, tensors: [...TENSORS.slice(1), floats('mean', [3, 1, 1], [1, 2, 3])] };
    expect(operatorsOf(graphOf(zero, SIZE))).toEqual(['convolution', 'flatten']);
    const mul = { ...zero, nodes: [node('Mul', ['x', 'zero'], ['p']), ...CONV] };
    const tensors = [...TENSORS, floats('zero', [1], [0])];
    expect(operatorsOf(graphOf({ ...mul, tensors }, SIZE))).toEqual(['affine', 'convolution', 'flatten']);
  });

  it('leaves out nodes that no output depends on, whatever they are', () => {
    const nodes = [node('Unknown', ['x'], ['z']), node('Relu', ['x'], ['y'])];
    expect(operatorsOf(graphOf({ nodes }))).toEqual(['relu']);
  });

  it('reads Clip as ReLU and ReLU6, a reshape to vectors as flatten, and drops what changes nothing', () => {
    const nodes = [
      node('Clip', ['x', 'zero'], ['a']),
      node('Clip', ['a', 'zero', 'six'], ['b']),
      node('Identity', ['b'], ['c']),
      node('Transpose', ['c'], ['d'], { perm: [0, 1, 2, 3] }),
      node('Reshape', ['d', 'shape'], ['y']),
    ];
    const tensors = [floats('zero', [], [0]), floats('six', [], [6]), integers('shape', [0, -1])];
    const graph = graphOf({ nodes, tensors });
    expect(operatorsOf(graph)).toEqual(['relu', 'clip', 'flatten']);
    expect(graph.nodes[1]!.attributes).toEqual({ least: 0, most: 6 });
  });

  it('names every node that it cannot import at once, and not those that read them', () => {
    const nodes = [
      node('Relu', ['x'], ['a']),
      node('NonZero', ['a'], ['b']),
      node('Relu', ['b'], ['c']),
      node('Conv', ['a', 'w'], ['d'], { group: 1, unknown: 3 }),
      node('MaxPool', ['a'], ['e'], { kernel_shape: [2, 2], pads: [9, 9, 9, 9] }),
      node('Concat', ['c', 'd', 'e'], ['y']),
    ];
    const content = { nodes, tensors: [weights('w', [4, 4, 1, 1])] };
    expect(() => importFile(content)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_OPERATOR' }));
    const message = messageOf(content);
    for (const name of ['NonZero_b', 'Conv_d', 'MaxPool_e', 'unknown']) expect(message).toContain(name);
    for (const name of ['Relu_a', 'Relu_c', 'Concat_y']) expect(message).not.toContain(name);
    expect(message).toContain('accepted');
    expect(message).toMatch(/supported operators are Conv, .*Shape/);
  });

  it('takes the names of the outputs, also where nothing is computed for them', () => {
    const nodes = [node('Relu', ['x'], ['r']), node('Identity', ['r'], ['y']), node('Identity', ['x'], ['z'])];
    const graph = graphOf({ nodes, outputs: ['y', 'z'] });
    expect(graph.outputs).toEqual(['y', 'z']);
    expect(graph.nodes.map(({ operator, outputs }) => [operator, ...outputs])).toEqual([
      ['relu', 'y'],
      ['reshape', 'z'],
    ]);
    expect(graph.nodes[1]!.attributes).toEqual({ shape: [2, 4, 6, 5], whole: true });
  });
});

const RELU = [node('Relu', ['x'], ['y'])];

describe('refusals', () => {
  const rows: readonly [what: string, code: string, content: OnnxContent][] = [
    ['a set of operators that is too old', 'UNSUPPORTED_OPERATOR_SET', { nodes: RELU, operatorSet: 5 }],
    ['a set of operators of the future', 'UNSUPPORTED_OPERATOR_SET', { nodes: RELU, operatorSet: 99 }],
    ['another domain', 'UNSUPPORTED_OPERATOR', { nodes: [{ ...RELU[0], domain: 'com.example' }] }],
    ['a name with a line break', 'BAD_NAME', { nodes: [node('Relu', ['x'], ['a\nb'])], outputs: ['a\nb'] }],
    ['a cycle', 'UNDEFINED_VALUE', { nodes: [node('Relu', ['b'], ['y']), node('Relu', ['y'], ['b'])] }],
    ['a value that nobody makes', 'UNDEFINED_VALUE', { nodes: [node('Relu', ['nothing'], ['y'])] }],
    ['an output that nobody makes', 'UNDEFINED_VALUE', { nodes: RELU, outputs: ['y', 'nothing'] }],
    ['a name given twice', 'DUPLICATE_NAME', { nodes: [...RELU, node('Sigmoid', ['x'], ['y'])] }],
    ['whole numbers as input', 'UNSUPPORTED_INPUT', { nodes: RELU, inputs: [value('x', [1, 3], DATA_TYPES.int64)] }],
    ['an open channel axis', 'INPUT_SHAPE', { nodes: RELU, inputs: [value('x', [1, 'c', 4, 4])] }],
    [
      'a shape that overflows',
      'TOO_LARGE',
      { nodes: RELU, inputs: [value('x', [1 << 30, 1 << 30, 1 << 30, 1 << 30])] },
    ],
    [
      'a constant output that float32 rounds',
      'CONSTANT_OUTPUT',
      { nodes: [node('Identity', ['c'], ['y'])], tensors: [integers('c', [2 ** 24 + 1])] },
    ],
    [
      'more elements than its shape',
      'BAD_TENSOR',
      { nodes: [node('Add', ['x', 'c'], ['y'])], tensors: [floats('c', [1], [1, 2])] },
    ],
    [
      'fewer bytes than its shape',
      'BAD_TENSOR',
      { nodes: [node('Add', ['x', 'c'], ['y'])], tensors: [{ ...floats('c', [9], []), rawData: new Uint8Array(8) }] },
    ],
    [
      'a tensor of strings',
      'UNSUPPORTED_WEIGHTS',
      { nodes: [node('Add', ['x', 'c'], ['y'])], tensors: [{ name: 'c', dims: [1], dataType: 8 }] },
    ],
    [
      'a constant of endless length',
      'TOO_LARGE',
      {
        nodes: [node('ConstantOfShape', ['s'], ['c']), node('Add', ['x', 'c'], ['y'])],
        tensors: [integers('s', [1 << 20, 1 << 20])],
      },
    ],
    [
      'whole numbers beyond what is exact',
      'BAD_NODE',
      {
        nodes: [node('Mul', ['s', 's'], ['t']), node('Reshape', ['x', 't'], ['y'])],
        tensors: [integers('s', [2n ** 40n])],
      },
    ],
    ['a window without kernel_shape', 'BAD_NODE', { nodes: [node('MaxPool', ['x'], ['y'])] }],
    ['a subgraph', 'UNSUPPORTED_OPERATOR', { nodes: [node('If', ['x'], ['y'])] }],
    ['operators that training alone needs', 'UNSUPPORTED_OPERATOR', { nodes: [node('Einsum', ['x'], ['y'])] }],
  ];

  it.each(rows)('of %s: %s', async (_what, code, content) => {
    expect(await codeOf(() => importFile(content))).toBe(code);
  });

  it('of bytes that are no model', async () => {
    const message = onnxMessage({ nodes: RELU });
    expect(await codeOf(() => importOnnx(new Uint8Array(0), 'empty.onnx'))).toBe('BAD_MODEL');
    const { opsetImport: _, ...without } = message;
    expect(await codeOf(() => importOnnx(writeMessage(MODEL, without), 'm.onnx'))).toBe('BAD_MODEL');
  });
});

describe('external data', () => {
  const data = new Uint8Array(Float32Array.of(9, 1, 2, 3, 4).buffer);

  function external(location: string, offset = '4', length = '16'): Uint8Array {
    const externalData = [
      { key: 'location', value: location },
      { key: 'offset', value: offset },
      { key: 'length', value: length },
    ];
    const tensor = { name: 'c', dims: [4, 1, 1], dataType: DATA_TYPES.float, externalData };
    const tensors = [{ ...tensor, dataLocation: DATA_LOCATIONS.external }];
    return onnxFile({ nodes: [node('Add', ['x', 'c'], ['y'])], tensors });
  }

  it('is read from the files that are given', async () => {
    const files = [
      { name: 'a/model.onnx', bytes: external('weights.bin') },
      { name: 'a/weights.bin', bytes: data },
    ];
    const { graphs } = await importModel(files);
    const [affine] = graphs.get('embed')!.nodes;
    expect([...graphs.get('embed')!.tensors.get(affine!.inputs[2]!)!.data]).toEqual([1, 2, 3, 4]);
  });

  it.each(['/etc/passwd', '../weights.bin', 'a/../../b', 'C:\\weights.bin', '\\\\host\\weights', '', 'a\0b'])(
    'at %j is refused',
    async (location) => {
      const asked: string[] = [];
      const read = (name: string) => {
        asked.push(name);
        return data;
      };
      expect(await codeOf(() => importOnnx(external(location), 'm.onnx', {}, read))).toBe('EXTERNAL_DATA');
      expect(asked).toEqual([]);
    },
  );

  it('is refused where the file is not given, or does not hold it', async () => {
    expect(await codeOf(() => importOnnx(external('w.bin'), 'm.onnx'))).toBe('EXTERNAL_DATA');
    for (const [offset, length] of [
      ['8', '16'],
      ['0', '20'],
    ]) {
      const bytes = external('w.bin', offset, length);
      expect(await codeOf(() => importOnnx(bytes, 'm.onnx', {}, () => data))).toBe('EXTERNAL_DATA');
    }
    expect(await codeOf(() => importOnnx(external('w.bin', '-4'), 'm.onnx', {}, () => data))).toBe('BAD_TENSOR');
  });
});

describe('files made to exhaust', () => {
  /** A field of a message: tag, length, bytes. */
  function field(number: number, bytes: Uint8Array): Uint8Array {
    const lengths: number[] = [];
    for (let length = bytes.length; ; length = Math.floor(length / 128)) {
      lengths.push(length < 128 ? length : (length % 128) + 128);
      if (length < 128) break;
    }
    const head = Uint8Array.from([number * 8 + 2, ...lengths]);
    const whole = new Uint8Array(head.length + bytes.length);
    whole.set(head);
    whole.set(bytes, head.length);
    return whole;
  }

  it('are refused: a million nodes, in bounded memory', async () => {
    const nodes = onnxFile({ nodes: Array.from({ length: 70_000 }, () => ({ opType: 'Relu' })) });
    expect(await codeOf(() => importOnnx(nodes, 'm.onnx'))).toBe('TOO_LARGE');
    const empty = new Uint8Array(4_000_000);
    for (let at = 0; at < empty.length; at += 2) empty[at] = 1 * 8 + 2;
    expect(await codeOf(() => importOnnx(field(7, empty), 'm.onnx'))).toBe('BAD_PROTOBUF');
  });

  it('are refused or read in no time: graphs within attributes within graphs', async () => {
    let graph: Uint8Array = new Uint8Array(0);
    for (let depth = 0; depth < 2000; depth++) graph = field(1, field(5, field(6, graph)));
    const bytes = field(7, graph);
    const begin = performance.now();
    expect(await codeOf(() => importOnnx(bytes, 'm.onnx'))).toBe('BAD_MODEL');
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it('are refused: constants that grow by one another', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `c${index}`);
    const nodes = names
      .slice(1)
      .map((name, index) => node('Concat', [names[index]!, names[index]!], [name], { axis: 0 }));
    const content = { nodes: [...nodes, node('Add', ['x', 'c39'], ['y'])], tensors: [floats('c0', [2], [1, 2])] };
    expect(await codeOf(() => importFile(content))).toBe('TOO_LARGE');
  }, 20_000);
});
