/** Graphs cut down to chosen outputs. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { selectOutputs } from '../../src/build/selectOutputs.js';
import { Engine } from '../../src/engine.js';
import type { Graph } from '../../src/graph/types.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { codeOf } from '../formats/codeOf.js';

/** Two inputs and two outputs: relu(a) is read by `sum` = relu(a) + b, `scaled` = 2 · b alone by nobody. */
function twoByTwo(): Graph {
  const builder = new GraphBuilder();
  const a = builder.input('a', [1, 3]);
  const b = builder.input('b', [1, 3]);
  const positive = builder.node('positive', 'relu', [a]);
  const sum = builder.node('sum', 'add', [positive, b]);
  const scales = builder.tensor('scales', float32Tensor([1], [2]));
  const offsets = builder.tensor('offsets', float32Tensor([1], [0]));
  return builder.build([sum, builder.node('scaled', 'affine', [b, scales, offsets])]);
}

const A = float32Tensor([1, 3], [-1, 2, 3]);
const B = float32Tensor([1, 3], [10, 20, 30]);

describe('selectOutputs', () => {
  it('keeps what the outputs need, inputs and tensors too', () => {
    const graph = selectOutputs(twoByTwo(), ['positive']);
    expect(graph.inputs.map(({ name }) => name)).toEqual(['a']);
    expect(graph.nodes.map(({ name }) => name)).toEqual(['positive']);
    expect([...graph.tensors.keys()]).toEqual([]);
    expect(selectOutputs(twoByTwo(), ['scaled']).inputs.map(({ name }) => name)).toEqual(['b']);
  });

  it.each([
    ['NO_OUTPUT', []],
    ['UNKNOWN_OUTPUT', ['nothing']],
    ['UNKNOWN_OUTPUT', ['a']],
    ['DUPLICATE_NAME', ['sum', 'sum']],
  ])('refuses with %s: %j', async (code, names) => {
    expect(await codeOf(() => selectOutputs(twoByTwo(), names))).toBe(code);
  });
});

describe('Engine.compile', () => {
  it('takes several inputs and gives several outputs, or the chosen ones in their order', async () => {
    using engine = await Engine.create();
    using whole = await engine.compile(twoByTwo());
    const all = whole.run({ a: A, b: B });
    expect(Object.keys(all)).toEqual(['sum', 'scaled']);
    expect([...all.sum!.data]).toEqual([10, 22, 33]);
    expect([...all.scaled!.data]).toEqual([20, 40, 60]);
    using chosen = await engine.compile(twoByTwo(), { outputs: ['scaled', 'positive'] });
    expect(chosen.outputs).toEqual(['scaled', 'positive']);
    const both = chosen.run({ a: A, b: B });
    expect(Object.keys(both)).toEqual(['scaled', 'positive']);
    expect([...both.positive!.data]).toEqual([0, 2, 3]);
    using one = await engine.compile(twoByTwo(), { outputs: ['positive'] });
    expect([...one.run({ a: A }).positive!.data]).toEqual([0, 2, 3]);
    expect(await codeOf(() => engine.compile(twoByTwo(), { outputs: ['none'] }))).toBe('UNKNOWN_OUTPUT');
  });
});
