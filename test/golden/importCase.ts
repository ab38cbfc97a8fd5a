/** Golden cases of ONNX files written by hand. */
import { EMBEDDER } from '../../src/formats/checkModel.js';
import { importOnnx } from '../../src/formats/onnx/importOnnx.js';
import type { TensorMessage } from '../../src/formats/onnx/messages.js';
import { node, type OnnxContent, onnxFile, value } from '../formats/onnx/onnxFile.js';
import type { GoldenCase } from './goldenCase.js';

export function imported(name: string, content: OnnxContent): GoldenCase {
  const bytes = onnxFile(content);
  return { name, graph: () => importOnnx(bytes, `${name}.onnx`).graphs.get(EMBEDDER)!, onnx: () => bytes };
}

/** A file of one node on `x` and the given tensors. */
export function single(
  name: string,
  operator: string,
  attributes: Parameters<typeof node>[3] = {},
  tensors: readonly TensorMessage[] = [],
  content: Partial<OnnxContent> = {},
): GoldenCase {
  const inputs = ['x', ...tensors.map((tensor) => tensor.name ?? '')];
  return imported(`${operator}: ${name}`, {
    nodes: [node(operator, inputs, ['y'], attributes)],
    tensors: tensors.filter((tensor) => tensor.name),
    ...content,
  });
}

/** A file whose one input has this shape. */
export function of(...shape: readonly number[]): Pick<OnnxContent, 'inputs'> {
  return { inputs: [value('x', shape)] };
}

/** A file of one node on two inputs, `x` and `z`. */
export function pair(
  name: string,
  operator: string,
  x: readonly number[],
  z: readonly number[],
  attributes: Parameters<typeof node>[3] = {},
  content: Partial<OnnxContent> = {},
): GoldenCase {
  const inputs = [value('x', x), value('z', z)];
  return imported(`${operator}: ${name}`, {
    nodes: [node(operator, ['x', 'z'], ['y'], attributes)],
    inputs,
    ...content,
  });
}

/** The place of an operand that is left out. */
export const ABSENT: TensorMessage = { name: '' };
