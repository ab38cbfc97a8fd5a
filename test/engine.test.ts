/** The engine as applications use it: shapes, batches, plans, several networks, disposal, errors. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GraphBuilder } from '../src/build/builder.js';
import { referenceValues } from '../src/build/reference.js';
import { Engine } from '../src/engine.js';
import { ShapeError, UnavailableError } from '../src/errors.js';
import type { Graph } from '../src/graph/types.js';
import { mobileFaceNet } from '../src/networks/mobileFaceNet.js';
import { seededWeights } from '../src/networks/seededWeights.js';
import { elementCount, type Shape } from '../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../src/tensor/tensor.js';

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.create();
});
afterAll(() => engine.dispose());

function ramp(shape: Shape, phase = 0): Tensor {
  return float32Tensor(
    shape,
    Float32Array.from({ length: elementCount(shape) }, (_, index) => Math.sin(index * 0.7 + phase)),
  );
}

/** A fully convolutional graph with a branch, two outputs and odd channel counts. */
function branchedGraph(): Graph {
  const builder = new GraphBuilder();
  const input = builder.input('image', [1, 3, 8, 8]);
  const attributes = {
    stride: [1, 1],
    padding: [1, 1, 1, 1],
    dilation: [1, 1],
    groups: 1,
    activation: 'none',
  } as const;
  const first = builder.node('first', 'convolution', [input, builder.tensor('w1', ramp([5, 3, 3, 3], 1))], attributes);
  const slopes = builder.tensor('slopes', ramp([5], 2));
  const active = builder.node('active', 'prelu', [first, slopes]);
  const second = builder.node(
    'second',
    'convolution',
    [active, builder.tensor('w2', ramp([5, 5, 3, 3], 3))],
    attributes,
  );
  const sum = builder.node('sum', 'add', [second, active]);
  return builder.build([builder.node('result', 'relu', [sum]), active]);
}

function expectClose(found: Tensor, expected: Float64Array, relative: number): void {
  const largest = Math.max(...expected.map(Math.abs));
  found.data.forEach((value, index) => {
    expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(relative * largest);
  });
}

describe('run', () => {
  test('MobileFaceNet equals its float64 reference', async () => {
    const graph = mobileFaceNet(seededWeights(5));
    using network = await engine.compile(graph);
    const input = ramp([1, 3, 112, 112]);
    const expected = referenceValues(graph, { input }).get('embedding')!;
    const { embedding } = network.run({ input });
    expect(embedding!.shape).toEqual([1, 128]);
    expectClose(embedding!, expected.data, 5e-6);
  });

  test('a batch gives each image the bits that it has alone', async () => {
    using network = await engine.compile(mobileFaceNet(seededWeights(5)));
    const images = [0, 1, 2].map((phase) => ramp([1, 3, 112, 112], phase));
    const batch = float32Tensor([3, 3, 112, 112], Float32Array.from(images.flatMap(({ data }) => [...data])));
    const together = network.run({ input: batch }).embedding!;
    images.forEach((image, index) => {
      const alone = network.run({ input: image }).embedding!;
      expect(together.data.slice(index * 128, (index + 1) * 128)).toEqual(alone.data);
    });
  });

  test('any height and width, several outputs, plans evicted and made again', async () => {
    const graph = branchedGraph();
    using network = await engine.compile(graph);
    for (let round = 0; round < 2; round++) {
      for (let size = 1; size <= 20; size++) {
        const image = ramp([1 + (size % 2), 3, size, 21 - size], size);
        const outputs = network.run({ image });
        const expected = referenceValues(graph, { image });
        expect(Object.keys(outputs)).toEqual(['result', 'active']);
        for (const name of network.outputs) expectClose(outputs[name]!, expected.get(name)!.data, 1e-5);
      }
    }
  });

  test('networks of one engine do not disturb each other', async () => {
    using small = await engine.compile(branchedGraph());
    const image = ramp([1, 3, 9, 9]);
    const before = small.run({ image });
    using large = await engine.compile(mobileFaceNet(seededWeights(1)));
    large.run({ input: ramp([2, 3, 112, 112]) });
    expect(small.run({ image })).toEqual(before);
  });

  test('runAsync gives the same and turns errors into rejections', async () => {
    using network = await engine.compile(branchedGraph());
    const image = ramp([1, 3, 9, 9]);
    expect(await network.runAsync({ image })).toEqual(network.run({ image }));
    await expect(network.runAsync({})).rejects.toThrow(ShapeError);
  });
});

