/** Sets of kernels: the further one is loaded by the first graph that needs it, and running workers get it too. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { Engine, type EngineOptions } from '../../src/engine.js';
import type { Graph } from '../../src/graph/types.js';
import { coreKernels } from '../../src/kernels/core.js';
import { kernels } from '../../src/kernels/index.js';
import { table2 } from '../../src/networks/index.js';
import { mobileFaceNet } from '../../src/networks/mobileFaceNet.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { optimise } from '../../src/passes/index.js';
import { chooseSets } from '../../src/plan/chooseSets.js';
import { lower } from '../../src/plan/lower.js';
import { packGraph } from '../../src/plan/pack.js';
import type { KernelBinaries } from '../../src/runtime/module.js';
import { elementCount, type Shape } from '../../src/tensor/shape.js';
import { float32Tensor } from '../../src/tensor/tensor.js';

const bytesOf = (set: string) =>
  new Uint8Array(readFileSync(new URL(`../../build/kernels/${set}-plain.wasm`, import.meta.url)));

function ramp(shape: Shape) {
  return float32Tensor(
    shape,
    Float32Array.from({ length: elementCount(shape) }, (_, index) => Math.sin(index * 0.7)),
  );
}

const embedder = mobileFaceNet(seededWeights(3));
const face = { input: ramp([1, 3, 112, 112]) };

/** Absolute values and a softmax, which the core has not. */
function furtherGraph(): Graph {
  const builder = new GraphBuilder();
  const input = builder.input('input', [1, 20, 24, 24]);
  const absolute = builder.node('absolute', 'unary', [input], { operation: 'absolute' });
  return builder.build([builder.node('soft', 'softmax', [absolute], { axis: 1 })]);
}

const image = { input: ramp([1, 20, 24, 24]) };

/** Binaries of the plain build, and how often each set was asked for. */
function counted() {
  const core = vi.fn(() => bytesOf('core'));
  const further = vi.fn(() => bytesOf('further'));
  const binaries: KernelBinaries = { core: { plain: core }, further: { plain: further } };
  return { core, further, binaries };
}

const engines: Engine[] = [];

async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const engine = await Engine.create(options);
  engines.push(engine);
  return engine;
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

describe('the core', () => {
  test('runs MobileFaceNet alone, one image and a batch', async () => {
    const { core, further, binaries } = counted();
    const network = await (await createEngine({ build: 'plain', binaries })).compile(embedder);
    network.run(face);
    network.run({ input: ramp([3, 3, 112, 112]) });
    expect([core.mock.calls.length, further.mock.calls.length]).toEqual([1, 0]);
  });

  test.each(table2.map((row) => [row.network, row] as const))(
    'gives %s the kernels of the whole table',
    async (_, row) => {
      const graph = optimise(row.build(seededWeights()));
      for (const build of ['plain', 'relaxed', 'wide'] as const) {
        const chosen = await chooseSets(graph, build);
        expect(chosen.sets).toEqual(row.network.startsWith('ShuffleNet') ? ['core', 'further'] : ['core']);
        const steps = lower(packGraph(graph, build, chosen.kernels)).steps;
        expect(steps).toEqual(lower(packGraph(graph, build, kernels)).steps);
      }
    },
  );

  test('has what other sizes of a window over its whole input need', async () => {
    const builder = new GraphBuilder();
    const input = builder.input('input', [1, 8, 7, 7]);
    const weights = builder.tensor('weights', ramp([8, 1, 7, 7]));
    const attributes = {
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 8,
      activation: 'none',
    } as const;
    const graph = builder.build([builder.node('global', 'convolution', [input, weights], attributes)]);
    const { further, binaries } = counted();
    const network = await (await createEngine({ build: 'plain', binaries })).compile(graph);
    const kernelOf = (height: number) => network.plan({ input: [1, 8, height, 7] }).steps[1]!.kernel;
    expect([kernelOf(7), kernelOf(9)]).toEqual(['globalDepthwise', 'depthwise']);
    expect(network.run({ input: ramp([1, 8, 9, 9]) }).global!.shape).toEqual([1, 8, 3, 3]);
    expect(further).not.toHaveBeenCalled();
  });

  test('comes first: no further row takes a node from it', () => {
    expect(kernels.slice(0, coreKernels.length)).toEqual(coreKernels);
  });
});

describe('the further set', () => {
  test('is loaded once, by the first graph that needs it', async () => {
    const { further, binaries } = counted();
    const engine = await createEngine({ build: 'plain', binaries });
    const [first, second] = await Promise.all([engine.compile(furtherGraph()), engine.compile(furtherGraph())]);
    expect(first.run(image)).toEqual(second.run(image));
    await engine.compile(furtherGraph());
    expect(further.mock.calls.length).toBe(1);
  });

  test('is missed by a code where it is not given, and the engine runs on', async () => {
    const engine = await createEngine({ build: 'plain', binaries: { core: { plain: bytesOf('core') } } });
    await expect(engine.compile(furtherGraph())).rejects.toMatchObject({ code: 'NO_KERNELS' });
    await expect(engine.furtherModule()).rejects.toMatchObject({ code: 'NO_KERNELS' });
    expect((await engine.compile(embedder)).run(face).embedding!.shape).toEqual([1, 128]);
  });

  test('is asked for again after a failure', async () => {
    const further = vi.fn(() => bytesOf('further')).mockRejectedValueOnce(new Error('offline') as never);
    const engine = await createEngine({
      build: 'plain',
      binaries: { core: { plain: bytesOf('core') }, further: { plain: further } },
    });
    await expect(engine.compile(furtherGraph())).rejects.toThrow('offline');
    expect((await engine.compile(furtherGraph())).run(image).soft!.shape).toEqual([1, 20, 24, 24]);
  });

  test('refuses a disposed engine', async () => {
    const engine = await createEngine();
    const compiling = engine.compile(furtherGraph());
    engine.dispose();
    await expect(compiling).rejects.toMatchObject({ code: 'DISPOSED' });
    await expect(engine.furtherModule()).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  test.each([2, 3])('reaches %d threads that run already: the same bits as one thread gives', async (threads) => {
    const alone = await createEngine();
    const expected = {
      face: (await alone.compile(embedder)).run(face),
      image: (await alone.compile(furtherGraph())).run(image),
    };
    const engine = await createEngine({ threads });
    const embedding = await engine.compile(embedder);
    const before = embedding.runAsync(face);
    const compiling = engine.compile(furtherGraph());
    expect(embedding.run(face)).toEqual(expected.face);
    expect(await before).toEqual(expected.face);
    const network = await compiling;
    expect(engine.threads).toBe(threads);
    for (let round = 0; round < 3; round++) {
      expect(network.run(image)).toEqual(expected.image);
      expect(embedding.run(face)).toEqual(expected.face);
      expect(await network.runAsync(image)).toEqual(expected.image);
      expect(await embedding.runAsync(face)).toEqual(expected.face);
    }
  });
});
