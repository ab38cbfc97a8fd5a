/** What each pass does, and what it must leave alone, on graphs small enough to read. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { printGraph } from '../../src/graph/print.js';
import type { Attributes, Graph } from '../../src/graph/types.js';
import { activateBeforeConcat } from '../../src/passes/activateBeforeConcat.js';
import { dropDead } from '../../src/passes/dropDead.js';
import { dropFlatten } from '../../src/passes/dropFlatten.js';
import { foldBatchNorm } from '../../src/passes/foldBatchNorm.js';
import { fuseActivation } from '../../src/passes/fuseActivation.js';
import { fuseResidual } from '../../src/passes/fuseResidual.js';
import { optimise } from '../../src/passes/index.js';
import { float32Tensor } from '../../src/tensor/tensor.js';
import { noiseTensor } from './randomGraph.js';

const CHANNELS = 2;
const EPSILON = 1e-5;

/** A builder with the layers that passes look at, all of two channels. */
class Sketch extends GraphBuilder {
  readonly x = this.input('x', [1, CHANNELS, 3, 3]);

  layer(name: string, input: string, inputs: string[] = [], attributes: Attributes = {}): string {
    const weights = this.tensor(`${name}.w`, noiseTensor([CHANNELS, CHANNELS, 1, 1], 7));
    return this.node(name, 'convolution', [input, weights, ...inputs], {
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
      activation: 'none',
      ...attributes,
    });
  }

  vector(name: string, values: number[]): string {
    return this.tensor(name, float32Tensor([values.length], values));
  }

  batchNorm(name: string, input: string, variances = [1, 4]): string {
    const parameters = [
      this.vector(`${name}.scales`, [0.3, -2]),
      this.vector(`${name}.offsets`, [0.1, 5]),
      this.vector(`${name}.means`, [0.7, -0.2]),
      this.vector(`${name}.variances`, variances),
    ];
    return this.node(name, 'batchNorm', [input, ...parameters], { epsilon: EPSILON });
  }

  affine(name: string, input: string, scales = [3, 0.1], offsets = [1, 2]): string {
    const parameters = [this.vector(`${name}.scales`, scales), this.vector(`${name}.offsets`, offsets)];
    return this.node(name, 'affine', [input, ...parameters]);
  }
}

/** Each node as `output = operator(value inputs)`, tensors left out. */
function outline(graph: Graph): string[] {
  return graph.nodes.map(({ operator, inputs, outputs, attributes }) => {
    const values = inputs.filter((name) => name !== '' && !graph.tensors.has(name)).join(', ');
    const activation = attributes.activation && attributes.activation !== 'none' ? `+${attributes.activation}` : '';
    return `${outputs.join()} = ${operator}${activation}(${values})`;
  });
}

