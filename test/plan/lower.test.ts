/** Plans: pure values of offsets, for any batch, height and width that the graph can take. */
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/build/builder.js';
import { ModelError, ShapeError } from '../../src/errors.js';
import { kernels } from '../../src/kernels/index.js';
import { mobileFaceNet } from '../../src/networks/mobileFaceNet.js';
import { seededWeights } from '../../src/networks/seededWeights.js';
import { LARGEST_RESIZED } from '../../src/ops/resize.js';
import { optimise } from '../../src/passes/index.js';
import { imagesAreIndependent } from '../../src/plan/images.js';
import { lower, MOST_ARGUMENTS } from '../../src/plan/lower.js';
import { packGraph } from '../../src/plan/pack.js';
import { float32Tensor } from '../../src/tensor/tensor.js';

const packed = packGraph(optimise(mobileFaceNet(seededWeights(1))), 'plain', kernels);

function codeOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return 'nothing thrown';
}

describe('MobileFaceNet', () => {
  test('a plan survives JSON: it holds offsets only', () => {
    const plan = lower(packed);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(lower(packed)).toEqual(plan);
  });

  test('fuses 95 nodes into 50 kernel calls and one that orders the input', () => {
    expect(lower(packed).steps).toHaveLength(51);
  });

  test('a batch plans with the same packed weights', () => {
    const plan = lower(packed, { input: [3, 3, 112, 112] });
    expect(plan.outputs[0]!.shape).toEqual([3, 128]);
    expect(plan.arenaBytes).toBeGreaterThan(2.9 * lower(packed).arenaBytes);
  });

  test('refuses input that the graph cannot take, naming both shapes', () => {
    expect(() => lower(packed, { input: [1, 1, 112, 112] })).toThrow(ShapeError);
    expect(codeOf(() => lower(packed, { input: [1, 1, 112, 112] }))).toBe('INPUT_SHAPE');
    expect(codeOf(() => lower(packed, {}))).toBe('INPUT_SHAPE');
    expect(codeOf(() => lower(packed, { input: [0, 3, 112, 112] }))).toBe('INPUT_SHAPE');
    expect(codeOf(() => lower(packed, { input: [1, 3, 2, 112] }))).toBe('NODE_SHAPE');
  });
});

describe('tensors that many nodes share', () => {
  const CHANNELS = 1024;
  const NODES = 300;
  /** Pointwise layers in a chain, all with the same weights; each has a bias of its own where asked. */
  const chain = (ownBias: boolean) => {
    const builder = new GraphBuilder();
    let value = builder.input('image', [1, CHANNELS, 1, 1]);
    const weights = builder.tensor('weights', float32Tensor([CHANNELS, CHANNELS, 1, 1]));
    const attributes = {
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
      activation: 'none',
    } as const;
    for (let index = 0; index < NODES; index++) {
      const inputs = [value, weights];
      if (ownBias) inputs.push(builder.tensor(`bias${index}`, float32Tensor([CHANNELS])));
      value = builder.node(`conv${index}`, 'convolution', inputs, attributes);
    }
    return builder.build([value]);
  };

  test('are packed once for all nodes that have the same ones', () => {
    expect(packGraph(chain(false), 'plain', kernels).sizeBytes).toBe(4 * CHANNELS * (CHANNELS + 1));
  });

  test('are refused where they would have to be packed too many times over', () => {
    expect(codeOf(() => packGraph(chain(true), 'plain', kernels))).toBe('PLAN_TOO_LARGE');
  });

  test('are copied a few times by folding backwards and forwards, not for each of many nodes', () => {
    const builder = new GraphBuilder();
    let value = builder.input('image', [1, 8, 1, 1]);
    const weights = builder.tensor('weights', float32Tensor([8, 8, 1, 1]));
    const ones = builder.tensor('ones', float32Tensor([8], new Float32Array(8).fill(1)));
    const attributes = {
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
      activation: 'none',
    } as const;
    for (let index = 0; index < 40; index++) {
      value = builder.node(`conv${index}`, 'convolution', [value, weights], attributes);
      value = builder.node(`scale${index}`, 'affine', [value, ones, ones], {});
    }
    const folded = optimise(builder.build([value]));
    expect([...folded.tensors.values()].filter(({ data }) => data.length === 64)).toHaveLength(1 + 16 + 16);
  });
});

