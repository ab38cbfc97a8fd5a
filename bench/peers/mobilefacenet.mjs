// This engine as its users start it, from the built package: model is a native model file.
import { readFileSync } from 'node:fs';
import { Engine, float32Tensor, importNative } from '../../dist/engine.js';

export async function start({ model, threads = 1, wide = false, build }) {
  const creating = Engine.create({ threads, wide, build });
  const { graphs } = await importNative(readFileSync(model), model);
  const engine = await creating;
  const network = await engine.compile(graphs.get('embed'));
  const [{ shape }] = network.inputs;
  async function run(input) {
    return network.run({ input: float32Tensor(shape, input) }).embedding.data;
  }
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return { name: 'mobilefacenet', version: `${version} ${engine.build}`, layout: 'NCHW', run };
}
