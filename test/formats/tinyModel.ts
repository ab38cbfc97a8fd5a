/** A small embedder with every kind of node that a folded file holds, for tests of files. */
import { GraphBuilder } from '../../src/build/builder.js';
import type { Graph } from '../../src/graph/types.js';
import type { ModelCard } from '../../src/model/card.js';
import type { Model } from '../../src/model/model.js';
import { elementCount } from '../../src/tensor/shape.js';
import { float32Tensor } from '../../src/tensor/tensor.js';

/** Values k/64 around 0: float16 holds them exactly. */
function ramp(builder: GraphBuilder, name: string, shape: readonly number[]): string {
  const data = Float32Array.from({ length: elementCount(shape) }, (_, index) => (((index * 7) % 23) - 11) / 64);
  return builder.tensor(name, float32Tensor(shape, data));
}

const POINTWISE = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1, activation: 'none' } as const;

/** conv 3×3 with PReLU, a pointwise residual, ReLU6, global depthwise and a fully connected layer: 3×6×5 to 4. */
export function tinyGraph(): Graph {
  const builder = new GraphBuilder();
  const input = builder.input('data', [1, 3, 6, 5]);
  const first = builder.node(
    'first',
    'convolution',
    [
      input,
      ramp(builder, 'first.weights', [5, 3, 3, 3]),
      ramp(builder, 'first.bias', [5]),
      ramp(builder, 'slopes', [5]),
    ],
    { ...POINTWISE, padding: [1, 1, 1, 1], stride: [2, 2], activation: 'prelu' },
  );
  const second = builder.node(
    'second',
    'convolution',
    [first, ramp(builder, 'second.weights', [5, 5, 1, 1])],
    POINTWISE,
  );
  const sum = builder.node('sum', 'add', [first, second]);
  const clipped = builder.node('clipped', 'clip', [sum], { least: 0, most: 6 });
  const pooled = builder.node('pooled', 'convolution', [clipped, ramp(builder, 'pooled.weights', [5, 1, 3, 3])], {
    ...POINTWISE,
    groups: 5,
  });
  const embedding = builder.node('embedding', 'fullyConnected', [pooled, ramp(builder, 'fc.weights', [4, 5])], {
    activation: 'none',
  });
  return builder.build([embedding]);
}

/** A card that fits `tinyGraph`. */
export const tinyCard: ModelCard = {
  name: 'tiny',
  input: { height: 6, width: 5, channelOrder: 'rgb', normalisation: { mean: [1, 2, 3], scale: [0.5, 0.5, 0.5] } },
  embeddingLength: 4,
  thresholds: [{ value: 0.25, calibratedOn: 'invented pairs', pairs: 10 }],
  accuracy: [],
  licence: 'none',
};

/** `tinyGraph` and its card. */
export function tinyModel(): Model {
  return { format: 'native', graphs: new Map([['embed', tinyGraph()]]), card: tinyCard };
}
