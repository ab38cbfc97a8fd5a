/** MobileNetV1 (Howard et al. 2017), Table 1, as a face embedder: the baseline of the paper's Table 2. */
import type { Graph } from '../graph/types.js';
import { Layers } from './layers.js';
import type { WeightSource } from './weightSource.js';

/** The depthwise separable rows: output channels c and stride s of the depthwise convolution. */
const SEPARABLE = [
  { c: 64, s: 1 },
  { c: 128, s: 2 },
  { c: 128, s: 1 },
  { c: 256, s: 2 },
  { c: 256, s: 1 },
  { c: 512, s: 2 },
  { c: 512, s: 1 },
  { c: 512, s: 1 },
  { c: 512, s: 1 },
  { c: 512, s: 1 },
  { c: 512, s: 1 },
  { c: 1024, s: 2 },
  { c: 1024, s: 1 },
] as const;

/**
 * The network for 112×112 with stride 1 in its first convolution (section 3.1) and without its classifier: input
 * `input` `[1, 3, 112, 112]`, output `embedding` `[1, 1024]`. Layers are `conv1`, `blocks.0.dw`, `blocks.0.pw` …
 */
export function mobileNetV1(weights: WeightSource): Graph {
  const layers = new Layers(weights);
  let value = layers.input('input', 3, 112, 112);
  value = layers.convolution('conv1', value, 32, 'relu', { kernel: 3, padding: 1 });
  for (const [block, { c, s }] of SEPARABLE.entries()) {
    value = layers.depthwise(`blocks.${block}.dw`, value, 'relu', s);
    value = layers.convolution(`blocks.${block}.pw`, value, c, 'relu');
  }
  return layers.build(layers.flatten('embedding', layers.globalAveragePool('pool', value)));
}
