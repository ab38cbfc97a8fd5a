/** MobileFaceNet (Chen et al. 2018), Table 1, and the variants of it in Table 2. */
import type { Graph } from '../graph/types.js';
import { Layers } from './layers.js';
import type { WeightSource } from './weightSource.js';

/** How a variant differs from Table 1. */
export interface MobileFaceNetOptions {
  /** Pixels. */
  readonly height?: number;
  /** Pixels. */
  readonly width?: number;
  readonly nonlinearity?: 'prelu' | 'relu';
  /** Factor on every expansion factor t. */
  readonly expansion?: number;
  /**
   * What surrounds the global depthwise convolution: `full` as in Table 1; `M` without the 1×1 convolution after it,
   * 512-d; `S` also without the one before it, 128-d (section 3.3).
   */
  readonly head?: 'full' | 'M' | 'S';
}

/** The bottleneck rows of Table 1: expansion factor t, output channels c, repetitions n, stride s of the first. */
const BOTTLENECKS = [
  { t: 2, c: 64, n: 5, s: 2 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 6, s: 1 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 2, s: 1 },
] as const;

/**
 * The network with batch normalisation folded: input `input` `[1, 3, height, width]`, output `embedding` `[1, 128]`
 * (512 for -M). Layer names are those of the trained weights: `conv1`, `conv2`, `blocks.0.sep` … `gdc`, `fc`.
 */
export function mobileFaceNet(weights: WeightSource, options: MobileFaceNetOptions = {}): Graph {
  const { height = 112, width = 112, nonlinearity = 'prelu', expansion = 1, head = 'full' } = options;
  const layers = new Layers(weights);
  let value = layers.input('input', 3, height, width);
  value = layers.convolution('conv1', value, 64, nonlinearity, { kernel: 3, stride: 2, padding: 1 });
  value = layers.depthwise('conv2', value, nonlinearity);
  let block = 0;
  for (const { t, c, n, s } of BOTTLENECKS) {
    for (let repeat = 0; repeat < n; repeat++, block++) {
      value = layers.bottleneck(`blocks.${block}`, value, c, t * expansion, repeat === 0 ? s : 1, nonlinearity);
    }
  }
  if (head !== 'S') value = layers.convolution('conv6', value, 512, nonlinearity);
  value = layers.globalDepthwise('gdc', value, Math.ceil(height / 16), Math.ceil(width / 16));
  // A 1×1 convolution of a 1×1 image is a fully connected layer.
  if (head === 'full') value = layers.fullyConnected('fc', value, [128, 512, 1, 1], 'linear', 'embedding');
  else value = layers.flatten('embedding', value);
  return layers.build(value);
}