test('a fully convolutional graph plans for any height and width', () => {
  const builder = new GraphBuilder();
  const input = builder.input('image', [1, 3, 12, 12]);
  const weights = builder.tensor('weights', float32Tensor([10, 3, 3, 3]));
  const attributes = {
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
    groups: 1,
    activation: 'none',
  } as const;
  const graph = builder.build([builder.node('conv', 'convolution', [input, weights], attributes)]);
  const fully = packGraph(graph, 'plain', kernels);
  expect(lower(fully, { image: [2, 3, 31, 57] }).outputs[0]!.shape).toEqual([2, 10, 29, 55]);
});

test('a depthwise layer packed for wide images plans for one column too', () => {
  const builder = new GraphBuilder();
  const input = builder.input('image', [1, 4, 6, 6]);
  const weights = builder.tensor('weights', float32Tensor([4, 1, 3, 3]));
  const attributes = {
    stride: [1, 1],
    padding: [1, 0, 1, 2],
    dilation: [1, 1],
    groups: 4,
    activation: 'none',
  } as const;
  const graph = builder.build([builder.node('conv', 'convolution', [input, weights], attributes)]);
  const plan = lower(packGraph(graph, 'plain', kernels), { image: [1, 4, 6, 1] });
  expect(plan.steps.map(({ kernel }) => kernel)).toContain('depthwise3x3Stride1');
});

test('a residual that is a tensor of the model is refused', () => {
  const builder = new GraphBuilder();
  const input = builder.input('image', [1, 4, 5, 5]);
  const weights = builder.tensor('weights', float32Tensor([4, 4, 1, 1]));
  const residual = builder.tensor('residual', float32Tensor([1, 4, 5, 5]));
  const attributes = {
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    dilation: [1, 1],
    groups: 1,
    activation: 'none',
  } as const;
  const inputs = [input, weights, '', '', residual];
  const graph = builder.build([builder.node('conv', 'convolution', inputs, attributes)]);
  expect(codeOf(() => packGraph(graph, 'plain', kernels))).toBe('NO_KERNEL');
  expect(imagesAreIndependent(graph)).toBe(false);
});

describe('resizing', () => {
  const resized = (count: number, size: number) => {
    const builder = new GraphBuilder();
    const input = builder.input('image', [1, 1, 2, 2]);
    const attributes = { mode: 'bilinear', coordinates: 'halfPixel', size: [1, size] } as const;
    return () => {
      const outputs = Array.from({ length: count }, (_, index) =>
        builder.node(`resize${index}`, 'resize', [input], attributes),
      );
      return lower(packGraph(builder.build(outputs), 'plain', kernels));
    };
  };

  test('plans for the longest output, and refuses a longer one', () => {
    expect(resized(1, LARGEST_RESIZED)().outputs[0]!.shape).toEqual([1, 1, 1, LARGEST_RESIZED]);
    expect(codeOf(resized(1, LARGEST_RESIZED + 1))).toBe('BAD_ATTRIBUTE');
  });

  test('is refused where the tables of all nodes are too long together', () => {
    const fields = 3 * LARGEST_RESIZED;
    expect(codeOf(resized(Math.floor(MOST_ARGUMENTS / fields) + 1, LARGEST_RESIZED))).toBe('PLAN_TOO_LARGE');
  });
});

test('a node without a kernel is refused by name', () => {
  const builder = new GraphBuilder();
  const input = builder.input('image', [1, 4, 5, 5]);
  const ones = builder.tensor('ones', float32Tensor([4], [1, 1, 1, 1]));
  const graph = builder.build([builder.node('norm', 'batchNorm', [input, ones, ones, ones, ones], { epsilon: 0 })]);
  expect(() => packGraph(graph, 'plain', kernels)).toThrow(ModelError);
  expect(codeOf(() => packGraph(graph, 'plain', kernels))).toBe('NO_KERNEL');
  expect(() => packGraph(graph, 'plain', kernels)).toThrow(/"norm" \(batchNorm\)/);
});
