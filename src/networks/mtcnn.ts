/** MTCNN's three networks (Zhang et al. 2016, Figure 2), with PReLU and max pooling rounded up. */
import type { Graph } from '../graph/types.js';
import { Layers, type Value } from './layers.js';
import type { WeightSource } from './weightSource.js';

/** A model file names slopes after their own layer: `prelu1.weight` for what is `conv1.prelu` elsewhere. */
function slopesByLayer(weights: WeightSource): WeightSource {
  return (name, shape) => weights(name.replace(/^conv(\d)\.prelu$/, 'prelu$1.weight'), shape);
}

/**
 * P-Net on an image of any size from 12×12: input `input` `[1, 3, 12, 12]`, outputs `probability` `[1, 2, h, w]`
 * (not a face, face) and `regression` `[1, 4, h, w]`.
 */
export function pnet(weights: WeightSource): Graph {
  const layers = new Layers(slopesByLayer(weights));
  let value = layers.input('input', 3, 12, 12);
  value = layers.convolution('conv1', value, 10, 'prelu', { kernel: 3 });
  value = layers.maxPool('pool1', value, 2, 2);
  value = layers.convolution('conv2', value, 16, 'prelu', { kernel: 3 });
  value = layers.convolution('conv3', value, 32, 'prelu', { kernel: 3 });
  const probability = layers.softmax('probability', layers.convolution('conv4-1', value, 2, 'linear'));
  return layers.build(probability, layers.convolution('conv4-2', value, 4, 'linear', {}, 'regression'));
}

/** Face probability and box regression of a feature vector: the heads that R-Net and O-Net share. */
function heads(layers: Layers, value: Value, layer: number): [Value, Value] {
  const logits = layers.fullyConnected(`conv${layer}-1`, value, [2, value.channels], 'linear');
  const regression = layers.fullyConnected(`conv${layer}-2`, value, [4, value.channels], 'linear', 'regression');
  return [layers.softmax('probability', logits), regression];
}

/** R-Net on crops of 24×24: input `input` `[1, 3, 24, 24]`, outputs `probability` `[1, 2]`, `regression` `[1, 4]`. */
export function rnet(weights: WeightSource): Graph {
  const layers = new Layers(slopesByLayer(weights));
  let value = layers.input('input', 3, 24, 24);
  value = layers.convolution('conv1', value, 28, 'prelu', { kernel: 3 });
  value = layers.maxPool('pool1', value, 3, 2);
  value = layers.convolution('conv2', value, 48, 'prelu', { kernel: 3 });
  value = layers.maxPool('pool2', value, 3, 2);
  value = layers.convolution('conv3', value, 64, 'prelu', { kernel: 2 });
  value = layers.fullyConnected('conv4', value, [128, 576], 'prelu');
  return layers.build(...heads(layers, value, 5));
}

/**
 * O-Net on crops of 48×48: input `input` `[1, 3, 48, 48]`, outputs `probability` `[1, 2]`, `regression` `[1, 4]` and
 * `landmarks` `[1, 10]` (five x, then five y).
 */
export function onet(weights: WeightSource): Graph {
  const layers = new Layers(slopesByLayer(weights));
  let value = layers.input('input', 3, 48, 48);
  value = layers.convolution('conv1', value, 32, 'prelu', { kernel: 3 });
  value = layers.maxPool('pool1', value, 3, 2);
  value = layers.convolution('conv2', value, 64, 'prelu', { kernel: 3 });
  value = layers.maxPool('pool2', value, 3, 2);
  value = layers.convolution('conv3', value, 64, 'prelu', { kernel: 3 });
  value = layers.maxPool('pool3', value, 2, 2);
  value = layers.convolution('conv4', value, 128, 'prelu', { kernel: 2 });
  value = layers.fullyConnected('conv5', value, [256, 1152], 'prelu');
  const landmarks = layers.fullyConnected('conv6-3', value, [10, 256], 'linear', 'landmarks');
  return layers.build(...heads(layers, value, 6), landmarks);
}
