/** MobileNetV2 (Sandler et al. 2018), Table 2, as a face embedder: two baselines of the paper's Table 2. */
import type { Graph } from '../graph/types.js';
import { Layers } from './layers.js';
import type { WeightSource } from './weightSource.js';

/** The bottleneck rows: expansion factor t, output channels c, repetitions n, stride s of the first. */
const BOTTLENECKS = [
  { t: 1, c: 16, n: 1, s: 1 },
  { t: 6, c: 24, n: 2, s: 2 },
  { t: 6, c: 32, n: 3, s: 2 },
  { t: 6, c: 64, n: 4, s: 2 },
  { t: 6, c: 96, n: 3, s: 1 },
  { t: 6, c: 160, n: 3, s: 2 },
  { t: 6, c: 320, n: 1, s: 1 },
] as const;

/**
 * The network for 112×112 with stride 1 in its first convolution (section 3.1) and without its classifier, ending in
 * global average pooling or in global depthwise convolution (section 3.2): input `input` `[1, 3, 112, 112]`, output
 * `embedding` `[1, 1280]`. Layers are `conv1`, `blocks.0.dw`, `blocks.0.proj`, `blocks.1.sep` … `conv2`, `gdc`.
 */
export function mobileNetV2(weights: WeightSource, pooling: 'average' | 'depthwise' = 'average'): Graph {
  const layers = new Layers(weights);
  let value = layers.input('input', 3, 112, 112);
  value = layers.convolution('conv1', value, 32, 'relu6', { kernel: 3, padding: 1 });
  let block = 0;
  for (const { t, c, n, s } of BOTTLENECKS) {
    for (let repeat = 0; repeat < n; repeat++, block++) {
      value = layers.bottleneck(`blocks.${block}`, value, c, t, repeat === 0 ? s : 1, 'relu6');
    }
  }
  value = layers.convolution('conv2', value, 1280, 'relu6');
  value = pooling === 'average' ? layers.globalAveragePool('pool', value) : layers.globalDepthwise('gdc', value, 7, 7);
  return layers.build(layers.flatten('embedding', value));
}
