/** Threads: the same bits for any number of them, a free event loop, and every way in which a worker can fail. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { generatedModules } from '../../scripts/build.js';
import { GraphBuilder } from '../../src/build/builder.js';
import { Engine, type EngineOptions, type Tensors } from '../../src/engine.js';
import { mobileFaceNet } from '../../src/networks/mobileFaceNet.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { elementCount, type Shape } from '../../src/tensor/shape.js';
import { float32Tensor, type Tensor } from '../../src/tensor/tensor.js';

const graph = mobileFaceNet(seededWeights(3));
const engines: Engine[] = [];

async function createEngine(options: EngineOptions): Promise<Engine> {
  const engine = await Engine.create(options);
  engines.push(engine);
  return engine;
}

afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
  vi.restoreAllMocks();
});

function ramp(shape: Shape, phase = 0): Tensor {
  const values = Float32Array.from({ length: elementCount(shape) }, (_, index) => Math.sin(index * 0.7 + phase));
  return float32Tensor(shape, values);
}

const one: Tensors = { input: ramp([1, 3, 112, 112]) };
const seven: Tensors = { input: ramp([7, 3, 112, 112], 1) };

/** Workers that Node counts, by catching their construction. */
function catchWorkers(): Worker[] {
  const caught: Worker[] = [];
  const { postMessage } = Worker.prototype;
  vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker, ...message) {
    caught.push(this);
    return postMessage.apply(this, message as Parameters<typeof postMessage>);
  });
  return caught;
}

describe('bits', () => {
  test('are the same for one, two and three threads, alone and in a batch, on the caller’s thread and off it', async () => {
    const alone = await (await createEngine({ threads: 1 })).compile(graph);
    const expected = { one: alone.run(one), seven: alone.run(seven) };
    expect(expected.seven.embedding!.shape).toEqual([7, 128]);
    for (const threads of [1, 2, 3]) {
      const engine = await createEngine({ threads });
      expect(engine.threads).toBe(threads);
      const network = await engine.compile(graph);
      for (let round = 0; round < 3; round++) {
        expect(network.run(one)).toEqual(expected.one);
        expect(network.run(seven)).toEqual(expected.seven);
        const [first, second] = await Promise.all([network.runAsync(one), network.runAsync(seven)]);
        expect(first).toEqual(expected.one);
        expect(second).toEqual(expected.seven);
      }
    }
  });

  test('survive a synchronous run in the middle of an asynchronous one', async () => {
    const network = await (await createEngine({ threads: 2 })).compile(graph);
    const expected = { one: network.run(one), seven: network.run(seven) };
    await network.runAsync(one);
    for (let round = 0; round < 5; round++) {
      const background = network.runAsync(seven);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(network.run(one)).toEqual(expected.one);
      expect(await background).toEqual(expected.seven);
    }
  });
});

test('runAsync leaves the event loop free', async () => {
  const network = await (await createEngine({ threads: 1 })).compile(graph);
  await network.runAsync(one);
  let turns = 0;
  let running = true;
  const turn = (): void => {
    turns++;
    if (running) setImmediate(turn);
  };
  const run = network.runAsync({ input: ramp([20, 3, 112, 112]) });
  turn();
  await run;
  running = false;
  expect(turns).toBeGreaterThan(100);
});

describe('a worker that dies', () => {
  test('fails the run that it was part of, and the next one works', async () => {
    const caught = catchWorkers();
    const engine = await createEngine({ threads: 2 });
    const network = await engine.compile(graph);
    const expected = network.run(one);
    await network.runAsync(one);
    const run = network.runAsync({ input: ramp([200, 3, 112, 112]) });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await caught.at(-1)!.terminate();
    await expect(run).rejects.toMatchObject({ code: 'WORKER_LOST' });
    expect(network.run(one)).toEqual(expected);
    expect(await network.runAsync(one)).toEqual(expected);
    await vi.waitFor(() => expect(engine.threads).toBe(2), 10_000);
    expect(network.run(one)).toEqual(expected);
  });

  test('while idle leaves the engine on the threads that are left, until a new one is there', async () => {
    const caught = catchWorkers();
    const engine = await createEngine({ threads: 2 });
    const network = await engine.compile(graph);
    const expected = network.run(one);
    await caught[0]!.terminate();
    expect(engine.threads).toBe(1);
    expect(network.run(one)).toEqual(expected);
    await vi.waitFor(() => expect(engine.threads).toBe(2), 10_000);
    expect(network.run(one)).toEqual(expected);
  });
});

