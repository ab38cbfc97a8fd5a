/** Conversions between int8 and float32 that a graph can do without, and those that it cannot. */
import { describe, expect, it } from 'vitest';
import { referenceValues } from '../../src/build/reference.js';
import { verifyGraph } from '../../src/build/verify.js';
import type { Attributes, Graph, Node } from '../../src/graph/types.js';
import { dropDead } from '../../src/passes/dropDead.js';
import { fuseQuantised } from '../../src/passes/fuseQuantised.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { seededValues } from '../golden/goldenCase.js';

function node(operator: string, inputs: string[], output: string, attributes: Attributes = {}): Node {
  return { name: output, operator, inputs, outputs: [output], attributes };
}

const LEVELS = { scale: 0.01, zeroPoint: 3 };
const GEOMETRY = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1, activation: 'none' };

/** A layer between an int8 input and what reads its float32 output. */
function layer(nodes: readonly Node[], outputs: readonly string[], bias = 0.7, weightScale = 0.004): Graph {
  const weights = seededValues('w', [4, 3, 3, 3]).data.map((value) => Math.round(127 * value) + 0);
  return verifyGraph({
    inputs: [{ name: 'x', shape: [2, 3, 6, 5] }],
    outputs,
    nodes: [
      node('quantise', ['x'], 'q', LEVELS),
      node('dequantisedConvolution', ['q', 'w', 's', 'b'], 'c', { ...GEOMETRY, inputScale: 0.01, inputZeroPoint: 3 }),
      ...nodes,
    ],
    tensors: new Map([
      ['w', float32Tensor([4, 3, 3, 3], weights)],
      ['s', float32Tensor([4], new Float32Array(4).fill(weightScale))],
      ['b', float32Tensor([4], [bias, -bias, 0, bias / 2])],
    ]),
  });
}

const READ = [
  node('quantise', ['c'], 'r', { scale: 0.03, zeroPoint: -7 }),
  node('dequantise', ['r'], 'y', { scale: 0.03, zeroPoint: -7 }),
];

function fused(graph: Graph): { operators: string[]; differences: number[] } {
  const after = verifyGraph(dropDead(fuseQuantised(graph)));
  const inputs = { x: seededValues('x', [2, 3, 6, 5]) };
  const [one, other] = [graph, after].map((each) => referenceValues(each, inputs).get(graph.outputs[0]!)!.data);
  return {
    operators: after.nodes.map(({ operator }) => operator),
    differences: [...one!].map((value, index) => Math.abs(value - other![index]!)),
  };
}

describe('fuseQuantised', () => {
  it('makes one layer of a layer and the conversion that alone reads it, a level off at most', () => {
    const { operators, differences } = fused(layer(READ, ['y']));
    expect(operators).toEqual(['quantise', 'quantisedConvolution', 'dequantise']);
    expect(Math.max(...differences)).toBeLessThan(0.0301);
    expect(differences.filter((difference) => difference > 1e-6).length).toBeLessThan(0.15 * differences.length);
  });

  it('leaves a layer whose float32 output is read too', () => {
    const { operators } = fused(layer([...READ, node('relu', ['c'], 'z')], ['y', 'z']));
    expect(operators).toContain('dequantisedConvolution');
  });

  it('leaves a layer whose bias is no whole number of units that count', () => {
    expect(fused(layer(READ, ['y'], 0.7, 30)).operators).toContain('dequantisedConvolution');
  });

  it('leaves a layer whose bias is beyond float32', () => {
    expect(fused(layer(READ, ['y'], 3, 1e-9)).operators).toContain('dequantisedConvolution');
  });

  it('drops conversions into the same levels, and keeps those into others', () => {
    const through = (again: Attributes) => [
      node('dequantise', ['q'], 'f', LEVELS),
      node('quantise', ['f'], 'p', again),
      node('dequantise', ['p'], 'y', again),
    ];
    expect(fused(layer(through(LEVELS), ['y'])).operators).toEqual(['quantise', 'dequantise']);
    expect(fused(layer(through({ ...LEVELS, zeroPoint: 4 }), ['y'])).operators.length).toBe(4);
  });
});
