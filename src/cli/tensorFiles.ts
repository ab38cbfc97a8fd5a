/** Tensors in files that users have: safetensors, NumPy's `.npy`, and ONNX's `.pb`. */
import { InputError } from '../errors.js';
import { readNpy } from '../formats/npy.js';
import { parseSafetensors } from '../formats/safetensors.js';
import type { Tensor } from '../tensor/tensor.js';
import { readNamed } from './input.js';

/** Endings of the files that hold tensors. */
export const TENSOR_ENDINGS = ['.safetensors', '.npy', '.pb'] as const;

/** True where a file's name says that it holds tensors. */
export function isTensorFile(path: string): boolean {
  return TENSOR_ENDINGS.some((ending) => path.toLowerCase().endsWith(ending));
}

/**
 * The tensors of a file by name; those of files that hold one without a name are named `''`.
 * Throws InputError for a file that cannot be read or has another ending, ModelError for what it holds.
 */
export async function readTensorFile(path: string): Promise<ReadonlyMap<string, Tensor>> {
  const ending = TENSOR_ENDINGS.find((known) => path.toLowerCase().endsWith(known));
  if (!ending) {
    throw new InputError('TENSOR_FILE', `${path}: is no tensor file; accepted are ${TENSOR_ENDINGS.join(', ')}.`);
  }
  const bytes = await readNamed(path, 'a file with tensors is needed');
  if (ending === '.safetensors') return parseSafetensors(bytes, path).tensors;
  if (ending === '.npy') return new Map([['', readNpy(bytes, path)]]);
  const { readOnnxTensor } = await import('../formats/onnx/readTensor.js');
  const { name, tensor } = readOnnxTensor(bytes, path);
  return new Map([[name, tensor]]);
}
