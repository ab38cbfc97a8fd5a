/** MobileFaceNet's structure: layers by name as the trained weights have them, and what is left after the passes. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inferShapes } from '../../src/build/infer.js';
import { ModelError, ShapeError } from '../../src/errors.js';
import { parseSafetensors } from '../../src/formats/safetensors.js';
import type { Graph } from '../../src/graph/types.js';
import { mobileFaceNet } from '../../src/networks/mobileFaceNet.js';
import { namedWeights } from '../../src/networks/weightSource.js';
import { optimise } from '../../src/passes/index.js';
import { float32Tensor } from '../../src/tensor/tensor.js';

const zeros = (_name: string, shape: readonly number[]) => float32Tensor(shape);
const STUDENT = '../shared/own/mobilefacenet-student.safetensors';

function histogram(graph: Graph): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operator } of graph.nodes) counts[operator] = (counts[operator] ?? 0) + 1;
  return counts;
}

describe('mobileFaceNet', () => {
  it('has the layers of Table 1, 12 of its 15 bottlenecks residual', () => {
    expect(histogram(mobileFaceNet(zeros))).toEqual({ convolution: 49, prelu: 33, add: 12, fullyConnected: 1 });
    expect(histogram(mobileFaceNet(zeros, { head: 'M' }))).toEqual({ convolution: 49, prelu: 33, add: 12, flatten: 1 });
    expect(histogram(mobileFaceNet(zeros, { head: 'S', nonlinearity: 'relu' }))).toEqual({
      convolution: 48,
      relu: 32,
      add: 12,
      flatten: 1,
    });
  });

  it('runs as its 50 layers alone once optimised, activations and residuals in their stores', () => {
    const graph = optimise(mobileFaceNet(zeros));
    expect(histogram(graph)).toEqual({ convolution: 49, fullyConnected: 1 });
    expect(graph.nodes.filter(({ inputs }) => inputs[4]).length).toBe(12);
    expect(graph.nodes.filter(({ attributes }) => attributes.activation === 'prelu').length).toBe(33);
    expect(graph.outputs).toEqual(['embedding']);
  });

  it('has the feature sizes of Table 1', () => {
    const shapes = inferShapes(mobileFaceNet(zeros));
    const sizes = [
      'conv1',
      'conv2',
      'blocks.4.add',
      'blocks.5.proj',
      'blocks.11.add',
      'blocks.12.proj',
      'blocks.14.add',
    ];
    expect([...sizes, 'conv6', 'gdc'].map((name) => shapes.get(name)?.slice(1))).toEqual([
      [64, 56, 56],
      [64, 56, 56],
      [64, 28, 28],
      [128, 14, 14],
      [128, 14, 14],
      [128, 7, 7],
      [128, 7, 7],
      [512, 7, 7],
      [512, 1, 1],
    ]);
  });

  it('asks for tensors by name, and says which is missing or of another shape', () => {
    const missing = () => mobileFaceNet(namedWeights(new Map()));
    expect(missing).toThrow(ModelError);
    expect(missing).toThrow(expect.objectContaining({ code: 'MISSING_TENSOR' }));
    const wrong = () => mobileFaceNet(namedWeights(new Map([['conv1.weight', float32Tensor([64, 3, 3, 4])]])));
    expect(wrong).toThrow(ShapeError);
    expect(wrong).toThrow(expect.objectContaining({ code: 'TENSOR_SHAPE' }));
  });

  it.skipIf(!existsSync(STUDENT))(`takes every tensor of the trained weights (${STUDENT})`, () => {
    const { tensors } = parseSafetensors(new Uint8Array(readFileSync(STUDENT)), STUDENT);
    const graph = mobileFaceNet(namedWeights(tensors));
    expect([...graph.tensors.keys()]).toEqual([...tensors.keys()]);
  });
});
