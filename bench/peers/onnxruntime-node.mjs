// onnxruntime-node, the native CPU execution provider: model is mobilefacenet.onnx.
export async function start({ model, threads = 1 }) {
  const ort = await import('onnxruntime-node');
  // The default number of threads is that of the physical cores.
  const options = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  };
  const session = await ort.InferenceSession.create(model, options);
  async function run(input) {
    const tensor = new ort.Tensor('float32', input, [input.length / (3 * 112 * 112), 3, 112, 112]);
    const { embedding } = await session.run({ input: tensor });
    return embedding.data;
  }
  return { name: 'onnxruntime-node', version: ort.env.versions.node, layout: 'NCHW', run };
}
