/** onnxruntime-web, the independent engine, from the package beside this file; installed when it is missing. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Tensors } from '../../src/engine.js';
import { float32Tensor } from '../../src/tensor/tensor.js';

/** What of onnxruntime-web is used; its own types are not installed with the main package. */
interface OnnxTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

interface OnnxModule {
  readonly env: {
    readonly wasm: { numThreads: number };
    readonly versions: { readonly web: string };
    logLevel: string;
  };
  readonly InferenceSession: {
    create(
      bytes: Uint8Array,
      options: object,
    ): Promise<{ run(feeds: object): Promise<Record<string, OnnxTensor>>; release(): Promise<void> }>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OnnxTensor;
}

/** Runs an ONNX file on one thread and gives its outputs. */
export interface OnnxRuntime {
  readonly version: string;
  run(bytes: Uint8Array, inputs: Tensors): Promise<Tensors>;
}

/** Loads the engine. `root` is the repository's. */
export async function loadOnnxRuntime(root: URL): Promise<OnnxRuntime> {
  const folder = fileURLToPath(new URL('test/golden', root));
  if (!existsSync(`${folder}/node_modules/onnxruntime-web`)) {
    console.error('Installing onnxruntime-web into test/golden/node_modules; this happens once …');
    execFileSync('npm', ['ci', '--prefix', folder, '--ignore-scripts'], { stdio: ['ignore', 2, 2] });
  }
  const ort = createRequire(`${folder}/package.json`)('onnxruntime-web') as OnnxModule;
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return {
    version: ort.env.versions.web,
    async run(bytes, inputs) {
      // Optimised graphs are another's code too, but the plain ones are closer to what the operators' text says.
      const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'basic' };
      const session = await ort.InferenceSession.create(bytes, options);
      const feeds = Object.entries(inputs).map(([name, { shape, data }]) => {
        return [name, new ort.Tensor('float32', data, shape)] as const;
      });
      const outputs = await session.run(Object.fromEntries(feeds));
      await session.release();
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { data, dims }]) => [
          name,
          float32Tensor([...dims], Float32Array.from(data)),
        ]),
      );
    },
  };
}
