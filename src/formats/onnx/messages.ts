/** The messages of ONNX files (onnx/onnx.proto): the fields that describe an inference graph, by number. */
import { defineMessage, type Message } from './protobuf.js';

/** Element types of tensors (`TensorProto.DataType`). */
export const DATA_TYPES = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  bfloat16: 16,
} as const;

/** Kinds of attributes (`AttributeProto.AttributeType`). */
export const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

/** `TensorProto.DataLocation`: in the file, or in another one that `externalData` names. */
export const DATA_LOCATIONS = { inside: 0, external: 1 } as const;

export const STRING_ENTRY = defineMessage({ key: [1, 'string'], value: [2, 'string'] });

export const TENSOR = defineMessage({
  dims: [1, 'integers'],
  dataType: [2, 'integer'],
  floatData: [4, 'floats'],
  int32Data: [5, 'integers'],
  int64Data: [7, 'integers'],
  name: [8, 'string'],
  rawData: [9, 'bytes'],
  doubleData: [10, 'doubles'],
  uint64Data: [11, 'integers'],
  externalData: [13, 'messages', STRING_ENTRY],
  dataLocation: [14, 'integer'],
});

/** Subgraphs stay bytes, so that reading a file never recurses; whoever meets one refuses the operator that holds it. */
export const ATTRIBUTE = defineMessage({
  name: [1, 'string'],
  f: [2, 'float'],
  i: [3, 'integer'],
  s: [4, 'string'],
  t: [5, 'message', TENSOR],
  g: [6, 'bytes'],
  floats: [7, 'floats'],
  ints: [8, 'integers'],
  strings: [9, 'strings'],
  tensors: [10, 'messages', TENSOR],
  graphs: [11, 'bytes'],
  type: [20, 'integer'],
  refAttrName: [21, 'string'],
  sparseTensor: [22, 'bytes'],
  sparseTensors: [23, 'bytes'],
});

export const NODE = defineMessage({
  input: [1, 'strings'],
  output: [2, 'strings'],
  name: [3, 'string'],
  opType: [4, 'string'],
  attribute: [5, 'messages', ATTRIBUTE],
  domain: [7, 'string'],
});

/** An axis: a length, or the name of one that the caller chooses. */
export const DIMENSION = defineMessage({ dimValue: [1, 'integer'], dimParam: [2, 'string'] });

export const TENSOR_SHAPE = defineMessage({ dim: [1, 'messages', DIMENSION] });

export const TENSOR_TYPE = defineMessage({ elemType: [1, 'integer'], shape: [2, 'message', TENSOR_SHAPE] });

/** Types other than tensors are left out, so that they read as a type without `tensorType`. */
export const VALUE_TYPE = defineMessage({ tensorType: [1, 'message', TENSOR_TYPE] });

export const VALUE_INFO = defineMessage({ name: [1, 'string'], type: [2, 'message', VALUE_TYPE] });

export const GRAPH = defineMessage({
  node: [1, 'messages', NODE],
  name: [2, 'string'],
  initializer: [5, 'messages', TENSOR],
  input: [11, 'messages', VALUE_INFO],
  output: [12, 'messages', VALUE_INFO],
  valueInfo: [13, 'messages', VALUE_INFO],
  sparseInitializer: [15, 'bytes'],
});

export const OPERATOR_SET = defineMessage({ domain: [1, 'string'], version: [2, 'integer'] });

export const MODEL = defineMessage({
  irVersion: [1, 'integer'],
  producerName: [2, 'string'],
  producerVersion: [3, 'string'],
  graph: [7, 'message', GRAPH],
  opsetImport: [8, 'messages', OPERATOR_SET],
  metadataProps: [14, 'messages', STRING_ENTRY],
  functions: [25, 'bytes'],
});

export type TensorMessage = Message<typeof TENSOR>;
export type AttributeMessage = Message<typeof ATTRIBUTE>;
export type NodeMessage = Message<typeof NODE>;
export type ValueInfoMessage = Message<typeof VALUE_INFO>;
export type GraphMessage = Message<typeof GRAPH>;
export type ModelMessage = Message<typeof MODEL>;
