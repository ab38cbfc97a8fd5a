/** The stored outputs: one safetensors file a set of cases, tensors named `CASE/OUTPUT`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Tensors } from '../../src/engine.js';
import { parseSafetensors, writeSafetensors } from '../../src/formats/safetensors.js';
import type { Tensor } from '../../src/tensor/tensor.js';

/** Outputs by case. */
export type Outputs = ReadonlyMap<string, Tensors>;

function pathOf(root: URL, set: string): string {
  return fileURLToPath(new URL(`test/golden/outputs/${set}.safetensors`, root));
}

/** Reads the outputs of a set; empty where none are stored. `root` is the repository's. */
export function readOutputs(root: URL, set: string): Outputs {
  const path = pathOf(root, set);
  if (!existsSync(path)) return new Map();
  const outputs = new Map<string, Record<string, Tensor>>();
  for (const [name, tensor] of parseSafetensors(new Uint8Array(readFileSync(path)), path).tensors) {
    const end = name.lastIndexOf('/');
    const output = { ...outputs.get(name.slice(0, end)), [name.slice(end + 1)]: tensor };
    outputs.set(name.slice(0, end), output);
  }
  return outputs;
}

/** Stores the outputs of a set with the engine that made them. */
export function writeOutputs(root: URL, set: string, outputs: Outputs, engine: string): void {
  const tensors = [...outputs].flatMap(([name, values]) =>
    Object.entries(values).map(([output, tensor]) => [`${name}/${output}`, { tensor, storage: 'float32' }] as const),
  );
  mkdirSync(fileURLToPath(new URL('test/golden/outputs', root)), { recursive: true });
  writeFileSync(pathOf(root, set), writeSafetensors(new Map(tensors), new Map([['engine', engine]])));
}
