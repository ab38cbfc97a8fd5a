/** Layouts: values are converted where kernels need another order, once, and never back and forth. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { referenceValues } from '../../src/build/reference.js';
import { Engine } from '../../src/engine.js';
import type { Graph } from '../../src/graph/types.js';
import { lower } from '../../src/plan/lower.js';
import { packGraph } from '../../src/plan/pack.js';
import type { Plan } from '../../src/plan/plan.js';
import { noiseTensor, randomGraph } from '../passes/randomGraph.js';

const SEED = 11;
const RUNS = 250;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create({ build: 'plain' });
});
afterAll(() => engine.dispose());

/** Runs a graph on the kernels and compares each output with the float64 reference; gives the plan. */
function expectReference(graph: Graph): Plan {
  const input = noiseTensor(graph.inputs[0]!.shape, 3);
  const network = engine.compile(graph);
  const outputs = network.run({ input });
  const values = referenceValues(graph, { input });
  // Errors grow with the numbers on the way, which may be larger than the outputs.
  let largest = 1;
  for (const { data } of values.values()) for (const value of data) largest = Math.max(largest, Math.abs(value));
  for (const name of graph.outputs) {
    const expected = values.get(name)!;
    expect(outputs[name]!.shape).toEqual(expected.shape);
    const errors = expected.data.map((value, index) => Math.abs(value - outputs[name]!.data[index]!));
    expect(errors.reduce((most, error) => Math.max(most, error), 0)).toBeLessThan(1e-5 * largest);
  }
  const plan = network.plan();
  network.dispose();
  return plan;
}

function expectNoOverlap({ values }: Plan): void {
  values.forEach((a, index) => {
    for (const b of values.slice(0, index)) {
      const together = a.begin <= b.end && b.begin <= a.end;
      const shared = a.offsetBytes < b.offsetBytes + b.sizeBytes && b.offsetBytes < a.offsetBytes + a.sizeBytes;
      expect(together && shared, `${a.name} and ${b.name}`).toBe(false);
    }
  });
}

it('random graphs of all operators compute what their reference computes', () => {
  const kernels = new Set<string>();
  fc.assert(
    fc.property(randomGraph, (graph) => {
      const plan = expectReference(graph);
      expectNoOverlap(plan);
      for (const { kernel } of plan.steps) kernels.add(kernel);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  for (const kernel of ['toRowMajor', 'toNhwc', 'permute', 'copyRuns', 'softmaxAcross', 'resize', 'convolution']) {
    expect([...kernels]).toContain(kernel);
  }
});

/** The kernels of a graph that `grow` builds on an input of the given shape, after a check against the reference. */
function kernelsOf(shape: readonly number[], grow: (builder: GraphBuilder, input: string) => string[]): string[] {
  const builder = new GraphBuilder();
  const graph = builder.build(grow(builder, builder.input('input', shape)));
  expectReference(graph);
  return lower(packGraph(graph, 'plain')).steps.map(({ kernel }) => kernel);
}

const IMAGE = [2, 5, 3, 4];

describe('conversions', () => {
  it('stand before and after a kernel that reads row-major values', () => {
    const kernels = kernelsOf(IMAGE, (builder, input) => {
      return [builder.node('r', 'relu', [builder.node('p', 'permute', [input], { order: [0, 2, 3, 1] })])];
    });
    expect(kernels).toEqual(['toRowMajor', 'permute', 'toNhwc', 'clip']);
  });

  it('are made once for all readers', () => {
    const kernels = kernelsOf(IMAGE, (builder, input) => {
      const a = builder.node('a', 'permute', [input], { order: [0, 2, 3, 1] });
      const b = builder.node('b', 'permute', [input], { order: [0, 3, 1, 2] });
      return [builder.node('c', 'relu', [a]), builder.node('d', 'sigmoid', [a]), b];
    });
    expect(kernels.filter((kernel) => kernel.startsWith('to'))).toEqual(['toRowMajor', 'toNhwc']);
  });

  it('cancel between row-major kernels, also across reshapes', () => {
    const kernels = kernelsOf(IMAGE, (builder, input) => {
      const split = builder.node('split', 'reshape', [input], { shape: [5, 12] });
      const turned = builder.node('turned', 'permute', [split], { order: [0, 2, 1] });
      const joined = builder.node('joined', 'reshape', [turned], { shape: [4, 3, 5] });
      return [builder.node('out', 'relu', [builder.node('back', 'permute', [joined], { order: [0, 3, 1, 2] })])];
    });
    expect(kernels).toEqual(['toRowMajor', 'permute', 'permute', 'toNhwc', 'clip']);
  });

  it('vanish where a reshape leads back to the shape that a value has in memory', () => {
    const kernels = kernelsOf(IMAGE, (builder, input) => {
      const away = builder.node('away', 'reshape', [input], { shape: [60, 1, 1] });
      const back = builder.node('back', 'reshape', [away], { shape: [5, 3, 4] });
      return [builder.node('out', 'relu', [back])];
    });
    expect(kernels).toEqual(['clip']);
  });

  it('are none where both layouts are the same bytes', () => {
    const kernels = kernelsOf([3, 8], (builder, input) => {
      const turned = builder.node('turned', 'permute', [input], { order: [1, 0] });
      return [builder.node('out', 'relu', [builder.node('back', 'permute', [turned], { order: [1, 0] })])];
    });
    expect(kernels).toEqual(['permute', 'permute', 'clip']);
  });

  it('lie between a reshape and a kernel that reads images', () => {
    const kernels = kernelsOf([1, 6, 2, 4], (builder, input) => {
      return [builder.node('out', 'sigmoid', [builder.node('view', 'reshape', [input], { shape: [3, 4, 4] })])];
    });
    expect(kernels).toEqual(['toRowMajor', 'toNhwc', 'sigmoid']);
  });
});

describe('outputs', () => {
  it('are given from row-major values as they stand', () => {
    const kernels = kernelsOf(IMAGE, (builder, input) => [
      builder.node('view', 'reshape', [input], { shape: [12, 5] }),
      builder.node('turned', 'permute', [input], { order: [3, 2, 1, 0] }),
      builder.node('flat', 'flatten', [input]),
    ]);
    expect(kernels).toEqual(['toRowMajor', 'permute']);
  });

  it('say their layout in the plan', () => {
    const builder = new GraphBuilder();
    const input = builder.input('input', IMAGE);
    const view = builder.node('view', 'flatten', [input]);
    const plan = lower(packGraph(builder.build([view, builder.node('relu', 'relu', [input])]), 'plain'));
    expect(plan.outputs.map(({ layout }) => layout)).toEqual(['rowMajor', 'nhwc']);
    expect(plan.inputs.map(({ layout }) => layout)).toEqual(['nhwc']);
  });
});
