// This engine as its users start it, from the built package: model is a native model file.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Engine, float32Tensor, importModel } from '../../dist/index.js';

export async function start({ model, threads = 1, wide = false, build }) {
  const read = readFile(model).then((bytes) => importModel([{ name: model, bytes }]));
  const [engine, { graphs }] = await Promise.all([Engine.create({ threads, wide, build }), read]);
  const network = engine.compile(graphs.get('embed'));
  const [{ shape }] = network.inputs;
  async function run(input) {
    return network.run({ input: float32Tensor(shape, input) }).embedding.data;
  }
  const { version } = createRequire(import.meta.url)('../../package.json');
  return { name: 'mobilefacenet', version: `${version} ${engine.build}`, layout: 'NCHW', run };
}
