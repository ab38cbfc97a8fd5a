/** verifyGraph, shape inference and counts: what they refuse, with codes, and what they give. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { countMultiplyAdds, countParameters, inferShapes } from '../../src/build/infer.js';
import { referenceValues } from '../../src/build/reference.js';
import { MOST_NODES, verifyGraph } from '../../src/build/verify.js';
import type { Graph, Node } from '../../src/graph/types.js';
import { float32Tensor } from '../../src/tensor/tensor.js';

const CONVOLUTION = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1, activation: 'none' };

function node(name: string, operator: string, inputs: string[], changes: Partial<Node> = {}): Node {
  return { name, operator, inputs, outputs: [name], attributes: {}, ...changes };
}

const base: Graph = {
  inputs: [{ name: 'input', shape: [1, 2, 4, 6] }],
  outputs: ['sum'],
  tensors: new Map([
    ['weights', float32Tensor([2, 2, 3, 3])],
    ['slopes', float32Tensor([2])],
  ]),
  nodes: [
    node('layer', 'convolution', ['input', 'weights'], { attributes: CONVOLUTION }),
    node('active', 'prelu', ['layer', 'slopes']),
    node('sum', 'add', ['active', 'input']),
  ],
};

const withNode = (index: number, changes: Partial<Node>): Graph => ({
  ...base,
  nodes: base.nodes.map((item, position) => (position === index ? { ...item, ...changes } : item)),
});

const withTensor = (name: string, data: number[]): Graph => ({
  ...base,
  tensors: new Map([...base.tensors, [name, float32Tensor([data.length], data)]]),
});

const sevenAxes: Graph = {
  inputs: [{ name: 'input', shape: [1, 2, 3, 4, 5, 6, 7] }],
  outputs: ['active'],
  tensors: new Map(),
  nodes: [node('active', 'relu', ['input'])],
};

/** So many activations of one input, all outputs. */
function manyNodes(count: number): Graph {
  const nodes = Array.from({ length: count }, (_, index) => node(`relu${index}`, 'relu', ['input']));
  return { ...base, nodes, outputs: nodes.slice(0, MOST_NODES).map(({ name }) => name) };
}

const REFUSALS: [string, string, Graph][] = [
  ['TOO_MANY_NODES', 'more nodes than can be planned', manyNodes(MOST_NODES + 1)],
  ['TOO_MANY_NODES', 'more outputs than can be planned', { ...base, outputs: new Array(MOST_NODES + 1).fill('sum') }],
  ['BAD_SHAPE', 'a tensor with an axis of length 0', withTensor('nothing', [])],
  ['UNKNOWN_OPERATOR', 'an operator that is not in the table', withNode(1, { operator: 'swish' })],
  ['INPUT_COUNT', 'too few inputs', withNode(2, { inputs: ['active'] })],
  ['INPUT_COUNT', 'too many inputs', withNode(1, { inputs: ['layer', 'slopes', 'slopes'] })],
  ['UNDEFINED_VALUE', 'an input that nobody defines', withNode(2, { inputs: ['active', 'ghost'] })],
  ['UNDEFINED_VALUE', 'an input that is defined later', withNode(0, { inputs: ['sum', 'weights'] })],
  ['UNDEFINED_VALUE', 'a node that reads itself', withNode(2, { inputs: ['sum', 'input'] })],
  ['UNDEFINED_VALUE', 'a required input that is absent', withNode(1, { inputs: ['layer', ''] })],
  ['UNDEFINED_VALUE', 'an output that nobody defines', { ...base, outputs: ['ghost'] }],
  ['DUPLICATE_NAME', 'a value defined twice', withNode(1, { outputs: ['layer'] })],
  ['DUPLICATE_NAME', 'a value named like a tensor', withNode(1, { outputs: ['weights'] })],
  ['DUPLICATE_NAME', 'two inputs of one name', { ...base, inputs: [...base.inputs, ...base.inputs] }],
  ['EMPTY_NAME', 'a value without a name', withNode(2, { outputs: [''] })],
  ['BAD_ATTRIBUTE', 'an attribute out of range', withNode(0, { attributes: { ...CONVOLUTION, groups: 0 } })],
  ['UNKNOWN_ATTRIBUTE', 'an attribute that the operator lacks', withNode(2, { attributes: { axis: 1 } })],
  ['NODE_SHAPE', 'shapes that do not fit', withTensor('slopes', [1, 2, 3])],
  ['NOT_FINITE', 'a NaN in a tensor', withTensor('slopes', [0.25, Number.NaN])],
  ['NOT_FINITE', 'an infinity in a tensor', withTensor('slopes', [Number.NEGATIVE_INFINITY, 0])],
  ['OUTPUT_COUNT', 'a second output that the operator does not have', withNode(1, { outputs: ['active', 'other'] })],
  [
    'OUTPUT_COUNT',
    'a node without output',
    { ...base, nodes: [...base.nodes, node('end', 'relu', ['sum'], { outputs: [] })] },
  ],
  ['AXES', 'an input of 7 axes', sevenAxes],
  ['NO_OUTPUT', 'no output', { ...base, outputs: [] }],
  ['TOO_LARGE', 'a value of 2³⁰ elements', { ...base, inputs: [{ name: 'input', shape: [1, 2, 1 << 14, 1 << 15] }] }],
  ['INPUT_SHAPE', 'an input with an axis of length 0', { ...base, inputs: [{ name: 'input', shape: [1, 2, 0, 6] }] }],
];

