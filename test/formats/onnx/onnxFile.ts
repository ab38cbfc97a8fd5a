/** ONNX files written node by node, as other programs write them. */
import {
  ATTRIBUTE_TYPES,
  type AttributeMessage,
  DATA_TYPES,
  MODEL,
  type ModelMessage,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from '../../../src/formats/onnx/messages.js';
import { writeMessage } from '../../../src/formats/onnx/protobuf.js';
import { seededWeights } from '../../../src/networks/seededWeights.js';
import type { Shape } from '../../../src/tensor/shape.js';

type AttributeValue =
  | number
  | string
  | readonly number[]
  | { float: number }
  | { floats: readonly number[] }
  | TensorMessage;

function attribute(name: string, value: AttributeValue): AttributeMessage {
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPES.int, i: value };
  if (typeof value === 'string') return { name, type: ATTRIBUTE_TYPES.string, s: value };
  if (Array.isArray(value)) return { name, type: ATTRIBUTE_TYPES.ints, ints: value };
  if ('float' in value) return { name, type: ATTRIBUTE_TYPES.float, f: value.float };
  if ('floats' in value) return { name, type: ATTRIBUTE_TYPES.floats, floats: value.floats };
  return { name, type: ATTRIBUTE_TYPES.tensor, t: value as TensorMessage };
}

/** A node; whole numbers are integer attributes, `{ float }` a floating-point one. */
export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): NodeMessage {
  const list = Object.entries(attributes).map(([name, value]) => attribute(name, value));
  return { opType, input, output, name: `${opType}_${output[0]}`, attribute: list };
}

/** Seeded weights. */
export function weights(name: string, dims: Shape): TensorMessage {
  return { name, dims, dataType: DATA_TYPES.float, floatData: [...seededWeights()(`${name}.weight`, dims).data] };
}

/** Given numbers. */
export function floats(name: string, dims: Shape, values: readonly number[]): TensorMessage {
  return { name, dims, dataType: DATA_TYPES.float, floatData: values };
}

/** Given whole numbers as raw bytes. */
export function integers(
  name: string,
  values: readonly (number | bigint)[],
  dims: Shape = [values.length],
): TensorMessage {
  const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return { name, dims, dataType: DATA_TYPES.int64, rawData };
}

/** Given whole numbers of one byte, int8 or uint8 as the type says. */
export function bytes(name: string, dims: Shape, dataType: number, values: readonly number[]): TensorMessage {
  return { name, dims, dataType, rawData: Uint8Array.from(values, (value) => value & 0xff) };
}

/** Given whole numbers of 32 bits. */
export function words(name: string, dims: Shape, values: readonly number[]): TensorMessage {
  return { name, dims, dataType: DATA_TYPES.int32, rawData: new Uint8Array(Int32Array.from(values).buffer) };
}

/** A node of an operator that onnxruntime adds. */
export function added(...parameters: Parameters<typeof node>): NodeMessage {
  return { ...node(...parameters), domain: 'com.microsoft' };
}

/** A graph's input or output; names stand for open axes. */
export function value(
  name: string,
  axes: readonly (number | string)[],
  elemType: number = DATA_TYPES.float,
): ValueInfoMessage {
  const dim = axes.map((axis) => (typeof axis === 'number' ? { dimValue: axis } : { dimParam: axis }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

/** What a file holds. */
export interface OnnxContent {
  readonly nodes: readonly NodeMessage[];
  /** By default `x` with this shape. */
  readonly inputs?: readonly ValueInfoMessage[];
  /** By default `y`. */
  readonly outputs?: readonly string[];
  /** The outputs' element type, float32 by default. */
  readonly outputType?: number;
  readonly tensors?: readonly TensorMessage[];
  readonly operatorSet?: number;
}

/** A file's message. */
export function onnxMessage({
  nodes,
  inputs,
  outputs = ['y'],
  outputType = DATA_TYPES.float,
  tensors = [],
  operatorSet = 13,
}: OnnxContent): ModelMessage {
  return {
    irVersion: operatorSet < 9 ? 4 : 8,
    opsetImport: [
      { domain: '', version: operatorSet },
      ...(nodes.some(({ domain }) => domain === 'com.microsoft') ? [{ domain: 'com.microsoft', version: 1 }] : []),
    ],
    graph: {
      name: 'graph',
      node: nodes,
      initializer: tensors,
      input: inputs ?? [value('x', [2, 4, 6, 5])],
      output: outputs.map((name) => ({ name, type: { tensorType: { elemType: outputType } } })),
    },
  };
}

/** A file's bytes. */
export function onnxFile(content: OnnxContent): Uint8Array<ArrayBuffer> {
  return writeMessage(MODEL, onnxMessage(content));
}
