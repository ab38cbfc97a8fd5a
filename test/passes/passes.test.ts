/** Every pass, and all in order, leave what a graph computes as it is: reference(before) ≈ reference(after). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferShapes } from '../../src/build/infer.js';
import { referenceValues } from '../../src/build/reference.js';
import { verifyGraph } from '../../src/build/verify.js';
import { printGraph } from '../../src/graph/print.js';
import type { Graph } from '../../src/graph/types.js';
import { operators } from '../../src/ops/index.js';
import { optimise, passes } from '../../src/passes/index.js';
import { noiseTensor, randomGraph } from './randomGraph.js';

const RUNS = 300;
const SEED = 1107;

/**
 * The largest value that any element could reach: the outputs of the same graph over absolute values, by which rounding
 * a folded weight once, 2⁻²⁴ relative, can move them.
 */
function magnitude(graph: Graph): number {
  const inputs = Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, noiseTensor(shape, 5, 1, 0)]));
  const tensors = new Map(
    [...graph.tensors].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.map(Math.abs) }]),
  );
  let most = 1;
  const values = referenceValues({ ...graph, tensors, nodes: graph.nodes.map(unbounded) }, inputs);
  for (const { data } of values.values()) for (const value of data) most = Math.max(most, Math.abs(value));
  return most;
}

/** Clips bound values but not the error that a larger sum brings in. */
function unbounded(node: Graph['nodes'][number]): Graph['nodes'][number] {
  if (node.operator === 'clip') return { ...node, attributes: { least: -1e30, most: 1e30 } };
  if (node.attributes.activation === 'relu6')
    return { ...node, attributes: { ...node.attributes, activation: 'relu' } };
  return node;
}

function expectSame(before: Graph, after: Graph): void {
  expect(after.outputs).toEqual(before.outputs);
  expect(after.inputs).toEqual(before.inputs);
  verifyGraph(after);
  const inputs = Object.fromEntries(before.inputs.map(({ name, shape }) => [name, noiseTensor(shape, 77)]));
  const expected = referenceValues(before, inputs);
  const found = referenceValues(after, inputs);
  const bound = before.nodes.length * 8 * 2 ** -24 * magnitude(before);
  for (const name of before.outputs) {
    const [a, b] = [expected.get(name)!, found.get(name)!];
    expect(b.shape).toEqual(a.shape);
    for (let index = 0; index < a.data.length; index++) {
      const error = Math.abs(a.data[index]! - b.data[index]!);
      if (!(error <= bound)) {
        expect.fail(
          `${name}[${index}]: ${a.data[index]} became ${b.data[index]}\n${printGraph(before)}\n→\n${printGraph(after)}`,
        );
      }
    }
  }
}

describe('passes keep what a graph computes', () => {
  it.each(passes)('$name', ({ apply }) => {
    fc.assert(
      fc.property(randomGraph, (graph) => expectSame(graph, apply(graph))),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('all in order, leaving no batchNorm and nothing unused', () => {
    fc.assert(
      fc.property(randomGraph, (graph) => {
        const after = optimise(graph);
        expectSame(graph, after);
        expect(after.nodes.filter(({ operator }) => operator === 'batchNorm')).toEqual([]);
        const read = new Set([...after.outputs, ...after.nodes.flatMap(({ inputs }) => inputs)]);
        expect([...after.tensors.keys()].filter((name) => !read.has(name))).toEqual([]);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it('do not change the graph that they are given', () => {
    fc.assert(
      fc.property(randomGraph, (graph) => {
        const before = printGraph(graph);
        optimise(graph);
        expect(printGraph(graph)).toBe(before);
      }),
      { numRuns: 50, seed: SEED },
    );
  });

  it('are tried on graphs that hold every operator on float32 values, several outputs and values read twice', () => {
    const graphs = fc.sample(randomGraph, { seed: SEED, numRuns: RUNS });
    const used = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ operator }) => operator)));
    const float32 = operators.filter(({ int8Inputs = [], int8Output }) => int8Inputs.length === 0 && !int8Output);
    expect([...used].sort()).toEqual(float32.map(({ name }) => name).sort());
    expect(graphs.some(({ outputs }) => outputs.length > 1)).toBe(true);
    const changed = graphs.filter((graph) => optimise(graph).nodes.length < graph.nodes.length);
    expect(changed.length).toBeGreaterThan(RUNS / 3);
    for (const graph of graphs) expect(inferShapes(graph).size).toBeGreaterThan(1);
  });
});
