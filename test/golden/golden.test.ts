/** Every network and operator gives what onnxruntime-web gave: `npm run golden` stored that, and checks it again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceValues } from '../../src/build/reference.js';
import type { Engine } from '../../src/engine.js';
import { operators } from '../../src/ops/index.js';
import { builds, engineOn } from './builds.js';
import { compareOutputs, inputsOf, relativeDifference } from './goldenCase.js';
import { operatorCases } from './operatorCases.js';
import { readOutputs } from './outputs.js';
import { goldenSets } from './sets.js';

const root = new URL('../../', import.meta.url);

describe.each(goldenSets)('golden $name', ({ name, cases, missing, tolerance }) => {
  const stored = readOutputs(root, name);

  it('has stored outputs for exactly its cases', () => {
    expect([...stored.keys()].sort()).toEqual(cases.map((golden) => golden.name).sort());
  });

  describe.each(builds)('on the %s build', (build) => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await engineOn(build);
    });
    afterAll(() => engine.dispose());

    it.skipIf(missing).each(cases)(
      `$name${missing ? ` (${missing})` : ''}`,
      async ({ name: label, graph, inputShapes, unit }) => {
        const built = await graph();
        const network = await engine.compile(built);
        const outputs = network.run(inputsOf(built, inputShapes));
        network.dispose();
        expect(compareOutputs(outputs, stored.get(label)!, unit)).toBeLessThan(tolerance);
      },
    );
  });
});

describe('the float64 references', () => {
  const stored = readOutputs(root, 'operators');

  it.each(operatorCases)('$name', async ({ name, graph }) => {
    const built = await graph();
    const { shape, data } = referenceValues(built, inputsOf(built)).get('output')!;
    const { output } = stored.get(name)!;
    expect(shape).toEqual(output!.shape);
    expect(relativeDifference(data, output!.data)).toBeLessThan(2e-6);
  });

  it('have a case for every operator of float32 values; those of int8 have integer arithmetic for an oracle', async () => {
    const isInt8 = (name: string) => /quantise/.test(name);
    const graphs = await Promise.all(operatorCases.map(({ graph }) => graph()));
    const tested = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ operator }) => operator)));
    expect([...tested].sort()).toEqual(
      operators
        .map(({ name }) => name)
        .filter((name) => !isInt8(name))
        .sort(),
    );
  });
});

describe('the comparison', () => {
  it('finds a wrong element, NaN, and another length or shape', () => {
    expect(relativeDifference([1, 2, 4], [1, 2, 4])).toBe(0);
    expect(relativeDifference([1, 3, 4], [1, 2, 4])).toBe(0.25);
    expect(relativeDifference([1, Number.NaN, 4], [1, 2, 4])).toBe(Number.POSITIVE_INFINITY);
    expect(relativeDifference([1, 2, 4, 0], [1, 2, 4])).toBe(Number.POSITIVE_INFINITY);
    const tensor = (shape: number[]) => ({ elementType: 'float32', shape, data: new Float32Array(6).fill(1) }) as const;
    expect(compareOutputs({ a: tensor([2, 3]) }, { a: tensor([2, 3]) })).toBe(0);
    expect(compareOutputs({ a: tensor([2, 3]) }, { a: tensor([3, 2]) })).toBe(Number.POSITIVE_INFINITY);
    expect(compareOutputs({ b: tensor([2, 3]) }, { a: tensor([2, 3]) })).toBe(Number.POSITIVE_INFINITY);
  });
});