describe('foldBatchNorm', () => {
  it('scales weights and bias in float64 and rounds once, also over a chain', () => {
    const sketch = new Sketch();
    const bias = sketch.vector('b', [0.9, -0.4]);
    const layer = sketch.layer('layer', sketch.x, [bias]);
    const before = sketch.build([sketch.affine('end', sketch.batchNorm('bn', layer))]);
    const after = foldBatchNorm(before);
    expect(outline(after)).toEqual(['end = convolution(x)']);
    const [, weights, folded] = after.nodes[0]!.inputs.map((name) => after.tensors.get(name));
    const read = (name: string) => before.tensors.get(name)!.data;
    for (let channel = 0; channel < CHANNELS; channel++) {
      const scale = read('bn.scales')[channel]! / Math.sqrt(read('bn.variances')[channel]! + EPSILON);
      const last = read('end.scales')[channel]!;
      for (const tap of [0, 1]) {
        const weight = read('layer.w')[channel * 2 + tap]!;
        expect(weights!.data[channel * 2 + tap]).toBe(Math.fround(weight * (scale * last)));
      }
      const offset = read('bn.offsets')[channel]! - read('bn.means')[channel]! * scale;
      const shift = offset * last + read('end.offsets')[channel]!;
      expect(folded!.data[channel]).toBe(Math.fround(read('b')[channel]! * (scale * last) + shift));
    }
  });

  it('gives a fully connected layer without bias one', () => {
    const builder = new GraphBuilder();
    const x = builder.input('x', [1, 2]);
    const w = builder.tensor('w', float32Tensor([2, 2], [1, 2, 3, 4]));
    const fc = builder.node('fc', 'fullyConnected', [x, w], { activation: 'none' });
    const scales = builder.tensor('s', float32Tensor([1], [2]));
    const offsets = builder.tensor('o', float32Tensor([1], [0.5]));
    const after = foldBatchNorm(builder.build([builder.node('y', 'affine', [fc, scales, offsets])]));
    expect(outline(after)).toEqual(['y = fullyConnected(x)']);
    const [, weights, bias] = after.nodes[0]!.inputs.map((name) => after.tensors.get(name));
    expect([...weights!.data]).toEqual([2, 4, 6, 8]);
    expect([...bias!.data]).toEqual([0.5, 0.5]);
  });

  it('keeps one layer’s weights for another that shares them', () => {
    const sketch = new Sketch();
    const first = sketch.layer('first', sketch.x);
    const attributes = {
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
      activation: 'none',
    } as const;
    const second = sketch.node('second', 'convolution', [sketch.x, 'first.w'], attributes);
    const after = optimise(sketch.build([sketch.batchNorm('bn', first), second]));
    expect(after.nodes.map(({ outputs, inputs }) => [outputs[0], inputs[1]])).toEqual([
      ['second', 'first.w'],
      ['bn', 'first.w.folded'],
    ]);
  });

  it.each<[string, (sketch: Sketch) => string[], string[]]>([
    ['follows no layer', (s) => [s.batchNorm('bn', s.node('r', 'relu', [s.x]))], ['r = relu(x)', 'bn = affine(r)']],
    [
      'precedes a zero-padded convolution',
      (s) => [s.layer('layer', s.batchNorm('bn', s.x), [], { padding: [1, 1, 1, 1] })],
      ['bn = affine(x)', 'layer = convolution(bn)'],
    ],
    [
      'follows a layer that is an output',
      (s) => {
        const layer = s.layer('layer', s.x);
        return [layer, s.batchNorm('bn', layer)];
      },
      ['layer = convolution(x)', 'bn = affine(layer)'],
    ],
    [
      'follows a layer that another node reads',
      (s) => {
        const layer = s.layer('layer', s.x);
        return [s.batchNorm('bn', layer), s.node('r', 'relu', [layer])];
      },
      ['layer = convolution(x)', 'bn = affine(layer)', 'r = relu(layer)'],
    ],
    [
      'follows an activation',
      (s) => [s.batchNorm('bn', s.layer('layer', s.x, [], { activation: 'relu' }))],
      ['layer = convolution+relu(x)', 'bn = affine(layer)'],
    ],
    [
      'follows a residual',
      (s) => [s.batchNorm('bn', s.layer('layer', s.x, ['', '', s.x]))],
      ['layer = convolution(x, x)', 'bn = affine(layer)'],
    ],
    ['is a chain after no layer', (s) => [s.affine('b', s.batchNorm('a', s.affine('c', s.x)))], ['b = affine(x)']],
    [
      'is a chain with an output within',
      (s) => {
        const a = s.affine('a', s.layer('layer', s.x));
        return [a, s.affine('b', a)];
      },
      ['a = convolution(x)', 'b = affine(a)'],
    ],
  ])('a batchNorm or affine that %s', (_what, draw, expected) => {
    const sketch = new Sketch();
    expect(outline(foldBatchNorm(sketch.build(draw(sketch))))).toEqual(expected);
  });

  it('BAD_VARIANCE where the deviation is not a number', () => {
    const sketch = new Sketch();
    const graph = sketch.build([sketch.batchNorm('bn', sketch.x, [1, -1])]);
    expect(() => foldBatchNorm(graph)).toThrow(expect.objectContaining({ code: 'BAD_VARIANCE' }));
  });

  it('NOT_FINITE where a folded weight is beyond float32', () => {
    const sketch = new Sketch();
    const graph = sketch.build([sketch.affine('b', sketch.affine('a', sketch.x, [3e38, 1]), [3e38, 1])]);
    expect(() => foldBatchNorm(graph)).toThrow(expect.objectContaining({ code: 'NOT_FINITE' }));
  });
});

