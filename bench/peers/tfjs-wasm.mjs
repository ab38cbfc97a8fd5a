// TensorFlow.js on its WASM backend, the network built from fused operations: model is a JSON file of layers.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export async function start({ model, threads = 1 }) {
  // It turns threads off under Node, and its workers come from blob: URLs, which worker_threads refuses.
  if (threads > 1) throw new Error('tfjs-backend-wasm has no threads under Node.');
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-wasm'); // registers itself and finds its .wasm files
  await tf.setBackend('wasm');
  const { weights, layers } = JSON.parse(readFileSync(model, 'utf8'));
  const values = new Float32Array(new Uint8Array(readFileSync(join(dirname(model), weights))).buffer);
  const slice = (begin, shape) => tf.tensor(values.slice(begin, begin + shape.reduce((a, b) => a * b)), shape);
  const constant = ({ offset, shape }) => slice(offset, shape);
  const sides = (pad) => [0, pad, pad, 0].map((count) => [count, count]);
  const relu = (x, activation) => (activation === 'relu' ? tf.relu(x) : x);

  function convolution({ source, depthwise, groups = 1, stride, pad, weight, bias, slope, activation = 'none' }) {
    const conv = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
    // "same" with stride 2 pads an even size after it only; the network pads both sides.
    const padding = pad === 0 ? 'valid' : stride === 1 ? 'same' : sides(pad);
    const options = { strides: stride, pad: padding };
    if (slope) Object.assign(options, { activation: 'prelu', preluActivationWeights: constant(slope) });
    else if (activation !== 'none') Object.assign(options, { activation });
    if (groups === 1) {
      Object.assign(options, { filter: constant(weight), bias: constant(bias) });
      return (outputs) => conv({ x: outputs[source], ...options });
    }
    // It has no grouped convolution: one for each group, on its part of the channels.
    const filters = tf.split(constant(weight), groups, 3);
    const biases = tf.split(constant(bias), groups);
    return (outputs) => {
      const parts = tf.split(outputs[source], groups, 3);
      return tf.concat(
        parts.map((x, group) => conv({ x, ...options, filter: filters[group], bias: biases[group] })),
        3,
      );
    };
  }

  function shuffle({ source, groups, output: [height, width, channels] }) {
    const split = [-1, height, width, groups, channels / groups];
    return (outputs) => {
      const turned = tf.transpose(tf.reshape(outputs[source], split), [0, 1, 2, 4, 3]);
      return tf.reshape(turned, [-1, height, width, channels]);
    };
  }

  function pool({ op, source, kernel, stride, pad }) {
    const run = op === 'maxPool' ? tf.maxPool : tf.avgPool;
    // Padded with zeros first: the average counts them, and the maximum is of values that are not negative.
    return (outputs) => run(tf.pad(outputs[source], sides(pad)), kernel, stride, 'valid');
  }

  const makers = {
    conv: convolution,
    add: ({ source, shortcut, activation }) => {
      return (outputs) => relu(tf.add(outputs[shortcut], outputs[source]), activation);
    },
    maxPool: pool,
    averagePool: pool,
    mean: ({ source }) => {
      return (outputs) => tf.mean(outputs[source], [1, 2]);
    },
    concat: ({ source, other }) => {
      return (outputs) => tf.concat([outputs[source], outputs[other]], 3);
    },
    shuffle,
    relu: ({ source }) => {
      return (outputs) => tf.relu(outputs[source]);
    },
  };
  const steps = layers.map((layer) => makers[layer.op](layer));

  async function run(input) {
    // tidy disposes every tensor but the returned one: they live in WASM memory, which is not garbage-collected.
    const output = tf.tidy(() => {
      const outputs = { input: tf.tensor(input, [input.length / (112 * 112 * 3), 112, 112, 3]) };
      for (const [index, { name }] of layers.entries()) outputs[name] = steps[index](outputs);
      return outputs[layers.at(-1).name];
    });
    const embedding = output.dataSync().slice();
    output.dispose();
    return embedding;
  }
  return { name: 'tfjs-wasm', version: tf.version_core, layout: 'NHWC', run };
}
