/** Layouts: values are converted where kernels need another order, once, and never back and forth. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { referenceValues } from '../../src/build/reference.js';
import { Engine } from '../../src/engine.js';
import type { Graph } from '../../src/graph/types.js';
import { kernels } from '../../src/kernels/index.js';
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
async function expectReference(graph: Graph): Promise<Plan> {
  const input = noiseTensor(graph.inputs[0]!.shape, 3);
  const network = await engine.compile(graph);
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

it('random graphs of all operators compute what their reference computes', async () => {
  const used = new Set<string>();
  await fc.assert(
    fc.asyncProperty(randomGraph, async (graph) => {
      const plan = await expectReference(graph);
      expectNoOverlap(plan);
      for (const { kernel } of plan.steps) used.add(kernel);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  for (const kernel of ['toRowMajor', 'toNhwc', 'stridedCopy', 'copyRuns', 'softmaxAcross', 'resize', 'convolution']) {
    expect([...used]).toContain(kernel);
  }
});

/** The kernels of a graph that `grow` builds on an input of the given shape, after a check against the reference. */
async function kernelsOf(
  shape: readonly number[],
  grow: (builder: GraphBuilder, input: string) => string[],
): Promise<string[]> {
  const builder = new GraphBuilder();
  const graph = builder.build(grow(builder, builder.input('input', shape)));
  await expectReference(graph);
  return lower(packGraph(graph, 'plain', kernels)).steps.map(({ kernel }) => kernel);
}

const IMAGE = [2, 5, 3, 4];

describe('conversions', () => {
  it('stand before and after a kernel that reads row-major values', async () => {
    const found = await kernelsOf(IMAGE, (builder, input) => {
      const first = builder.node('first', 'relu', [input]);
      const turned = builder.node('turned', 'permute', [first], { order: [0, 2, 3, 1] });
      return [builder.node('out', 'sigmoid', [turned])];
    });
    expect(found).toEqual(['toNhwc', 'clip', 'toRowMajor', 'stridedCopy', 'toNhwc', 'sigmoid', 'toRowMajor']);
  });

  it('are made once for all readers', async () => {
    const found = await kernelsOf(IMAGE, (builder, input) => {
      const first = builder.node('first', 'relu', [input]);
      const a = builder.node('a', 'permute', [first], { order: [0, 2, 3, 1] });
      const b = builder.node('b', 'permute', [first], { order: [0, 3, 1, 2] });
      return [builder.node('sum', 'add', [builder.node('c', 'relu', [a]), builder.node('d', 'sigmoid', [a])]), b];
    });
    const expected = ['toNhwc', 'clip', 'toRowMajor', 'stridedCopy', 'stridedCopy', 'toNhwc', 'clip', 'sigmoid', 'add'];
    expect(found).toEqual([...expected, 'toRowMajor']);
  });

  it('cancel between row-major kernels, also across reshapes', async () => {
    const found = await kernelsOf(IMAGE, (builder, input) => {
      const split = builder.node('split', 'reshape', [input], { shape: [5, 12] });
      const turned = builder.node('turned', 'permute', [split], { order: [0, 2, 1] });
      const joined = builder.node('joined', 'reshape', [turned], { shape: [4, 3, 5] });
      return [builder.node('back', 'permute', [joined], { order: [0, 3, 1, 2] })];
    });
    expect(found).toEqual(['stridedCopy', 'stridedCopy']);
  });

  it('vanish where a reshape leads back to the shape that a value has in memory', async () => {
    const found = await kernelsOf(IMAGE, (builder, input) => {
      const first = builder.node('first', 'relu', [input]);
      const away = builder.node('away', 'reshape', [first], { shape: [60, 1, 1] });
      const back = builder.node('back', 'reshape', [away], { shape: [5, 3, 4] });
      return [builder.node('out', 'sigmoid', [back])];
    });
    expect(found).toEqual(['toNhwc', 'clip', 'sigmoid', 'toRowMajor']);
  });

  it('are none where both layouts are the same bytes', async () => {
    const found = await kernelsOf([3, 8], (builder, input) => {
      const turned = builder.node('turned', 'permute', [input], { order: [1, 0] });
      return [builder.node('out', 'relu', [builder.node('back', 'permute', [turned], { order: [1, 0] })])];
    });
    expect(found).toEqual(['stridedCopy', 'stridedCopy', 'clip']);
    const flat = await kernelsOf([2, 1, 4, 5], (builder, input) => {
      return [builder.node('out', 'relu', [builder.node('flat', 'flatten', [input])])];
    });
    expect(flat).toEqual(['clip']);
  });

  it('lie between a reshape and a kernel that reads images', async () => {
    const found = await kernelsOf([1, 6, 2, 4], (builder, input) => {
      const view = builder.node('view', 'reshape', [builder.node('first', 'relu', [input])], { shape: [3, 4, 4] });
      return [builder.node('out', 'sigmoid', [view])];
    });
    expect(found).toEqual(['toNhwc', 'clip', 'toRowMajor', 'toNhwc', 'sigmoid', 'toRowMajor']);
  });
});

describe('inputs and outputs', () => {
  it('are dense, and share one storage where they are one another’s reshapes', async () => {
    const builder = new GraphBuilder();
    const input = builder.input('input', IMAGE);
    const flat = builder.node('flat', 'flatten', [input]);
    const view = builder.node('view', 'reshape', [input], { shape: [12, 5] });
    const graph = builder.build([flat, view, builder.node('relu', 'relu', [input])]);
    const plan = await expectReference(graph);
    expect([...plan.inputs, ...plan.outputs].map(({ layout }) => layout)).toEqual(new Array(4).fill('rowMajor'));
    expect(plan.outputs.slice(0, 2).map(({ offsetBytes }) => offsetBytes)).toEqual(
      new Array(2).fill(plan.inputs[0]!.offsetBytes),
    );
    expect(plan.steps.map(({ kernel }) => kernel)).toEqual(['toNhwc', 'clip', 'toRowMajor']);
  });

  it('may be all of a graph: no kernel runs', async () => {
    expect(await kernelsOf(IMAGE, (builder, input) => [builder.node('flat', 'flatten', [input])])).toEqual([]);
  });
});

describe('constants', () => {
  const codeOf = (grow: (builder: GraphBuilder, tensor: string, input: string) => string): unknown => {
    const builder = new GraphBuilder();
    const input = builder.input('input', IMAGE);
    const tensor = builder.tensor('tensor', noiseTensor([2, 5, 3, 4], 1));
    const graph = builder.build([grow(builder, tensor, input)]);
    try {
      lower(packGraph(graph, 'plain', kernels));
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return 'nothing thrown';
  };

  it('are not computed with, not even through a reshape', () => {
    expect(codeOf((builder, tensor) => builder.node('r', 'relu', [tensor]))).toBe('NO_KERNEL');
    expect(codeOf((builder, tensor, input) => builder.node('c', 'concat', [input, tensor], { axis: 1 }))).toBe(
      'NO_KERNEL',
    );
    const flat = (builder: GraphBuilder, tensor: string) => builder.node('flat', 'flatten', [tensor]);
    expect(codeOf((builder, tensor) => builder.node('r', 'relu', [flat(builder, tensor)]))).toBe('NO_KERNEL');
    expect(codeOf(flat)).toBe('CONSTANT_OUTPUT');
  });
});