test('falls back to one thread and says so once where workers cannot start', async () => {
  const warnings: string[] = [];
  const workerUrl = new URL('./absent-worker.js', import.meta.url);
  const engine = await createEngine({ threads: 3, workerUrl, onWarning: (message) => warnings.push(message) });
  expect(engine.threads).toBe(1);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/worker threads cannot be started here: .* The engine runs on one thread\./);
  const network = await engine.compile(graph);
  expect(network.run(one).embedding!.shape).toEqual([1, 128]);
  expect(warnings).toHaveLength(1);
  expect(await network.runAsync(one)).toEqual(network.run(one));
  expect(await network.runAsync(one)).toEqual(network.run(one));
  expect(warnings).toHaveLength(1);
});

describe('disposal', () => {
  test('rejects what runs and what waits, and hangs nothing', async () => {
    const engine = await createEngine({ threads: 2 });
    const network = await engine.compile(graph);
    await network.runAsync(one);
    const runs = [network.runAsync(seven), network.runAsync(one)];
    await new Promise((resolve) => setTimeout(resolve, 5));
    engine.dispose();
    for (const run of runs) await expect(run).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  test('of a network while it runs in the background waits for the run', async () => {
    const engine = await createEngine({ threads: 1 });
    const network = await engine.compile(graph);
    const expected = network.run(seven);
    await network.runAsync(one);
    const run = network.runAsync(seven);
    await new Promise((resolve) => setTimeout(resolve, 5));
    network.dispose();
    expect(await run).toEqual(expected);
    await expect(network.runAsync(one)).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

test('engines disposed while their workers start leave no thread behind', async () => {
  const caught = catchWorkers();
  for (let round = 0; round < 4; round++) {
    const engine = await Engine.create({ threads: 1 });
    const run = (await engine.compile(graph)).runAsync(one);
    run.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 2));
    engine.dispose();
    await expect(run).rejects.toMatchObject({ code: expect.stringMatching(/DISPOSED|NO_WORKERS/) });
  }
  expect(caught.length).toBeGreaterThan(0);
  await vi.waitFor(() => expect(caught.map(({ threadId }) => threadId)).toEqual(caught.map(() => -1)), 10_000);
});

test('a graph with more inputs and outputs than a task of images describes runs its batches all the same', async () => {
  const builder = new GraphBuilder();
  const input = builder.input('input', [1, 4, 64, 64]);
  const outputs = Array.from({ length: 150 }, (_, index) => builder.node(`relu${index}`, 'relu', [input]));
  const wide = builder.build(outputs);
  for (const threads of [1, 2]) {
    const network = await (await createEngine({ threads })).compile(wide);
    const tensor = ramp([6, 4, 64, 64]);
    const found = network.run({ input: tensor });
    const expected = tensor.data.map((value) => Math.max(value, 0));
    for (const name of outputs)
      expect(Buffer.from(found[name]!.data.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  }
});

test.each([0, Number.NaN, 2 ** 31 + 1])('a memory of %d bytes is refused', async (maximumMemoryBytes) => {
  await expect(Engine.create({ maximumMemoryBytes })).rejects.toMatchObject({ code: 'BAD_MEMORY' });
});

test.each([0, 1.5, 65, Number.NaN])('%d threads are refused', async (threads) => {
  await expect(Engine.create({ threads })).rejects.toMatchObject({ code: 'BAD_THREADS' });
});

test('idle workers do not keep the process alive, and a run in the background does', () => {
  const library = new URL('../../build/run/processEnd.mjs', import.meta.url);
  const { outputFiles } = buildSync({
    stdin: { contents: processEnd, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    alias: generatedModules,
  });
  mkdirSync(new URL('.', library), { recursive: true });
  writeFileSync(library, outputFiles[0]!.contents);
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(library)], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: 'ran on 2 threads\nran in the background\n',
    stderr: '',
  });
});

const processEnd = `
import { Engine } from '../../src/engine.js';
import { mobileFaceNet } from '../../src/networks/mobileFaceNet.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
const engine = await Engine.create({ threads: 2 });
const network = await engine.compile(mobileFaceNet(seededWeights(1)));
const input = float32Tensor([1, 3, 112, 112]);
network.run({ input });
console.log('ran on ' + engine.threads + ' threads');
network.runAsync({ input }).then(() => console.log('ran in the background'));
`;
