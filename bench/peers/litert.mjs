// LiteRT.js (TFLite with XNNPACK in WASM): model is mobilefacenet.tflite, one image a call.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

export async function start({ model, threads = 1 }) {
  const { loadLiteRt, loadAndCompile, Tensor } = await import('@litertjs/core');
  const wasmFolder = join(dirname(require.resolve('@litertjs/core/package.json')), 'wasm/');
  let script;
  // The loader expects a web worker: `self`, and `importScripts` for its glue script.
  globalThis.self = globalThis;
  globalThis.importScripts = (path) => {
    // The glue is CommonJS in a package of "type": "module": Node, here and in the glue's own pthread workers, would
    // read it as an ES module without exports. A copy that ends in .cjs is CommonJS anywhere; told where its .wasm is.
    script = basename(path, '.js');
    const copy = join(mkdtempSync(join(tmpdir(), 'litert-')), `${script}.cjs`);
    process.once('exit', () => rmSync(dirname(copy), { recursive: true }));
    copyFileSync(path, copy);
    Object.assign(globalThis, { ModuleFactory: require(copy), Module: { locateFile: (file) => wasmFolder + file } });
  };
  // The threaded glue sizes its pool of workers by `navigator`, which Node 20 lacks.
  globalThis.navigator ??= { hardwareConcurrency: availableParallelism() };
  // Given a folder it picks a build: relaxed SIMD, the same with threads, or "compat" where relaxed SIMD is missing.
  await loadLiteRt(wasmFolder, { threads: threads > 1 });
  // Left in place, these would make tfjs, started later in the same process, believe that it runs in a worker.
  delete globalThis.importScripts;
  delete globalThis.self;
  // Bytes: a path would go through fetch.
  const compiled = await loadAndCompile(readFileSync(model), { cpuOptions: { numThreads: threads } });
  const version = `${require('@litertjs/core/package.json').version} ${script}`;
  async function run(input) {
    const tensor = new Tensor(input, [1, 112, 112, 3]);
    const [output] = await compiled.run(tensor);
    const embedding = (await output.data()).slice();
    tensor.delete(); // tensors live in WASM memory, which is not garbage-collected
    output.delete();
    return embedding;
  }
  return { name: 'litert', version, layout: 'NHWC', run };
}