describe('fuseResidual', () => {
  it.each<[string, (sketch: Sketch) => string[], string[]]>([
    ['the left side', (s) => [s.node('y', 'add', [s.layer('a', s.x), s.x])], ['y = convolution(x, x)']],
    ['the right side', (s) => [s.node('y', 'add', [s.x, s.layer('a', s.x)])], ['y = convolution(x, x)']],
    [
      'the later of two layers',
      (s) => {
        const [a, b] = [s.layer('a', s.x), s.layer('b', s.x)];
        return [s.node('y', 'add', [b, a])];
      },
      ['a = convolution(x)', 'y = convolution(x, a)'],
    ],
    [
      'a layer that stands before the other side, at the addition',
      (s) => {
        const a = s.layer('a', s.x);
        return [s.node('y', 'add', [a, s.node('r', 'relu', [s.x])])];
      },
      ['r = relu(x)', 'y = convolution(x, r)'],
    ],
    [
      'not a layer that is an output',
      (s) => {
        const a = s.layer('a', s.x);
        return [a, s.node('y', 'add', [a, s.x])];
      },
      ['a = convolution(x)', 'y = add(a, x)'],
    ],
    [
      'not a layer that is both sides',
      (s) => {
        const a = s.layer('a', s.x);
        return [s.node('y', 'add', [a, a])];
      },
      ['a = convolution(x)', 'y = add(a, a)'],
    ],
    [
      'not a layer with an activation',
      (s) => [s.node('y', 'add', [s.layer('a', s.x, [], { activation: 'relu' }), s.x])],
      ['a = convolution+relu(x)', 'y = add(a, x)'],
    ],
    [
      'not a layer that has a residual',
      (s) => [s.node('y', 'add', [s.layer('a', s.x, ['', '', s.x]), s.x])],
      ['a = convolution(x, x)', 'y = add(a, x)'],
    ],
    [
      'not a constant side',
      (s) => [s.node('y', 'add', [s.layer('a', s.x), s.tensor('c', noiseTensor([1, 2, 3, 3], 1))])],
      ['a = convolution(x)', 'y = add(a)'],
    ],
  ])('%s', (_what, draw, expected) => {
    const sketch = new Sketch();
    expect(outline(fuseResidual(sketch.build(draw(sketch))))).toEqual(expected);
  });
});

describe('fuseActivation', () => {
  it.each<[string, (sketch: Sketch) => string[], string[]]>([
    ['relu', (s) => [s.node('y', 'relu', [s.layer('a', s.x)])], ['y = convolution+relu(x)']],
    [
      'clip 0 to 6',
      (s) => [s.node('y', 'clip', [s.layer('a', s.x)], { least: 0, most: 6 })],
      ['y = convolution+relu6(x)'],
    ],
    [
      'prelu',
      (s) => [s.node('y', 'prelu', [s.layer('a', s.x), s.vector('slopes', [0.1, 0.2])])],
      ['y = convolution+prelu(x)'],
    ],
    [
      'not another clip',
      (s) => [s.node('y', 'clip', [s.layer('a', s.x)], { least: -1, most: 6 })],
      ['a = convolution(x)', 'y = clip(a)'],
    ],
    [
      'not a second activation',
      (s) => [s.node('y', 'relu', [s.node('z', 'prelu', [s.layer('a', s.x), s.vector('slopes', [1, 2])])])],
      ['z = convolution+prelu(x)', 'y = relu(z)'],
    ],
    [
      'not after a layer that is an output',
      (s) => {
        const a = s.layer('a', s.x);
        return [a, s.node('y', 'relu', [a])];
      },
      ['a = convolution(x)', 'y = relu(a)'],
    ],
  ])('%s', (_what, draw, expected) => {
    const sketch = new Sketch();
    expect(outline(fuseActivation(sketch.build(draw(sketch))))).toEqual(expected);
  });
});

describe('dropFlatten', () => {
  const fullyConnected = (s: Sketch, input: string) => {
    const weights = s.tensor('fc.w', noiseTensor([4, 18], 3));
    return s.node('y', 'fullyConnected', [input, weights], { activation: 'none' });
  };

  it.each<[string, (sketch: Sketch) => string[], string[]]>([
    [
      'lets a fully connected layer read past reshapes',
      (s) => [fullyConnected(s, s.node('f', 'flatten', [s.node('r', 'reshape', [s.x], { shape: [9, -1] })]))],
      ['y = fullyConnected(x)'],
    ],
    [
      'keeps a reshape that others read',
      (s) => {
        const flat = s.node('f', 'flatten', [s.x]);
        return [fullyConnected(s, flat), s.node('r', 'relu', [flat])];
      },
      ['f = flatten(x)', 'y = fullyConnected(x)', 'r = relu(f)'],
    ],
    [
      'drops an identity',
      (s) => [s.node('r', 'relu', [s.node('i', 'reshape', [s.x], { shape: [2, 3, 3] })])],
      ['r = relu(x)'],
    ],
    [
      'leaves an output’s name to the node before it',
      (s) => [s.node('i', 'reshape', [s.node('r', 'relu', [s.x])], { shape: [2, 3, 3] })],
      ['i = relu(x)'],
    ],
    [
      'keeps an identity between an input and an output',
      (s) => [s.node('i', 'reshape', [s.x], { shape: [2, 3, 3] })],
      ['i = reshape(x)'],
    ],
    [
      'keeps an identity between two outputs',
      (s) => {
        const r = s.node('r', 'relu', [s.x]);
        return [r, s.node('i', 'reshape', [r], { shape: [2, 3, 3] })];
      },
      ['r = relu(x)', 'i = reshape(r)'],
    ],
    [
      'keeps a reshape that is an identity at one image size alone',
      (s) => [s.node('r', 'relu', [s.node('i', 'reshape', [s.x], { shape: [2, 3, -1] })])],
      ['i = reshape(x)', 'r = relu(i)'],
    ],
  ])('%s', (_what, draw, expected) => {
    const sketch = new Sketch();
    expect(outline(dropDead(dropFlatten(sketch.build(draw(sketch)))))).toEqual(expected);
  });
});

