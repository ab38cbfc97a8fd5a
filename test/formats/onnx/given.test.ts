/** Inputs whose elements are given when a file is imported, and constants that nodes compare, choose and count. */
import { describe, expect, it } from 'vitest';
import { referenceValues } from '../../../src/build/reference.js';
import { EMBEDDER } from '../../../src/formats/checkModel.js';
import type { InputValues } from '../../../src/formats/importOptions.js';
import { importOnnx } from '../../../src/formats/onnx/importOnnx.js';
import { DATA_TYPES } from '../../../src/formats/onnx/messages.js';
import { float32Tensor } from '../../../src/tensor/tensor.js';
import { codeOf } from '../codeOf.js';
import { floats, integers, node, type OnnxContent, onnxFile, value } from './onnxFile.js';

function imported(content: OnnxContent, inputValues?: Readonly<Record<string, InputValues>>) {
  return importOnnx(onnxFile(content), 'given.onnx', { inputValues }).graphs.get(EMBEDDER)!;
}

const SLICE: OnnxContent = {
  nodes: [node('Slice', ['x', 's', 'e'], ['y'])],
  inputs: [value('x', [5]), value('s', [1], DATA_TYPES.int64), value('e', [1], DATA_TYPES.int64)],
};

const CONVOLUTION: OnnxContent = {
  nodes: [node('Conv', ['x', 'w'], ['c']), node('Add', ['c', 'b'], ['y'])],
  inputs: [value('x', [1, 1, 2, 2]), value('w', [1, 1, 2, 2]), value('b', [1])],
};

describe('given inputs', () => {
  it('of whole numbers become constants', () => {
    const graph = imported(SLICE, { s: { shape: [1], data: [1] }, e: { shape: [1], data: [-1] } });
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x']);
    const values = referenceValues(graph, { x: float32Tensor([5], [1, 2, 3, 4, 5]) });
    expect([...values.get('y')!.data]).toEqual([2, 3, 4]);
  });

  it('of other numbers stay inputs where nodes read values, and leave where they read constants', () => {
    const given = { w: { shape: [1, 1, 2, 2], data: [1, 10, 100, 1000] }, b: { shape: [1], data: [0.5] } };
    const graph = imported(CONVOLUTION, given);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['x', 'b']);
    const inputs = { x: float32Tensor([1, 1, 2, 2], [1, 2, 3, 4]), b: float32Tensor([1], [0.25]) };
    expect([...referenceValues(graph, inputs).get('y')!.data]).toEqual([4321.25]);
  });

  it('are refused where they are missing, of another shape, or no whole numbers', async () => {
    expect(await codeOf(() => imported(SLICE))).toBe('UNSUPPORTED_INPUT');
    expect(await codeOf(() => imported(CONVOLUTION))).toBe('UNSUPPORTED_ATTRIBUTE');
    const end = { e: { shape: [1], data: [2] } };
    expect(await codeOf(() => imported(SLICE, { ...end, s: { shape: [2], data: [0, 1] } }))).toBe('INPUT_SHAPE');
    expect(await codeOf(() => imported(SLICE, { ...end, s: { shape: [1], data: [0.5] } }))).toBe('UNSUPPORTED_INPUT');
  });
});

describe('whole numbers that are computed', () => {
  const cast = node('Cast', ['x'], ['i'], { to: DATA_TYPES.int64 });
  const inputs = [value('x', [3])];

  it('are moved and cast, and not computed with', async () => {
    const graph = imported({
      nodes: [cast, node('Unsqueeze', ['i', 'a'], ['y'])],
      inputs,
      tensors: [integers('a', [0])],
    });
    const values = referenceValues(graph, { x: float32Tensor([3], [1.7, -1.7, 0.2]) });
    expect([...values.get('y')!.data]).toEqual([1, -1, 0]);
    const divided = { nodes: [cast, node('Div', ['i', 'i'], ['y'])], inputs };
    expect(await codeOf(() => imported(divided))).toBe('UNSUPPORTED_ATTRIBUTE');
  });
});

describe('constants', () => {
  const folded = (nodes: OnnxContent['nodes'], tensors: OnnxContent['tensors']) => {
    const graph = imported({ nodes: [...nodes, node('Relu', ['x'], ['z'])], tensors: tensors!, outputs: ['y', 'z'] });
    const [tensor] = graph.nodes.find(({ outputs }) => outputs[0] === 'y')!.inputs;
    return graph.tensors.get(tensor!)!;
  };
  const A = integers('a', [1, 2, 3, 4], [2, 2]);
  const B = integers('b', [1, 3]);

  it.each([
    ['Equal', [1, 0, 0, 0]],
    ['Less', [0, 1, 0, 0]],
    ['LessOrEqual', [1, 1, 0, 0]],
    ['Greater', [0, 0, 1, 1]],
    ['GreaterOrEqual', [1, 0, 1, 1]],
  ] as const)('%s repeats its operands', (operator, expected) => {
    const { shape, data } = folded([node(operator, ['a', 'b'], ['y'])], [A, B]);
    expect(shape).toEqual([2, 2]);
    expect([...data]).toEqual(expected);
  });

  it('are chosen, negated and counted', () => {
    const chosen = [
      node('Greater', ['a', 'b'], ['c']),
      node('Not', ['c'], ['n']),
      node('Where', ['n', 'a', 'b'], ['y']),
    ];
    expect([...folded(chosen, [A, B]).data]).toEqual([1, 2, 1, 3]);
    const truth = [node('And', ['a', 'b'], ['c']), node('Or', ['c', 'b'], ['y'])];
    expect([...folded(truth, [integers('a', [0, 1]), integers('b', [0, 0])]).data]).toEqual([0, 0]);
    const limits = [floats('a', [], [1]), floats('b', [], [4]), floats('c', [], [1.5])];
    expect([...folded([node('Range', ['a', 'b', 'c'], ['y'])], limits).data]).toEqual([1, 2.5]);
  });

  it('are computed by references within a limit', async () => {
    const ones = (dims: number[]) => ({ ...integers('d', dims) });
    const large = {
      nodes: [
        node('ConstantOfShape', ['d'], ['c'], { value: floats('', [1], [1]) }),
        node('MatMul', ['c', 'c'], ['m']),
        node('Add', ['x', 'm'], ['y']),
      ],
      inputs: [value('x', [1024, 1024])],
      tensors: [ones([1024, 1024])],
    };
    expect(await codeOf(() => imported(large))).toBe('TOO_LARGE');
  });
});