describe('verifyGraph', () => {
  it('returns the graph that it is given', () => {
    expect(verifyGraph(base)).toBe(base);
  });

  it.each(REFUSALS)('%s: %s', (code, _what, graph) => {
    expect(() => verifyGraph(graph)).toThrow(expect.objectContaining({ code }));
  });

  it('names the node and what is accepted in one sentence', () => {
    expect(() => verifyGraph(withNode(2, { inputs: ['active', 'ghost'] }))).toThrow(
      'node "sum" (add): b reads "ghost", which no earlier node defines.',
    );
  });
});

describe('inferShapes', () => {
  it('follows batch, height and width of the inputs', () => {
    expect(inferShapes(base).get('sum')).toEqual([1, 2, 4, 6]);
    expect(inferShapes(base, { input: [3, 2, 5, 9] }).get('sum')).toEqual([3, 2, 5, 9]);
  });

  it.each([[[1, 3, 4, 6]], [[2, 4, 6]], [[1, 2, 4, 0]], [[1, 2, 4, 1.5]], [undefined]])(
    'INPUT_SHAPE for %j',
    (shape) => {
      const inputs = shape ? { input: shape } : {};
      expect(() => inferShapes(base, inputs)).toThrow(expect.objectContaining({ code: 'INPUT_SHAPE' }));
    },
  );

  it('counts', () => {
    expect(countMultiplyAdds(base)).toBe(4 * 6 * 2 * 2 * 9);
    expect(countMultiplyAdds(base, inferShapes(base, { input: [2, 2, 5, 5] }))).toBe(2 * 25 * 36);
    expect(countParameters(base)).toBe(36 + 2);
  });
});

describe('GraphBuilder and referenceValues', () => {
  it('build and compute a graph of several outputs: numbers computed by hand', () => {
    const builder = new GraphBuilder();
    const input = builder.input('input', [1, 2, 1, 2]);
    const slopes = builder.tensor('slopes', float32Tensor([2], [0.5, 2]));
    const active = builder.node('active', 'prelu', [input, slopes]);
    const sum = builder.node('sum', 'add', [active, input]);
    const graph = builder.build([sum, active]);
    const values = referenceValues(graph, { input: float32Tensor([1, 2, 1, 2], [-2, 3, -4, 5]) });
    expect([...values.get('active')!.data]).toEqual([-1, 3, -8, 5]);
    expect([...values.get('sum')!.data]).toEqual([-3, 6, -12, 10]);
  });

  it('refuse what is wrong in the call that adds it', () => {
    const builder = new GraphBuilder();
    const refused = (code: string) => expect.objectContaining({ code });
    expect(() => builder.node('sum', 'add', ['a', 'b'])).toThrow(refused('UNDEFINED_VALUE'));
    const x = builder.input('x', [1, 2, 3, 4]);
    expect(() => builder.input('x', [1])).toThrow(refused('DUPLICATE_NAME'));
    expect(() => builder.node('far', 'softmax', [x], { axis: 4 })).toThrow(refused('NODE_SHAPE'));
    expect(() => builder.node('bad', 'softmax', [x], { axis: -1 })).toThrow(refused('BAD_ATTRIBUTE'));
    expect(() => builder.input('large', [1, 2 ** 15, 2 ** 15])).toThrow(refused('TOO_LARGE'));
    expect(() => builder.build(['y'])).toThrow(refused('UNDEFINED_VALUE'));
  });

  it('know shapes and free names', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 2, 3, 4]);
    const flat = builder.node('flat', 'flatten', [x]);
    expect(builder.shape(flat)).toEqual([1, 24]);
    expect(builder.shape('y')).toBeUndefined();
    expect([builder.freshName('y'), builder.freshName('x'), builder.freshName('x', new Set(['x.2']))]).toEqual([
      'y',
      'x.2',
      'x.3',
    ]);
  });
});