describe('dropDead and the order', () => {
  it('drops what no output depends on, and keeps inputs', () => {
    const sketch = new Sketch();
    const unused = sketch.input('unused', [1, 1]);
    sketch.node('dead.end', 'relu', [sketch.layer('dead', sketch.x)]);
    sketch.node('dead.too', 'relu', [unused]);
    const after = dropDead(sketch.build([sketch.node('y', 'relu', [sketch.x])]));
    expect(printGraph(after)).toBe(
      ['input x [1, 2, 3, 3]', 'input unused [1, 1]', 'y = relu (x)', 'output y'].join('\n'),
    );
  });

  it('turns convolution, batchNorm, addition and activation into one layer', () => {
    const sketch = new Sketch();
    const sum = sketch.node('sum', 'add', [sketch.batchNorm('bn', sketch.layer('layer', sketch.x)), sketch.x]);
    const after = optimise(sketch.build([sketch.node('y', 'relu', [sum])]));
    expect(outline(after)).toEqual(['y = convolution+relu(x, x)']);
    expect([...after.tensors.keys()]).toEqual(['layer.w.folded', 'bn.bias']);
  });

  it('applies an activation before an addition that follows it', () => {
    const sketch = new Sketch();
    const active = sketch.node('active', 'relu', [sketch.layer('layer', sketch.x)]);
    const after = optimise(sketch.build([sketch.node('y', 'add', [active, sketch.x])]));
    expect(outline(after)).toEqual(['active = convolution+relu(x)', 'y = add(active, x)']);
  });
});

describe('activateBeforeConcat', () => {
  /** relu(concat(layer(x), something of x)). */
  function joined(second: (sketch: Sketch) => string, operator = 'relu', attributes: Attributes = {}): Graph {
    const sketch = new Sketch();
    const inputs = [sketch.layer('a', sketch.x), second(sketch)];
    sketch.node('c', 'concat', inputs, { axis: 1 });
    sketch.append({ name: 'y', operator, inputs: ['c'], outputs: ['y'], attributes });
    return sketch.build(['y']);
  }

  it('moves a ReLU before a concatenation, where layers then take it, and drops it where nothing is negative', () => {
    const pooled = (sketch: Sketch): string =>
      sketch.node('m', 'globalAveragePool', [sketch.node('p', 'relu', [sketch.x])]);
    const sketch = new Sketch();
    const inputs = [sketch.layer('a', pooled(sketch)), sketch.node('s', 'channelShuffle', ['m'], { groups: 2 })];
    sketch.node('c', 'concat', inputs, { axis: 1 });
    sketch.node('y', 'relu', ['c']);
    const moved = activateBeforeConcat(sketch.build(['y']));
    expect(outline(moved)).toEqual([
      'p = relu(x)',
      'm = globalAveragePool(p)',
      'a = convolution(m)',
      's = channelShuffle(m)',
      'a.activation = relu(a)',
      'y = concat(a.activation, s)',
    ]);
    expect(outline(fuseActivation(moved))).toContain('a.activation = convolution+relu(m)');
  });

  it('gives each of several layers a ReLU6 of its own', () => {
    const moved = activateBeforeConcat(joined((sketch) => sketch.layer('b', 'x'), 'clip', { least: 0, most: 6 }));
    expect(outline(moved).slice(2)).toEqual([
      'a.activation = clip(a)',
      'b.activation = clip(b)',
      'y = concat(a.activation, b.activation)',
    ]);
  });

  it.each([
    ['an input may be negative and no layer makes it', joined(() => 'x')],
    [
      'a ReLU6 would still limit what is not negative',
      joined((sketch) => sketch.node('r', 'relu', ['x']), 'clip', { least: 0, most: 6 }),
    ],
    ['a clip has other limits', joined((sketch) => sketch.layer('b', 'x'), 'clip', { least: -1, most: 1 })],
    ['one value stands there twice', joined(() => 'a')],
  ])('leaves the activation where %s', (_, graph) => {
    expect(outline(activateBeforeConcat(graph))).toEqual(outline(graph));
  });
});
