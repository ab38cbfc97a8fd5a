// TensorFlow.js on its WASM backend, the network built from fused operations: model is mobilefacenet.json.
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
  const constant = ({ offset, shape }) =>
    tf.tensor(values.slice(offset, offset + shape.reduce((a, b) => a * b)), shape);
  const steps = layers.map(({ op, source, shortcut, depthwise, stride, pad, weight, bias, slope }) => {
    if (op === 'add') return (outputs) => tf.add(outputs[shortcut], outputs[source]);
    const conv = depthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d;
    // "same" with stride 2 pads an even size after it only; the network pads both sides.
    const padding =
      pad === 0
        ? 'valid'
        : stride === 1
          ? 'same'
          : [
              [0, 0],
              [pad, pad],
              [pad, pad],
              [0, 0],
            ];
    const options = { filter: constant(weight), bias: constant(bias), strides: stride, pad: padding };
    if (slope) Object.assign(options, { activation: 'prelu', preluActivationWeights: constant(slope) });
    return (outputs) => conv({ x: outputs[source], ...options });
  });
  async function run(input) {
    // tidy disposes every tensor but the returned one: they live in WASM memory, which is not garbage-collected.
    const output = tf.tidy(() => {
      const outputs = { input: tf.tensor(input, [input.length / (112 * 112 * 3), 112, 112, 3]) };
      for (const [index, { name }] of layers.entries()) outputs[name] = steps[index](outputs);
      return outputs.fc;
    });
    const embedding = output.dataSync().slice();
    output.dispose();
    return embedding;
  }
  return { name: 'tfjs-wasm', version: tf.version_core, layout: 'NHWC', run };
}
