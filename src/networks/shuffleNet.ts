/** ShuffleNet 1× with 3 groups (Zhang et al. 2017), Table 1, as a face embedder: a baseline of the paper's Table 2. */
import type { Graph } from '../graph/types.js';
import { Layers, type Value } from './layers.js';
import type { WeightSource } from './weightSource.js';

const GROUPS = 3;

/** The stages: output channels and units; the first unit of each has stride 2. */
const STAGES = [
  { channels: 240, units: 4 },
  { channels: 480, units: 8 },
  { channels: 960, units: 4 },
] as const;

/**
 * A unit (Figure 2): grouped 1×1 to a quarter of the channels, shuffle, depthwise 3×3, grouped 1×1, then the input is
 * added, or with stride 2 its average is put before the result. The very first 1×1 is not grouped: 24 channels are few.
 */
function unit(layers: Layers, name: string, input: Value, channels: number, stride: 1 | 2, first: boolean): Value {
  const grouped = { groups: GROUPS };
  const narrow = layers.convolution(`${name}.reduce`, input, channels / 4, 'relu', first ? {} : grouped);
  const shuffled = layers.channelShuffle(`${name}.shuffle`, narrow, GROUPS);
  const spatial = layers.depthwise(`${name}.dw`, shuffled, 'linear', stride);
  const branch = stride === 1 ? channels : channels - input.channels;
  const wide = layers.convolution(`${name}.expand`, spatial, branch, 'linear', grouped);
  if (stride === 1) return layers.activation(name, layers.add(`${name}.add`, wide, input), 'relu');
  const shortcut = layers.pool3x3(`${name}.pool`, input, 'averagePool', 2);
  return layers.activation(name, layers.concat(`${name}.concat`, shortcut, wide), 'relu');
}

/**
 * The network for 112×112 with stride 1 in its first convolution (section 3.1) and without its classifier: input
 * `input` `[1, 3, 112, 112]`, output `embedding` `[1, 960]`.
 * It has 880,248 weights and 12,240 biases where the paper prints 0.83 million parameters, without saying what it left
 * out of ShuffleNet's own table.
 */
export function shuffleNet(weights: WeightSource): Graph {
  const layers = new Layers(weights);
  let value = layers.input('input', 3, 112, 112);
  value = layers.convolution('conv1', value, 24, 'relu', { kernel: 3, padding: 1 });
  value = layers.pool3x3('pool1', value, 'maxPool', 2);
  for (const [stage, { channels, units }] of STAGES.entries()) {
    for (let index = 0; index < units; index++) {
      const first = stage === 0 && index === 0;
      value = unit(layers, `stages.${stage}.${index}`, value, channels, index === 0 ? 2 : 1, first);
    }
  }
  return layers.build(layers.flatten('embedding', layers.globalAveragePool('pool', value)));
}
