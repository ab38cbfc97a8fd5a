/** The ONNX file that another engine makes the golden embedding from: a given file's network with other weights. */
import { MODEL } from '../../src/formats/onnx/messages.js';
import { readMessage } from '../../src/formats/onnx/protobuf.js';
import type { Tensor } from '../../src/tensor/tensor.js';

/** Whether two shapes are the same. */
const sameShape = (a: readonly number[], b: readonly number[]) => a.join() === b.join();

/**
 * A copy of `template` whose initialisers have the elements of the tensors of the same names, and whose text names
 * `hash` where it named another. So the network is the one that another program exported, not ours.
 */
export function withWeights(template: Uint8Array, tensors: ReadonlyMap<string, Tensor>, hash: string): Uint8Array {
  const bytes = template.slice();
  const names = new Set<string>();
  for (const { name = '', dims = [], rawData } of readMessage(MODEL, bytes, 'template').graph?.initializer ?? []) {
    const tensor = tensors.get(name);
    const elements = tensor && new Uint8Array(Float32Array.from(tensor.data).buffer);
    if (
      !elements ||
      !rawData ||
      rawData.length !== elements.length ||
      !sameShape(squeezed(dims), squeezed(tensor.shape))
    ) {
      throw new Error(`template: tensor "${name}" of shape [${dims}] has no counterpart in the source.`);
    }
    if (rawData.buffer !== bytes.buffer) throw new Error('template: its tensors are copies and cannot be replaced.');
    rawData.set(elements);
    names.add(name);
  }
  const missing = [...tensors.keys()].filter((name) => !names.has(name));
  if (missing.length > 0) throw new Error(`template: lacks the tensors ${missing.join(', ')}.`);
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 1000));
  const at = /SHA-256 ([0-9a-f]{64})/.exec(text)?.index;
  if (at === undefined) throw new Error('template: names no SHA-256.');
  bytes.set(new TextEncoder().encode(hash), at + 'SHA-256 '.length);
  return bytes;
}

/** A shape without its axes of one element. */
function squeezed(shape: readonly number[]): number[] {
  return shape.filter((length) => length !== 1);
}