describe('refuses', () => {
  test('missing inputs, wrong shapes and wrong lengths, with codes', async () => {
    using network = await engine.compile(branchedGraph());
    const wrong = { ...ramp([1, 3, 9, 9]), shape: [1, 3, 9, 10] };
    expect(() => network.run({})).toThrow(expect.objectContaining({ code: 'MISSING_INPUT' }));
    expect(() => network.run({ image: wrong })).toThrow(expect.objectContaining({ code: 'INPUT_LENGTH' }));
    expect(() => network.run({ image: ramp([1, 4, 9, 9]) })).toThrow(expect.objectContaining({ code: 'INPUT_SHAPE' }));
    expect(() => network.run({ image: ramp([3, 9, 9]) })).toThrow(expect.objectContaining({ code: 'INPUT_SHAPE' }));
  });

  test('what is no tensor, and names the shape that was given', async () => {
    using network = await engine.compile(branchedGraph());
    const shapeless = { elementType: 'float32', data: new Float32Array(3) } as unknown as Tensor;
    expect(() => network.run({ image: shapeless })).toThrow(expect.objectContaining({ code: 'INPUT_TYPE' }));
    const doubles = { ...ramp([1, 3, 9, 9]), data: new Float64Array(243) } as unknown as Tensor;
    expect(() => network.run({ image: doubles })).toThrow(expect.objectContaining({ code: 'INPUT_TYPE' }));
    expect(() => network.run({ image: ramp([5, 2, 4, 4]) })).toThrow(/got \[5, 2, 4, 4\]/);
  });

  test('graphs that are not well formed', async () => {
    const graph = branchedGraph();
    await expect(engine.compile({ ...graph, outputs: [] })).rejects.toMatchObject({ code: 'NO_OUTPUT' });
    const nothing = new Map([...graph.tensors, ['slopes', float32Tensor([0])]]);
    await expect(engine.compile({ ...graph, tensors: nothing })).rejects.toMatchObject({ code: 'BAD_SHAPE' });
  });

  test('work beyond the memory, and goes on working after it', async () => {
    using small = await Engine.create({ maximumMemoryBytes: 8 * 1024 * 1024 });
    using network = await small.compile(branchedGraph());
    const image = ramp([1, 3, 9, 9]);
    const before = network.run({ image });
    expect(() => network.run({ image: ramp([1, 3, 1000, 1000]) })).toThrow(
      expect.objectContaining({ code: 'OUT_OF_MEMORY' }),
    );
    expect(network.run({ image })).toEqual(before);
  });

  test('runs after disposal', async () => {
    const mine = await Engine.create();
    const network = await mine.compile(branchedGraph());
    const other = await mine.compile(branchedGraph());
    const image = ramp([1, 3, 9, 9]);
    network.dispose();
    network.dispose();
    expect(() => network.run({ image })).toThrow(UnavailableError);
    expect(other.run({ image }).result!.shape).toEqual([1, 5, 9, 9]);
    mine.dispose();
    expect(() => other.run({ image })).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
    await expect(mine.compile(branchedGraph())).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

test('two engines of one process, of other builds and threads, run by turns, and one outlives the other', async () => {
  using plain = await Engine.create({ build: 'plain' });
  const threaded = await Engine.create({ threads: 2 });
  const image = ramp([1, 3, 9, 9]);
  const networks = [await plain.compile(branchedGraph()), await threaded.compile(branchedGraph())] as const;
  const [alone, shared] = networks.map((network) => network.run({ image }));
  using large = await threaded.compile(mobileFaceNet(seededWeights(1)));
  for (let round = 0; round < 3; round++) {
    const [mine, theirs] = await Promise.all([networks[0].runAsync({ image }), networks[1].runAsync({ image })]);
    large.run({ input: ramp([1, 3, 112, 112], round) });
    expect(mine).toEqual(alone);
    expect(theirs).toEqual(shared);
  }
  threaded.dispose();
  expect(networks[0].run({ image })).toEqual(alone);
  expect(() => networks[1].run({ image })).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
});

test('a disposed network gives its memory back', async () => {
  using mine = await Engine.create();
  const graph = mobileFaceNet(seededWeights(1));
  const input = ramp([1, 3, 112, 112]);
  const cycle = async (): Promise<void> => {
    using network = await mine.compile(graph);
    network.run({ input });
  };
  await cycle();
  const size = mine.memoryBytes;
  for (let round = 0; round < 5; round++) await cycle();
  expect(mine.memoryBytes).toBe(size);
});
