/** Every TFLite file written by hand gives what LiteRT.js gave: test/golden/liteRt.ts stored that. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine.js';
import { EMBEDDER } from '../../src/formats/checkModel.js';
import { importTflite } from '../../src/formats/tflite/importTflite.js';
import { builtins } from '../../src/formats/tflite/operators/index.js';
import { elementCount, type Shape } from '../../src/tensor/shape.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { tfliteFile } from '../formats/tflite/flatBufferFile.js';
import { engineOn } from './builds.js';
import { quantisedTfliteCases, type TfliteCase, tfliteCases, tfliteInput } from './tfliteCases.js';

const file = new URL('outputs/tflite.json', import.meta.url);
const stored: Record<string, readonly (readonly number[])[]> = JSON.parse(readFileSync(file, 'utf8'));

/** An input as the graph takes it: pictures with their channels first. */
function inputOf(shape: Shape, own: Shape, at: number) {
  const values = Float32Array.from({ length: elementCount(own) }, (_, index) => tfliteInput(index, at));
  if (own.length !== 4 || own[3] !== 3) return float32Tensor(shape, values);
  const [, rows = 0, columns = 0, channels = 0] = own;
  const place = (index: number) => (index % (rows * columns)) * channels + Math.floor(index / (rows * columns));
  return float32Tensor(
    shape,
    values.map((_, index) => values[place(index)]!),
  );
}

/** The largest difference from the stored outputs, each over its unit. */
async function difference(
  engine: Engine,
  { name, content }: TfliteCase,
  unit: (values: readonly number[], index: number) => number,
) {
  const graph = importTflite(tfliteFile(content), name).graphs.get(EMBEDDER)!;
  const network = await engine.compile(graph);
  const given = graph.inputs.map((input) => {
    const own = content.tensors[Number(input.name.slice(1))]!.shape;
    const at = content.inputs.indexOf(Number(input.name.slice(1)));
    return [input.name, inputOf(input.shape, own, at)] as const;
  });
  const outputs = network.run(Object.fromEntries(given));
  network.dispose();
  const differences = content.outputs.map((index, at) => {
    const wanted = stored[name]![at]!;
    const { shape, data } = outputs[`t${index}`]!;
    expect(shape).toEqual(content.tensors[index]!.shape);
    return Math.max(...wanted.map((value, place) => Math.abs(value - data[place]!))) / unit(wanted, index);
  });
  return Math.max(...differences);
}

describe('TFLite files', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn('plain');
  });
  afterAll(() => engine.dispose());

  it.each(tfliteCases)('$name', async (one) => {
    const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
    expect(await difference(engine, one, largest)).toBeLessThan(1e-5);
  });

  it.each(quantisedTfliteCases)('$name, at most a level off', async (one) => {
    const { steps, tensors } = one.content;
    const level = (_: readonly number[], index: number) =>
      tensors[steps.find(({ outputs }) => outputs.includes(index))!.inputs[0]!]!.scales![0]!;
    expect(await difference(engine, one, level)).toBeLessThan(1.01);
  });

  it('stores outputs for exactly its cases', () => {
    expect(Object.keys(stored).sort()).toEqual(
      [...tfliteCases, ...quantisedTfliteCases].map(({ name }) => name).sort(),
    );
  });

  it('has a case for every operator but those that are named here', () => {
    const tested = new Set(
      [...tfliteCases, ...quantisedTfliteCases].flatMap(({ content }) => content.steps.map(({ code }) => code)),
    );
    const untested = [...builtins.values()].filter(({ code }) => !tested.has(code)).map(({ name }) => name);
    // LiteRT.js has no kernel for it.
    expect(untested).toEqual(['BROADCAST_TO']);
  });
});
