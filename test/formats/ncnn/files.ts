/** Hand-made ncnn files for tests. */
import { referenceValues } from '../../../src/build/reference.js';
import type { ImportOptions } from '../../../src/formats/importOptions.js';
import { importNcnn } from '../../../src/formats/ncnn/importNcnn.js';
import type { Graph } from '../../../src/graph/types.js';
import type { Model } from '../../../src/model/model.js';
import { narrowFloat16 } from '../../../src/tensor/float16.js';
import { float32Tensor } from '../../../src/tensor/tensor.js';

/** A `.param` text of layer lines; the counts are those of the lines. */
export function param(...lines: string[]): string {
  const blobs = lines.reduce((sum, line) => sum + Number(line.split(/\s+/)[3]), 0);
  return ['7767517', `${lines.length} ${blobs}`, ...lines, ''].join('\n');
}

/** float32 values without a tag. */
export function plain(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** A tag, little-endian. */
export function tag(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

/** float32 values after their tag. */
export function tagged(...values: number[]): Uint8Array {
  return bin(tag(0), plain(...values));
}

/** float16 values after their tag, padded to 4 bytes. */
export function halves(...values: number[]): Uint8Array {
  const padded = new Uint16Array(Math.ceil(values.length / 2) * 2);
  padded.set(narrowFloat16(Float32Array.from(values)));
  return bin(tag(0x01306b47), new Uint8Array(padded.buffer));
}

/** int8 values after their tag, padded to 4 bytes. */
export function whole(...values: number[]): Uint8Array {
  const padded = new Int8Array(Math.ceil(values.length / 4) * 4);
  padded.set(values);
  return bin(tag(0x000d4b38), new Uint8Array(padded.buffer));
}

/** Parts one after another. */
export function bin(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Imports a pair named `net`. */
export function importPair(text: string, weights = bin(), options: ImportOptions = {}): Model {
  return importNcnn(text, weights, { param: 'net.param', bin: 'net.bin' }, options);
}

/** The only graph of a model. */
export function graphOf(model: Model): Graph {
  const [graph] = model.graphs.values();
  return graph!;
}

/** Imports layer lines and gives the first output for an input, with its shape. */
export function run(
  lines: string[],
  weights: Uint8Array,
  data: number[],
): { shape: readonly number[]; data: number[] } {
  const graph = graphOf(importPair(param(...lines), weights));
  const [input] = graph.inputs;
  const values = referenceValues(graph, { [input!.name]: float32Tensor(input!.shape, data) });
  const output = values.get(graph.outputs[0]!)!;
  return { shape: output.shape, data: [...output.data] };
}
